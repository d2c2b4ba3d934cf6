"""Where the endpoint listens and what it tells containers, on a bridge that is loopback."""

from __future__ import annotations

import json
import logging
import platform
import urllib.error
import urllib.request
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from support.metadata import ARN, identity

from pytest_multidocker.aws.metadata import MetadataEndpoint, endpoint
from pytest_multidocker.engine.redirection import Redirection

AT = "http://169.254.170.2"
ROLE = "arn:aws:iam::123456789012:role/app"


class Rules:
    """Stands for this machine's rules; ``ours`` is whether we may change them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ours = True
        self.inserted: list[Redirection] = []
        self.sweeps = 0

        def insert(rule: Redirection) -> bool:
            if self.ours:
                self.inserted.append(rule)
            return self.ours

        def remove(rule: Redirection) -> None:
            self.inserted.remove(rule)

        monkeypatch.setattr(Redirection, "insert", insert)
        monkeypatch.setattr(Redirection, "remove", remove)
        monkeypatch.setattr(endpoint, "remove_unanswered", self.sweep)

    def sweep(self) -> list[Redirection]:
        self.sweeps += 1
        return []


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Rules:
    return Rules(monkeypatch)


class Engine:
    """Stands for Docker, with a bridge at ``gateway``."""

    def __init__(self, gateway: str = "127.0.0.1", name: str = "") -> None:
        self._range = {"Gateway": gateway, "Subnet": "127.0.0.0/8"}
        self._name = name or platform.node()
        self.api = SimpleNamespace(inspect_network=self._inspect_network)

    def _inspect_network(self, _name: str) -> Any:
        return {"Driver": "bridge", "IPAM": {"Config": [self._range]}}

    def info(self) -> Any:
        return {"KernelVersion": platform.release(), "Name": self._name}


def unknown(arn: str) -> Any:
    raise KeyError(arn)


def opened(engine: Engine | None = None) -> MetadataEndpoint:
    found = MetadataEndpoint(cast(Any, engine or Engine()), "run", lambda *_: {})
    found.open(unknown)
    return found


@pytest.fixture
def listening(rules: Rules) -> Iterator[MetadataEndpoint]:
    found = opened()
    yield found
    found.close()
    assert rules.inserted == []


def test_containers_are_sent_to_the_agent_s_address(
    listening: MetadataEndpoint, rules: Rules
) -> None:
    task = identity({"name": "web"})
    (rule,) = rules.inserted
    found = listening.variables(task, task.definition.container("web"))
    container_id = found["ECS_AGENT_URI"].rpartition("/")[2]
    assert container_id.endswith(f"-{rule.endpoint}")
    assert found == {
        "ECS_CONTAINER_METADATA_URI": f"{AT}/v3/{container_id}",
        "ECS_CONTAINER_METADATA_URI_V4": f"{AT}/v4/{container_id}",
        "ECS_AGENT_URI": f"{AT}/api/{container_id}",
    }
    assert (rule.run_id, rule.subnet, rule.host) == ("run", "127.0.0.0/8", "127.0.0.1")


def test_containers_of_a_role_are_told_of_its_credentials(listening: MetadataEndpoint) -> None:
    task = identity({"name": "web"}, {"name": "db"}, task_role_arn=ROLE)
    web, db = (listening.variables(task, c) for c in task.definition.containers)
    assert web["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"].startswith("/v2/credentials/")
    name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
    assert web[name] == db[name]


def test_where_the_rule_leads_somebody_listens(listening: MetadataEndpoint, rules: Rules) -> None:
    task = identity({"name": "web"})
    found = listening.variables(task, task.definition.container("web"))
    (rule,) = rules.inserted
    url = found["ECS_CONTAINER_METADATA_URI_V4"].replace(AT, f"http://{rule.host}:{rule.port}")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(url, timeout=10)
    with caught.value as answer:
        assert answer.code == 404
        assert answer.headers["Content-Type"] == "application/json"
        assert json.load(answer).startswith("V4 container metadata handler: ")


def test_rules_that_lead_to_nobody_are_looked_for_once_a_task(
    listening: MetadataEndpoint, rules: Rules
) -> None:
    assert rules.sweeps == 1
    task = identity({"name": "web"}, {"name": "db"})
    for container in task.definition.containers:
        listening.variables(task, container)
    assert rules.sweeps == 2
    listening.forget(ARN)
    listening.variables(task, task.definition.container("web"))
    assert rules.sweeps == 3


def test_without_a_rule_containers_are_sent_to_the_gateway(rules: Rules) -> None:
    rules.ours = False
    found = opened()
    task = identity({"name": "web"}, task_role_arn=ROLE)
    added = found.variables(task, task.definition.container("web"))
    assert added["ECS_CONTAINER_METADATA_URI_V4"].startswith("http://127.0.0.1:")
    assert not {name for name in added if "CREDENTIALS" in name}  # which no SDK would ask there
    found.close()


def test_a_container_on_the_host_s_network_is_sent_to_loopback(
    listening: MetadataEndpoint, rules: Rules
) -> None:
    task = identity({"name": "web"}, task_role_arn=ROLE, network_mode="host")
    added = listening.variables(task, task.definition.container("web"))
    url = added["ECS_CONTAINER_METADATA_URI_V4"]
    assert url.startswith("http://127.0.0.1:")
    assert f":{rules.inserted[0].port}/" not in url
    base = url.partition("/v4/")[0]
    assert added["AWS_CONTAINER_CREDENTIALS_FULL_URI"].startswith(f"{base}/v2/credentials/")
    assert "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" not in added


@pytest.mark.parametrize(
    ("engine", "why"),
    [
        (Engine(name="elsewhere"), "the Docker Engine is on another machine"),
        (Engine(gateway="192.0.2.1"), "cannot listen on 192.0.2.1"),
    ],
)
def test_containers_that_cannot_reach_us_are_told_nothing(
    rules: Rules, engine: Engine, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = opened(engine)
    task = identity({"name": "web"}, task_role_arn=ROLE)
    assert found.variables(task, task.definition.container("web")) == {}
    assert rules.inserted == []
    assert why in caplog.text
    found.close()
