"""The project's CI pipeline, run on this machine: its own commands, against a registry of ours.

`pipeline` says what a pipeline is, `find` finds one. `travis`, with `travis_env`, `travis_deploy`
and `travis_if`, and `workflow`, with `triggers` and `actions`, read it from a file. `run` and `job`
run it: `shell` its commands, `expression` works out its conditions, `github_files` reads what steps
leave for each other, `docker_shim` stands in for the ``docker`` that they call, `output` and `mask`
keep secrets out of what is shown, some of which `passwords` finds.
"""
