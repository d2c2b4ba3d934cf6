"""The hosts that an nginx configuration passes requests to.

nginx looks all of them up when it starts, and exits with ``host not found in upstream`` where one
does not resolve. Parsed with crossplane, nginx's own parser for Python.
"""

from __future__ import annotations

import logging
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .files import read

_LOG = logging.getLogger(__name__)
_ENDS = {"{", "}", ";"}
_PASSES = {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"}
_TARGET = re.compile(
    r"^(?P<scheme>[a-z]+://)?(?P<host>[A-Za-z0-9_.-]+)(?::(?P<port>\d+)(?:\$.*)?)?(?:/.*)?$"
)
_PORTS = {"http://": 80, "https://": 443}
_FARTHEST = 1000
"""Characters from a directive's line on within which its argument is looked for."""


class Peer(NamedTuple):
    """A host that nginx looks up: where it stands, 1-based."""

    host: str
    port: int | None
    file: Path
    line: int
    column: int
    is_late: bool = False
    """Whether a variable stands beside it: nginx then asks its resolver, for each request anew."""


class _Directive(NamedTuple):
    name: str
    arguments: list[str]
    file: Path
    line: int


def peers(files: Iterable[Path]) -> list[Peer]:
    """Return the hosts of all files of one nginx, names of its own upstreams left out.

    What cannot be parsed is left out, and told to the log at debug level.
    """
    directives = [found for file in files for found in _directives(file)]
    upstreams = {
        found.arguments[0] for found in directives if found.name == "upstream" and found.arguments
    }
    texts = {file: _Text(file) for file in {found.file for found in directives}}
    return [
        peer
        for found in directives
        if (peer := _peer(found, texts[found.file])) is not None
        # A server of an upstream is always a host, also where the upstream has the same name.
        and not (found.name in _PASSES and peer.host in upstreams)
    ]


class SyntaxProblem(NamedTuple):
    """A place at which nginx would not read on."""

    message: str
    file: Path
    line: int


def syntax_problems(files: Iterable[Path]) -> list[SyntaxProblem]:
    """Return the missing semicolons and braces of configuration files, one a file.

    Not of pages, keys and passwords, which stand in nginx's folder too.
    """
    configurations = (file for file in files if ".conf" in file.name)
    return [problem for file in configurations if (problem := _syntax_problem(file)) is not None]


def _syntax_problem(file: Path) -> SyntaxProblem | None:
    import crossplane
    from crossplane.errors import NgxParserSyntaxError

    words: list[tuple[str, int]] = []
    is_of_nginx = False  # the rules of ModSecurity, for one, have no semicolons at all
    try:
        for word, line, quoted in crossplane.lex(str(file)):
            if quoted or word not in _ENDS:
                if not word.startswith("#"):
                    words.append((word, line))
                continue
            if word == "}" and words:
                message = f'directive "{words[0][0][:60]}" is not terminated by ";"'
                return SyntaxProblem(message, file, words[-1][1])
            words, is_of_nginx = [], True
        if words and is_of_nginx:
            message = 'unexpected end of file, expecting ";" or "}"'
            return SyntaxProblem(message, file, words[-1][1])
    except NgxParserSyntaxError as error:
        return SyntaxProblem(str(error.strerror), file, error.lineno or 1)
    except (OSError, RuntimeError, StopIteration, ValueError) as error:
        _LOG.debug("%s is not read as an nginx configuration: %s", file, error)
    return None


class _Text:
    """A file's text, to find places in it."""

    def __init__(self, file: Path) -> None:
        self._text = read(file, errors="replace")
        self._starts = [0, *(found.end() for found in re.finditer("\n", self._text))]

    def place(self, directive: _Directive, host: str) -> tuple[int, int]:
        """Return line and column of the host in the directive's first argument."""
        start = self._starts[min(directive.line, len(self._starts)) - 1]
        name = directive.name.rpartition(" ")[2]
        argument = re.escape(directive.arguments[0])
        found = re.compile(rf"(?<![\w-]){name}\s+[\"']?({argument})").search(
            self._text, start, start + _FARTHEST
        )
        if found is None:
            return directive.line, 1
        position = found.start(1) + directive.arguments[0].find(host)
        line = bisect_right(self._starts, position)
        return line, position - self._starts[line - 1] + 1


def _peer(directive: _Directive, text: _Text) -> Peer | None:
    """Return the host of a directive that has one: no variable, no address, no socket."""
    if directive.name not in {*_PASSES, "upstream server"} or not directive.arguments:
        return None
    target = _TARGET.match(directive.arguments[0])
    if target is None or directive.arguments[0].startswith("unix:"):
        return None
    host = target["host"]
    if host == "unix" or re.fullmatch(r"[0-9.]+", host):
        return None
    is_late = "$" in directive.arguments[0]
    return Peer(
        host, _port(directive, target), directive.file, *text.place(directive, host), is_late
    )


def _port(directive: _Directive, target: re.Match[str]) -> int | None:
    """Return the port that is asked, ``None`` where it cannot be told."""
    if target["port"]:
        return int(target["port"])
    is_server = directive.name == "upstream server"
    return 80 if is_server else _PORTS.get(target["scheme"] or "")


def _directives(file: Path) -> Iterator[_Directive]:
    payload = _payload(file)
    for failure in payload["errors"]:
        _LOG.debug("%s:%s is passed over: %s", file, failure["line"], failure["error"])
    for config in payload["config"]:
        yield from _walk(config["parsed"], file)


def _payload(file: Path) -> dict[str, Any]:
    import crossplane
    from crossplane.errors import NgxParserBaseException

    try:
        payload: dict[str, Any] = crossplane.parse(
            str(file), single=True, check_ctx=False, check_args=False
        )
    except (NgxParserBaseException, OSError, RuntimeError, StopIteration, ValueError) as error:
        _LOG.debug("%s is not read as an nginx configuration: %s", file, error)
        return {"errors": [], "config": []}
    return payload


def _walk(block: list[dict[str, Any]], file: Path, *, inside: str = "") -> Iterator[_Directive]:
    for entry in block:
        name = entry["directive"]
        if inside == "upstream":
            name = f"upstream {name}"
        yield _Directive(name, entry["args"], file, entry["line"])
        yield from _walk(entry.get("block") or [], file, inside=name)
