"""The option settings that environments have, with their defaults.

Source: `General options for all environments
<https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html>`_. Options
that change nothing here are listed too: a configuration that holds them has to be accepted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Name = tuple[str, str]
"""A namespace and the name of an option in it."""

PROPERTIES = "aws:elasticbeanstalk:application:environment"
ASG = "aws:autoscaling:asg"
LAUNCH = "aws:autoscaling:launchconfiguration"
APPLICATION = "aws:elasticbeanstalk:application"
COMMAND = "aws:elasticbeanstalk:command"
ENVIRONMENT = "aws:elasticbeanstalk:environment"
PROCESS = "aws:elasticbeanstalk:environment:process:default"
HEALTH = "aws:elasticbeanstalk:healthreporting:system"
LISTENER = "aws:elb:listener"

_BOOLEAN = ("true", "false")
_CODE = "[2-4][0-9]{2}"
_CODES = f"{_CODE}(-{_CODE})?"
_LIST_OF_CODES = f"{_CODES}( *, *{_CODES})*"
"""200, 200,202 or 200-299, of 200 to 499.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html
"""
_CHECKED = r"/.*|HTTPS?:\d+/.*|(TCP|SSL):\d+"


@dataclass(frozen=True)
class Option:
    """One option: what values it takes, and what changing it costs (``severity``)."""

    namespace: str
    name: str
    default: str | None = None
    severity: str = "NoInterruption"
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    is_list: bool = False
    used: bool = False
    """Whether it changes anything here."""


def _of(namespace: str, *options: Option) -> tuple[Option, ...]:
    return tuple(Option(**{**vars(option), "namespace": namespace}) for option in options)


def _option(name: str, default: str | None = None, **fields: Any) -> Option:
    return Option("", name, default, **fields)


def _switch(name: str, default: str = "false", **fields: Any) -> Option:
    return _option(name, default, values=_BOOLEAN, **fields)


_RESTART: dict[str, Any] = {"severity": "RestartEnvironment"}
_USED: dict[str, Any] = {"used": True}

OPTIONS: dict[Name, Option] = {
    (option.namespace, option.name): option
    for option in (
        *_of(
            ASG,
            _option("Availability Zones", "Any", values=("Any", "Any 1", "Any 2", "Any 3")),
            _option("Cooldown", "360", minimum=0, maximum=10000),
            _option("Custom Availability Zones", is_list=True),
            _switch("EnableCapacityRebalancing"),
            _option("MinSize", "1", minimum=0, maximum=10000, **_USED),
            _option("MaxSize", "4", minimum=0, maximum=10000, **_USED),
        ),
        *_of(
            LAUNCH,
            _option("BlockDeviceMappings", is_list=True, **_RESTART),
            _switch("DisableDefaultEC2SecurityGroup", **_RESTART),
            _switch("DisableIMDSv1", "true", **_RESTART),
            _option("EC2KeyName", **_RESTART),
            _option("IamInstanceProfile", **_RESTART),
            _option("ImageId", **_RESTART, **_USED),
            _option("InstanceType", **_RESTART, **_USED),
            _option("MonitoringInterval", "5 minute", values=("1 minute", "5 minute")),
            _option("RootVolumeIOPS", minimum=100, maximum=20000, **_RESTART),
            _option("RootVolumeSize", minimum=8, maximum=16384, **_RESTART),
            _option("RootVolumeThroughput", minimum=125, maximum=1000, **_RESTART),
            _option("RootVolumeType", **_RESTART),
            _option("SSHSourceRestriction", "tcp,22,22,0.0.0.0/0"),
            _option("SecurityGroups", is_list=True, **_RESTART, **_USED),
        ),
        *_of(
            "aws:ec2:instances",
            _switch("EnableSpot", **_RESTART),
            _option("InstanceTypes", is_list=True, **_RESTART, **_USED),
            _option("SpotAllocationStrategy", "capacity-optimized"),
            _option("SpotFleetOnDemandAboveBasePercentage", minimum=0, maximum=100),
            _option("SpotFleetOnDemandBase", "0", minimum=0),
            _option("SpotMaxPrice"),
            _option("SupportedArchitectures", is_list=True),
        ),
        *_of(
            "aws:ec2:vpc",
            _switch("AssociatePublicIpAddress", **_RESTART),
            _option("DBSubnets", is_list=True),
            _option("ELBScheme", "public", values=("public", "internal"), **_RESTART),
            _option("ELBSubnets", is_list=True, **_RESTART),
            _option("Subnets", is_list=True, **_RESTART),
            _option("VPCId", **_RESTART),
        ),
        *_of(APPLICATION, _option("Application Healthcheck URL", "", pattern=_CHECKED, **_USED)),
        *_of(
            COMMAND,
            _option("BatchSize", "100", minimum=1, maximum=10000, **_USED),
            _option("BatchSizeType", "Percentage", values=("Percentage", "Fixed"), **_USED),
            _option(
                "DeploymentPolicy",
                "AllAtOnce",
                values=("AllAtOnce", "Rolling", "RollingWithAdditionalBatch", "Immutable"),
                **_USED,
            ),
            _switch("IgnoreHealthCheck", **_USED),
            _option("Timeout", "600", minimum=1, maximum=3600, **_USED),
        ),
        *_of(
            ENVIRONMENT,
            _option(
                "EnvironmentType",
                "LoadBalanced",
                values=("LoadBalanced", "SingleInstance"),
                **_RESTART,
                **_USED,
            ),
            _option("ExternalExtensionsS3Bucket"),
            _option("ExternalExtensionsS3Key"),
            _switch("LoadBalancerIsShared", **_RESTART),
            _option(
                "LoadBalancerType",
                "classic",
                values=("classic", "application", "network"),
                **_RESTART,
                **_USED,
            ),
            _option("ServiceRole"),
        ),
        *_of(
            PROCESS,
            _option("DeregistrationDelay", "20", minimum=0, maximum=3600, **_USED),
            _option("HealthCheckInterval", "15", minimum=5, maximum=300),
            _option("HealthCheckPath", "/", **_USED),
            _option("HealthCheckTimeout", "5", minimum=1, maximum=60, **_USED),
            _option("HealthyThresholdCount", "3", minimum=2, maximum=10),
            _option("MatcherHTTPCode", "200", pattern=_LIST_OF_CODES, **_USED),
            _option("Port", "80", minimum=1, maximum=65535, **_USED),
            _option("Protocol", "HTTP", values=("TCP", "HTTP", "HTTPS")),
            _switch("StickinessEnabled"),
            _option("StickinessLBCookieDuration", "86400", minimum=1, maximum=604800),
            _option("StickinessType", "lb_cookie"),
            _option("UnhealthyThresholdCount", "5", minimum=2, maximum=10),
        ),
        *_of(
            HEALTH,
            _option("ConfigDocument"),
            _switch("EnhancedHealthAuthEnabled", "true"),
            _option("HealthCheckSuccessThreshold", "Ok", values=("Ok", "Warning", "Degraded",
                    "Severe")),
            _option("SystemType", "enhanced", values=("basic", "enhanced"), **_USED),
        ),
        *_of("aws:elasticbeanstalk:hostmanager", _switch("LogPublicationControl")),
        *_of(
            "aws:elasticbeanstalk:managedactions",
            _switch("ManagedActionsEnabled"),
            _option("PreferredStartTime"),
            _option("ServiceRoleForManagedUpdates"),
        ),
        *_of(
            "aws:elasticbeanstalk:managedactions:platformupdate",
            _switch("InstanceRefreshEnabled"),
            _option("UpdateLevel", values=("minor", "patch")),
        ),
        *_of(
            "aws:elasticbeanstalk:monitoring",
            _switch("Automatically Terminate Unhealthy Instances", "true"),
        ),
        *_of(
            "aws:elasticbeanstalk:cloudwatch:logs",
            _switch("DeleteOnTerminate"),
            _option("RetentionInDays", "7", minimum=1, maximum=3653),
            _switch("StreamLogs"),
        ),
        *_of(
            "aws:elasticbeanstalk:cloudwatch:logs:health",
            _switch("DeleteOnTerminate"),
            _switch("HealthStreamingEnabled"),
            _option("RetentionInDays", "7", minimum=1, maximum=3653),
        ),
        *_of(
            "aws:elasticbeanstalk:sns:topics",
            _option("Notification Endpoint"),
            _option("Notification Protocol", "email"),
            _option("Notification Topic ARN"),
            _option("Notification Topic Name"),
        ),
        *_of("aws:elasticbeanstalk:xray", _switch("XRayEnabled")),
        *_of(
            "aws:autoscaling:trigger",
            _option("BreachDuration", "5", minimum=1, maximum=600),
            _option("EvaluationPeriods", "1", minimum=1, maximum=600),
            _option("LowerBreachScaleIncrement", "-1"),
            _option("LowerThreshold", "2000000"),
            _option("MeasureName", "NetworkOut"),
            _option("Period", "5", minimum=1, maximum=600),
            _option("Statistic", "Average"),
            _option("Unit", "Bytes"),
            _option("UpperBreachScaleIncrement", "1"),
            _option("UpperThreshold", "6000000"),
        ),
        *_of(
            "aws:autoscaling:updatepolicy:rollingupdate",
            _option("MaxBatchSize", minimum=1, maximum=10000),
            _option("MinInstancesInService", minimum=0, maximum=9999),
            _option("PauseTime"),
            _switch("RollingUpdateEnabled"),
            _option("RollingUpdateType", "Time", values=("Time", "Health", "Immutable")),
            _option("Timeout", "PT30M"),
        ),
        *_of(
            LISTENER,
            _option("InstancePort", "80", minimum=1, maximum=65535, **_USED),
            _option("InstanceProtocol", "HTTP", values=("HTTP", "HTTPS", "TCP", "SSL")),
            _switch("ListenerEnabled", "true"),
            _option("ListenerProtocol", "HTTP", values=("HTTP", "HTTPS", "TCP", "SSL")),
            _option("PolicyNames", is_list=True),
            _option("SSLCertificateId"),
        ),
        *_of(
            "aws:elb:healthcheck",
            _option("HealthyThreshold", "3", minimum=2, maximum=10),
            _option("Interval", "10", minimum=5, maximum=300),
            _option("Target"),
            _option("Timeout", "5", minimum=2, maximum=60),
            _option("UnhealthyThreshold", "5", minimum=2, maximum=10),
        ),
        *_of(
            "aws:elb:loadbalancer",
            _switch("CrossZone"),
            _option("ManagedSecurityGroup"),
            _option("SecurityGroups", is_list=True),
        ),
        *_of(
            "aws:elb:policies",
            _switch("ConnectionDrainingEnabled"),
            _option("ConnectionDrainingTimeout", "20", minimum=1, maximum=3600),
            _option("ConnectionSettingIdleTimeout", "60", minimum=1, maximum=3600),
            _option("LoadBalancerPorts", is_list=True),
            _option("Stickiness Cookie Expiration", "0"),
            _switch("Stickiness Policy"),
        ),
        *_of(
            "aws:elbv2:loadbalancer",
            _option("AccessLogsS3Bucket"),
            _switch("AccessLogsS3Enabled"),
            _option("AccessLogsS3Prefix"),
            _option("IdleTimeout", minimum=1, maximum=3600),
            _option("ManagedSecurityGroup"),
            _option("SecurityGroups", is_list=True),
            _option("SharedLoadBalancer"),
        ),
    )
}  # fmt: skip

FREE_NAMESPACES = (
    PROPERTIES,
    "aws:cloudformation:template:parameter",
    "aws:elasticbeanstalk:environment:process:",
    "aws:elasticbeanstalk:application:environmentsecrets",
    "aws:elb:listener:",
    "aws:elb:policies:",
    "aws:elbv2:listener:",
    "aws:elbv2:listenerrule:",
    "aws:elasticbeanstalk:command:",
)
"""Namespaces, or beginnings of them, whose options have names of the user's choice."""
