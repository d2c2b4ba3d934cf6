# ruff: noqa: E501 - texts of files as they stand
from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.projects import write_workflow

from pytest_multidocker.project.ci import ANY, deploys, pushes
from pytest_multidocker.project.ci_keys import clear_keys

TRAVIS = """\
after_success:
  - docker push example/web:1.0
  - echo "$P" | docker login --password-stdin && docker push --quiet example/api:$TAG
deploy:
  provider: elasticbeanstalk
  region: us-east-1
  secret_access_key:
    secure: abc=
"""
WORKFLOW = """\
jobs:
  deploy:
    steps:
      - run: |
          docker build -t example/web:1.0 web
          docker push example/web:1.0
      - uses: docker/build-push-action@v6
        with: {push: true, tags: "example/api:1, example/api:2"}
      - uses: docker/build-push-action@v6
        with: {push: false, tags: example/local:1}
      - uses: einaregilsson/beanstalk-deploy@v22
        with:
          aws_access_key: AKIDEXAMPLE
          region: us-east-1
"""


def test_pushes_and_deploys_of_travis(tmp_path: Path) -> None:
    (tmp_path / ".travis.yml").write_text(TRAVIS)
    assert [(each.image, each.line) for each in pushes(tmp_path)] == [
        ("example/web:1.0", 2),
        ("example/api:$TAG", 3),
    ]
    (deploy,) = deploys(tmp_path)
    assert deploy.line == 5
    assert deploy.options["region"].text == "us-east-1"
    assert deploy.options["secret_access_key"].text == ""


def test_pushes_and_deploys_of_workflows(tmp_path: Path) -> None:
    write_workflow(tmp_path, WORKFLOW)
    assert [(each.image, each.line) for each in pushes(tmp_path)] == [
        ("example/web:1.0", 6),
        ("example/api:1", 8),
        ("example/api:2", 8),
    ]
    (deploy,) = deploys(tmp_path)
    assert deploy.options["aws_access_key"].text == "AKIDEXAMPLE"
    assert deploy.required == (("region",), ("application_name",), ("environment_name",))


@pytest.mark.parametrize(
    ("run", "images"),
    [
        ("docker push joe/client:${{ github.sha }}", ["joe/client:${{ github.sha }}"]),
        ("docker push joe/client:$(git rev-parse HEAD)", ["joe/client:$(git rev-parse HEAD)"]),
        ("docker push joe/client:1; echo ok", ["joe/client:1"]),
        ("docker push joe/client:1|tee log", ["joe/client:1"]),
        ("docker push joe/client:1 >/dev/null", ["joe/client:1"]),
        ("sudo docker push -q joe/client:1", ["joe/client:1"]),
        ("for s in a b; do docker push joe/$s:1; done", ["joe/$s:1"]),
        ("docker image push joe/client:1", ["joe/client:1"]),
        ("docker push --platform linux/arm64 joe/client:1", ["joe/client:1"]),
        ("docker push --all-tags joe/client", ["joe/client:$tag"]),
        ("docker push -a joe/client", ["joe/client:$tag"]),
        ("docker build --push -t joe/a:1 -t joe/a:2 .", ["joe/a:1", "joe/a:2"]),
        ("docker buildx build --push --tag joe/a:1 .", ["joe/a:1"]),
        ("docker build -t joe/a:1 .", []),
        ("docker compose push web", [ANY]),
        ("docker-compose -f a.yml push", [ANY]),
        ("docker buildx bake --push", [ANY]),
        ("docker build --push $TAGS", [ANY]),
        ("docker build -o type=registry -t joe/a:1 .", ["joe/a:1"]),
        ("docker buildx build --output=type=image,push=true -t joe/a:1 .", ["joe/a:1"]),
        ("docker buildx build --output type=image,push=$PUSH -t joe/a:1 .", ["joe/a:1"]),
        ("docker buildx build -o type=image,name=joe/a:1,push=true .", ["joe/a:1"]),
        ("docker buildx build -o type=image,push=false -t joe/a:1 .", []),
        ("docker buildx build -o type=image -t joe/a:1 .", []),
        ("docker buildx build -o type=docker -t joe/a:1 .", []),
        ("docker buildx build -o $HOME/out -t joe/a:1 .", []),
        ("docker buildx imagetools create -t joe/a:1 joe/a:x", ["joe/a:1"]),
        ("docker buildx imagetools create --append --tag joe/a:1 --tag=joe/a:2 -tjoe/a:3 joe/a:x",
         ["joe/a:1", "joe/a:2", "joe/a:3"]),
        ("docker buildx imagetools create $(jq -cr .tags x) joe/a:x", [ANY]),
        ("docker buildx imagetools create --dry-run -t joe/a:1 joe/a:x", []),
        ("docker buildx imagetools inspect joe/a:x", []),
        ("podman push joe/a:1", ["joe/a:1"]),
        ("podman push --creds joe:x a docker://quay.io/joe/a:1", ["quay.io/joe/a:1"]),
        ("./push.sh", [ANY]),
        ("bash scripts/deploy.sh", [ANY]),
        ("scripts/ci.sh release", [ANY]),
        ("make -C web publish", [ANY]),
        ("npm --prefix web run deploy", [ANY]),
        ("yarn deploy", [ANY]),
        ("npm publish", []),
        ("./test.sh && make test && git push", []),
        ("docker push", []),
        ("echo docker push joe/client:1", []),
    ],
)  # fmt: skip
def test_the_ways_to_push(run: str, images: list[str], tmp_path: Path) -> None:
    write_workflow(tmp_path, f"jobs: {{a: {{steps: [{{run: {json.dumps(run)}}}]}}}}")
    assert [each.image for each in pushes(tmp_path)] == images


