from __future__ import annotations

import struct

import pytest

from pytest_multidocker.engine.busybox import is_static

X86, ARM, LOAD, INTERP = 62, 183, 1, 3


def _elf(machine: int, *segments: int) -> bytes:
    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack(
        "<HHIQQQIHHHHHH", 2, machine, 1, 0, 64, 0, 0, 64, 56, len(segments), 0, 0, 0
    )
    return header + b"".join(struct.pack("<I", kind) + bytes(52) for kind in segments)


@pytest.mark.parametrize(
    ("program", "architecture", "static"),
    [
        (_elf(X86, LOAD), "x86_64", True),
        (_elf(X86, LOAD), "amd64", True),
        (_elf(ARM, LOAD), "aarch64", True),
        (_elf(X86, LOAD), "aarch64", False),
        (_elf(X86, LOAD, INTERP), "x86_64", False),
        (_elf(X86, LOAD)[:80], "x86_64", False),
        (_elf(X86, LOAD), "mips", False),
        (b"#!/bin/sh\n", "x86_64", False),
        (b"", "x86_64", False),
    ],
)
def test_a_static_program_is_told_from_its_header(
    program: bytes, architecture: str, *, static: bool
) -> None:
    assert is_static(program, architecture) is static
