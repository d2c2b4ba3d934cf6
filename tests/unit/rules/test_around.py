"""The project around the file, beyond what the examples of the rules show."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_multidocker.dockerrun import load
from pytest_multidocker.rules import check

SAMPLE = Path(__file__).parents[3] / "sample_app"
NGINX = "server { location / { proxy_pass http://%s:3000; } }"


def write(folder: Path, files: dict[str, Any]) -> list[tuple[str, str]]:
    """Write the files and return rule and file name of each finding."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content))
    findings = check(load(folder / "Dockerrun.aws.json"), project=folder)
    return [(each.rule, Path(each.path).name) for each in findings if each.severity != "info"]


def dockerrun(*containers: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"AWSEBDockerrunVersion": 2, "containerDefinitions": list(containers), **top}


def container(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "image": f"example/{name}:1.0", "memory": 64, **more}


def nginx(**more: Any) -> dict[str, Any]:
    return container("nginx", portMappings=[{"hostPort": 80, "containerPort": 80}], **more)


def test_the_sample_app_is_clean() -> None:
    document = load(SAMPLE / "Dockerrun.aws.json")
    findings = check(document, project=SAMPLE)
    assert [each for each in findings if each.severity != "info"] == []


def test_without_the_links_of_the_sample_nginx_finds_no_host(tmp_path: Path) -> None:
    text = (SAMPLE / "Dockerrun.aws.json").read_text(encoding="utf-8")
    (tmp_path / "nginx").mkdir()
    for name in ("Dockerfile", "nginx.conf"):
        (tmp_path / "nginx" / name).write_text((SAMPLE / "nginx" / name).read_text())
    (tmp_path / "Dockerrun.aws.json").write_text(text.replace('["client", "server"]', '["client"]'))
    findings = [
        each
        for each in check(load(tmp_path / "Dockerrun.aws.json"), project=tmp_path)
        if each.rule == "MD701"
    ]
    assert [(Path(each.path).name, each.fix) for each in findings] == [
        ("nginx.conf", 'Add "server" to the links of nginx.')
    ]


def test_a_configuration_that_is_mounted_from_the_bundle_is_read(tmp_path: Path) -> None:
    mount = {"sourceVolume": "conf", "containerPath": "/etc/nginx/conf.d"}
    volume = {"name": "conf", "host": {"sourcePath": "/var/app/current/proxy/conf.d"}}
    app = dockerrun(nginx(links=["web"], mountPoints=[mount]), container("web"), volumes=[volume])
    files = {"Dockerrun.aws.json": app, "proxy/conf.d/site.conf": NGINX % "web"}
    assert write(tmp_path, files) == []
    files["proxy/conf.d/site.conf"] = NGINX % "wbe"
    assert write(tmp_path, files) == [("MD701", "site.conf")]


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        ({"extraHosts": [{"hostname": "legacy", "ipAddress": "10.0.0.9"}]}, []),
        ({"hostname": "legacy"}, []),
        ({"name": "legacy"}, [("MD701", "nginx.conf")]),
        ({}, [("MD701", "nginx.conf")]),
    ],
)
def test_a_container_resolves_what_its_own_hosts_file_names(
    definition: dict[str, Any], found: list[tuple[str, str]], tmp_path: Path
) -> None:
    name = definition.get("name", "nginx")
    assert (
        write(
            tmp_path,
            {
                "Dockerrun.aws.json": dockerrun({**nginx(), **definition}),
                f"{name}/Dockerfile": "FROM nginx:1.27\nCOPY nginx.conf /etc/nginx/nginx.conf\n",
                f"{name}/nginx.conf": "events {}\nhttp { server { location / { "
                "proxy_pass http://legacy:5000; } } }\n",
            },
        )
        == found
    )


def test_hosts_of_the_outside_are_left_alone(tmp_path: Path) -> None:
    dockerfile = "FROM nginx:1.27\nCOPY *.conf /etc/nginx/conf.d/\n"
    for host in ("example.com", "localhost", "10.0.0.1", "$backend"):
        files = {"Dockerrun.aws.json": dockerrun(nginx()), "nginx/Dockerfile": dockerfile,
                 "nginx/default.conf": NGINX % host}  # fmt: skip
        assert write(tmp_path, files) == []