@pytest.mark.parametrize(
    ("given", "images"),
    [
        ("push: true, tags: joe/a:1", ["joe/a:1"]),
        ("push: 'True', tags: joe/a:1", ["joe/a:1"]),
        ("push: \"${{ github.event_name != 'pull_request' }}\", tags: joe/a:1", ["joe/a:1"]),
        ("push: false, tags: joe/a:1", []),
        ("push: 1, tags: joe/a:1", []),
        ("tags: joe/a:1", []),
        ("push: true", []),
        ("outputs: type=registry, tags: joe/a:1", ["joe/a:1"]),
        ('outputs: "type=image,name=joe/a,push=true", tags: joe/a:1', ["joe/a:1"]),
        ('outputs: "type=local,dest=x\\n type=registry", tags: joe/a:1', ["joe/a:1"]),
        ('outputs: "type=image,push-by-digest=true,push=true"', [ANY]),
        ('outputs: "${{ matrix.outputs }}", tags: joe/a:1', ["joe/a:1"]),
        ('outputs: "type=registry,push=false", tags: joe/a:1', []),
        ('outputs: "type=docker,dest=x.tar", tags: joe/a:1', []),
    ],
)
def test_the_action_pushes_where_it_is_not_plainly_kept_from_it(
    given: str, images: list[str], tmp_path: Path
) -> None:
    step = f"{{uses: docker/build-push-action@v6, with: {{{given}}}}}"
    write_workflow(tmp_path, f"jobs: {{a: {{steps: [{step}]}}}}")
    assert [each.image for each in pushes(tmp_path)] == images


@pytest.mark.parametrize(
    ("job", "images"),
    [
        ("{uses: ./.github/workflows/release.yml}", [ANY]),
        ("{uses: joe/ci/.github/workflows/publish.yml@v1}", [ANY]),
        ("{uses: joe/ci/.github/workflows/test.yml@release}", []),
        ("{steps: [{uses: ./.github/actions/push}]}", [ANY]),
        ("{steps: [{uses: ./.github/actions/test}]}", []),
        ("{steps: [{uses: joe/deploy@v1}]}", []),
        ("{steps: [{name: make release, run: make}]}", []),
        ("{defaults: {run: {working-directory: ./deploy}}}", []),
    ],
)
def test_what_cannot_be_read_pushes_where_its_name_says_so(
    job: str, images: list[str], tmp_path: Path
) -> None:
    write_workflow(tmp_path, f"jobs:\n  a: {job}\n")
    assert [(each.image, each.line) for each in pushes(tmp_path)] == [(each, 2) for each in images]


def test_a_script_that_travis_deploys_with_may_push(tmp_path: Path) -> None:
    text = "deploy:\n  provider: script\n  script: bash Deploy.sh\n"
    (tmp_path / ".travis.yml").write_text(text)
    assert [(each.image, each.line) for each in pushes(tmp_path)] == [(ANY, 3)]


def test_tags_of_the_action_may_hold_expressions(tmp_path: Path) -> None:
    tags = "example/${{ matrix.service }}:1, example/x:${{ github.sha }}"
    write_workflow(tmp_path, WORKFLOW.replace("example/api:1, example/api:2", tags))
    assert [each.image for each in pushes(tmp_path)][1:] == [
        "example/${{ matrix.service }}:1",
        "example/x:${{ github.sha }}",
    ]


@pytest.mark.parametrize("jobs", ["jobs", "matrix"])
def test_deploys_of_single_jobs_of_travis(jobs: str, tmp_path: Path) -> None:
    deploy = "{provider: elasticbeanstalk, app: a}"
    text = f"{jobs}:\n  include:\n    - script: x\n    - deploy: {deploy}\n"
    (tmp_path / ".travis.yml").write_text(text)
    (found,) = deploys(tmp_path)
    assert (found.line, found.options["app"].text) == (4, "a")


