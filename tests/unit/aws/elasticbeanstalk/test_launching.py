"""Launching environments and ending them, over an ECS that plays scripts."""

from __future__ import annotations

import re

import pytest
import requests
from botocore.exceptions import ClientError
from support.beanstalk import STACK, Beanstalk, bundle, container

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

SINGLE = "aws:elasticbeanstalk:environment EnvironmentType SingleInstance"


def plain(events: list[str]) -> list[str]:
    """The events without what is by chance, or by time."""
    return [
        re.sub(
            r"\d+ seconds?|i-[0-9a-f]+|(?<=Group-)\w+|(?<=AWSEBLoa-)\w+|e-[a-z0-9]{10}", "#", event
        )
        for event in events
    ]


def errors(beanstalk: Beanstalk) -> list[str]:
    return [event for event in beanstalk.events() if event.startswith("ERROR")]


def test_a_launch_from_the_first_event_to_the_last(beanstalk: Beanstalk) -> None:
    beanstalk.version("v1", {"web": "serve:one", "db": "sleep"})
    begun = beanstalk.begin("v1", "shop-env", SINGLE, CNAMEPrefix="shop", Description="mine")
    assert (begun["Status"], begun["Health"]) == ("Launching", "Grey")
    found = beanstalk.settled()

    assert (found["Status"], found["Health"], found["HealthStatus"]) == ("Ready", "Green", "Ok")
    assert (found["VersionLabel"], found["Description"]) == ("v1", "mine")
    assert found["CNAME"] == "shop.us-east-1.elasticbeanstalk.com"
    assert found["SolutionStackName"] == STACK
    assert found["EnvironmentArn"].endswith(":environment/shop/shop-env")
    assert requests.get(f"http://{found['EndpointURL']}").text == "one"
    assert requests.get(beanstalk.url, headers={"Host": found["CNAME"]}).text == "one"
    assert plain(beanstalk.events()) == [
        "INFO createEnvironment is starting.",
        (
            "INFO Environment health has transitioned to Pending. Initialization in progress "
            "(running for #). There are no instances."
        ),
        (
            "INFO Using elasticbeanstalk-us-east-1-123456789012 as Amazon S3 storage bucket for "
            "environment data."
        ),
        "INFO Created security group named: awseb-#-stack-AWSEBSecurityGroup-#",
        "INFO Waiting for EC2 instances to launch. This may take a few minutes.",
        "INFO Added instance [#] to your environment.",
        "INFO Instance deployment completed successfully.",
        "INFO Application available at shop.us-east-1.elasticbeanstalk.com.",
        (
            "INFO Environment health has transitioned from Pending to Ok. Initialization "
            "completed # ago and took #."
        ),
        "INFO Successfully launched environment: shop-env",
    ]


def test_what_an_environment_is_made_of(beanstalk: Beanstalk) -> None:
    beanstalk.version("v1", {"web": "serve:one"})
    found = beanstalk.create(
        "v1",
        "shop-env",
        "aws:autoscaling:asg MinSize 2",
        "aws:autoscaling:launchconfiguration SecurityGroups mine",
        "aws:autoscaling:launchconfiguration InstanceType t3.small",
        "aws:elasticbeanstalk:application:environment PGHOST db.local",
        Tags=[{"Key": "team", "Value": "shop"}],
    )
    machines = beanstalk.cloud.machines
    assert len(machines) == 2
    for machine in machines.values():
        assert machine["type"] == "t3.small"
        assert machine["groups"] == [*beanstalk.cloud.groups, "sg-mine"]
        assert machine["tags"] == {
            "team": "shop",
            "Name": "shop-env",
            "elasticbeanstalk:environment-id": found["EnvironmentId"],
            "elasticbeanstalk:environment-name": "shop-env",
        }
    (definition,) = beanstalk.cloud.definitions.values()
    (web,) = definition["containerDefinitions"]
    assert web["environment"] == [{"name": "PGHOST", "value": "db.local"}]
    assert {"name": "awseb-logs-web", "host": {"sourcePath": "/var/log/containers/web"}} in (
        definition["volumes"]
    )
    assert re.fullmatch(r"awseb-shop-env-[a-z0-9]{10}", definition["family"])

    resources = beanstalk.api.describe_environment_resources(EnvironmentName="shop-env")
    described = resources["EnvironmentResources"]
    assert [one["Id"] for one in described["Instances"]] == list(machines)
    assert described["Cluster"]["ClusterArn"] == f"arn:cluster/{definition['family']}"
    balancer = found["Resources"]["LoadBalancer"]
    assert described["LoadBalancers"] == [{"Name": balancer["LoadBalancerName"]}]
    assert balancer["Domain"] == found["EndpointURL"]


