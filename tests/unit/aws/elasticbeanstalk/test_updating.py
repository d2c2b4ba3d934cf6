"""Updating environments: versions by every policy, settings, aborts, restarts, swaps, crashes."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
from botocore.exceptions import ClientError
from support.beanstalk import Beanstalk, bundle, container
from typing_extensions import Self

from pytest_multidocker.aws.elasticbeanstalk.monitor import Monitor

pytestmark = pytest.mark.filterwarnings("ignore:Exception.*does not match an error shape")

COMMAND = "aws:elasticbeanstalk:command"
PROPERTY = "aws:elasticbeanstalk:application:environment"
SINGLE = "aws:elasticbeanstalk:environment EnvironmentType SingleInstance"
TWO = "aws:autoscaling:asg MinSize 2"
FOUR = "aws:autoscaling:asg MinSize 4"
ABORTED = (
    "ERROR During an aborted deployment, some instances may have deployed the new application "
    "version. To ensure all instances are running the same version, re-deploy the appropriate "
    "application version."
)


@pytest.fixture
def shop(beanstalk: Beanstalk) -> Beanstalk:
    """With versions that serve their names, and one that exits at start."""
    for label in ("v1", "v2"):
        beanstalk.version(label, {"web": f"serve:{label}", "job": "sleep"})
    beanstalk.version("bad", {"web": "exit:1"})
    beanstalk.version("deaf", {"web": "sleep"})
    return beanstalk


class Client:
    """Asks all the time, and notes the texts and the statuses of what was answered."""

    def __init__(self, url: str) -> None:
        self.answers: list[str] = []
        self._url = url
        self._done = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def failed(self) -> list[str]:
        return [answer for answer in self.answers if not answer.startswith("v")]

    def _ask(self) -> None:
        with requests.Session() as session:
            while not self._done.is_set():
                answer = session.get(self._url, timeout=10)
                self.answers.append(answer.text if answer.ok else str(answer.status_code))


@contextmanager
def asking(beanstalk: Beanstalk) -> Iterator[Client]:
    with Client(f"http://{beanstalk.describe()['EndpointURL']}") as made:
        yield made
        time.sleep(0.1)


def since(beanstalk: Beanstalk, first: str) -> list[str]:
    """The events from the last one with that text on, health aside, with instances as #."""
    events = [event for event in beanstalk.events() if "health has trans" not in event]
    start = max(n for n, event in enumerate(events) if event == first)
    return [re.sub("i-[0-9a-f]{8}", "#", event) for event in events[start:]]


STARTING = "INFO Environment update is starting."