def test_a_link_with_an_alias_does_not_make_the_name_resolve(tmp_path: Path) -> None:
    dockerfile = "FROM nginx:1.27\nCOPY default.conf /etc/nginx/conf.d/\n"
    app = dockerrun(nginx(links=["web:backend"]), container("web"))
    files = {"Dockerrun.aws.json": app, "nginx/Dockerfile": dockerfile,
             "nginx/default.conf": NGINX % "web", "web/Dockerfile": "FROM x\n"}  # fmt: skip
    assert write(tmp_path, files) == [("MD701", "default.conf")]


def test_files_that_are_not_understood_are_passed_over(tmp_path: Path) -> None:
    assert (
        write(
            tmp_path,
            {
                "Dockerrun.aws.json": dockerrun(nginx()),
                "nginx/Dockerfile": "COPY [oops\nFROM\nEXPOSE x\nCOPY . /etc/nginx",
                "nginx/odd.conf": "server { no_such_directive a b; }",
                ".travis.yml": "\t- [",
                ".github/workflows/a.yml": "jobs: 3",
                "docker-compose.yml": "services:\n - 1",
                ".ebextensions/x.config": "{",
                "pyproject.toml": "[tool.multidocker]\nno_such_setting = 1",
            },
        )
        == []
    )


def test_a_variable_in_an_address_has_nginx_ask_a_resolver(tmp_path: Path) -> None:
    app = dockerrun(nginx(links=["web"]), container("web"))
    files = {"Dockerrun.aws.json": app, "nginx/Dockerfile": "FROM nginx\nCOPY . /etc/nginx/"}
    files["nginx/a.conf"] = "server { proxy_pass http://web:1$uri; proxy_pass http://no/$1; }"
    files["web/Dockerfile"] = "FROM node\nEXPOSE 9"
    assert write(tmp_path, files) == [("MD712", "a.conf")]
    files["nginx/a.conf"] = "upstream web { server web:9; } server { proxy_pass http://web/$1; }"
    assert write(tmp_path, files) == []


def test_variables_of_the_image_itself_need_no_deploy(tmp_path: Path) -> None:
    files = {"Dockerrun.aws.json": dockerrun(nginx()), "nginx/Dockerfile": "FROM a\nENV PORT=1",
             "compose.yaml": "services: {nginx: {environment: {PORT: 1}}}"}  # fmt: skip
    assert write(tmp_path, files) == []


def test_settings_above_the_folder_count(tmp_path: Path) -> None:
    settings = "[tool.multidocker.environment]\nPORT = '1'\n"
    settings += "[tool.multidocker.images.'example/nginx:1.0']\ncontext = 'images/proxy'\n"
    files = {"Dockerrun.aws.json": dockerrun(nginx()), "../pyproject.toml": settings,
             "../images/proxy/Dockerfile": "FROM nginx\nCOPY . /etc/nginx/",
             "../images/proxy/a.conf": NGINX % "nope",
             "compose.yaml": "services: {nginx: {environment: {PORT: 1}}}"}  # fmt: skip
    assert write(tmp_path / "app", files) == [("MD701", "a.conf")]


@pytest.mark.parametrize("beside", ["Dockerfile", "docker-compose.yml", ""])
def test_version_1_without_an_image_needs_something_beside_it(beside: str, tmp_path: Path) -> None:
    file = {"AWSEBDockerrunVersion": "1", "Ports": [{"ContainerPort": 80}]}
    found = write(tmp_path, {"Dockerrun.aws.json": file, beside or "other": ""})
    assert found == ([] if beside else [("MD040", "Dockerrun.aws.json")])
    (tmp_path / "Dockerrun.aws.json").rename(tmp_path / "1.Dockerrun.aws.json")
    document = load(tmp_path / "1.Dockerrun.aws.json")
    assert check(document, project=tmp_path) == []


