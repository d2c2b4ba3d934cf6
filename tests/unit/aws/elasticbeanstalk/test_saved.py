"""Saved configurations as files in the bucket: what is there is what counts."""

from __future__ import annotations

import pytest
import yaml
from support.beanstalk import STACK, Beanstalk
from support.clients import refusal

from pytest_multidocker.aws.elasticbeanstalk import saved

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

PROPERTY = "aws:elasticbeanstalk:application:environment"
PLACE = "resources/templates/shop/"
WANTED = {"ApplicationName": "shop", "TemplateName": "nice"}
UPLOADED = f"""\
OptionSettings:
  {PROPERTY}: {{A: uploaded, EMPTY: null, PORT: 80, DEBUG: true}}
SolutionStack: {STACK}
"""


@pytest.fixture
def shop(beanstalk: Beanstalk) -> Beanstalk:
    beanstalk.version("v1", {"web": "serve:one"})
    return beanstalk


def save(shop: Beanstalk) -> None:
    setting = {"Namespace": PROPERTY, "OptionName": "A", "Value": "1"}
    shop.api.create_configuration_template(
        **WANTED, SolutionStackName=STACK, Description="mine", OptionSettings=[setting]
    )


def upload(shop: Beanstalk, name: str, text: str) -> None:
    shop.cloud.publish(PLACE + name, text.encode())


def settings(shop: Beanstalk) -> dict[str, str]:
    """The properties of the configuration."""
    found = shop.api.describe_configuration_settings(**WANTED)["ConfigurationSettings"][0]
    options = found["OptionSettings"]
    return {o["OptionName"]: o.get("Value", "") for o in options if o["Namespace"] == PROPERTY}


def names(shop: Beanstalk) -> list[str]:
    (application,) = shop.api.describe_applications()["Applications"]
    return list(application["ConfigurationTemplates"])


def test_one_is_a_file_for_clients_to_read(shop: Beanstalk) -> None:
    save(shop)
    content = shop.cloud.read(f"{PLACE}nice")
    assert content is not None
    found = yaml.safe_load(content)
    assert found["OptionSettings"] == {PROPERTY: {"A": "1"}}
    assert found["EnvironmentConfigurationMetadata"]["Description"] == "mine"
    assert found["Platform"]["PlatformArn"].endswith(
        "/ECS running on 64bit Amazon Linux 2023/4.2.0"
    )
    assert found["AWSConfigurationTemplateVersion"] == "1.1.0.0"

    shop.api.update_configuration_template(
        **WANTED, OptionSettings=[{"Namespace": PROPERTY, "OptionName": "A", "Value": "2"}]
    )
    assert yaml.safe_load(shop.cloud.read(f"{PLACE}nice") or b"")["OptionSettings"] == {
        PROPERTY: {"A": "2"}
    }
    shop.api.delete_configuration_template(**WANTED)
    assert shop.cloud.names(PLACE) == set()


def test_what_clients_upload_is_what_counts(shop: Beanstalk) -> None:
    save(shop)
    upload(shop, "nice", UPLOADED)
    assert settings(shop) == {"A": "uploaded", "EMPTY": "", "PORT": "80", "DEBUG": "true"}
    upload(shop, "another", UPLOADED)
    assert names(shop) == ["nice", "another"]
    shop.create("v1", "shop-env", SolutionStackName="", TemplateName="another")
    (definition,) = shop.cloud.definitions.values()
    (web,) = definition["containerDefinitions"]
    assert {"name": "A", "value": "uploaded"} in web["environment"]

    shop.cloud.delete_object(shop.cloud.bucket, f"{PLACE}nice")
    assert names(shop) == ["another"]
    assert refusal(shop.api.describe_configuration_settings, **WANTED) == (
        "InvalidParameterValue",
        "No Configuration Template named 'shop/nice' found.",
    )


def test_settings_of_a_file_are_checked_when_it_is_used(shop: Beanstalk) -> None:
    bad = UPLOADED.replace(PROPERTY, "aws:foo")
    upload(shop, "nice", bad)
    code, message = refusal(
        shop.api.create_environment, EnvironmentName="shop-env", VersionLabel="v1", **WANTED
    )
    assert code == "ConfigurationValidationException"
    assert "Unknown configuration setting" in message
    (first, *_) = shop.api.validate_configuration_settings(**WANTED, OptionSettings=[])["Messages"]
    assert first["Namespace"] == "aws:foo"


@pytest.mark.parametrize("text", ["[", "text", "OptionSettings: [1]", "- a", "\xff"])
def test_a_file_that_is_none_is_told_as_such(shop: Beanstalk, text: str) -> None:
    shop.cloud.publish(f"{PLACE}nice", text.encode("latin-1"))
    code, message = refusal(shop.api.describe_configuration_settings, **WANTED)
    assert code == "InvalidParameterValue"
    assert message.startswith("Configuration Template nice: It is no saved configuration: ")
    assert names(shop) == []


def test_they_go_with_their_application(shop: Beanstalk) -> None:
    save(shop)
    shop.api.delete_application(ApplicationName="shop")
    assert shop.cloud.names(PLACE) == set()


def test_a_platform_is_not_needed() -> None:
    found = saved.read(b"OptionSettings: {}")
    assert (found.settings, found.platform, found.description) == ({}, None, "")
