"""The emulator: moto's server with backends of our own, in a process that cleans up after itself.

``server`` listens, ``services`` lists what is ours, ``ecs``, ``rds``, ``elasticache`` and
``elasticbeanstalk`` are the services; ``process`` is how another process starts an emulator and
holds its lifeline.
"""
