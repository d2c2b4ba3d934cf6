"""The jobs of a ``.travis.yml``, and what a job, or all of them, deploy."""

from __future__ import annotations

from collections.abc import Iterator

from .yaml_marks import Marked

BEANSTALK = "elasticbeanstalk"
"""The provider of deploys to Elastic Beanstalk."""


def jobs_of(marked: Marked) -> Marked | None:
    """Return what stands under ``jobs``, or under ``matrix`` as it was once called."""
    return marked.get("jobs") or marked.get("matrix")


def included(root: Marked) -> list[Marked]:
    """Return the jobs that a file lists one by one."""
    if (jobs := jobs_of(root)) is None:
        return []
    listed = jobs.get("include") or jobs
    return [entry for entry in listed.entries() if isinstance(entry.value, dict)]


def deploys(place: Marked | None) -> list[Marked]:
    """Return the deploys of a job, or of all: what stands under ``deploy``, one or a list."""
    if place is None:
        return []
    entries = place.value if isinstance(place.value, list) else [place]
    return [entry for entry in entries if isinstance(entry.value, dict)]


def to_beanstalk(root: Marked) -> Iterator[Marked]:
    """Yield all deploys of a file that go to Elastic Beanstalk."""
    for place in [root, *included(root)]:
        yield from (each for each in deploys(place.get("deploy")) if provider(each) == BEANSTALK)


def provider(deploy: Marked) -> str:
    """Return the provider of a deploy as Travis CI looks it up: in lower case, without signs.

    Source: ``lib/dpl/provider.rb`` of https://github.com/travis-ci/dpl, version 1.
    """
    return "".join(filter(str.isalnum, deploy.text_of("provider").lower()))
