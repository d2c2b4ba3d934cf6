"""Finding a static busybox, the one program that runs in any Linux container."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

_MACHINES = {"x86_64": 62, "amd64": 62, "aarch64": 183, "arm64": 183, "riscv64": 243, "ppc64le": 21}
"""ELF machine numbers by the engine's name of the architecture."""
_ELF64 = b"\x7fELF\x02\x01"
_ELF64_HEADER = 64
_PT_INTERP = 3
_APT_TIMEOUT = 120


def find_static_busybox(architecture: str) -> tuple[bytes | None, list[str]]:
    """Return a static busybox that runs on an engine of that architecture, and what was tried.

    The machine's own is taken, else Debian's ``busybox-static`` is downloaded, which installs
    nothing. The first value is ``None`` where neither is to be had.
    """
    tried: list[str] = []
    for path in ("/bin/busybox", "/usr/bin/busybox", shutil.which("busybox")):
        if path and Path(path).is_file():
            content = Path(path).read_bytes()
            if is_static(content, architecture):
                return content, tried
            tried.append(f"{path} is not a static program for {architecture}")
    if not tried:
        tried.append("this machine has no busybox")
    content_or_none = _from_debian(architecture, tried)
    return content_or_none, tried


def is_static(program: bytes, architecture: str) -> bool:
    """Whether ``program`` is a 64-bit Linux program for ``architecture`` that needs no loader."""
    if program[:6] != _ELF64 or len(program) < _ELF64_HEADER:
        return False
    (machine,) = struct.unpack_from("<H", program, 18)
    (table,) = struct.unpack_from("<Q", program, 32)
    size, count = struct.unpack_from("<HH", program, 54)
    if machine != _MACHINES.get(architecture) or table + size * count > len(program):
        return False
    types = [struct.unpack_from("<I", program, table + size * index)[0] for index in range(count)]
    return _PT_INTERP not in types


def _from_debian(architecture: str, tried: list[str]) -> bytes | None:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        tried.append("this machine has no apt-get to download busybox-static with")
        return None
    with tempfile.TemporaryDirectory(prefix="multidocker-busybox-") as name:
        folder = Path(name)
        failure = _download(folder)
        package = next(folder.glob("*.deb"), None)
        if failure or package is None:
            tried.append(f"'apt-get download busybox-static' failed: {failure or 'no package'}")
            return None
        _apt(["dpkg-deb", "--extract", package.name, "."], folder)
        program = next((path for path in folder.glob("**/bin/busybox") if path.is_file()), None)
        content = program.read_bytes() if program else b""
    if is_static(content, architecture):
        return content
    tried.append(f"Debian's busybox-static here is not a program for {architecture}")
    return None


def _download(folder: Path) -> str | None:
    """Download the package into ``folder``; return why not, or ``None``."""
    command = ["apt-get", "download", "-q", "busybox-static"]
    failure = _apt(command, folder)
    if failure and os.geteuid() == 0:
        failure = _apt(["apt-get", "update", "-q"], folder) or _apt(command, folder)
    return failure


def _apt(command: list[str], folder: Path) -> str | None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_APT_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        return f"no end after {_APT_TIMEOUT} s"
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
