from __future__ import annotations

from pathlib import Path

import pytest

from pytest_multidocker.errors import SettingsError
from pytest_multidocker.project.settings import (
    CheckSettings,
    ElastiCacheSettings,
    ImageSettings,
    RdsSettings,
    Settings,
    parse_settings,
    read_settings,
    settings_folder,
)

WHOLE = """\
[project]
name = "shop"

[tool.multidocker]
file = "deploy/Dockerrun.aws.json"
instance_type = "t3.small"
host_ports = "declared"
stop_timeout = 5
ignore = ["MD401", "MD602"]
allow = ["/srv/media"]

[tool.multidocker.images]
"shop/web:1" = "web"
worker = { context = "jobs", dockerfile = "Dockerfile.worker", target = "run", args = { N = 3 } }

[tool.multidocker.environment]
PGHOST = "${rds.orders.address}"
RETRIES = 3

[tool.multidocker.secrets]
"/shop/key" = "k3y"
"arn:aws:secretsmanager:us-east-1:1:secret:db" = { user = "app" }

[tool.multidocker.environment_files]
"arn:aws:s3:::shop/a.env" = "a.env"

[tool.multidocker.rds.orders]
user = "shop"
password = "correct horse"
database = "orders"
port = 6543
engine_version = "14"
image = "local/postgres:14"

[tool.multidocker.elasticache.sessions]
node_type = "cache.t2.micro"
port = 6380
engine_version = "6.2"
replicas = 1
image = "local/redis:6"
"""


def test_every_key_is_read() -> None:
    assert parse_settings(WHOLE) == Settings(
        file="deploy/Dockerrun.aws.json",
        images={
            "shop/web:1": ImageSettings("web"),
            "worker": ImageSettings("jobs", "Dockerfile.worker", "run", (("N", "3"),)),
        },
        environment={"PGHOST": "${rds.orders.address}", "RETRIES": "3"},
        secrets={
            "/shop/key": "k3y",
            "arn:aws:secretsmanager:us-east-1:1:secret:db": '{"user": "app"}',
        },
        environment_files={"arn:aws:s3:::shop/a.env": "a.env"},
        rds={
            "orders": RdsSettings(
                "orders", "shop", "correct horse", "orders", 6543, "14", "local/postgres:14"
            )
        },
        elasticache={
            "sessions": ElastiCacheSettings(
                "sessions", "cache.t2.micro", 6380, "6.2", 1, "local/redis:6"
            )
        },
        instance_type="t3.small",
        host_ports="declared",
        stop_timeout=5,
        ignore=("MD401", "MD602"),
        allow=("/srv/media",),
        check=CheckSettings(instance_type="t3.small"),
    )


def test_what_is_checked_is_read() -> None:
    settings = parse_settings(
        "[tool.multidocker.check]\nplatform = 'ecs-al2'\nseverity = 'error'\nselect = ['MD2']\n"
        "[tool.multidocker.check.ignore]\nMD604 = 'a demonstration'\n"
    )
    assert settings.check == CheckSettings(
        platform="ecs-al2", severity="error", select=("MD2",), ignore={"MD604": "a demonstration"}
    )


def test_security_groups_are_read() -> None:
    settings = parse_settings(
        "[tool.multidocker.deploy]\nsecurity_group_ports = '5432-6379'\n"
        "[tool.multidocker.rds.db]\nsecurity_groups = ['vault', 'sg-1']\n"
        "[tool.multidocker.rds.open]\nsecurity_groups = []\n"
        "[tool.multidocker.elasticache.cache]\n"
    )
    assert settings.deploy.security_group_ports == (5432, 6379)
    assert settings.rds["db"].security_groups == ("vault", "sg-1")
    assert settings.rds["open"].security_groups == ()
    assert settings.elasticache["cache"].security_groups is None


def test_one_port_is_a_range_of_one() -> None:
    settings = parse_settings("[tool.multidocker.deploy]\nsecurity_group_ports = '5432'\n")
    assert settings.deploy.security_group_ports == (5432, 5432)


@pytest.mark.parametrize("ports", ["6379-5432", "0-1", "1-65536", "5432-", "all", "5432 - 6379"])
def test_what_are_no_ports_is_refused(ports: str) -> None:
    with pytest.raises(SettingsError, match=r"^p\.toml:2: .*must be ports such as '5432-6379'"):
        parse_settings(f"[tool.multidocker.deploy]\nsecurity_group_ports = '{ports}'\n", "p.toml")


def test_a_rule_is_not_ignored_without_a_reason() -> None:
    with pytest.raises(SettingsError, match=r"'check\.ignore\.MD604' needs a reason"):
        parse_settings("[tool.multidocker.check.ignore]\nMD604 = ''\n")


@pytest.mark.parametrize("text", ["", "[tool.black]\nline-length = 3\n", "[tool.multidocker]\n"])
def test_what_is_not_set_has_its_default(text: str) -> None:
    assert parse_settings(text) == Settings()