def test_settings_in_the_bundle_count_unless_the_request_has_them(beanstalk: Beanstalk) -> None:
    config = (
        "option_settings:\n"
        "  aws:elasticbeanstalk:application:environment: {A: bundle, B: bundle}\n"
        "  aws:autoscaling:asg: {MinSize: 2}\n"
    )
    files = {".ebextensions/01.config": config}
    beanstalk.version("v1", bundle(container("web", "serve:one"), files=files))
    beanstalk.create("v1", "shop-env", "aws:elasticbeanstalk:application:environment B request")
    (definition,) = beanstalk.cloud.definitions.values()
    (web,) = definition["containerDefinitions"]
    assert {v["name"]: v["value"] for v in web["environment"]} == {"A": "bundle", "B": "request"}
    assert len(beanstalk.cloud.machines) == 2
    described = beanstalk.api.describe_configuration_settings(
        ApplicationName="shop", EnvironmentName="shop-env"
    )["ConfigurationSettings"][0]
    values = {
        (o["Namespace"], o["OptionName"]): o.get("Value") for o in described["OptionSettings"]
    }
    assert values["aws:autoscaling:asg", "MinSize"] == "2"
    assert described["DeploymentStatus"] == "deployed"


TOO_LARGE = (
    "ERROR Service:AmazonCloudFormation, Message:Template format error: Parameter "
    "'EnvironmentVariables' default value '[****]' length is greater than 4096."
)


