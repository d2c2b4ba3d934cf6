"""Faults of the emulator itself: an environment gets Ready again, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest
from support.beanstalk import Beanstalk, bundle, container

from pytest_multidocker.aws.elasticbeanstalk.deployment import Deployer
from pytest_multidocker.aws.elasticbeanstalk.monitor import Monitor

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

SINGLE = "aws:elasticbeanstalk:environment EnvironmentType SingleInstance"
FAILED = "ERROR multidocker: The emulator failed: ZeroDivisionError: no way"


def fail(*_: Any) -> None:
    raise ZeroDivisionError("no way")


@pytest.fixture
def shop(beanstalk: Beanstalk) -> Beanstalk:
    for label in ("v1", "v2"):
        beanstalk.version(label, {"web": f"serve:{label}"})
    return beanstalk


def test_a_fault_is_told(shop: Beanstalk, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.create("v1", "shop-env", SINGLE)
    monkeypatch.setattr(shop.cloud, "register_definition", fail)
    assert shop.update("v2")["Status"] == "Ready"
    assert FAILED in shop.events()


def test_a_fault_that_stays_keeps_no_environment_busy(
    shop: Beanstalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.create("v1", "shop-env", SINGLE)
    with monkeypatch.context() as patch:
        patch.setattr(Monitor, "look", fail)
        assert shop.update("v2")["Status"] == "Ready"
        assert FAILED in shop.events()
        assert shop.create("v1", "other-env", SINGLE)["Status"] == "Ready"
    assert shop.until("other-env", Health="Green")  # it is watched all the time
    shop.api.terminate_environment(EnvironmentName="shop-env")
    assert shop.settled()["Status"] == "Terminated"


def test_a_fault_leaves_the_settings_that_were_there(
    shop: Beanstalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.create("v1", "shop-env", SINGLE)
    monkeypatch.setattr(Deployer, "deploy", fail)
    shop.update(None, "aws:elasticbeanstalk:application:environment A 1")
    described = shop.api.describe_configuration_settings(
        ApplicationName="shop", EnvironmentName="shop-env"
    )["ConfigurationSettings"][0]
    assert "A" not in {option["OptionName"] for option in described["OptionSettings"]}


def test_a_setting_of_the_bundle_that_is_not_valid_ends_the_launch(beanstalk: Beanstalk) -> None:
    config = (
        "option_settings:\n"
        "  aws:elasticbeanstalk:environment: {LoadBalancerType: application}\n"
        "  aws:elasticbeanstalk:environment:process:default: {MatcherHTTPCode: 2xx}\n"
    )
    files = {".ebextensions/a.config": config}
    beanstalk.version("v1", bundle(container("web", "serve:one"), files=files))
    assert beanstalk.create("v1", "shop-env")["Status"] == "Ready"
    told = "\n".join(beanstalk.events())
    assert "ERROR Invalid option value: '2xx' (Namespace: 'aws:elasticbeanstalk:environ" in told
    assert "The emulator failed" not in told
