from __future__ import annotations

from pytest_multidocker.dockerrun import Document
from pytest_multidocker.report import reporter
from pytest_multidocker.rules import check

DOCUMENT = Document(
    '{\n  "AWSEBDockerrunVersion": 2,\n  "containerDefinitions": [{"name": "web", "memory": 8,\n'
    '    "portMappings": [{"hostPort": 80, "containerPort": 80}], "build": "."}]\n}\n'
)


def test_each_finding_has_its_place_its_fix_and_the_words_of_aws() -> None:
    report = reporter("text")(check(DOCUMENT), [DOCUMENT.path])
    assert report == (
        "Dockerrun.aws.json:3:37 error MD104 web has no image.\n"
        '    fix: Add "image" with the name of an image that is pushed to a registry.\n'
        "    ECS would say (RegisterTaskDefinition): "
        "Container.image should not be null or empty.\n"
        "Dockerrun.aws.json:4:62 warning MD020 "
        "'build' means nothing to ECS here and is passed over.\n"
        "    fix: Elastic Beanstalk builds nothing: push the image and name it in image.\n"
        "1 file checked: 1 error, 1 warning\n"
    )


def test_no_findings_is_one_line() -> None:
    assert reporter("text")([], ["a", "b"]) == "2 files checked: no findings\n"
