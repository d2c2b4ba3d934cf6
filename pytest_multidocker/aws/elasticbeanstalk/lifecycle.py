"""Which versions an application's lifecycle settings let go of when another one is created. Pure.

Source: https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/applications-lifecycle.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .records import Application, Version

_MOST = 200
_DAYS = 180
"""What the rules have where they are enabled without a number."""


def outlived(
    application: Application, is_used: Callable[[Version], bool]
) -> Iterator[tuple[Version, bool]]:
    """Yield the versions to be deleted, and whether their source bundles go with them.

    The newest one stays, and so does one that an environment uses.
    """
    rules: dict[str, Any] = application.lifecycle.get("VersionLifecycleConfig") or {}
    by_count, by_age = rules.get("MaxCountRule") or {}, rules.get("MaxAgeRule") or {}
    *old, newest = sorted(application.versions.values(), key=lambda version: version.created)
    loose = [version for version in old if not is_used(version)]
    if by_count.get("Enabled"):
        beyond = len(application.versions) - by_count.get("MaxCount", _MOST)
        for version in loose[: max(beyond, 0)]:
            yield version, bool(by_count.get("DeleteSourceFromS3"))
    elif by_age.get("Enabled"):
        oldest = newest.created - timedelta(days=by_age.get("MaxAgeInDays", _DAYS))
        for version in loose:
            if version.created < oldest:
                yield version, bool(by_age.get("DeleteSourceFromS3"))