def test_a_project_without_pyproject_has_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[tool.multidocker]\nhost_port = "declared"\n',
            (
                "p.toml:2: [tool.multidocker] there is no setting 'host_port'. "
                "Did you mean 'host_ports'?"
            ),
        ),
        (
            "[tool.multidocker]\n\nzzz = 1\n",
            (
                "p.toml:3: [tool.multidocker] there is no setting 'zzz'. Known: file, images, "
                "environment, rds, elasticache, secrets, environment_files, instance_type, "
                "host_ports, engine, localstack, require_docker, stop_timeout, ignore, allow, "
                "check, deploy."
            ),
        ),
        (
            '[tool.multidocker]\nhost_ports = "epemeral"\n',
            (
                "p.toml:2: [tool.multidocker] 'host_ports' must be one of ephemeral, declared, "
                "not 'epemeral'. Did you mean 'ephemeral'?"
            ),
        ),
        (
            "[tool.multidocker]\nfile = 3\n",
            "p.toml:2: [tool.multidocker] 'file' must be a text, not a whole number.",
        ),
        (
            "[tool.multidocker]\nstop_timeout = true\n",
            (
                "p.toml:2: [tool.multidocker] 'stop_timeout' must be a whole number, "
                "not true or false."
            ),
        ),
        (
            "[tool.multidocker]\nignore = [1]\n",
            "p.toml:2: [tool.multidocker] 'ignore' must hold texts only.",
        ),
        (
            '[tool.multidocker]\nallow = ["/srv", "volume:x", "host-pidd"]\n',
            (
                "p.toml:2: [tool.multidocker] 'allow': 'host-pidd' is nothing that can be allowed: "
                "an absolute host path, volume:NAME, privileged, capabilities, devices, "
                "security-options, host-network, host-pid or host-ipc. Did you mean 'host-pid'?"
            ),
        ),
        (
            '[tool.multidocker]\nfile = ""\n',
            "p.toml:2: [tool.multidocker] 'file' is empty.",
        ),
        (
            '[tool.multidocker.rds.db]\nuser = "u"\nport = 70000\n',
            "p.toml:3: [tool.multidocker] 'rds.db.port' must be between 1 and 65535, not 70000.",
        ),
        (
            '[tool.multidocker.rds.db]\npasword = "u"\n',
            (
                "p.toml:2: [tool.multidocker] there is no setting 'rds.db.pasword'. "
                "Did you mean 'password'?"
            ),
        ),
        (
            '[tool.multidocker.rds]\nuser = "u"\n',
            "p.toml:2: [tool.multidocker] 'rds.user' must be a table, not a text.",
        ),
        (
            "[tool.multidocker.secrets]\ntoken = 5\n",
            (
                "p.toml:2: [tool.multidocker] 'secrets.token' must be text, or a table for a "
                "secret that is a JSON object."
            ),
        ),
        (
            "[tool.multidocker.elasticache.c]\nreplicas = -1\n",
            "p.toml:2: [tool.multidocker] 'elasticache.c.replicas' must be at least 0, not -1.",
        ),
        (
            "[tool.multidocker.environment]\nA = 1\nB = []\n",
            "p.toml:3: [tool.multidocker] 'environment.B' must be a text, not a list.",
        ),
        (
            "[tool.multidocker.images]\nweb = 3\n",
            (
                "p.toml:2: [tool.multidocker] 'images.web' must be a folder, or a table with "
                "context and dockerfile."
            ),
        ),
        (
            "[tool.multidocker.images]\nweb = { dockerfil = 'x' }\n",
            (
                "p.toml:2: [tool.multidocker] there is no setting 'images.web.dockerfil'. "
                "Did you mean 'dockerfile'?"
            ),
        ),
        (
            "[tool.multidocker.rds.db]\n[tool.multidocker.environment]\nH = '${rds.db.adress}'\n",
            (
                "p.toml:3: [tool.multidocker] 'H' refers to ${rds.db.adress}, which nothing "
                "declares. Did you mean 'rds.db.address'?"
            ),
        ),
        ("[tool]\nmultidocker = 3\n", "p.toml: [tool.multidocker] must be a table."),
        ("a = \n", "p.toml is not TOML: Invalid value (at line 1, column 5)."),
    ],
)
def test_what_cannot_be_used_is_told_with_its_place(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_settings(text, "p.toml")
    assert str(caught.value) == message


def test_the_file_is_named_with_its_folder(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.multidocker]\nfile = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        read_settings(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}/pyproject.toml:2: ")


def test_the_names_that_values_may_refer_to() -> None:
    assert parse_settings(WHOLE).reference_names() == (
        "rds.orders.address",
        "rds.orders.port",
        "rds.orders.user",
        "rds.orders.password",
        "rds.orders.database",
        "elasticache.sessions.address",
        "elasticache.sessions.port",
    )


class TestNearest:
    @pytest.fixture
    def below(self, tmp_path: Path) -> Path:
        folder = tmp_path / "a" / "b"
        folder.mkdir(parents=True)
        (tmp_path / "pyproject.toml").write_text("[tool.multidocker]\nstop_timeout = 5")
        return folder

    @pytest.mark.parametrize("text", [None, "[project]", "[tool.multidocker]"])
    def test_a_file_without_settings_hides_none(
        self, below: Path, tmp_path: Path, text: str | None
    ) -> None:
        if text is not None:
            (below.parent / "pyproject.toml").write_text(text)

        assert settings_folder(below) == tmp_path

    @pytest.mark.parametrize("text", ["[tool.multidocker]\nfile = 'x'", "tool = 1", "[tool"])
    def test_settings_and_a_file_that_cannot_be_read_count(self, below: Path, text: str) -> None:
        (below.parent / "pyproject.toml").write_text(text)

        assert settings_folder(below) == below.parent

    def test_without_any_it_is_the_folder_itself(self, tmp_path: Path) -> None:
        assert settings_folder(tmp_path) == tmp_path
