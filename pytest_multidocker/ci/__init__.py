"""The project's CI pipeline, run on this machine: its own commands, against a registry of ours.

`pipeline` says what a pipeline is, `travis` and `workflow` read one from a file, `shell` runs its
commands, `docker_shim` stands in for the ``docker`` that they call, `run` ties these together.
"""
