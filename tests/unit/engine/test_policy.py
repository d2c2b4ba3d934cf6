"""What a task may touch of the machine, and above all what it may not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_multidocker.dockerrun import parse_containers
from pytest_multidocker.dockerrun.model import ContainerDefinition, Volume
from pytest_multidocker.ecs.definition import TaskDefinition
from pytest_multidocker.engine.identity import TaskIdentity
from pytest_multidocker.engine.policy import BUNDLE, LOGS, Policy, Refused


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "conf").mkdir(parents=True)
    return folder


TASK = TaskIdentity("arn:aws:ecs:us-east-1:1:task/c/0f3c", "c", TaskDefinition("fam", 1, ()))


def policy(project: Path | None, *allow: str) -> Policy:
    logs = (project or Path("/nowhere")).parent / "logs"
    folders = {BUNDLE: project, LOGS: logs}
    return Policy(lambda _task, root: folders[root], frozenset(allow))


def path_of(lent: Policy, source: str) -> Path:
    return lent.host_path(Volume("v", source), TASK)


def container(**fields: Any) -> ContainerDefinition:
    (parsed,) = parse_containers([{"name": "app", "image": "i", **fields}])
    return parsed


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("/var/app/current", "project"),
        ("/var/app/current/", "project"),
        ("/var/app/current/conf", "project/conf"),
        ("/var/app/current/./conf/../new", "project/new"),
        ("/var/log/containers/web", "logs/web"),
    ],
)
def test_the_project_and_the_logs_are_lent(project: Path, source: str, expected: str) -> None:
    assert path_of(policy(project), source) == project.parent / expected


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("/", "/"),
        ("/etc", "/etc"),
        ("/var/run/docker.sock", "/var/run/docker.sock"),
        ("/run/docker.sock", "/run/docker.sock"),
        ("/var/app/current/../../../etc", "/etc"),
        ("/var/app/currently", "/var/app/currently"),
        ("/var/log", "/var/log"),
        ("//var/app/current", "//var/app/current"),
    ],
)
def test_any_other_path_is_refused_with_the_way_out(project: Path, source: str, asked: str) -> None:
    with pytest.raises(Refused) as caught:
        path_of(policy(project), source)
    assert str(caught.value) == (
        "multidocker does not lend this machine to a task: "
        f"volume v asks for the host path {asked}. "
        f'To allow it, add "{asked}" to "allow" in [tool.multidocker], or start multidocker serve '
        f"--allow {asked}."
    )


def test_a_link_in_the_project_does_not_lead_out_of_it(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (project / "inside").symlink_to("conf")
    (project / "outside").symlink_to(tmp_path / "secret")
    (project / "up").symlink_to("..")

    assert path_of(policy(project), "/var/app/current/inside") == project / "conf"
    for source in ("outside", "outside/deeper", "up", "up/secret"):
        with pytest.raises(Refused, match="leads out of"):
            path_of(policy(project), f"/var/app/current/{source}")


def test_a_project_folder_that_is_a_link_itself_is_followed(project: Path) -> None:
    link = project.parent / "link"
    link.symlink_to(project)
    assert path_of(policy(link), "/var/app/current/conf") == project / "conf"


def test_without_a_project_there_is_no_bundle() -> None:
    with pytest.raises(Refused, match="in the source bundle, and --project has named no project"):
        path_of(policy(None), "/var/app/current/conf")


def test_a_relative_path_is_none_that_could_be_allowed(project: Path) -> None:
    with pytest.raises(Refused, match="asks for data, which is no absolute host path"):
        path_of(policy(project, "data"), "data")


def test_what_is_allowed_by_name_is_lent_with_all_below(project: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    lent = policy(project, str(tmp_path / "data"), "/opt/")
    assert path_of(lent, f"{tmp_path}/data") == tmp_path / "data"
    assert path_of(lent, f"{tmp_path}/data/x/../y") == tmp_path / "data" / "y"
    assert path_of(lent, "/opt/x") == Path("/opt/x")
    for source in (tmp_path, tmp_path / "database", f"{tmp_path}/data/../etc"):
        with pytest.raises(Refused):
            path_of(lent, str(source))


def test_a_link_in_an_allowed_folder_does_not_lead_out_of_it(project: Path, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "link").symlink_to("/")
    with pytest.raises(Refused, match=r"leads out of .*/data to /etc\. "):
        path_of(policy(project, str(tmp_path / "data")), f"{tmp_path}/data/link/etc")


@pytest.mark.parametrize(
    ("fields", "word", "what"),
    [
        ({"privileged": True}, "privileged", "privileged mode"),
        (
            {"linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}},
            "capabilities",
            "more capabilities",
        ),
        (
            {"linuxParameters": {"devices": [{"hostPath": "/dev/sda"}]}},
            "devices",
            "devices of the host",
        ),
        (
            {"dockerSecurityOptions": ["no-new-privileges", "seccomp=unconfined"]},
            "security-options",
            "other security options",
        ),
    ],
)
def test_rights_have_to_be_allowed(
    project: Path, fields: dict[str, Any], word: str, what: str
) -> None:
    asked = container(**fields)
    with pytest.raises(Refused) as caught:
        policy(project).check(asked)
    assert str(caught.value) == (
        f"multidocker does not lend this machine to a task: app asks for {what}. "
        f'To allow it, add "{word}" to "allow" in [tool.multidocker], or start multidocker serve '
        f"--allow {word}."
    )
    policy(project, word).check(asked)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"linuxParameters": {"capabilities": {"drop": ["ALL"]}}},
        {"dockerSecurityOptions": ["no-new-privileges"]},
        {"dockerSecurityOptions": ["no-new-privileges:true"]},
    ],
)
def test_giving_rights_up_needs_no_leave(project: Path, fields: dict[str, Any]) -> None:
    policy(project).check(container(**fields))


def test_the_host_s_network_has_to_be_allowed(project: Path) -> None:
    with pytest.raises(Refused, match='add "host-network"'):
        policy(project).check(container(), "host")
    policy(project, "host-network").check(container(), "host")
    policy(project).check(container(), "none")


@pytest.mark.parametrize(
    ("modes", "word"), [(("host", None), "host-pid"), (("task", "host"), "host-ipc")]
)
def test_the_host_s_processes_are_not_lent(
    project: Path, modes: tuple[str | None, str | None], word: str
) -> None:
    with pytest.raises(Refused, match=f'add "{word}"'):
        policy(project).check_namespaces(*modes)
    policy(project, word).check_namespaces(*modes)
    policy(project).check_namespaces("task", "none")


def test_options_of_a_volume_driver_have_to_be_allowed(project: Path) -> None:
    options = {"type": "none", "o": "bind", "device": "/"}
    volume = Volume("v", docker_volume_configuration={"driverOpts": options})
    with pytest.raises(Refused, match="volume v has driver options"):
        policy(project).check_volume(volume)
    policy(project, "devices").check_volume(volume)
    policy(project).check_volume(Volume("v", docker_volume_configuration={"scope": "task"}))


def test_a_volume_of_the_user_s_own_has_to_be_allowed(project: Path) -> None:
    with pytest.raises(Refused, match='add "volume:pgdata"'):
        policy(project).check_foreign(Volume("pgdata"))
    policy(project, "volume:pgdata").check_foreign(Volume("pgdata"))
