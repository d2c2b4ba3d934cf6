"""The images that every project needs besides its own: the probe and the managed databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .building import BuildFailed, build_files
from .busybox import find_static_busybox
from .image_attempt import Attempt, Progress, inspect, silent, try_pull

if TYPE_CHECKING:
    from docker import DockerClient

PROBE_IMAGE = "multidocker-probe:1"
"""A static busybox with its applets and nothing else; its command sleeps until SIGTERM."""

_PROBE_COMMAND = 'CMD ["/bin/busybox", "sh", "-c", "trap exit TERM INT; sleep 2147483647 & wait"]\n'
_PROBE_DOCKERFILE = (
    "FROM scratch\n"
    "COPY busybox /bin/busybox\n"
    'RUN ["/bin/busybox", "--install", "-s", "/bin"]\n'
    "ENV PATH=/bin\n" + _PROBE_COMMAND
)
_PULLED_BUSYBOX = "busybox:stable-musl"


_MADE = {"postgres": "15", "redis": "7"}
"""The major versions that ``fixtures/images/make.py`` makes."""


def probe_image(client: DockerClient, *, progress: Progress = silent) -> str:
    """Return the name of the probe image, made if it is missing.

    It is built from a static busybox of this machine or of its Debian mirror; where there is none,
    from the busybox image of the registry. Raises :class:`ImageUnavailable`.
    """
    if inspect(client, PROBE_IMAGE):
        return PROBE_IMAGE
    attempt = Attempt(PROBE_IMAGE)
    progress(f"building {PROBE_IMAGE}")
    busybox, tried = find_static_busybox(client.info().get("Architecture", "?"))
    attempt.tried.extend(tried)
    if busybox is not None:
        files = {"Dockerfile": _PROBE_DOCKERFILE.encode(), "busybox": busybox}
    elif try_pull(client, attempt, _PULLED_BUSYBOX, progress):
        files = {"Dockerfile": f"FROM {_PULLED_BUSYBOX}\n{_PROBE_COMMAND}".encode()}
    else:
        raise attempt.error(
            "Install Debian's busybox-static, or load the image with 'docker load'."
        )
    try:
        build_files(client, PROBE_IMAGE, files)
    except BuildFailed as failure:
        attempt.tried.append(f"building it failed: {failure}")
        raise attempt.error("This is the engine's fault: see its log.") from failure
    return PROBE_IMAGE


def managed_image(
    client: DockerClient,
    service: str,
    version: str,
    *,
    configured: str | None = None,
    progress: Progress = silent,
) -> str:
    """Return the image that stands for a managed database, pulled if need be.

    ``service`` is ``postgres`` or ``redis``, ``version`` an engine version of AWS such as ``15.4``.
    An image that the settings name (``configured``) is the only candidate; else it is the official
    image of that version or major version, or the one that ``fixtures/images`` makes from Debian.
    Raises :class:`ImageUnavailable`.
    """
    major = version.partition(".")[0]
    exact = f"{service}:{version}"
    usual = [exact, f"{service}:{major}", f"multidocker-{service}:{major}"]
    candidates = [configured] if configured else usual
    for image in candidates:
        if inspect(client, image):
            return image
    wanted = configured or exact
    attempt = Attempt(wanted, [f"none of {', '.join(dict.fromkeys(candidates))} is present"])
    if try_pull(client, attempt, wanted, progress):
        return wanted
    if configured:
        raise attempt.error("Have it with 'docker pull' or 'docker load', or name another image.")
    made = _MADE[service]
    take = "" if major == made else f"take the engine version {made} and "
    raise attempt.error(
        f"Without a registry, {take}make multidocker-{service}:{made} with 'python "
        f"fixtures/images/make.py {service}' in the source of pytest-multidocker, or name an image "
        'in the settings (image = "...").'
    )