@pytest.mark.parametrize(
    ("version", "beside", "rules"),
    [
        ("1", "x", ["MD040"]),
        ("1", "Dockerfile", []),
        ("3", "x", ["MD710"]),
        ("3", "docker-compose.yml", []),
        ("2", "x", ["MD017"]),
    ],
)
def test_what_a_bundle_has_beside_the_file(
    version: str, beside: str, rules: list[str], tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr("Dockerrun.aws.json", json.dumps({"AWSEBDockerrunVersion": version}))
        archive.writestr(beside, "")
    findings = check(load(tmp_path / "app.zip"))
    assert [each.rule for each in findings if each.severity == "error"] == rules


def test_public_images_need_not_be_pushed(tmp_path: Path) -> None:
    app = dockerrun(nginx(), {**container("db"), "image": "postgres:15"})
    travis = "script:\n - docker push example/nginx:${TAG}\n"
    assert write(tmp_path, {"Dockerrun.aws.json": app, ".travis.yml": travis}) == []


def test_a_pushed_name_that_differs_is_proposed(tmp_path: Path) -> None:
    app = dockerrun(nginx())
    travis = "script:\n - docker push example/multi-nginx:1.0\n"
    assert write(tmp_path, {"Dockerrun.aws.json": app, ".travis.yml": travis}) == [
        ("MD704", "Dockerrun.aws.json"),
        ("MD705", ".travis.yml"),
    ]
    (first, _) = [
        each
        for each in check(load(tmp_path / "Dockerrun.aws.json"), project=tmp_path)
        if each.severity != "info"
    ]
    assert first.message.endswith("Did you mean 'example/multi-nginx:1.0'?")


@pytest.mark.parametrize(
    "push",
    [
        "docker push example/nginx:${{ github.sha }}",
        "docker push example/nginx:1.0 | tee log",
        "docker push docker.io/example/nginx:1.0",
        "docker push example/nginx:latest && docker push example/nginx:1.0",
        "for s in nginx; do docker push example/$s:1.0; docker push example/$s:latest; done",
        "docker push --all-tags example/nginx",
        "docker push example/nginx:1.0; docker push example/nginx:sha-${{ github.sha }}",
        "docker push example/nginx:1.0; docker push example/nginx:build-${TRAVIS_BUILD_NUMBER}",
        "docker push example/nginx:2.0; ./push.sh",
        "docker compose push; docker push example/other-base:1.0 || true",
    ],
)
def test_images_that_are_pushed_in_any_way_are_pushed(push: str, tmp_path: Path) -> None:
    workflow = f"jobs: {{a: {{steps: [{{run: {json.dumps(push)}}}]}}}}"
    files = {"Dockerrun.aws.json": dockerrun(nginx()), ".github/workflows/ci.yml": workflow}
    expected = [("MD705", "ci.yml")] if "other-base" in push else []
    assert write(tmp_path, files) == expected


def test_the_files_of_ci_are_read_as_yaml_once_for_all_containers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composed = []
    compose = yaml.compose

    def counted(text: str, **more: Any) -> Any:
        composed.append(text)
        return compose(text, **more)

    monkeypatch.setattr(yaml, "compose", counted)
    files: dict[str, Any] = {
        f".github/workflows/{number}.yml": f"on: push # docker beanstalk-deploy {number}"
        for number in range(5)
    }
    app = dockerrun(nginx(), *(container(f"c{number}") for number in range(9)))
    assert write(tmp_path, {"Dockerrun.aws.json": app, **files}) == []
    assert len(composed) == 5


def test_pipes_under_the_names_of_files_are_not_waited_for(tmp_path: Path) -> None:
    for name in ("compose.yaml", ".travis.yml", ".ebextensions/x.config", "nginx/Dockerfile",
                 ".github/workflows/a.yml", "pyproject.toml", "conf/a.conf"):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(tmp_path / name)
    mount = {"sourceVolume": "conf", "containerPath": "/etc/nginx/conf.d"}
    volume = {"name": "conf", "host": {"sourcePath": "/var/app/current/conf"}}
    app = dockerrun(nginx(mountPoints=[mount]), volumes=[volume])
    assert write(tmp_path, {"Dockerrun.aws.json": app}) == []
