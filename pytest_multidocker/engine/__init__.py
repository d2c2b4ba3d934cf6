"""What runs containers, and what it takes to have it.

``protocol`` is what an engine does, ``docker_engine`` does it on Docker, ``driver`` has the agent
drive it. ``status`` finds an engine, ``installation`` starts or installs one, ``images`` has the
images; ``run`` and ``sweep`` see to it that nothing is left.
"""
