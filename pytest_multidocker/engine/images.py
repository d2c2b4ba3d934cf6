"""Having the images that tasks need: present, built from the project, or pulled, in this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import ImageUnavailable
from ..project.images import BuildRecipe
from .building import CONTEXT_LABEL, BuildFailed, build_files, context_digest
from .busybox import find_static_busybox
from .pulling import PullFailed, pull

if TYPE_CHECKING:
    from docker import DockerClient

Progress = Callable[[str], None]
"""Is given one line of text when something that takes seconds begins or ends."""

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


def silent(_line: str) -> None:
    """Take a line of progress and show it to nobody."""


@dataclass
class Attempt:
    """What was tried to have one image."""

    image: str
    tried: list[str] = field(default_factory=list)

    def error(self, way_out: str) -> ImageUnavailable:
        """Return the error that lists what was tried and names the way out."""
        return ImageUnavailable(f"{self.text()}\n{way_out}")

    def text(self) -> str:
        """Return the image and, a line each, what was tried."""
        lines = [line for entry in self.tried for line in f"- {entry}".splitlines()]
        return "\n".join([f"The image {self.image} is not available:", *(f"  {x}" for x in lines)])


def inspect(client: DockerClient, image: str) -> dict[str, Any] | None:
    """Return what the engine knows of ``image``, or ``None`` where it has no such image."""
    from docker.errors import ImageNotFound

    try:
        found: dict[str, Any] = client.images.get(image).attrs
    except ImageNotFound:
        return None
    return found


def is_current(client: DockerClient, recipe: BuildRecipe) -> bool:
    """Whether the recipe's image is present and not older than the files it is built from.

    An image that we did not build is the user's own affair and always counts as current.
    """
    found = inspect(client, recipe.image)
    if found is None:
        return False
    built_from = (found.get("Config", {}).get("Labels") or {}).get(CONTEXT_LABEL)
    return built_from is None or built_from == context_digest(recipe)


def try_pull(client: DockerClient, attempt: Attempt, image: str, progress: Progress) -> bool:
    """Pull ``image``; note in ``attempt`` why that failed. Return whether the image is here."""
    progress(f"pulling {image}")
    try:
        pull(client, image)
    except PullFailed as failure:
        attempt.tried.append(f"pulling {image} failed: {failure}")
        return False
    return True


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
    ours = f"multidocker-{service}:{major}"
    exact = f"{service}:{version}"
    candidates = [configured] if configured else [exact, f"{service}:{major}", ours]
    for image in candidates:
        if inspect(client, image):
            return image
    wanted = configured or exact
    attempt = Attempt(wanted, [f"none of {', '.join(dict.fromkeys(candidates))} is present"])
    if try_pull(client, attempt, wanted, progress):
        return wanted
    raise attempt.error(
        f"Without a registry, make {ours} with 'python fixtures/images/make.py {service}' in the "
        'source of pytest-multidocker, or name an image in the settings (image = "...").'
    )
