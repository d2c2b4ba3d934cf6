# ruff: noqa: E501 - one case a line
from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from pytest_multidocker.dockerrun import Document, load
from pytest_multidocker.errors import DockerrunError, MultidockerError, UnreadableFile


def test_spans_are_of_keys_and_of_values() -> None:
    document = Document('{\n  "a": [10, {"b": "x"}]\n}')
    assert document.span("/a/0") == (2, 9, 2, 11)
    assert document.span("/a/1/b") == (2, 19, 2, 22)
    assert document.key_span("/a/1/b") == (2, 14, 2, 17)
    assert document.key_span("/a/0") == (2, 9, 2, 11)
    assert document.span("") == (1, 1, 3, 2)
    assert document.opening_span("") == (1, 1, 1, 2)


def test_what_is_not_there_has_the_span_of_what_is_around_it() -> None:
    document = Document('{"a": [1]}')
    assert document.span("/a/7") == document.span("/a") == (1, 7, 1, 10)
    assert document.key_span("/a/x/y") == (1, 7, 1, 10)
    assert document.has("/a/0")
    assert not document.has("/a/1")


@pytest.mark.parametrize(
    ("text", "selected"),
    [
        ('{\r\n\t"é": "ü",\r\n\t"😀b": ["x", "ä😀"]\r\n}', ['"😀b"', '"ä😀"']),
        ('{\n\t\t"é": 1,\n "😀b": [0, "😀"]}', ['"😀b"', '"😀"']),
        ('{"é":"\t",\r"😀b":[0,12]}', ['"😀b"', "12"]),
    ],
)
def test_spans_hold_with_tabs_line_ends_and_characters_of_any_plane(
    text: str, selected: list[str]
) -> None:
    for document in (Document(text), Document.from_bytes(b"\xef\xbb\xbf" + text.encode())):
        assert document.region(document.key_span("/😀b")) == selected[0]
        assert document.region(document.span("/😀b/1")) == selected[1]


def test_pointers_are_escaped() -> None:
    document = Document('{"a/b": {"~": 1}}')
    assert document.span("/a~1b/~0") == (1, 15, 1, 16)


def test_a_byte_order_mark_is_noted_and_does_not_move_columns() -> None:
    document = Document.from_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert [issue.kind for issue in document.syntax_errors] == ["byte-order-mark"]
    assert document.span("/a") == (1, 7, 1, 8)


def test_other_encodings_are_named() -> None:
    utf16 = Document.from_bytes('{"a": 1}'.encode("utf-16"))
    assert utf16.syntax_errors[0].message == "The file is in UTF-16; JSON must be UTF-8."
    assert utf16.value == {"a": 1}
    latin = Document.from_bytes('{"a": "ü"}'.encode("latin-1"))
    assert latin.syntax_errors[0].message == "The byte 0xfc is not UTF-8."
    assert latin.syntax_errors[0].span == (1, 8, 1, 9)


def test_a_document_knows_whether_its_text_is_all_that_was_read() -> None:
    def read(data: bytes) -> tuple[str, bool]:
        document = Document.from_bytes(data)
        return document.mark, document.is_exact

    text = '{"a": "ü\ufffd"}'
    assert read(text.encode()) == ("", True)
    assert read(b"\xef\xbb\xbf" + text.encode()) == ("\ufeff", True)
    assert read(b"\xef\xbb\xbf" + '{"a": "ü"}'.encode("latin-1")) == ("\ufeff", False)
    assert read('{"a": "ü"}'.encode("latin-1")) == ("", False)
    assert read(text.encode("utf-16")) == ("", False)
    assert read(b"PK\x05\x06") == ("", False)


def test_a_named_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "Dockerrun.aws.json")
    with pytest.raises(UnreadableFile, match="it is a named pipe, not a file"):
        load(tmp_path / "Dockerrun.aws.json")


def test_a_pipe_of_the_shell_is_read() -> None:
    read, write = os.pipe()
    os.write(write, b'{"a": 1}')
    os.close(write)
    try:
        assert load(f"/dev/fd/{read}").value == {"a": 1}
    finally:
        os.close(read)


def test_an_archive_is_named() -> None:
    document = Document.from_bytes(b"PK\x03\x04\x14\x00")
    assert [issue.message for issue in document.syntax_errors] == [
        "This is a ZIP archive, not a JSON text."
    ]
    assert document.value is None


def test_a_file_of_50_mib_is_named_and_not_read(tmp_path: Path) -> None:
    file = tmp_path / "Dockerrun.aws.json"
    with file.open("wb") as opened:
        opened.truncate(50 * 1024 * 1024)
    document = load(file)
    assert [issue.message for issue in document.syntax_errors] == [
        "The file has 50.0 MiB and was not read."
    ]


def test_a_document_of_a_value_has_no_places() -> None:
    document = Document.from_value({"a": [1]}, path="request")
    assert document.value == {"a": [1]}
    assert document.span("/a/0") == (1, 1, 1, 1)
    assert document.syntax_errors == ()
    assert document.path == "request"


@pytest.mark.parametrize("name", ["missing", ".", "nul\0"])
def test_what_cannot_be_opened_is_an_error_that_names_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnreadableFile, match=r"^cannot read .*: .+$"):
        load(tmp_path / name)
    assert issubclass(UnreadableFile, DockerrunError)
    assert issubclass(DockerrunError, MultidockerError)


def test_load_reads_the_file(tmp_path: Path) -> None:
    file = tmp_path / "Dockerrun.aws.json"
    file.write_bytes(b'{"AWSEBDockerrunVersion": 2}\r\n')
    document = load(str(file))
    assert document.path == str(file)
    assert document.text == '{"AWSEBDockerrunVersion": 2}\r\n'


def bundle(path: Path, **files: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return path


def test_the_file_at_the_root_of_a_source_bundle_is_read(tmp_path: Path) -> None:
    path = bundle(tmp_path / "app.zip", **{"Dockerrun.aws.json": '{"a": 1}', "b": "x" * 10**6})
    document = load(path)
    assert document.value == {"a": 1}
    assert document.path == f"{path}/Dockerrun.aws.json"
    assert document.is_bundled
    assert document.beside == frozenset({"Dockerrun.aws.json", "b"})


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"app__Dockerrun.aws.json": "{}"}, "app/Dockerrun.aws.json, not Dockerrun.aws.json at its root."),
        ({"dockerrun.aws.json": "{}"}, "dockerrun.aws.json, not Dockerrun.aws.json: upper and lower case count."),
        ({}, "The source bundle has no Dockerrun.aws.json."),
        ({"index.html": ""}, "The source bundle has no Dockerrun.aws.json."),
    ],
)  # fmt: skip
def test_a_bundle_without_it_says_where_it_is(
    tmp_path: Path, files: dict[str, str], message: str
) -> None:
    document = load(bundle(tmp_path / "app.zip", **files))
    assert [issue.kind for issue in document.syntax_errors] == ["bundle-layout"]
    assert document.syntax_errors[0].message.endswith(message)


def test_a_bundled_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = bundle(tmp_path / "app.zip", **{"Dockerrun.aws.json": "0" * (9 * 1024 * 1024)})
    assert [issue.kind for issue in load(path).syntax_errors] == ["too-large"]


def test_a_broken_archive_is_named(tmp_path: Path) -> None:
    file = tmp_path / "app.zip"
    file.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    assert [issue.message for issue in load(file).syntax_errors] == [
        "This is a ZIP archive, not a JSON text."
    ]
