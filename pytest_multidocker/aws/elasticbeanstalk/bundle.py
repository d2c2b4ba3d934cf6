"""The source bundle: a ZIP archive with the Dockerrun file at its root, or that file alone."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...dockerrun import Document, load, parse_containers
from ...project.ebextensions import option_settings, unreadable
from ...rules import Finding, Options, Platform, check
from . import messages

NAME = "Dockerrun.aws.json"
_BUNDLE_PHASES = {"parse", "source bundle"}
_PASSED_OVER = {"MD020", "MD021", "MD022"}
"""The rules about keys that mean nothing to Elastic Beanstalk: it deploys without them."""
_VERSION = 2


@dataclass(frozen=True)
class Refusal:
    """Why a bundle is not accepted: the event's text, and what else there is to say."""

    message: str
    hints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A source bundle in a file."""

    path: Path
    document: Document

    @classmethod
    def read(cls, path: Path) -> Bundle:
        """Read a bundle; whatever is in the file, this does not fail."""
        return cls(path, load(path))

    def refusal(self, platform: Platform) -> Refusal | None:
        """Return why the platform refuses the bundle, ``None`` if it does not."""
        errors = [found for found in self._errors(platform) if found.rule not in _PASSED_OVER]
        if not errors:
            return None
        is_empty = not self.document.text.strip()
        text = messages.NO_DEFINITION if is_empty else _aws_text(errors)
        takes_containers = _VERSION in platform.versions
        return Refusal(messages.bundle_refused(text) if takes_containers else text, _hints(errors))

    def remarks(self, platform: Platform) -> tuple[str, ...]:
        """Return what the platform passes over in the bundle, without a word of its own."""
        return _hints([found for found in self._errors(platform) if found.rule in _PASSED_OVER])

    def _errors(self, platform: Platform) -> list[Finding]:
        found = check(self.document, options=Options(platform=platform))
        return [f for f in found if f.severity == "error" and f.phase in _BUNDLE_PHASES]

    @property
    def dockerrun(self) -> Mapping[str, Any]:
        """The Dockerrun file, as plain JSON."""
        value = self.document.value
        return value if isinstance(value, dict) else {}

    def unpack(self, folder: Path) -> None:
        """Write the bundle's files into a folder, which is made."""
        folder.mkdir(parents=True)
        if self.document.is_bundled:
            with zipfile.ZipFile(self.path) as archive:
                archive.extractall(folder)
        else:
            (folder / NAME).write_bytes(self.path.read_bytes())


def published(dockerrun: Mapping[str, Any], port: int) -> tuple[str, int] | None:
    """Return the container and its port that a port of the instance leads to, if any."""
    for container in parse_containers(dockerrun.get("containerDefinitions") or []):
        for mapping in container.port_mappings:
            if mapping.host_port == port and mapping.protocol == "tcp":
                return container.name, mapping.container_port
    return None


def configuration(folder: Path) -> dict[tuple[str, str], str]:
    """Return the option settings of the bundle's ``.ebextensions``, by namespace and name."""
    return option_settings(folder)


def configuration_errors(folder: Path, label: str) -> list[str]:
    """Return the error of each file of the bundle's ``.ebextensions`` that cannot be read."""
    return [
        f"The configuration file {name} in application version {label} contains invalid YAML or "
        f"JSON. YAML exception: Invalid Yaml: {reason}. Update the configuration file."
        for name, reason in unreadable(folder).items()
    ]


def _aws_text(errors: list[Finding]) -> str:
    """Return AWS's words: what is said of the version comes before what is said of the shape."""
    found = {f.rule: f.aws_text for f in errors if f.phase == "source bundle" and f.aws_text}
    is_json = all(f.phase != "parse" for f in errors)
    return next(iter(found.values()), messages.WRONG_SHAPE) if is_json else messages.WRONG_SHAPE


def _hints(errors: list[Finding]) -> tuple[str, ...]:
    return tuple(
        messages.ours(f"{NAME}:{f.span.line}:{f.span.column} {f.rule} {f.message} {f.fix}".rstrip())
        for f in errors
    )
