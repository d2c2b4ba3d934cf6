"""From the bytes of a file to its text, whatever encoding its author's editor chose."""

from __future__ import annotations

from typing import NamedTuple

from ._issues import RawIssue

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
"""How a ZIP archive begins: one with files, and one without."""
_ARCHIVES = {**dict.fromkeys(ZIP, "a ZIP archive"), b"\x1f\x8b": "a gzip archive"}
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_MARK = b"\xef\xbb\xbf"
_SAVE_AS_UTF8 = "Save the file as UTF-8 without a byte order mark."


class Decoded(NamedTuple):
    """A file's text, and what is wrong with its encoding."""

    text: str
    issues: list[RawIssue]
    mark: str = ""
    """The byte order mark that the file begins with, and the text leaves out."""
    is_exact: bool = False
    """Whether mark and text, written as UTF-8, are the file again."""


def decode(data: bytes) -> Decoded:
    """Return the text of ``data`` and what is wrong with its encoding.

    JSON is UTF-8 without a byte order mark (RFC 8259, section 8.1). The text leaves the mark out,
    so that columns are those that an editor shows.
    """
    for magic, name in _ARCHIVES.items():
        if data.startswith(magic):
            fix = "Make a new archive, or give the Dockerrun.aws.json file itself."
            issue = RawIssue("syntax", f"This is {name}, not a JSON text.", fix, 0, 0)
            return Decoded("", [issue])
    for mark, encoding in _WIDE.items():
        if data.startswith(mark):
            text = data[2:].decode(encoding, "replace")
            message = f"The file is in {encoding[:6].upper()}; JSON must be UTF-8."
            return Decoded(text, [RawIssue("syntax", message, _SAVE_AS_UTF8, 0, 0)])
    return _utf8(data)


def _utf8(data: bytes) -> Decoded:
    issues, mark = [], ""
    if data.startswith(_MARK):
        data, mark = data[len(_MARK) :], _MARK.decode()
        message = "The file begins with a byte order mark, which JSON does not allow."
        issues.append(RawIssue("byte-order-mark", message, _SAVE_AS_UTF8, 0, 0))
    try:
        return Decoded(data.decode("utf-8"), issues, mark, is_exact=True)
    except UnicodeDecodeError as error:
        issues.append(_not_utf8(data, error.start))
        return Decoded(data.decode("utf-8", "replace"), issues, mark)


def _not_utf8(data: bytes, start: int) -> RawIssue:
    offset = len(data[:start].decode("utf-8"))
    message = f"The byte 0x{data[start]:02x} is not UTF-8."
    return RawIssue("syntax", message, _SAVE_AS_UTF8, offset, offset + 1)
