"""Scripts from files: what can be said, and what is said of mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_multidocker.engine.simulated import Reaction, Script
from pytest_multidocker.engine.simulated.script_file import read_scripts
from pytest_multidocker.errors import SettingsError

NAMES = ["web", "server", "worker"]
FULL = """
[containers.server]
pull_delay = 2
create_delay = 0.5
start_delay = 0
pull_error = "no route"
cached = true
create_error = "c"
start_error = "s"
stop_error = "t"
exit_after = 40.5
exit_code = 3
memory = [[0, 50], [10, 300]]
health = [[5, "HEALTHY"], [60, "UNHEALTHY"]]
stop_signal = "quit"
listens = [80, 8080]

[containers.server.signals]
QUIT = { exit_code = 42, after = 1.5 }
SIGTERM = "ignored"

[containers.worker]
memory = 200
health = "HEALTHY"
"""


def read(folder: Path, text: str, name: str = "script.toml") -> dict[str, Script]:
    file = folder / name
    file.write_text(text)
    return read_scripts(file, NAMES)


def test_all_that_can_be_said(tmp_path: Path) -> None:
    scripts = read(tmp_path, FULL)

    assert scripts == {
        "server": Script(
            pull_delay=2,
            create_delay=0.5,
            start_delay=0,
            pull_error="no route",
            cached=True,
            create_error="c",
            start_error="s",
            stop_error="t",
            exit_after=40.5,
            exit_code=3,
            memory=((0, 50), (10, 300)),
            health=((5, "HEALTHY"), (60, "UNHEALTHY")),
            signals={"SIGQUIT": Reaction(42, 1.5)},
            stop_signal="SIGQUIT",
            listens=(80, 8080),
        ),
        "worker": Script(memory=((0, 200),), health=((0, "HEALTHY"),)),
    }


def test_json_says_the_same(tmp_path: Path) -> None:
    server = {"exit_after": 3, "signals": {"SIGTERM": {"exit_code": 7}}}
    scripts = read(tmp_path, json.dumps({"containers": {"server": server}}), "script.json")

    assert scripts == {"server": Script(exit_after=3, signals={"SIGTERM": Reaction(7)})}


def test_nothing_said_is_nothing_changed(tmp_path: Path) -> None:
    assert read(tmp_path, "") == {}
    assert read(tmp_path, "[containers.web]") == {"web": Script()}


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("exit_afer = 3", "there is no setting 'exit_afer'. Did you mean 'exit_after'?"),
        ('exit_after = "3"', "'exit_after' must be a number, not a text."),
        ("exit_after = -1", "'exit_after' must be at least 0, not -1."),
        ("exit_after = inf", "'exit_after' must be at least 0, not inf."),
        ("exit_after = true", "'exit_after' must be a number, not true or false."),
        ("exit_code = 256", "'exit_code' must be between 0 and 255, not 256."),
        ("cached = 1", "'cached' must be true or false, not a whole number."),
        ("memory = [1, 2]", "'memory' must be a list of pairs: [second, MiB]."),
        ('memory = [[1, "a"]]', "'memory' must give MiB as numbers."),
        ('health = "WELL"', "'WELL' is neither of HEALTHY, UNHEALTHY."),
        ("health = 3", "'health' must be a list of pairs: [second, health]."),
        ('stop_signal = "SIGNOPE"', "there is no signal 'SIGNOPE'."),
        ('signals = { NOPE = "ignored" }', "there is no signal 'NOPE'."),
        ('signals = { TERM = "ignore" }', 'a reaction must be "ignored", or a table with'),
        ("signals = { TERM = { code = 1 } }", "there is no setting 'signals.TERM.code'."),
        ("listens = [0]", "'listens' must be a list of ports."),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(tmp_path, f"# of the server\n[containers.server]\n{line}\n")

    assert str(error.value).startswith(f"{tmp_path / 'script.toml'}:3: [containers.server] ")
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[containers.sever]", ":1: there is no container 'sever'. Did you mean 'server'?"),
        ("[containers.xyzzy]", "no container 'xyzzy'. The file has web, server, worker."),
        ("[contaners.web]", ":1: there is no setting 'contaners'. Did you mean 'containers'?"),
        ("[containers]\nweb = 3", ":2: 'containers.web' must be a table, not a whole number."),
        ("containers = 3", ":1: 'containers' must be a table, not a whole number."),
        ("[", " is not TOML: "),
    ],
)
def test_mistakes_around_a_script(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(tmp_path, text)

    assert complaint in str(error.value)


def test_mistakes_in_json(tmp_path: Path) -> None:
    text = '{\n  "containers": {\n    "web": {"exit_code": 999}\n  }\n}'
    with pytest.raises(SettingsError, match=r"script.json:3: \[containers.web\] 'exit_code' must"):
        read(tmp_path, text, "script.json")
    with pytest.raises(SettingsError, match="is not JSON"):
        read(tmp_path, "{", "script.json")
    with pytest.raises(SettingsError, match=r"script.json:1: there must be a table 'containers'"):
        read(tmp_path, "[]", "script.json")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nope.toml cannot be read"):
        read_scripts(tmp_path / "nope.toml", NAMES)
