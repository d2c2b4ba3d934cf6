"""What stands around a Dockerrun file: the project's settings, its CI files and its builds.

Everything here is pure: text and folders in, frozen values out.
"""
