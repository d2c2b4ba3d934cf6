"""What a project is called on AWS."""

from __future__ import annotations

from pathlib import Path

from support.projects import write_workflow

from pytest_multidocker.project.deployment import deployment
from pytest_multidocker.project.settings import DeploySettings

TRAVIS = """\
deploy:
  provider: elasticbeanstalk
  region: eu-west-1
  app: fib
  env: Fib-env
  bucket_name: fib-bucket
  bucket_path: fib
"""


def test_without_anything_said_the_folder_gives_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "my_app"
    folder.mkdir()

    found = deployment(folder, DeploySettings())

    assert (found.application, found.environment) == ("my-app", "my-app-env")
    assert (found.region, found.bucket, found.bucket_path) == ("us-east-1", None, "my-app")
    assert (found.security_group, found.user) == ("my-app", "my-app-deployer")


def test_the_ci_file_s_deploy_gives_the_names(tmp_path: Path) -> None:
    (tmp_path / ".travis.yml").write_text(TRAVIS)

    found = deployment(tmp_path, DeploySettings())

    assert (found.application, found.environment) == ("fib", "Fib-env")
    assert (found.region, found.bucket, found.bucket_path) == ("eu-west-1", "fib-bucket", "fib")


def test_so_does_the_action_of_aws(tmp_path: Path) -> None:
    write_workflow(
        tmp_path,
        """\
jobs:
  deploy:
    steps:
      - uses: aws-actions/aws-elasticbeanstalk-deploy@v1
        with:
          aws-region: eu-west-1
          application-name: fib
          environment-name: Fib-env
          s3-bucket-name: fib-bucket
""",
    )

    found = deployment(tmp_path, DeploySettings())

    assert (found.application, found.environment) == ("fib", "Fib-env")
    assert (found.region, found.bucket) == ("eu-west-1", "fib-bucket")


def test_settings_go_before_the_ci_file_and_variables_in_it_count_for_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / ".travis.yml").write_text(TRAVIS.replace("Fib-env", "$ENV").replace("fib-b", "x-b"))

    found = deployment(tmp_path, DeploySettings(application="other", instances=2))

    assert (found.application, found.environment) == ("other", "other-env")
    assert found.bucket == "x-bucket"
    assert found.instances == 2
