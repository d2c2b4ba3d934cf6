"""The operations that change no environment, and what is refused, over moto's server."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import botocore.session
import pytest
import requests
from moto.core.utils import camelcase_to_underscores
from support.beanstalk import BUCKET, STACK, Beanstalk, bundle, container
from support.clients import refusal

from pytest_multidocker.aws.elasticbeanstalk.responses import BeanstalkResponse

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

PROPERTY = "aws:elasticbeanstalk:application:environment"
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/elasticbeanstalk/aws4_request, "
    "SignedHeaders=host, Signature=x"
)
SINGLE = "aws:elasticbeanstalk:environment EnvironmentType SingleInstance"
BASE = "arn:aws:elasticbeanstalk:us-east-1:123456789012"


def test_every_operation_of_the_api_is_answered_here() -> None:
    model = botocore.session.get_session().get_service_model("elasticbeanstalk")
    names = {camelcase_to_underscores(name) for name in model.operation_names}
    ours = {
        name
        for kind in BeanstalkResponse.__mro__
        if kind.__module__.startswith("pytest_multidocker")
        for name in vars(kind)
    }
    assert names - ours == set()


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("compose_environments", {}),
        ("apply_environment_managed_action", {"ActionId": "a"}),
        ("delete_platform_version", {}),
        (
            "associate_environment_operations_role",
            {"EnvironmentName": "shop-env", "OperationsRole": "r"},
        ),
    ],
)
def test_what_is_not_emulated_says_so(
    beanstalk: Beanstalk, operation: str, arguments: dict[str, Any]
) -> None:
    code, message = refusal(getattr(beanstalk.api, operation), **arguments)
    assert code == "NotImplemented"
    assert message.startswith("multidocker does not emulate elasticbeanstalk ")


class TestApplications:
    def test_from_nothing_to_nothing(self, beanstalk: Beanstalk) -> None:
        api = beanstalk.api
        made = api.create_application(
            ApplicationName="shop", Description="d", Tags=[{"Key": "a", "Value": "b"}]
        )["Application"]
        assert made["ApplicationArn"] == f"{BASE}:application/shop"
        assert (made["Versions"], made["ConfigurationTemplates"]) == ([], [])
        assert refusal(api.create_application, ApplicationName="shop") == (
            "InvalidParameterValue",
            "Application shop already exists.",
        )
        updated = api.update_application(ApplicationName="shop", Description="new")["Application"]
        assert updated["Description"] == "new"
        api.create_application(ApplicationName="other")
        found = api.describe_applications(ApplicationNames=["shop", "nobody"])["Applications"]
        assert [application["Description"] for application in found] == ["new"]
        assert len(api.describe_applications()["Applications"]) == 2
        for name in ("shop", "other", "nobody"):
            api.delete_application(ApplicationName=name)
        assert api.describe_applications()["Applications"] == []
        (event,) = api.describe_events(ApplicationName="shop", MaxRecords=1)["Events"]
        assert event["Message"] == "The application has been deleted successfully."

    def test_names_have_bounds(self, beanstalk: Beanstalk) -> None:
        code, message = refusal(beanstalk.api.create_application, ApplicationName="a/b")
        assert code == "ValidationError"
        assert "'applicationName' failed to satisfy constraint" in message

    def test_a_lifecycle_is_kept(self, beanstalk: Beanstalk) -> None:
        beanstalk.api.create_application(ApplicationName="shop")
        lifecycle = {"ServiceRole": "r"}
        answer = beanstalk.api.update_application_resource_lifecycle(
            ApplicationName="shop", ResourceLifecycleConfig=lifecycle
        )
        assert answer["ResourceLifecycleConfig"] == lifecycle

    def test_a_lifecycle_has_room_for_so_many_versions(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.version("v2", {"web": "serve:two"})
        beanstalk.create("v1", "shop-env", SINGLE)
        rule = {"Enabled": True, "MaxCount": 2, "DeleteSourceFromS3": True}
        beanstalk.api.update_application_resource_lifecycle(
            ApplicationName="shop",
            ResourceLifecycleConfig={"VersionLifecycleConfig": {"MaxCountRule": rule}},
        )
        for label in ("v3", "v4"):
            beanstalk.version(label, {"web": "serve:more"})
        found = beanstalk.api.describe_application_versions()["ApplicationVersions"]
        assert [version["VersionLabel"] for version in found] == ["v4", "v1"]  # which runs
        assert {key for _, key in beanstalk.cloud.objects if key.startswith("v")} == {
            "v1.zip",
            "v4.zip",
        }

    def test_one_with_environments_goes_only_by_force(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", SINGLE)
        code, message = refusal(beanstalk.api.delete_application, ApplicationName="shop")
        assert code == "OperationInProgressFailure"
        assert "running environment" in message
        answer = beanstalk.api.delete_application(ApplicationName="shop", TerminateEnvByForce=True)
        request_id = answer["ResponseMetadata"]["RequestId"]
        deadline = time.monotonic() + 10
        while beanstalk.api.describe_applications()["Applications"]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        assert beanstalk.cloud.machines == {}
        events = beanstalk.api.describe_events(RequestId=request_id)["Events"]
        assert events[0]["Message"] == "The application has been deleted successfully."


class TestVersions:
    def test_from_nothing_to_nothing(self, beanstalk: Beanstalk) -> None:
        api = beanstalk.api
        beanstalk.version("v1", {"web": "sleep"}, Description="first")
        beanstalk.version("v2", {"web": "sleep"})
        found = api.describe_application_versions(ApplicationName="shop")["ApplicationVersions"]
        assert [version["VersionLabel"] for version in found] == ["v2", "v1"]
        assert found[1]["SourceBundle"] == {"S3Bucket": BUCKET, "S3Key": "v1.zip"}
        assert (found[1]["Status"], found[1]["Description"]) == ("Unprocessed", "first")
        assert api.describe_applications()["Applications"][0]["Versions"] == ["v2", "v1"]
        page = api.describe_application_versions(ApplicationName="shop", MaxRecords=1)
        rest = api.describe_application_versions(
            ApplicationName="shop", MaxRecords=1, NextToken=page["NextToken"]
        )
        assert [v["VersionLabel"] for v in rest["ApplicationVersions"]] == ["v1"]
        assert "NextToken" not in rest
        one = api.describe_application_versions(ApplicationName="shop", VersionLabels=["v1"])
        assert len(one["ApplicationVersions"]) == 1

        changed = api.update_application_version(
            ApplicationName="shop", VersionLabel="v1", Description="new"
        )
        assert changed["ApplicationVersion"]["Description"] == "new"
        api.delete_application_version(ApplicationName="shop", VersionLabel="v1")
        api.delete_application_version(
            ApplicationName="shop", VersionLabel="v2", DeleteSourceBundle=True
        )
        assert list(beanstalk.cloud.objects) == [(BUCKET, "v1.zip")]
        assert api.describe_application_versions()["ApplicationVersions"] == []

    def test_what_is_refused(self, beanstalk: Beanstalk) -> None:
        create, name = beanstalk.api.create_application_version, {"VersionLabel": "v1"}
        source = {"S3Bucket": "b", "S3Key": "k"}
        assert refusal(create, ApplicationName="shop", SourceBundle=source, **name) == (
            "InvalidParameterValue",
            "No Application named 'shop' found.",
        )
        beanstalk.version("v1", {"web": "sleep"})
        assert refusal(create, ApplicationName="shop", SourceBundle=source, **name) == (
            "InvalidParameterValue",
            "Unable to download from S3 location (Bucket: b  Key: k). Reason: Not Found",
        )
        source = {"S3Bucket": BUCKET, "S3Key": "v1.zip"}
        assert refusal(create, ApplicationName="shop", SourceBundle=source, **name) == (
            "InvalidParameterValue",
            "Application Version v1 already exists.",
        )
        assert refusal(create, ApplicationName="shop", **name) == (
            "InvalidParameterCombination",
            "multidocker has no sample application for version v1: give it a source bundle.",
        )
        half = {"S3Bucket": BUCKET}
        assert refusal(create, ApplicationName="shop", SourceBundle=half, **name) == (
            "InvalidParameterCombination",
            "Both S3 bucket and key must be specified for an Application Version source.",
        )
        assert refusal(
            beanstalk.api.update_application_version, ApplicationName="shop", VersionLabel="v9"
        ) == ("InvalidParameterValue", "No Application Version named 'v9' found.")

    def test_a_deployed_one_stays(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", SINGLE)
        delete = beanstalk.api.delete_application_version
        code, message = refusal(delete, ApplicationName="shop", VersionLabel="v1")
        assert code == "InvalidParameterValue"
        assert message.endswith("because it is deployed to environments: shop-env.")
        beanstalk.api.terminate_environment(EnvironmentName="shop-env")
        beanstalk.settled()
        delete(ApplicationName="shop", VersionLabel="v1")

    @pytest.mark.parametrize(
        ("config", "status", "error"),
        [
            ("option_settings: {aws:autoscaling:asg: {MinSize: 2}}", "Processed", ""),
            ("a: [", "Failed", "contains invalid YAML or JSON"),
            ("option_settings: {aws:foo: {Bar: 2}}", "Failed", "Unknown configuration setting"),
        ],
    )
    def test_one_may_be_looked_at_beforehand(
        self, beanstalk: Beanstalk, config: str, status: str, error: str
    ) -> None:
        files = {".ebextensions/1.config": config}
        beanstalk.version("v1", bundle(container("w", "sleep"), files=files), Process=True)
        describe = beanstalk.api.describe_application_versions
        deadline = time.monotonic() + 5
        while describe()["ApplicationVersions"][0]["Status"] == "Processing":
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert describe()["ApplicationVersions"][0]["Status"] == status
        messages: list[str] = []
        while not messages or "Finished" not in messages[0]:
            events = beanstalk.api.describe_events(ApplicationName="shop", VersionLabel="v1")
            messages = [event["Message"] for event in events["Events"]]
        assert messages[0] == f"Finished processing application version v1: {status.upper()}."
        assert error in messages[-1]


class TestEnvironments:
    @pytest.mark.parametrize(
        ("fields", "code", "message"),
        [
            ({"ApplicationName": "none"}, "InvalidParameterValue", "No Application named 'none'"),
            ({"EnvironmentName": "a_b_c"}, "InvalidParameterValue", "from 4 to 40 characters"),
            ({"EnvironmentName": "-abcd"}, "InvalidParameterValue", "neither start nor end"),
            ({"VersionLabel": "v9"}, "InvalidParameterValue", "No Application Version named 'v9'"),
            ({"CNAMEPrefix": "a.b.c"}, "InvalidParameterValue", "'CNAMEPrefix' failed to satisfy"),
            (
                {"SolutionStackName": "64bit Amazon Linux 2018.03 v2.26.4 running Multi-container"},
                "InvalidParameterValue",
                "No Solution Stack named '64bit Amazon Linux 2018.03 v2.26.4 running Multi-",
            ),
            (
                {"SolutionStackName": "", "PlatformArn": "arn:none"},
                "InvalidParameterValue",
                "No Platform named 'arn:none' found.",
            ),
            (
                {"SolutionStackName": ""},
                "InvalidParameterCombination",
                "Unable to determine base for template pack (no solution stack)",
            ),
            (
                {"OptionSettings": [{"Namespace": "aws:foo", "OptionName": "x", "Value": "1"}]},
                "ConfigurationValidationException",
                "Configuration validation exception: Invalid option specification",
            ),
            ({"Tier": {"Name": "Worker"}}, "NotImplemented", "worker environments"),
            ({"TemplateName": "none"}, "InvalidParameterValue", "No Configuration Template named"),
        ],
    )
    def test_what_cannot_be_created(
        self, beanstalk: Beanstalk, fields: dict[str, Any], code: str, message: str
    ) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        found, text = refusal(lambda: beanstalk.begin(**{"label": "v1", **fields}))
        assert found == code
        assert message in text
        assert beanstalk.api.describe_environments(IncludeDeleted=True)["Environments"] == []

    @pytest.mark.parametrize(
        "operation",
        [
            "update_environment", "terminate_environment", "rebuild_environment",
            "restart_app_server", "abort_environment_update", "describe_environment_resources",
            "describe_environment_health", "describe_instances_health",
        ],
    )  # fmt: skip
    def test_one_that_is_not_there(self, beanstalk: Beanstalk, operation: str) -> None:
        assert refusal(getattr(beanstalk.api, operation), EnvironmentName="none") == (
            "InvalidParameterValue",
            "No Environment found for EnvironmentName = 'none'.",
        )
        assert refusal(getattr(beanstalk.api, operation), EnvironmentId="e-none") == (
            "InvalidParameterValue",
            "No Environment found for EnvironmentId = 'e-none'.",
        )
        assert refusal(getattr(beanstalk.api, operation))[0] == "InvalidParameterCombination"

    def test_they_are_chosen_by_every_filter(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        one = beanstalk.create("v1", "first", SINGLE)
        beanstalk.create("v1", "second", SINGLE)
        beanstalk.api.terminate_environment(EnvironmentName="first")
        beanstalk.settled("first")

        def names(**query: Any) -> list[str]:
            found = beanstalk.api.describe_environments(**query)["Environments"]
            return [environment["EnvironmentName"] for environment in found]

        assert names(IncludeDeleted=False) == ["second"]
        assert names() == names(IncludeDeleted=True) == ["first", "second"]
        assert names(IncludeDeleted=True, IncludedDeletedBackTo="2100-01-01T00:00:00") == ["second"]
        assert names(EnvironmentIds=[one["EnvironmentId"]], IncludeDeleted=True) == ["first"]
        assert names(EnvironmentNames=["first", "second"], IncludeDeleted=False) == ["second"]
        assert names(ApplicationName="shop", IncludeDeleted=False) == ["second"]
        assert names(ApplicationName="other") == names(VersionLabel="v9") == []
        page = beanstalk.api.describe_environments(IncludeDeleted=True, MaxRecords=1)
        assert page["NextToken"]
        assert len(page["Environments"]) == 1

    def test_the_waiters_of_the_sdks_come_to_an_end(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.begin("v1", "shop-env", SINGLE)
        wanted = {
            "EnvironmentNames": ["shop-env"],
            "WaiterConfig": {"Delay": 0.02, "MaxAttempts": 500},
        }
        beanstalk.api.get_waiter("environment_exists").wait(**wanted)
        beanstalk.api.terminate_environment(EnvironmentName="shop-env")
        beanstalk.api.get_waiter("environment_terminated").wait(**wanted)

    def test_addresses_are_free_or_not(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        answer = beanstalk.api.check_dns_availability(CNAMEPrefix="Shop")
        assert answer["Available"]
        assert answer["FullyQualifiedCNAME"] == "shop.us-east-1.elasticbeanstalk.com"
        beanstalk.begin("v1", "shop-env", SINGLE, CNAMEPrefix="shop")
        assert not beanstalk.api.check_dns_availability(CNAMEPrefix="shop")["Available"]
        beanstalk.settled()

    def test_without_a_prefix_there_is_an_address_by_chance(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        found = beanstalk.create("v1", "Shop-Env", SINGLE)
        head, _, tail = found["CNAME"].partition(".")
        assert head == "shop-env"
        assert tail.startswith("eba-")

    def test_an_instance_s_deployment_and_metrics_are_described(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", "aws:autoscaling:asg MinSize 2")
        answer = beanstalk.api.describe_environment_health(
            EnvironmentName="shop-env", AttributeNames=["All"]
        )
        assert answer["InstancesHealth"]["Ok"] == 2
        assert (answer["Status"], answer["Color"], answer["HealthStatus"]) == (
            "Ready",
            "Green",
            "Ok",
        )
        assert answer["ApplicationMetrics"]["RequestCount"] == 0
        only = beanstalk.api.describe_environment_health(
            EnvironmentName="shop-env", AttributeNames=["Color"]
        )
        assert "Causes" not in only
        instances = beanstalk.api.describe_instances_health(
            EnvironmentName="shop-env", AttributeNames=["All"]
        )["InstanceHealthList"]
        assert [i["InstanceId"] for i in instances] == list(beanstalk.cloud.machines)
        assert instances[0]["Deployment"]["Status"] == "Deployed"
        assert instances[0]["Deployment"]["DeploymentId"] == 1
        assert instances[0]["InstanceType"] == "t2.micro"

    def test_basic_health_has_no_causes(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        basic = "aws:elasticbeanstalk:healthreporting:system SystemType basic"
        beanstalk.create("v1", "shop-env", SINGLE, basic)
        assert refusal(beanstalk.api.describe_environment_health, EnvironmentName="shop-env") == (
            "InvalidRequestException",
            "DescribeEnvironmentHealth is not supported.",
        )
        (described,) = beanstalk.api.describe_environments()["Environments"]
        assert described["Health"] == "Green"
        assert "HealthStatus" not in described

    def test_managed_actions_are_none(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", SINGLE)
        api, name = beanstalk.api, {"EnvironmentName": "shop-env"}
        assert api.describe_environment_managed_actions(**name)["ManagedActions"] == []
        history = api.describe_environment_managed_action_history(**name)
        assert history["ManagedActionHistoryItems"] == []


def test_events_carry_the_request_that_they_are_for(beanstalk: Beanstalk) -> None:
    beanstalk.version("v1", {"web": "serve:one"})
    begun = beanstalk.begin("v1", "shop-env", SINGLE)
    beanstalk.settled()
    request_id = begun["ResponseMetadata"]["RequestId"]
    events = beanstalk.api.describe_events(RequestId=request_id)["Events"]
    assert [event["Message"] for event in events[::-1]][:: len(events) - 1] == [
        "createEnvironment is starting.",
        "Successfully launched environment: shop-env",
    ]
    assert {event["RequestId"] for event in events} == {request_id}
    assert len(beanstalk.api.describe_events(MaxRecords=2)["Events"]) == 2
    told = [e for e in beanstalk.emulator.events.since(0) if e.kind == "beanstalk"]
    assert [event.data["message"] for event in told][-1] == events[0]["Message"]


class TestConfiguration:
    def test_options_and_settings(self, beanstalk: Beanstalk) -> None:
        options = beanstalk.api.describe_configuration_options(SolutionStackName=STACK)
        assert options["SolutionStackName"] == STACK
        assert len(options["Options"]) > 80
        (one,) = beanstalk.api.describe_configuration_options(
            Options=[{"Namespace": "aws:elasticbeanstalk:command", "OptionName": "Timeout"}]
        )["Options"]
        assert (one["Name"], one["DefaultValue"], one["MaxValue"]) == ("Timeout", "600", 3600)
        beanstalk.api.create_application(ApplicationName="shop")
        assert (
            refusal(beanstalk.api.describe_configuration_settings, ApplicationName="shop")[0]
            == "InvalidParameterCombination"
        )

    def test_settings_are_validated_without_being_set(self, beanstalk: Beanstalk) -> None:
        beanstalk.api.create_application(ApplicationName="shop")
        settings = [
            {"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": "two"},
            {"Namespace": "aws:autoscaling:asg", "OptionName": "MaxSize", "Value": "2"},
        ]
        (message,) = beanstalk.api.validate_configuration_settings(
            ApplicationName="shop", OptionSettings=settings
        )["Messages"]
        assert message["Severity"] == "error"
        assert message["OptionName"] == "MinSize"
        assert message["Message"].endswith("Value is not a number")

    def test_a_saved_configuration_is_made_used_and_deleted(self, beanstalk: Beanstalk) -> None:
        api = beanstalk.api
        beanstalk.version("v1", {"web": "serve:one"})
        found = beanstalk.create("v1", "first", SINGLE)
        made = api.create_configuration_template(
            ApplicationName="shop",
            TemplateName="two",
            EnvironmentId=found["EnvironmentId"],
            OptionSettings=[
                {
                    "Namespace": "aws:elasticbeanstalk:environment",
                    "OptionName": "EnvironmentType",
                    "Value": "LoadBalanced",
                },
                {"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize", "Value": "2"},
            ],
        )
        assert made["SolutionStackName"] == STACK
        beanstalk.create("v1", "second", SolutionStackName="", TemplateName="two")
        assert len(beanstalk.cloud.machines) == 3
        assert beanstalk.describe("second")["TemplateName"] == "two"
        api.create_configuration_template(
            ApplicationName="shop",
            TemplateName="copy",
            SourceConfiguration={"ApplicationName": "shop", "TemplateName": "two"},
        )
        api.update_configuration_template(
            ApplicationName="shop",
            TemplateName="copy",
            Description="changed",
            OptionsToRemove=[{"Namespace": "aws:autoscaling:asg", "OptionName": "MinSize"}],
        )
        settings = api.describe_configuration_settings(ApplicationName="shop", TemplateName="copy")[
            "ConfigurationSettings"
        ][0]
        assert settings["Description"] == "changed"
        sizes = [o["Value"] for o in settings["OptionSettings"] if o["OptionName"] == "MinSize"]
        assert sizes == ["1"]
        names = api.describe_applications()["Applications"][0]["ConfigurationTemplates"]
        assert names == ["two", "copy"]
        assert refusal(
            api.create_configuration_template,
            ApplicationName="shop",
            TemplateName="two",
            SolutionStackName=STACK,
        ) == ("InvalidParameterValue", "Configuration Template two already exists.")
        api.delete_configuration_template(ApplicationName="shop", TemplateName="two")
        assert (
            refusal(api.delete_configuration_template, ApplicationName="shop", TemplateName="two")[
                0
            ]
            == "InvalidParameterValue"
        )

    def test_a_template_goes_before_what_was_set_before(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.api.create_configuration_template(
            ApplicationName="shop",
            TemplateName="plain",
            SolutionStackName=STACK,
            OptionSettings=[
                {"OptionName": "A", "Value": "template", "Namespace": PROPERTY},
            ],
        )
        beanstalk.create("v1", "shop-env", SINGLE, f"{PROPERTY} A direct")
        beanstalk.api.update_environment(EnvironmentName="shop-env", TemplateName="plain")
        beanstalk.settled()
        newest = list(beanstalk.cloud.definitions.values())[-1]
        environment = newest["containerDefinitions"][0]["environment"]
        assert environment == [{"name": "A", "value": "template"}]

    def test_what_the_eb_cli_asks_for_besides(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", SINGLE, f"{PROPERTY} A 1")

        def ask(operation: str, *pairs: str) -> str:
            form = dict(pair.split("=", 1) for pair in pairs)
            answer = requests.post(
                beanstalk.url,
                data={"Action": operation, "Version": "2010-12-01", **form},
                headers={"Authorization": AUTHORIZATION},
            )
            return answer.text

        settings = ask(
            "DescribeConfigurationSettings", "ApplicationName=shop", "EnvironmentName=shop-env"
        )
        assert "<Tier><Name>WebServer</Name><Type>Standard</Type>" in settings
        source = "TemplateSpecification.TemplateSource"
        clone = (
            "ApplicationName=shop", "EnvironmentName=clone", f"{source}.EnvironmentName=shop-env",
            "VersionLabel=v1",
        )  # fmt: skip
        ask("CreateEnvironment", *clone)
        assert beanstalk.settled("clone")["SolutionStackName"] == STACK
        newest = list(beanstalk.cloud.definitions.values())[-1]
        assert newest["containerDefinitions"][0]["environment"] == [{"name": "A", "value": "1"}]
        ask(
            "CreateConfigurationTemplate", "ApplicationName=shop", "TemplateName=saved",
            f"{source}.EnvironmentName=shop-env",
        )  # fmt: skip
        (application,) = beanstalk.api.describe_applications()["Applications"]
        assert application["ConfigurationTemplates"] == ["saved"]
        saved = beanstalk.cloud.read("resources/templates/shop/saved")
        assert saved is not None
        text = saved.decode().replace("A: '1'", "A: '2'")
        named = ("ApplicationName=shop", "EnvironmentName=third", "VersionLabel=v1")
        ask("CreateEnvironment", *named, f"{source}.SourceContents={text}")
        assert beanstalk.settled("third")["SolutionStackName"] == STACK
        newest = list(beanstalk.cloud.definitions.values())[-1]
        assert newest["containerDefinitions"][0]["environment"] == [{"name": "A", "value": "2"}]
        assert "<Code>InvalidParameterValue</Code>" in ask(
            "UpdateEnvironment", "EnvironmentName=third", f"{source}.SourceContents=["
        )
        checked = ("ApplicationName=shop", "TemplateName=saved")
        assert "<Messages/>" in ask("ValidateConfigurationSettings", *checked)


class TestPlatforms:
    def test_they_are_listed_and_described(self, beanstalk: Beanstalk) -> None:
        api = beanstalk.api
        listed = api.list_available_solution_stacks()
        assert STACK in listed["SolutionStacks"]
        assert listed["SolutionStackDetails"][0]["PermittedFileTypes"] == ["zip"]
        branches = api.list_platform_branches(
            Filters=[{"Attribute": "PlatformName", "Operator": "=", "Values": ["ECS"]}]
        )["PlatformBranchSummaryList"]
        assert [branch["LifecycleState"] for branch in branches] == ["Supported"] * 2
        versions = api.list_platform_versions(
            Filters=[
                {
                    "Type": "PlatformBranchName",
                    "Operator": "=",
                    "Values": [branches[0]["BranchName"]],
                }
            ]
        )["PlatformSummaryList"]
        described = api.describe_platform_version(PlatformArn=versions[0]["PlatformArn"])
        assert described["PlatformDescription"]["SolutionStackName"] == STACK
        assert refusal(api.describe_platform_version, PlatformArn="arn:x")[0] == (
            "InvalidParameterValue"
        )

    def test_another_platform_version_needs_other_instances(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        old = "64bit Amazon Linux 2023 v4.0.1 running ECS"
        beanstalk.create("v1", "shop-env", SINGLE, SolutionStackName=old)
        before = set(beanstalk.cloud.machines)
        beanstalk.api.update_environment(EnvironmentName="shop-env", SolutionStackName=STACK)
        found = beanstalk.settled()
        assert (found["SolutionStackName"], found["Health"]) == (STACK, "Green")
        assert not before & set(beanstalk.cloud.machines)

    def test_an_environment_may_be_made_by_the_arn(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        arn = "arn:aws:elasticbeanstalk:us-east-1::platform/ECS running on 64bit Amazon Linux 2"
        found = beanstalk.create("v1", "shop-env", SINGLE, SolutionStackName="", PlatformArn=arn)
        assert found["SolutionStackName"] == "64bit Amazon Linux 2 v3.5.0 running ECS"
        assert found["PlatformArn"] == f"{arn}/3.5.0"
        options = beanstalk.api.describe_configuration_options(EnvironmentName="shop-env")
        assert options["PlatformArn"] == found["PlatformArn"]


class TestLogs:
    def test_the_last_lines_and_all_of_them(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one", "job": "sleep"})
        beanstalk.create("v1", "shop-env", SINGLE)
        api, name = beanstalk.api, {"EnvironmentName": "shop-env"}
        assert api.retrieve_environment_info(**name, InfoType="tail")["EnvironmentInfo"] == []
        texts = {}
        for kind, said in (("tail", "tailing 3 log(s)"), ("bundle", "bundling 3 log(s)")):
            api.request_environment_info(**name, InfoType=kind)
            while beanstalk.events()[-1] != "INFO Pulled logs for environment instances.":
                time.sleep(0.01)
            assert said in beanstalk.events()[-2]
            (info,) = api.retrieve_environment_info(**name, InfoType=kind)["EnvironmentInfo"]
            assert info["Ec2InstanceId"] in beanstalk.cloud.machines
            key = info["Message"].split("/", 3)[3]
            texts[kind] = beanstalk.cloud.objects[beanstalk.cloud.bucket, key]
            beanstalk.api.restart_app_server(**name)
            beanstalk.settled()
        tail = texts["tail"].decode()
        assert "/var/log/eb-activity.log\n" in tail
        assert "Application update v1@1/AppDeployStage1/AppDeployEnactHook/03start-task.sh" in tail
        assert "/var/log/containers/web-web-" in tail
        with zipfile.ZipFile(io.BytesIO(texts["bundle"])) as archive:
            names = archive.namelist()
            activity = archive.read("var/log/eb-activity.log").decode()
        assert len(names) == 3
        assert "Application restart/AppDeployStage0/RestartAppServerEnactHook" in activity

    def test_what_is_not_emulated(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", SINGLE)
        request = beanstalk.api.request_environment_info
        assert refusal(request, EnvironmentName="shop-env", InfoType="analyze")[0] == (
            "NotImplemented"
        )

    def test_what_fails_is_told(
        self, beanstalk: Beanstalk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        beanstalk.create("v1", "shop-env", SINGLE)

        def fail(*_: Any) -> str:
            raise OSError("no room")

        monkeypatch.setattr(beanstalk.cloud, "publish", fail)
        beanstalk.api.request_environment_info(EnvironmentName="shop-env", InfoType="tail")
        while beanstalk.events()[-1] != "ERROR Failed to pull logs for environment instances.":
            time.sleep(0.01)
        assert beanstalk.events()[-2] == "ERROR multidocker: no room"


class TestTags:
    def test_everything_can_be_tagged(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"}, Tags=[{"Key": "k", "Value": "version"}])
        found = beanstalk.create(
            "v1", "shop-env", SINGLE, Tags=[{"Key": "k", "Value": "environment"}]
        )
        api = beanstalk.api
        arns = {
            "version": f"{BASE}:applicationversion/shop/v1",
            "environment": found["EnvironmentArn"],
        }
        for value, arn in arns.items():
            listed = api.list_tags_for_resource(ResourceArn=arn)
            assert listed["ResourceTags"] == [{"Key": "k", "Value": value}]
        request = api.update_tags_for_resource(
            ResourceArn=found["EnvironmentArn"],
            TagsToAdd=[{"Key": "new", "Value": "1"}],
            TagsToRemove=["k", "none"],
        )["ResponseMetadata"]["RequestId"]
        listed = api.list_tags_for_resource(ResourceArn=found["EnvironmentArn"])
        assert listed["ResourceTags"] == [{"Key": "new", "Value": "1"}]
        (event, _) = api.describe_events(RequestId=request)["Events"]
        assert event["Message"] == "Environment tag update completed successfully."
        assert refusal(api.list_tags_for_resource, ResourceArn="arn:none") == (
            "ResourceNotFoundException",
            "Resource not found for ARN 'arn:none'.",
        )


def test_the_account_s_quotas_and_bucket(beanstalk: Beanstalk) -> None:
    quotas = beanstalk.api.describe_account_attributes()["ResourceQuotas"]
    assert quotas["EnvironmentQuota"] == {"Maximum": 200}
    location = beanstalk.api.create_storage_location()["S3Bucket"]
    assert location == "elasticbeanstalk-us-east-1-123456789012"


def test_a_reset_forgets_all_and_ends_what_was_under_way(beanstalk: Beanstalk) -> None:
    beanstalk.version("v1", {"web": "never"})
    beanstalk.begin("v1", "shop-env", SINGLE)
    backend = beanstalk.service._backends["123456789012"]["us-east-1"]
    backend.reset()
    assert beanstalk.api.describe_environments(IncludeDeleted=True)["Environments"] == []
    assert beanstalk.api.describe_applications()["Applications"] == []
    assert json.dumps(list(backend.tagged())) == "[]"