def test_the_action_of_aws_is_given_its_key_by_another(tmp_path: Path) -> None:
    """Its own inputs are of its action.yml; the key is not one of them."""
    write_workflow(
        tmp_path,
        """\
jobs:
  deploy:
    steps:
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          aws-region: us-west-2
          aws-access-key-id: ${{ secrets.KEY }}
          aws-secret-access-key: abc
      - uses: AWS-Actions/aws-elasticbeanstalk-deploy@v1
        with: {application-name: shop, environment-name: shop-env}
""",
    )
    (deploy,) = deploys(tmp_path)
    assert deploy.line == 9
    missing = [names for names in deploy.required if names[0] not in deploy.options]
    assert missing == [("aws-region",)]
    assert deploy.access_key({"KEY": "AKID"}) == ("AKID", "abc")
    assert [(key.name, key.line) for key in clear_keys(tmp_path)] == [("aws-secret-access-key", 8)]


@pytest.mark.parametrize("provider", ["elasticbeanstalk", "Elastic-Beanstalk", "elastic_beanstalk"])
def test_a_provider_is_what_travis_takes_for_it(provider: str, tmp_path: Path) -> None:
    text = f"jobs:\n  - deploy: [{{provider: s3}}, {{provider: {provider}, app: a}}]\n"
    (tmp_path / ".travis.yml").write_text(text)
    (found,) = deploys(tmp_path)
    assert (found.line, found.options["app"].text) == (2, "a")


KEY_ID = "AKIA" + "0" * 16
SECRET = "Ab1/" * 10


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"env: {{AWS_ACCESS_KEY_ID: {KEY_ID}}}", [("AWS access key id", 1)]),
        (f"env:\n  AWS_SECRET_ACCESS_KEY: {SECRET}", [("AWS_SECRET_ACCESS_KEY", 2)]),
        (f"env:\n  - AWS_SECRET_ACCESS_KEY={SECRET}", [("AWS_SECRET_ACCESS_KEY", 2)]),
        (f"run: |\n  a\n  aws configure set aws_access_key_id {KEY_ID}",
         [("AWS access key id", 3)]),
        ("deploy: {provider: elasticbeanstalk, access_key_id: AKIAIOSFODNN7EXAMPLE}",
         [("access_key_id", 1)]),
        ("env: {AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE}", []),
        ("env: {AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}", []),
        ("env: {AWS_ACCESS_KEY_ID: test, AWS_SECRET_ACCESS_KEY: test}", []),
        ("env: {AWS_ACCESS_KEY_ID: $ID, AWS_SECRET_ACCESS_KEY: '${{ secrets.KEY }}'}", []),
    ],
)  # fmt: skip
def test_keys_in_clear_text(text: str, expected: list[tuple[str, int]], tmp_path: Path) -> None:
    (tmp_path / ".travis.yml").write_text(text)
    assert [(each.name, each.line) for each in clear_keys(tmp_path)] == expected


@pytest.mark.parametrize(
    "text", ["", "[", "deploy: elasticbeanstalk", "deploy: [1, {provider: s3}]", "jobs: {a: {steps: {}}}",
             "script: \"docker push 'a\"", "script: docker push", "jobs: [1]", "a: &a {b: *a}"]
)  # fmt: skip
def test_what_is_no_ci_file_pushes_and_deploys_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / ".travis.yml").write_text(text)
    assert pushes(tmp_path) == []
    assert deploys(tmp_path) == []


@pytest.mark.parametrize(
    ("deploy", "known", "expected"),
    [
        (
            "{access_key_id: $ID, secret_access_key: '${SECRET}'}",
            {"ID": "i", "SECRET": "s"},
            ("i", "s"),
        ),
        ("{access_key_id: i, secret_access_key: s}", {}, ("i", "s")),
        ("{access_key_id: $ID, secret_access_key: $SECRET}", {"ID": "i"}, None),
        ("{access_key_id: $ID, secret_access_key: {secure: abc=}}", {"ID": "i"}, None),
        ("{access_key_id: $ID}", {"ID": "i"}, None),
    ],
)
def test_the_key_that_travis_deploys_with(
    tmp_path: Path, deploy: str, known: dict[str, str], expected: tuple[str, str] | None
) -> None:
    text = f"deploy: {deploy.replace('{', '{provider: elasticbeanstalk, ', 1)}\n"
    (tmp_path / ".travis.yml").write_text(text)
    (found,) = deploys(tmp_path)
    assert found.access_key(known) == expected


def test_the_key_that_a_workflow_deploys_with(tmp_path: Path) -> None:
    named = "aws_access_key: ${{ secrets.ID }}\n          aws_secret_key: ${{secrets.SECRET}}"
    text = WORKFLOW.replace("aws_access_key: AKIDEXAMPLE", named)
    write_workflow(tmp_path, text)
    (found,) = deploys(tmp_path)
    assert found.access_key({"ID": "i", "SECRET": "s"}) == ("i", "s")
    assert found.access_key({"ID": "i"}) is None
