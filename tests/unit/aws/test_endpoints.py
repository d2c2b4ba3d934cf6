from __future__ import annotations

from pytest_multidocker.aws.endpoints import Endpoint, EndpointRegistry

POSTGRES = Endpoint(
    id="db",
    kind="postgres",
    address="db.0123456789ab.us-east-1.rds.amazonaws.com",
    port=5432,
    container_id="c1",
    container_ip="172.17.0.2",
    host="127.0.0.1",
    host_port=32768,
)


def test_tasks_resolve_registered_addresses_to_the_containers() -> None:
    registry = EndpointRegistry()
    registry.register(POSTGRES)
    assert registry.extra_hosts() == {POSTGRES.address: "172.17.0.2"}
    assert registry.find(POSTGRES.address) == POSTGRES
    assert registry.all()[0].as_dict()["host_port"] == 32768


def test_a_withdrawn_address_resolves_no_more() -> None:
    registry = EndpointRegistry()
    registry.register(POSTGRES)
    assert registry.withdraw(POSTGRES.address) == POSTGRES
    assert registry.withdraw(POSTGRES.address) is None
    assert registry.extra_hosts() == {}
