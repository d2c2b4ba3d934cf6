"""From the bytes of a file to its text, whatever encoding its author's editor chose."""

from __future__ import annotations

from ._issues import RawIssue

_ARCHIVES = {b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "a gzip archive"}
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SAVE_AS_UTF8 = "Save the file as UTF-8 without a byte order mark."


def decode(data: bytes) -> tuple[str, list[RawIssue]]:
    """Return the text of ``data`` and what is wrong with its encoding.

    JSON is UTF-8 without a byte order mark (RFC 8259, section 8.1). The text leaves the mark out,
    so that columns are those that an editor shows.
    """
    for magic, name in _ARCHIVES.items():
        if data.startswith(magic):
            fix = "Make a new archive, or give the Dockerrun.aws.json file itself."
            return "", [RawIssue("syntax", f"This is {name}, not a JSON text.", fix, 0, 0)]
    for mark, encoding in _WIDE.items():
        if data.startswith(mark):
            text = data[2:].decode(encoding, "replace")
            message = f"The file is in {encoding[:6].upper()}; JSON must be UTF-8."
            return text, [RawIssue("syntax", message, _SAVE_AS_UTF8, 0, 0)]
    issues = []
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
        message = "The file begins with a byte order mark, which JSON does not allow."
        issues.append(RawIssue("byte-order-mark", message, _SAVE_AS_UTF8, 0, 0))
    try:
        return data.decode("utf-8"), issues
    except UnicodeDecodeError as error:
        return data.decode("utf-8", "replace"), [*issues, _not_utf8(data, error.start)]


def _not_utf8(data: bytes, start: int) -> RawIssue:
    offset = len(data[:start].decode("utf-8"))
    message = f"The byte 0x{data[start]:02x} is not UTF-8."
    return RawIssue("syntax", message, _SAVE_AS_UTF8, offset, offset + 1)
