"""The client's side: a Dockerrun file deployed to an emulator, and what a test may ask of it.

``stack`` starts the emulator, the databases and the images; ``task`` is one task of it, ``monitor``
follows what happens, ``probe`` looks at the network from inside a container. All of it speaks the
AWS API and the Docker API, as a test of the user's could.
"""
