"""Building, pulling and the image recipes, on a real engine."""

from __future__ import annotations

import importlib.util
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from pytest_multidocker.dockerrun.model import ContainerDefinition
from pytest_multidocker.engine.building import CONTEXT_LABEL
from pytest_multidocker.engine.images import ensure_images, inspect, managed_image, probe_image
from pytest_multidocker.engine.status import connect
from pytest_multidocker.engine.testcontainers_config import configure
from pytest_multidocker.errors import ImageUnavailable
from pytest_multidocker.project.settings import Settings, read_settings

if TYPE_CHECKING:
    from docker import DockerClient

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "sample_app"


@pytest.fixture(scope="module")
def client() -> Iterator[DockerClient]:
    client = connect()
    configure(client)
    yield client
    client.close()


@pytest.fixture(scope="module")
def recipes(client: DockerClient) -> None:
    """The base and database images: made if they are missing."""
    spec = importlib.util.spec_from_file_location("make_images", ROOT / "fixtures/images/make.py")
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    make.make(client, make.NAMES)


@pytest.fixture
def image(client: DockerClient) -> Iterator[str]:
    """The name of an image that nobody has; removed at the end."""
    name = f"multidocker-test/{uuid.uuid4().hex}:1"
    yield name
    if inspect(client, name):
        client.images.remove(name, force=True)


def _definition(image: str, name: str = "web") -> ContainerDefinition:
    return ContainerDefinition(name=name, image=image)


def _project(folder: Path, dockerfile: str) -> None:
    (folder / "web").mkdir(exist_ok=True)
    (folder / "web/Dockerfile").write_text(dockerfile)


def test_the_probe_is_small_and_dies_at_once(client: DockerClient) -> None:
    found = inspect(client, probe_image(client))
    assert found is not None
    assert found["Size"] < 3_000_000
    container = client.containers.run(probe_image(client), detach=True)
    try:
        code, out = container.exec_run(["sh", "-c", "echo x | tr x y"])
        assert (code, out) == (0, b"y\n")
        began = time.monotonic()
        container.stop(timeout=60)
        assert time.monotonic() - began < 30
    finally:
        container.remove(force=True)


def test_an_image_is_built_once_and_again_when_its_files_change(
    client: DockerClient, tmp_path: Path, image: str
) -> None:
    _project(tmp_path, f"FROM {probe_image(client)}\nENV STEP=1\n")
    lines: list[str] = []

    def ensure() -> dict[str, Any]:
        ensure_images(client, [_definition(image)], tmp_path, Settings(), progress=lines.append)
        found = inspect(client, image)
        assert found is not None
        return found

    first = ensure()
    assert lines[0] == f"building {image} (the folder web/)"
    assert len(first["Config"]["Labels"][CONTEXT_LABEL]) == 64
    lines.clear()
    assert ensure()["Id"] == first["Id"]
    assert lines == []
    _project(tmp_path, f"FROM {probe_image(client)}\nENV STEP=2\n")
    assert "STEP=2" in ensure()["Config"]["Env"]
    assert inspect(client, first["Id"]) is None


def test_a_build_that_fails_shows_its_end(client: DockerClient, tmp_path: Path, image: str) -> None:
    _project(tmp_path, f"FROM {probe_image(client)}\nRUN echo the reason && exit 3\n")
    with pytest.raises(ImageUnavailable) as caught:
        ensure_images(client, [_definition(image)], tmp_path, Settings())
    text = str(caught.value)
    assert "building it from web/Dockerfile (the folder web/) failed: The command" in text
    assert "returned a non-zero code: 3" in text
    assert "| the reason" in text


def test_a_registry_that_is_not_there_is_told_quickly(client: DockerClient, tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(ImageUnavailable) as caught:
        ensure_images(client, [_definition("127.0.0.1:9/gone:1")], tmp_path, Settings())
    assert time.monotonic() - began < 30
    assert "pulling 127.0.0.1:9/gone:1 failed: " in str(caught.value)
    assert "there is no web/Dockerfile" in str(caught.value)


@pytest.mark.usefixtures("recipes")
def test_our_postgres_is_fit_for_testcontainers(client: DockerClient) -> None:
    from testcontainers.community.postgres import PostgresContainer

    database = PostgresContainer(
        managed_image(client, "postgres", "15"),
        username="shop",
        password='it\'s "quoted" $x',
        dbname="orders",
        driver=None,
    )
    with database:
        with psycopg.connect(
            host=database.get_container_host_ip(),
            port=int(database.get_exposed_port(5432)),
            user="shop",
            password='it\'s "quoted" $x',
            dbname="orders",
        ) as connection:
            seen = connection.execute("SELECT current_user, current_database()").fetchone()
            connection.execute("CREATE TABLE t (number integer)")
        assert seen == ("shop", "orders")
        container = database.get_wrapped_container()
        began = time.monotonic()
        container.restart(timeout=60)
        assert time.monotonic() - began < 30


@pytest.mark.usefixtures("recipes")
@pytest.mark.parametrize("password", [None, "secret"])
def test_our_redis_is_fit_for_testcontainers(client: DockerClient, password: str | None) -> None:
    from testcontainers.community.redis import RedisContainer

    with RedisContainer(managed_image(client, "redis", "7"), password=password) as database:
        values = database.get_client()
        assert values.set("a", "1")
        assert values.get("a") == b"1"
        values.close()


@pytest.mark.usefixtures("recipes")
def test_our_postgres_refuses_to_start_without_a_password(client: DockerClient) -> None:
    from docker.errors import ContainerError

    with pytest.raises(ContainerError) as caught:
        client.containers.run("multidocker-postgres:15", remove=True)
    assert "POSTGRES_PASSWORD is not set" in str(caught.value)


@pytest.mark.usefixtures("recipes")
def test_the_images_of_the_sample_app_are_built(client: DockerClient) -> None:
    names = ("client", "server", "worker", "nginx")
    images = {name: f"multidocker-sample/multi-{name}:1.0" for name in names}
    definitions = [_definition(image, name) for name, image in images.items()]
    ensure_images(client, definitions, SAMPLE, read_settings(SAMPLE))
    ports = {}
    for name, image in images.items():
        found = inspect(client, image)
        assert found is not None
        ports[name] = sorted(found["Config"].get("ExposedPorts") or {})
    assert ports == {
        "client": ["3000/tcp"],
        "server": ["5000/tcp"],
        "worker": [],
        "nginx": ["80/tcp"],
    }


@pytest.mark.usefixtures("recipes")
def test_the_tests_of_the_sample_apps_page_pass(client: DockerClient) -> None:
    image = "multidocker-sample/client-test:latest"
    settings = read_settings(SAMPLE)
    ensure_images(client, [_definition("multidocker-sample/client-test")], SAMPLE, settings)
    output = client.containers.run(image, remove=True)
    assert isinstance(output, bytes)
    assert b"# pass 4\n# fail 0\n" in output