class TestPolicies:
    def test_all_at_once_on_one_instance(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        found = shop.update("v2")
        assert (found["VersionLabel"], found["Health"]) == ("v2", "Green")
        assert requests.get(f"http://{found['EndpointURL']}").text == "v2"
        assert since(shop, STARTING) == [
            STARTING,
            "INFO Deploying new version to instance(s).",
            "INFO Instance deployment completed successfully.",
            "INFO New application version was deployed to running EC2 instances.",
            "INFO Environment update completed successfully.",
        ]
        # The old task is stopped before the new one is started, whatever becomes of that.
        assert [line.split()[0] for line in shop.cloud.log] == ["start", "stop", "start"]

    def test_all_at_once_fails_requests(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", TWO)
        with asking(shop) as client:
            shop.update("v2")
        assert client.failed
        assert set(client.failed) <= {"502", "503"}
        assert client.answers[-1] == "v2"

    def test_rolling_fails_none(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", TWO)
        shop.update(None, f"{COMMAND} DeploymentPolicy Rolling", f"{COMMAND} BatchSize 50")
        shop.cloud.delay = 0.01
        with asking(shop) as client:
            shop.update("v2")
        assert client.failed == []
        assert {"v1", "v2"} == set(client.answers)
        batch = [
            "INFO Batch {}: Starting application deployment on instance(s) [#].",
            (
                "INFO Batch {}: De-registering instance(s) from the load balancer and waiting for "
                "them to go out of service."
            ),
            "INFO Batch {}: Starting application deployment command execution.",
            "INFO Instance deployment completed successfully.",
            "INFO Batch {}: Completed application deployment command execution.",
            "INFO Command execution completed on {} of 2 instances in environment.",
            (
                "INFO Batch {}: Registering instance(s) with the load balancer and waiting for "
                "them to be healthy."
            ),
            "INFO Batch {}: Completed application deployment.",
        ]
        assert since(shop, STARTING) == [
            STARTING,
            "INFO Deploying new version to instance(s).",
            *[line.format(1) for line in batch],
            *[line.format(2) for line in batch],
            "INFO New application version was deployed to running EC2 instances.",
            "INFO Environment update completed successfully.",
        ]
        assert len({line.split()[1] for line in shop.cloud.log[-4:-2]}) == 1

    def test_an_additional_batch_keeps_the_capacity(self, shop: Beanstalk) -> None:
        policy = f"{COMMAND} DeploymentPolicy RollingWithAdditionalBatch"
        shop.create("v1", "shop-env", TWO, policy, f"{COMMAND} BatchSize 50")
        before = set(shop.cloud.machines)
        with asking(shop) as client:
            found = shop.update("v2")
        assert client.failed == []
        assert (found["VersionLabel"], found["Health"]) == ("v2", "Green")
        assert set(shop.cloud.machines) == before
        assert shop.cloud.most_running == 3
        events = since(shop, STARTING)
        assert events.index("INFO Added instance [#] to your environment.") < events.index(
            "INFO Batch 1: Starting application deployment on instance(s) [#]."
        )
        assert "INFO Removed instance [#] from your environment." in events

    def test_immutable_replaces_all_instances(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", TWO, f"{COMMAND} DeploymentPolicy Immutable")
        before = set(shop.cloud.machines)
        with asking(shop) as client:
            found = shop.update("v2")
        assert client.failed == []
        assert (found["VersionLabel"], found["Health"]) == ("v2", "Green")
        assert not before & set(shop.cloud.machines)
        assert len(shop.cloud.machines) == 2
        added = "INFO Added instance [#] to your environment."
        joined = [
            added,
            "INFO Instance deployment completed successfully.",
            "INFO Adding new instance(s) (#) to the load balancer.",
            "INFO Waiting for instance(s) (#) to pass health checks.",
        ]
        assert since(shop, STARTING) == [
            STARTING,
            "INFO Deploying new version to instance(s).",
            (
                "INFO Immutable deployment policy enabled. Launching one instance with the new "
                "settings to verify health."
            ),
            *joined,
            "INFO Test instance passed health checks. Launching remaining new instances.",
            *joined,
            "INFO Successfully launched all instances.",
            (
                "INFO Deployment succeeded. Terminating old instances and temporary Auto "
                "Scaling group."
            ),
            "INFO Removed instances [#, #] from your environment.",
            "INFO New application version was deployed to running EC2 instances.",
            "INFO Environment update completed successfully.",
        ]


class TestFailing:
    def test_a_bad_version_leaves_the_old_label_and_a_dead_instance(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        found = shop.update("bad")
        assert (found["Status"], found["VersionLabel"]) == ("Ready", "v1")
        assert (found["Health"], found["HealthStatus"]) == ("Red", "Degraded")
        (instance,) = shop.cloud.machines
        assert [e for e in shop.events() if "health has trans" not in e][-4:] == [
            (
                "INFO Command execution completed on all instances. Summary: [Successful: 0, "
                "Failed: 1]."
            ),
            (
                f"ERROR Unsuccessful command execution on instance id(s) '{instance}'. Aborting "
                "the operation."
            ),
            "ERROR Failed to deploy application.",
            ABORTED,
        ]
        causes = shop.causes()
        assert causes[:3] == [
            "Command failed on all instances.",
            "Impaired services on all instances.",
            (
                'Incorrect application version found on all instances. Expected version "v1" '
                "(deployment 1)."
            ),
        ]
        (health,) = shop.api.describe_instances_health(
            EnvironmentName="shop-env", AttributeNames=["All"]
        )["InstanceHealthList"]
        assert health["Deployment"]["VersionLabel"] == "bad"
        assert health["Deployment"]["Status"] == "Failed"
        assert (
            'Incorrect application version "bad" (deployment 2). Expected version "v1" (deployment '
            "1)."
        ) in health["Causes"]

        assert shop.update("v1")["Health"] == "Green"

    def test_a_bundle_that_is_refused_leaves_the_instances_alone(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        shop.version("none", b"")
        found = shop.update("none")
        assert (found["VersionLabel"], found["Health"]) == ("v1", "Green")
        assert requests.get(f"http://{found['EndpointURL']}").text == "v1"
        assert since(shop, STARTING)[-1] == "ERROR Failed to deploy application."
        assert len(shop.cloud.log) == 1

    def test_rolling_stops_at_the_first_batch_that_fails(self, shop: Beanstalk) -> None:
        policy = (f"{COMMAND} DeploymentPolicy Rolling", f"{COMMAND} BatchSize 25")
        shop.create("v1", "shop-env", FOUR, *policy)
        with asking(shop) as client:
            found = shop.update("bad")
        assert (found["VersionLabel"], found["HealthStatus"]) == ("v1", "Warning")
        assert "Impaired services on 1 out of 4 instances." in shop.causes()
        assert client.failed == []
        assert not any("Batch 2" in event for event in shop.events())

    def test_an_instance_on_which_the_deployment_failed_gets_nothing(
        self, shop: Beanstalk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        policy = (f"{COMMAND} DeploymentPolicy Rolling", f"{COMMAND} BatchSize 50")
        shop.version("crashing", {"web": "serve:bad", "job": "exit:1"})
        url = f"http://{shop.create('v1', 'shop-env', TWO, *policy)['EndpointURL']}"
        answers, look = set[int](), Monitor.look
        asking, ended = threading.Lock(), threading.Event()

        def ask_first(monitor: Monitor) -> None:
            balancer = monitor._runtime.balancer
            with asking:
                has_some = balancer is not None and any(balancer.healths().values())
                if has_some and not ended.is_set():  # without any, all instances get requests
                    answers.update(requests.get(url).status_code for _ in range(4))
            look(monitor)

        monkeypatch.setattr(Monitor, "look", ask_first)
        assert shop.update("crashing")["VersionLabel"] == "v1"
        with asking:  # the end of the test closes what would answer
            ended.set()
        assert answers == {200}

    def test_rolling_waits_for_the_health_of_a_batch(self, shop: Beanstalk) -> None:
        policy = (f"{COMMAND} DeploymentPolicy Rolling", f"{COMMAND} BatchSize 50")
        shop.create("v1", "shop-env", TWO, *policy)
        found = shop.update("deaf")
        assert found["VersionLabel"] == "v1"
        (text,) = [event for event in shop.events() if "does not pass" in event]
        assert re.sub("i-[0-9a-f]+", "#", text) == (
            "ERROR multidocker: [Instance: #] It does not pass the health check (a connection) in "
            "1 seconds."
        )
        assert shop.update("deaf", f"{COMMAND} IgnoreHealthCheck true")["VersionLabel"] == "deaf"

    def test_immutable_never_swaps(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", TWO, f"{COMMAND} DeploymentPolicy Immutable")
        before = set(shop.cloud.machines)
        with asking(shop) as client:
            found = shop.update("bad")
        assert (found["VersionLabel"], found["Health"]) == ("v1", "Green")
        assert set(shop.cloud.machines) == before
        assert client.failed == []

    def test_an_additional_batch_that_fails_is_removed(self, shop: Beanstalk) -> None:
        policy = f"{COMMAND} DeploymentPolicy RollingWithAdditionalBatch"
        shop.create("v1", "shop-env", TWO, policy, f"{COMMAND} BatchSize 50")
        before = set(shop.cloud.machines)
        assert shop.update("bad")["Health"] == "Green"
        assert set(shop.cloud.machines) == before


class TestSettings:
    def test_properties_come_with_a_new_task(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE, f"{PROPERTY} A 1", f"{PROPERTY} B 2")
        found = shop.update(None, f"{PROPERTY} A 9", f"{PROPERTY} C 3")
        assert found["VersionLabel"] == "v1"
        newest = list(shop.cloud.definitions.values())[-1]
        assert [
            {v["name"]: v["value"] for v in c["environment"]}
            for c in newest["containerDefinitions"]
        ] == [{"A": "9", "B": "2", "C": "3"}] * 2
        assert since(shop, STARTING) == [
            STARTING,
            "INFO Updating environment shop-env's configuration settings.",
            "INFO Instance deployment completed successfully.",
            "INFO Successfully deployed new configuration to environment.",
            "INFO Environment update completed successfully.",
        ]
        shop.api.update_environment(
            EnvironmentName="shop-env",
            OptionsToRemove=[{"Namespace": PROPERTY, "OptionName": "B"}],
        )
        shop.settled()
        newest = list(shop.cloud.definitions.values())[-1]
        assert len(newest["containerDefinitions"][0]["environment"]) == 2

    def test_other_settings_touch_no_task(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        shop.update(None, f"{COMMAND} DeploymentPolicy Immutable")
        assert len(shop.cloud.log) == 1

    def test_more_and_fewer_instances(self, shop: Beanstalk) -> None:
        shop.create("v1")
        shop.update(None, "aws:autoscaling:asg MinSize 3")
        assert len(shop.cloud.machines) == 3
        assert shop.describe()["Health"] == "Green"
        shop.update(None, "aws:autoscaling:asg MinSize 1")
        assert len(shop.cloud.machines) == 1
        assert requests.get(f"http://{shop.describe()['EndpointURL']}").text == "v1"

    def test_another_instance_type_needs_other_instances(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", TWO)
        before = set(shop.cloud.machines)
        with asking(shop) as client:
            shop.update(None, "aws:autoscaling:launchconfiguration InstanceType t3.large")
        assert client.failed == []
        assert not before & set(shop.cloud.machines)
        assert {m["type"] for m in shop.cloud.machines.values()} == {"t3.large"}

    def test_settings_that_fail_are_taken_back(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        shop.update(None, "aws:autoscaling:launchconfiguration SecurityGroups nobody")
        settings = shop.api.describe_configuration_settings(
            ApplicationName="shop", EnvironmentName="shop-env"
        )["ConfigurationSettings"][0]
        assert settings["DeploymentStatus"] == "failed"
        groups = [o for o in settings["OptionSettings"] if o["OptionName"] == "SecurityGroups"]
        assert all("Value" not in group for group in groups)
        assert shop.events()[-1] == "ERROR Failed to deploy configuration."
        assert shop.describe()["Health"] == "Green"

    def test_what_is_not_valid_is_refused_at_once(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        with pytest.raises(ClientError, match="Configuration validation exception: Invalid option"):
            shop.update(None, f"{COMMAND} DeploymentPolicy Slowly")
        assert shop.describe()["Status"] == "Ready"

    def test_an_environment_without_a_version_gets_one(self, shop: Beanstalk) -> None:
        found = shop.create(None, "shop-env", SINGLE)
        assert (found["Status"], found["Health"], found["HealthStatus"]) == (
            "Ready",
            "Grey",
            "NoData",
        )
        assert len(shop.cloud.machines) == 1
        assert "VersionLabel" not in found
        assert shop.update("v1")["Health"] == "Green"


class TestAborting:
    def test_an_update_under_way_is_undone(self, shop: Beanstalk) -> None:
        shop.version("slow", {"web": "never"})
        policy = (f"{COMMAND} DeploymentPolicy Rolling", f"{COMMAND} BatchSize 50")
        shop.create("v1", "shop-env", TWO, *policy)
        shop.api.update_environment(EnvironmentName="shop-env", VersionLabel="slow")
        assert shop.until(AbortableOperationInProgress=True)["Status"] == "Updating"
        while len(shop.cloud.log) < 4:
            time.sleep(0.01)
        shop.api.abort_environment_update(EnvironmentName="shop-env")
        found = shop.settled()
        assert (found["Status"], found["VersionLabel"], found["Health"]) == ("Ready", "v1", "Green")
        assert not found["AbortableOperationInProgress"]
        events = shop.events()
        assert "WARN Environment update is being aborted." in events
        assert events[-1] == (
            "ERROR The environment was reverted to the previous configuration setting."
        )
        texts = {requests.get(f"http://{found['EndpointURL']}").text for _ in range(4)}
        assert texts == {"v1"}

    def test_there_has_to_be_one(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", SINGLE)
        with pytest.raises(ClientError, match="No abortable operation is in progress"):
            shop.api.abort_environment_update(EnvironmentName="shop-env")


class TestRestarting:
    def test_every_task_is_stopped_and_started(self, shop: Beanstalk) -> None:
        shop.create("v1", "shop-env", TWO)
        shop.api.restart_app_server(EnvironmentName="shop-env")
        assert shop.settled()["Health"] == "Green"
        done = [line.split() for line in shop.cloud.log[2:]]
        for instance in shop.cloud.machines:
            assert [what for what, where in done if where == instance] == ["stop", "start"]
        assert since(shop, "INFO restartAppServer is starting.")[-1] == (
            "INFO Restarted application server on all ec2 instances."
        )

    def test_only_one_thing_is_done_at_a_time(self, shop: Beanstalk) -> None:
        shop.version("slow", {"web": "never"})
        shop.create("v1", "shop-env", SINGLE)
        shop.api.update_environment(EnvironmentName="shop-env", VersionLabel="slow")
        refused = (
            "Environment named shop-env is in an invalid state for this operation. Must be Ready."
        )
        name = {"EnvironmentName": "shop-env"}
        for operation, more in (
            ("update_environment", {"VersionLabel": "v2"}),
            ("restart_app_server", {}),
            ("rebuild_environment", {}),
        ):
            with pytest.raises(ClientError) as caught:
                getattr(shop.api, operation)(**name, **more)
            assert caught.value.response["Error"]["Message"] == refused
            assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"


class TestSwapping:
    def test_the_addresses_are_exchanged(self, shop: Beanstalk) -> None:
        blue = shop.create("v1", "blue", SINGLE, CNAMEPrefix="blue")
        green = shop.create("v2", "green", SINGLE, CNAMEPrefix="green")
        shop.api.swap_environment_cnames(
            SourceEnvironmentName="blue", DestinationEnvironmentName="green"
        )
        texts = {
            name: requests.get(shop.url, headers={"Host": found["CNAME"]}).text
            for name, found in (("blue", blue), ("green", green))
        }
        assert texts == {"blue": "v2", "green": "v1"}
        assert shop.describe("blue")["CNAME"] == green["CNAME"]
        assert shop.describe("blue")["EndpointURL"] == blue["EndpointURL"]
        assert shop.events("blue")[-5:] == [
            "INFO swapEnvironmentCNAMEs is starting.",
            "INFO Swapping CNAMEs for environments 'blue' and 'green'.",
            f"INFO '{green['CNAME']}' now points to '{blue['EndpointURL']}'.",
            f"INFO '{blue['CNAME']}' now points to '{green['EndpointURL']}'.",
            "INFO Completed swapping CNAMEs for environments 'blue' and 'green'.",
        ]
        shop.api.terminate_environment(EnvironmentName="green")
        shop.settled("green")
        assert requests.get(shop.url, headers={"Host": green["CNAME"]}).text == "v1"


class TestCrashing:
    def test_an_essential_container_that_dies_turns_it_red_and_a_deploy_green(
        self, shop: Beanstalk
    ) -> None:
        shop.create("v1", "shop-env", SINGLE)
        shop.cloud.kill("web", 139)
        found = shop.until(Health="Red")
        assert found["HealthStatus"] == "Degraded"
        shop_events = [re.sub("i-[0-9a-f]{8}|web-....$", "#", event) for event in shop.events()]
        assert shop_events[-3:-1] == [
            (
                "WARN [Instance: #] ECS task stopped due to: Essential container in task exited. "
                "(web: job: )"
            ),
            (
                "WARN multidocker: [Instance: #] web is essential and exited with code 139. Its "
                "last log lines:\nlast words of #"
            ),
        ]
        assert shop_events[-1].startswith(
            "WARN Environment health has transitioned from Ok to Degraded. Impaired services on "
            "all instances."
        )
        (health,) = shop.api.describe_instances_health(
            EnvironmentName="shop-env", AttributeNames=["All"]
        )["InstanceHealthList"]
        assert (health["HealthStatus"], health["Color"]) == ("Severe", "Red")
        assert health["Causes"][0].startswith("Following services are not running: web")
        shop.update("v1")
        assert shop.describe()["Health"] == "Green"

    @pytest.mark.parametrize(
        ("kind", "status"), [("classic", 503), ("application", 502), ("network", 502)]
    )
    def test_without_a_healthy_instance_the_load_balancer_s_kind_decides(
        self, shop: Beanstalk, kind: str, status: int
    ) -> None:
        kind = f"aws:elasticbeanstalk:environment LoadBalancerType {kind}"
        url = f"http://{shop.create('v1', 'shop-env', TWO, kind)['EndpointURL']}"
        shop.cloud.kill("web")
        shop.until(HealthStatus="Severe")
        assert requests.get(url).status_code == status

    def test_the_other_instance_goes_on_serving(self, shop: Beanstalk) -> None:
        found = shop.create("v1", "shop-env", TWO)
        arn = next(arn for arn, t in shop.cloud.tasks.items() if t["lastStatus"] == "RUNNING")
        shop.cloud.exit(arn, "web", 1)
        assert shop.until(Health="Red")["HealthStatus"] == "Degraded"
        assert "Impaired services on 1 out of 2 instances." in shop.causes()
        answers = [requests.get(f"http://{found['EndpointURL']}").text for _ in range(6)]
        assert answers == ["v1"] * 6

    def test_another_container_s_end_is_told_and_changes_nothing(self, shop: Beanstalk) -> None:
        shop.version(
            "v3", bundle(container("web", "serve:v3"), container("job", "sleep", essential=False))
        )
        shop.create("v3", "shop-env", SINGLE)
        shop.cloud.kill("job", 2)
        while "not essential" not in shop.events()[-1]:
            time.sleep(0.02)
        assert "job, which is not essential, exited with code 2" in shop.events()[-1]
        assert shop.describe()["Health"] == "Green"

    def test_a_port_that_answers_no_more(self, shop: Beanstalk) -> None:
        shop.create("v1")
        for server in shop.cloud.servers.values():
            server.stop()
        assert shop.until(Health="Red")["HealthStatus"] == "Severe"
        assert "ELB processes are not healthy on all instances." in shop.causes()
