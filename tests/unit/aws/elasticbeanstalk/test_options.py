"""What settings are valid, which of several counts, and what they mean."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.elasticbeanstalk.option_table import (
    APPLICATION,
    ASG,
    COMMAND,
    ENVIRONMENT,
    HEALTH,
    LAUNCH,
    LISTENER,
    OPTIONS,
    PROCESS,
    PROPERTIES,
    Name,
)
from pytest_multidocker.aws.elasticbeanstalk.options import (
    Configuration,
    describe_options,
    of_request,
    to_remove,
    validate,
)

POLICIES = "AllAtOnce, Rolling, RollingWithAdditionalBatch, Immutable"
UNKNOWN = "Unknown configuration setting."
ALB = {(ENVIRONMENT, "LoadBalancerType"): "application"}
SINGLE = {(ENVIRONMENT, "EnvironmentType"): "SingleInstance"}


def with_(*settings: tuple[str, str, str], **fields: Any) -> Configuration:
    return Configuration(direct={(space, name): v for space, name, v in settings}, **fields)


class TestValidating:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ((COMMAND, "DeploymentPolicy"), "Rolling"),
            ((COMMAND, "BatchSize"), "1"),
            ((COMMAND, "BatchSize"), "10000"),
            ((LAUNCH, "InstanceType"), "t3.small"),
            (("aws:ec2:instances", "InstanceTypes"), "t2.micro, t3.micro"),
            ((LAUNCH, "SecurityGroups"), "a,sg-1"),
            ((LAUNCH, "InstanceType"), ""),
            ((PROCESS, "MatcherHTTPCode"), "200"),
            ((PROCESS, "MatcherHTTPCode"), "200-299, 404"),
            ((APPLICATION, "Application Healthcheck URL"), "HTTP:80/up?x=1:2"),
            ((APPLICATION, "Application Healthcheck URL"), "TCP:80"),
            ((PROPERTIES, "ANY_NAME"), "any value = {}"),
            ((PROPERTIES, "a.b:c/d+e\\f-g@1"), ""),
            (("aws:elb:listener:443", "InstancePort"), "80"),
            (("aws:elasticbeanstalk:environment:process:admin", "Port"), "8080"),
        ],
    )
    def test_what_is_fine(self, name: Name, value: str) -> None:
        assert validate({name: value}) == []

    @pytest.mark.parametrize(
        ("name", "value", "message"),
        [
            (
                (COMMAND, "DeploymentPolicy"),
                "Slowly",
                "'DeploymentPolicy'): Value is not one of the allowed values: " + f"[{POLICIES}]",
            ),
            ((COMMAND, "BatchSize"), "0", "Value is less than minimum allowed value: 1"),
            ((COMMAND, "Timeout"), "3601", "Value exceeds maximum allowed value: 3600"),
            ((COMMAND, "Timeout"), "ten", "Value is not a number"),
            ((PROCESS, "MatcherHTTPCode"), "2xx", "Value does not satisfy regex: '[2-4][0-9]{2}("),
            ((PROCESS, "MatcherHTTPCode"), "200-", "Value does not satisfy regex"),
            ((PROCESS, "MatcherHTTPCode"), "99999999", "Value does not satisfy regex"),
            ((APPLICATION, "Application Healthcheck URL"), "up", "Value does not satisfy regex"),
            ((LAUNCH, "InstanceType"), "t2.mikro", "not one of the allowed values: [t2.nano, "),
            (("aws:ec2:instances", "InstanceTypes"), "t2.micro,t9.big", "'t2.micro,t9.big'"),
            (
                ("aws:foo", "Bar"),
                "x",
                "Invalid option specification (Namespace: 'aws:foo', OptionName: 'Bar'): "
                + UNKNOWN,
            ),
            ((COMMAND, "Policy"), "x", UNKNOWN),
            ((PROPERTIES, "A B"), "x", "Names of environment properties have letters, digits"),
            ((PROPERTIES, "A=B"), "x", "OptionName: 'A=B'): Names of environment properties"),
            ((PROPERTIES, ""), "x", "Names of environment properties have letters, digits"),
            (("aws:rds:dbinstance", "DBEngine"), "postgres", "create the database with RDS"),
        ],
    )
    def test_what_is_not(self, name: Name, value: str, message: str) -> None:
        (issue,) = validate({name: value})
        assert message in issue.message
        described = issue.describe()
        assert (described["Namespace"], described["OptionName"]) == name
        assert described["Severity"] == "error"

    def test_all_defaults_are_valid(self) -> None:
        defaults = {n: o.default for n, o in OPTIONS.items() if o.default is not None}
        assert validate(defaults) == []


class TestPrecedence:
    def test_the_environment_goes_before_the_template_the_bundle_and_the_default(self) -> None:
        name = (COMMAND, "Timeout")
        found = []
        configuration = Configuration(direct={name: "1"}, template={name: "2"}, bundle={name: "3"})
        for source in ("direct", "template", "bundle"):
            found.append(configuration.command_timeout)
            configuration = Configuration(
                **{**vars(configuration), source: {}},
            )
        assert [*found, configuration.command_timeout] == [1, 2, 3, 600]

    def test_an_empty_value_is_none(self) -> None:
        settings = {(ASG, "MinSize"): "", (PROCESS, "MatcherHTTPCode"): ""}
        configuration = Configuration(direct=settings, bundle={(ASG, "MinSize"): "3"})
        assert configuration.size == 1
        assert configuration.health_codes == {200}

    def test_properties_of_all_sources_are_there(self) -> None:
        configuration = Configuration(
            direct={(PROPERTIES, "A"): "1", (PROPERTIES, "GONE"): ""},
            template={(PROPERTIES, "B"): "2"},
            bundle={(PROPERTIES, "A"): "x", (PROPERTIES, "C"): "3", (PROPERTIES, "GONE"): "y"},
        )
        assert configuration.properties == {"A": "1", "B": "2", "C": "3"}

    def test_requests_name_settings_to_set_and_to_remove(self) -> None:
        entries = [
            {"Namespace": ASG, "OptionName": "MinSize", "Value": "2"},
            {"OptionName": "A", "Value": "x"},
            {"OptionName": "B"},
        ]
        assert of_request(entries) == {
            (ASG, "MinSize"): "2",
            (PROPERTIES, "A"): "x",
            (PROPERTIES, "B"): "",
        }
        assert to_remove(entries) == {(ASG, "MinSize"), (PROPERTIES, "A"), (PROPERTIES, "B")}
        assert (of_request(None), to_remove(None)) == ({}, set())


class TestMeaning:
    def test_by_default_there_are_instances_behind_a_load_balancer(self) -> None:
        configuration = Configuration(instance_type="t3.micro")
        assert (configuration.is_single, configuration.size) == (False, 1)
        assert configuration.chosen_type == "t3.micro"
        assert (configuration.policy, configuration.batch) == ("AllAtOnce", ("Percentage", 100))
        assert (configuration.instance_port, configuration.health_path) == (80, None)
        assert configuration.health_codes == {200}
        assert configuration.is_enhanced
        assert not configuration.ignores_health
        assert configuration.security_groups == ()

    def test_a_single_instance_has_neither_size_nor_rolling_policy(self) -> None:
        settings = {**SINGLE, (ASG, "MinSize"): "3", (COMMAND, "DeploymentPolicy"): "Rolling"}
        configuration = Configuration(direct=settings)
        assert (configuration.is_single, configuration.size) == (True, 1)
        assert configuration.policy == "AllAtOnce"
        immutable = {**SINGLE, (COMMAND, "DeploymentPolicy"): "Immutable"}
        assert Configuration(direct=immutable).policy == "Immutable"

    def test_instance_types_go_before_the_instance_type(self) -> None:
        configuration = with_(
            (LAUNCH, "InstanceType", "t2.small"),
            ("aws:ec2:instances", "InstanceTypes", "t3.large, t3.small"),
        )
        assert configuration.chosen_type == "t3.large"

    def test_security_groups_are_a_list(self) -> None:
        configuration = with_((LAUNCH, "SecurityGroups", "a, sg-1,"))
        assert configuration.security_groups == ("a", "sg-1")

    @pytest.mark.parametrize(
        ("settings", "path"),
        [
            ({}, None),
            ({(APPLICATION, "Application Healthcheck URL"): "/up"}, "/up"),
            ({(APPLICATION, "Application Healthcheck URL"): "HTTP:80/up?x=1:2"}, "/up?x=1:2"),
            ({(APPLICATION, "Application Healthcheck URL"): "TCP:80"}, None),
            (ALB, "/"),
            ({**ALB, (PROCESS, "HealthCheckPath"): "/health"}, "/health"),
            ({(PROCESS, "HealthCheckPath"): "/health"}, None),
            ({**ALB, **SINGLE}, None),
        ],
    )
    def test_the_health_check_s_path(self, settings: dict[Name, str], path: str | None) -> None:
        assert Configuration(direct=settings).health_path == path

    def test_the_port_is_that_of_the_load_balancer_s_kind(self) -> None:
        ports = {(PROCESS, "Port"): "8080", (LISTENER, "InstancePort"): "8081"}
        assert Configuration(direct=ports).instance_port == 8081
        assert Configuration(direct={**ports, **ALB}).instance_port == 8080

    def test_status_codes_are_a_list_of_ranges(self) -> None:
        configuration = with_((PROCESS, "MatcherHTTPCode", "200,300-302"))
        assert configuration.health_codes == {200, 300, 301, 302}

    def test_basic_health(self) -> None:
        assert not with_((HEALTH, "SystemType", "basic")).is_enhanced

    def test_a_new_machine_is_needed_where_the_instance_itself_changes(self) -> None:
        assert with_((COMMAND, "Timeout", "9")).machine == Configuration().machine
        for change in (
            (LAUNCH, "InstanceType", "t3.large"),
            (LAUNCH, "SecurityGroups", "a"),
            (LAUNCH, "ImageId", "ami-1"),
            (ENVIRONMENT, "EnvironmentType", "SingleInstance"),
        ):
            assert with_(change).machine != Configuration().machine


def test_all_options_are_described_with_their_values() -> None:
    described = with_((PROPERTIES, "A", "x")).describe()
    found = {(d["Namespace"], d["OptionName"]): d.get("Value") for d in described}
    assert found[PROPERTIES, "A"] == "x"
    assert found[COMMAND, "DeploymentPolicy"] == "AllAtOnce"
    assert found[LAUNCH, "EC2KeyName"] is None
    assert set(OPTIONS) < set(found)


def test_options_are_described_with_what_they_take() -> None:
    (policy,) = describe_options({(COMMAND, "DeploymentPolicy")})
    assert policy["ValueOptions"][1] == "Rolling"
    assert policy["ChangeSeverity"] == "NoInterruption"
    (kind,) = describe_options({(LAUNCH, "InstanceType")})
    assert "t2.micro" in kind["ValueOptions"]
    (size,) = describe_options({(ASG, "MinSize")})
    assert (size["MinValue"], size["MaxValue"], size["DefaultValue"]) == (0, 10000, "1")
    (codes,) = describe_options({(PROCESS, "MatcherHTTPCode")})
    assert codes["Regex"]["Pattern"].startswith("[2-4]")
    assert len(describe_options()) == len(OPTIONS)