class TestFailing:
    """No instance is launched for a bundle that cannot run; others are told as AWS tells them."""

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "No ecs task definition (or empty definition file) found in environment"),
            (bundle(AWSEBDockerrunVersion=1), "Unsupported AWSEBDockerrunVersion: 1"),
            (b'{"AWSEBDockerrunVersion": 2,', "We expected a VALUE token but got: START_OBJECT"),
        ],
    )
    def test_a_bundle_that_is_none(
        self, beanstalk: Beanstalk, content: bytes, message: str
    ) -> None:
        beanstalk.version("v1", content)
        found = beanstalk.create()
        assert (found["Status"], found["Health"]) == ("Ready", "Red")
        assert beanstalk.causes() == ["There are no instances."]
        events = beanstalk.events()
        assert f"ERROR ECS Application sourcebundle validation error: {message}" in events
        assert any(event.startswith("WARN multidocker: Dockerrun.aws.json:1:") for event in events)
        assert events[-1] == "ERROR Failed to launch environment."
        assert beanstalk.cloud.machines == {}

    def test_a_bundle_that_has_gone(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        beanstalk.cloud.objects.clear()
        beanstalk.create()
        assert (
            "ERROR Unable to download from S3 location (Bucket: bundles  Key: v1.zip). Reason: The "
            "specified key does not exist."
        ) in beanstalk.events()

    def test_configuration_files_that_are_wrong(self, beanstalk: Beanstalk) -> None:
        files = {
            ".ebextensions/1.config": "a: [",
            ".ebextensions/2.config": "option_settings: {aws:foo: {Bar: 1}}",
        }
        beanstalk.version("v1", bundle(container("web", "sleep"), files=files))
        beanstalk.create()
        broken, unknown, _ = errors(beanstalk)
        assert "The configuration file .ebextensions/1.config in application version v1" in broken
        assert "Invalid option specification (Namespace: 'aws:foo', OptionName: 'Bar')" in unknown

    def test_what_ecs_refuses_to_register(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", bundle())
        beanstalk.create()
        assert errors(beanstalk) == [
            (
                "ERROR Service:AmazonECS, Code:ClientException, Message:Container list cannot be "
                "empty., Class:com.amazonaws.services.ecs.model.ClientException"
            ),
            "ERROR Failed to launch environment.",
        ]

    def test_a_security_group_that_is_not_there(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        group = "aws:autoscaling:launchconfiguration SecurityGroups nobody"
        beanstalk.create("v1", "shop-env", group)
        assert errors(beanstalk) == [
            "ERROR The security group 'nobody' does not exist",
            "ERROR Failed to launch environment.",
        ]

    def test_properties_of_more_than_4096_bytes(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        space = "aws:elasticbeanstalk:application:environment"
        beanstalk.create("v1", "shop-env", f"{space} NAME {'ä' * 2047}")
        assert errors(beanstalk) == [TOO_LARGE, "ERROR Failed to launch environment."]
        beanstalk.create("v1", "other-env", SINGLE, f"{space} TEXT {'x' * 4092}")
        beanstalk.update(None, f"{space} A {'x'}", name="other-env")
        assert TOO_LARGE in beanstalk.events("other-env")
        assert beanstalk.describe("other-env")["Status"] == "Ready"

    def test_a_task_that_exits_at_start(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "exit:3", "db": "sleep"})
        found = beanstalk.create("v1", "shop-env", SINGLE)
        assert (found["Health"], found["HealthStatus"]) == ("Red", "Degraded")
        assert found["VersionLabel"] == "v1"
        (instance,) = beanstalk.cloud.machines
        attempt = [
            "ERROR Failed to start ECS task: ARN is STOPPED.",
            (
                f"ERROR multidocker: [Instance: {instance}] web is essential and exited with code "
                "3. Its last log lines:\nlast words of ID"
            ),
            "ERROR ECS task stopped due to: Essential container in task exited. (web: db: )",
        ]
        told = [re.sub(r"arn:aws:ecs\S+", "ARN", event) for event in errors(beanstalk)]
        assert [re.sub(r"web-\w{4}$", "ID", event) for event in told] == [
            *attempt,
            *attempt,
            "ERROR Failed to start ECS task after retrying 2 times.",
            "ERROR Instance deployment failed. For details, see 'eb-engine.log'.",
            (
                f"ERROR [Instance: {instance}] Command failed on instance. Return code: 1 Output: "
                "Engine execution has encountered an error.."
            ),
            (
                "ERROR Create environment operation is complete, but with errors. For more "
                "information, see troubleshooting documentation."
            ),
        ]
        others = "\n".join(beanstalk.events())
        assert others.count("WARN Failed to start ECS task, retrying...") == 1
        assert "all instances. Summary: [Successful: 0, Failed: 1]." in others
        assert (
            "WARN Environment health has transitioned from Pending to Degraded. Command failed on "
            "all instances. Impaired services on all instances. Initialization completed 0 seconds"
        ) in others
        assert beanstalk.causes()[-1].startswith("multidocker: web is essential and exited with")

    @pytest.mark.parametrize(
        ("containers", "message"),
        [
            (
                {"web": "nowhere"},
                (
                    "ECS task stopped due to: Task failed to start. (web: "
                    "CannotPullContainerError: no such image)"
                ),
            ),
            ({"web": "never"}, "is still PENDING after 1 seconds."),
        ],
    )
    def test_a_task_that_does_not_come_to_run(
        self, beanstalk: Beanstalk, containers: dict[str, str], message: str
    ) -> None:
        beanstalk.version("v1", containers)
        assert beanstalk.create()["Health"] == "Red"
        assert sum(message in event for event in beanstalk.events()) == 2

    def test_a_task_for_which_the_instance_is_too_small(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", bundle(container("web", "sleep", memory=4096)))
        beanstalk.create()
        told = [event for event in beanstalk.events() if "Encountered error" in event]
        assert len(told) == 2
        assert told[0].startswith("ERROR Encountered error starting new ECS task: {")
        assert '"reason": "RESOURCE:MEMORY"' in told[0]
        assert '"tasks": []' in told[0]

    def test_a_command_that_takes_too_long(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "never"})
        beanstalk.create("v1", "shop-env", "aws:elasticbeanstalk:command Timeout 1")
        (instance,) = beanstalk.cloud.machines
        events = beanstalk.events()
        assert (
            "WARN The following instances have not responded in the allowed command timeout time "
            f"(they might still finish eventually on their own): [{instance}]."
        ) in events
        summary = "Summary: [Successful: 0, TimedOut: 1]."
        assert f"INFO Command execution completed on all instances. {summary}" in events

    def test_nothing_published_is_told(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        assert beanstalk.create("v1", "shop-env", SINGLE)["Health"] == "Green"
        assert (
            "WARN multidocker: No container publishes port 80 of the instance: nothing answers at "
            "the environment's address."
        ) in beanstalk.events()

    def test_behind_a_load_balancer_that_is_severe(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        found = beanstalk.create()
        assert (found["Health"], found["HealthStatus"]) == ("Red", "Severe")
        assert beanstalk.causes()[0] == "ELB processes are not healthy on all instances."

    def test_the_plain_docker_platform(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "sleep"})
        docker = "64bit Amazon Linux 2023 v4.6.0 running Docker"
        beanstalk.create(SolutionStackName=docker)
        assert "ERROR Invalid Dockerrun.aws.json version, abort deployment" in beanstalk.events()


class TestTerminating:
    def test_nothing_is_left(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        found = beanstalk.create("v1", "shop-env", "aws:autoscaling:asg MinSize 2")
        answer = beanstalk.api.terminate_environment(EnvironmentName="shop-env")
        assert answer["Status"] in {"Terminating", "Terminated"}
        gone = beanstalk.settled()

        assert (gone["Status"], gone["Health"]) == ("Terminated", "Grey")
        cloud = beanstalk.cloud
        assert (cloud.machines, cloud.groups, cloud.clusters, cloud.definitions) == ({}, {}, {}, {})
        assert cloud.servers == {}
        assert {task["lastStatus"] for task in cloud.tasks.values()} == {"STOPPED"}
        found_now = beanstalk.api.describe_environments(IncludeDeleted=False)["Environments"]
        assert found_now == []
        assert not list((beanstalk.emulator.run.workdir / "beanstalk").glob("e-*"))
        assert beanstalk.emulator.sites.find(found["CNAME"]) is None
        with pytest.raises(requests.ConnectionError):
            requests.get(f"http://{found['EndpointURL']}")
        balancer = found["Resources"]["LoadBalancer"]["LoadBalancerName"]
        assert plain(beanstalk.events())[-6:] == [
            "INFO terminateEnvironment is starting.",
            "INFO Waiting for EC2 instances to terminate. This may take a few minutes.",
            "INFO Removed instances [#, #] from your environment.",
            "INFO Deleted security group named: awseb-#-stack-AWSEBSecurityGroup-#",
            *plain([f"INFO Deleted load balancer named: {balancer}"]),
            "INFO terminateEnvironment completed successfully.",
        ]

    def test_an_environment_that_is_still_launched(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "never"})
        beanstalk.begin()
        while not beanstalk.cloud.tasks:
            assert beanstalk.describe()["Status"] == "Launching"
        beanstalk.api.terminate_environment(EnvironmentName="shop-env")
        assert beanstalk.settled()["Status"] == "Terminated"
        assert beanstalk.cloud.machines == {}
        assert "ERROR" not in " ".join(beanstalk.events())

    def test_names_and_addresses_are_free_again(self, beanstalk: Beanstalk) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        first = beanstalk.create(CNAMEPrefix="shop")
        with pytest.raises(ClientError, match=r"Environment shop-env already exists\."):
            beanstalk.begin()
        with pytest.raises(ClientError, match=r"DNS name \(shop.us-east-1.+\) is not available."):
            beanstalk.begin(name="other", CNAMEPrefix="shop")
        beanstalk.api.terminate_environment(EnvironmentId=first["EnvironmentId"])
        beanstalk.settled()
        second = beanstalk.create(CNAMEPrefix="shop")
        assert second["EnvironmentId"] != first["EnvironmentId"]
        assert second["Health"] == "Green"

    def test_a_rebuild_makes_all_anew_also_of_what_was_terminated(
        self, beanstalk: Beanstalk
    ) -> None:
        beanstalk.version("v1", {"web": "serve:one"})
        found = beanstalk.create()
        (before,) = beanstalk.cloud.machines
        beanstalk.api.rebuild_environment(EnvironmentName="shop-env")
        assert beanstalk.settled()["Health"] == "Green"
        (after,) = beanstalk.cloud.machines
        assert before != after
        events = plain(beanstalk.events())
        assert events[-1] == "INFO Successfully launched environment: shop-env"
        assert "INFO rebuildEnvironment is starting." in events

        beanstalk.api.terminate_environment(EnvironmentName="shop-env")
        beanstalk.settled()
        beanstalk.api.rebuild_environment(EnvironmentId=found["EnvironmentId"])
        restored = beanstalk.settled()
        assert (restored["Status"], restored["Health"]) == ("Ready", "Green")
        assert restored["EnvironmentId"] == found["EnvironmentId"]
        assert requests.get(f"http://{restored['EndpointURL']}").text == "one"


def test_a_key_that_means_nothing_is_passed_over_and_pointed_at(beanstalk: Beanstalk) -> None:
    beanstalk.version("v1", bundle(container("web", "serve:one", link=["nobody"])))
    found = beanstalk.create("v1", "shop-env", SINGLE)
    assert found["Health"] == "Green"
    (told,) = [event for event in beanstalk.events() if "MD021" in event]
    assert told.startswith("WARN multidocker: Dockerrun.aws.json:1:")
    assert told.endswith("Rename the key to links.")


@pytest.mark.parametrize("label", [".", "..", "..\\victim"])
def test_a_label_is_no_path(label: str, beanstalk: Beanstalk) -> None:
    folder = beanstalk.emulator.run.workdir
    victim = folder / "victim"
    victim.mkdir()
    (victim / "file").write_text("precious")
    beanstalk.version(label, {"web": "serve:one"}, Process=True)
    assert beanstalk.create(label, "shop-env", SINGLE)["VersionLabel"] == label
    assert (victim / "file").read_text() == "precious"
    assert sorted(path.name for path in folder.iterdir()) == ["beanstalk", "victim"]


@pytest.mark.parametrize("label", ["../../victim", "a/b", "/victim"])
def test_a_label_with_a_slash_is_refused(label: str, beanstalk: Beanstalk) -> None:
    with pytest.raises(ClientError, match=r"'versionLabel' failed to satisfy constraint"):
        beanstalk.version(label, {"web": "serve:one"})


def test_what_keeps_an_instance_out_of_a_database_is_told_once(beanstalk: Beanstalk) -> None:
    beanstalk.version("v1", {"web": "serve:one"})
    beanstalk.create("v1", "shop-env", SINGLE)
    (machine,) = beanstalk.cloud.machines
    (cluster,) = beanstalk.cloud.clusters
    arn = f"arn:container-instance/{cluster}/{machine}"
    why = "No security group of db lets sg-1 in on port 5432."
    for what in (why, why, "Nor here."):
        beanstalk.emulator.events.publish(
            "security.refused", containerInstanceArn=arn, database="db", why=what
        )
    told = [f"WARN multidocker: [Instance: {machine}] {what}" for what in (why, "Nor here.")]
    beanstalk.until_told("shop-env", told[-1])
    assert [event for event in beanstalk.events() if event in told] == told
