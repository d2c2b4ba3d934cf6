"""Which disks may be filled: those in memory, of a bounded size, that were made for the task."""

from __future__ import annotations

import pytest

from pytest_multidocker.stack.disk import unbounded

MOUNTINFO = r"""
75 60 0:46 / / rw,relatime master:1 - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w
77 75 0:50 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
80 75 0:48 / /data rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,size=1024k
81 75 0:49 / /big rw,relatime - tmpfs tmpfs rw
82 75 0:51 /pytest-of-me/app /srv rw,relatime - tmpfs tmpfs rw,size=9000k
83 75 0:52 / /host-tmp rw,relatime - tmpfs tmpfs rw,size=9000k
84 75 254:1 /volumes/v/_data /v rw,relatime - ext4 /dev/vda1 rw
85 75 0:1048570 / /a\040b rw,relatime shared:7 - tmpfs tmpfs rw,nr_inodes=5,size=8k,mode=755
""".strip()


def device(major: int, minor: int) -> int:
    """What stat(2) gives on Linux."""
    return (minor & 0xFF) | (major << 8) | ((minor & ~0xFF) << 12)


@pytest.mark.parametrize("number", [device(0, 48), device(0, 1048570)])
def test_a_tmpfs_of_the_task_with_a_size_may_be_filled(number: int) -> None:
    assert unbounded(MOUNTINFO, number, {"/host-tmp"}) is None


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (device(0, 46), "on a disk of the kind overlay"),
        (device(254, 1), "on a disk of the kind ext4"),
        (device(0, 49), "a tmpfs without a size"),
        (device(0, 51), "a folder of this machine"),
        (device(0, 52), "a folder of this machine"),
        (device(9, 9), "not on a disk of the container's own"),
    ],
)
def test_any_other_is_refused(number: int, why: str) -> None:
    assert unbounded(MOUNTINFO, number, {"/host-tmp"}) == why
