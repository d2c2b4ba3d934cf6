"""Elastic Beanstalk without Docker: its API on moto's server, over an ECS that plays scripts.

What a container does is its image: ``serve:TEXT`` answers HTTP requests with TEXT, ``exit:CODE``
exits at once, ``sleep`` runs, ``nowhere`` cannot be pulled, ``never`` stays PENDING.
"""

from __future__ import annotations

import io
import json
import threading
import time
import uuid
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pytest_multidocker.aws.elasticbeanstalk.cloud import Cloud, CloudError, Machine
from pytest_multidocker.aws.elasticbeanstalk.region import Region
from pytest_multidocker.aws.elasticbeanstalk.service import ElasticBeanstalkService
from pytest_multidocker.aws.events import EventLog
from pytest_multidocker.aws.failures import create_app
from pytest_multidocker.aws.instances import InstanceRegistry
from pytest_multidocker.aws.options import BeanstalkTimes, EmulatorOptions
from pytest_multidocker.aws.sites import SiteRegistry, forward
from pytest_multidocker.aws.wsgi import WsgiServer
from support.clients import client
from support.waiting import BOUND

Json = dict[str, Any]
STACK = "64bit Amazon Linux 2023 v4.2.0 running ECS"
BUCKET = "bundles"
MEMORY = 983
TIMES = BeanstalkTimes(
    pending=1.0, stop=2.0, retry=0.0, settle=0.3, health=1.0, interval=0.1, drain=2.0
)
_BUSY = {"Launching", "Updating", "Terminating", "Aborting"}


def container(name: str, image: str, **fields: Any) -> Json:
    """A container definition; one that serves is published at port 80 of the instance."""
    published = {"portMappings": [{"hostPort": 80, "containerPort": 8080}]}
    return {
        "name": name,
        "image": image,
        "memory": 16,
        **(published if image.startswith("serve:") else {}),
        **fields,
    }


def bundle(*containers: Json, files: Mapping[str, str] | None = None, **fields: Any) -> bytes:
    """A source bundle with a Dockerrun file of these containers at its root."""
    dockerrun = {"AWSEBDockerrunVersion": 2, "containerDefinitions": containers, **fields}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in {"Dockerrun.aws.json": json.dumps(dockerrun), **(files or {})}.items():
            archive.writestr(name, text)
    return content.getvalue()


class _App(BaseHTTPRequestHandler):
    server: Any

    def do_GET(self) -> None:
        with self.server.counted():
            time.sleep(self.server.delay)
            text = self.server.text.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        pass


class _AppServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, text: str, delay: float) -> None:
        super().__init__(("127.0.0.1", 0), _App)
        self.text = text
        self.delay = delay
        self.dropped = 0
        self._open = 0
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @contextmanager
    def counted(self) -> Iterator[None]:
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    def stop(self) -> None:
        self.dropped += self._open
        self.shutdown()
        self.server_close()


class FakeCloud(Cloud):
    """EC2, ECS and S3 that keep records, and play what the images say."""

    def __init__(self, emulator: Any, region: str, account: str) -> None:
        super().__init__(emulator, region, account)
        self.events: EventLog = emulator.events
        self.objects: dict[tuple[str, str], bytes] = {}
        self.machines: dict[str, Json] = {}
        self.groups: dict[str, str] = {}
        self.clusters: dict[str, set[str]] = {}
        self.definitions: dict[str, Json] = {}
        self.tasks: dict[str, Json] = {}
        self.servers: dict[str, _AppServer] = {}
        self.known_groups = {"sg-mine": "mine"}
        self.most_running = 0
        self.delay = 0.0
        self.log: list[str] = []
        self._playing = threading.RLock()

    # --- S3 -------------------------------------------------------------------------------------

    def ensure_bucket(self) -> str:
        return self.bucket

    def has_object(self, bucket: str, key: str) -> str | None:
        return None if (bucket, key) in self.objects else "Not Found"

    def download(self, bucket: str, key: str, path: Path) -> None:
        if (bucket, key) not in self.objects:
            raise CloudError("s3", "NoSuchKey", "The specified key does not exist.")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.objects[bucket, key])

    def delete_object(self, bucket: str, key: str) -> None:
        self.objects.pop((bucket, key), None)

    def publish(self, key: str, content: bytes) -> str:
        self.objects[self.bucket, key] = content
        return f"https://{self.bucket}/{key}"

    def read(self, key: str) -> bytes | None:
        return self.objects.get((self.bucket, key))

    def names(self, folder: str) -> set[str]:
        return {k.removeprefix(folder) for b, k in self.objects if k.startswith(folder)}

    # --- EC2 ------------------------------------------------------------------------------------

    def create_security_group(self, name: str, port: int) -> str:
        group = f"sg-{uuid.uuid4().hex[:8]}"
        self.groups[group] = name
        return group

    def delete_security_group(self, group: str) -> None:
        del self.groups[group]

    def security_group_ids(self, groups: Sequence[str]) -> list[str]:
        by_name = {name: group for group, name in self.known_groups.items()}
        found = [by_name.get(group, group) for group in groups]
        for group in found:
            if group not in self.known_groups:
                text = f"The security group '{group}' does not exist"
                raise CloudError("ec2", "InvalidGroup.NotFound", text)
        return found

    def launch(
        self, kind: str, image: str, groups: Sequence[str], tags: Mapping[str, str]
    ) -> Machine:
        machine = Machine(f"i-{uuid.uuid4().hex[:8]}", kind, "us-east-1a", _now())
        with self._playing:
            self.machines[machine.id] = {"groups": list(groups), "tags": dict(tags), "type": kind}
            self.most_running = max(self.most_running, len(self.machines))
        return machine

    def terminate(self, instance: str) -> None:
        del self.machines[instance]

    # --- ECS ------------------------------------------------------------------------------------

    def create_cluster(self, name: str) -> str:
        self.clusters[name] = set()
        return f"arn:cluster/{name}"

    def delete_cluster(self, name: str) -> None:
        assert not self.clusters.pop(name)

    def register_instance(self, cluster: str, machine: Machine) -> str:
        self.clusters[cluster].add(machine.id)
        return f"arn:container-instance/{cluster}/{machine.id}"

    def deregister_instance(self, cluster: str, arn: str) -> None:
        self.clusters[cluster].remove(arn.rpartition("/")[2])

    def register_definition(self, request: Mapping[str, Any]) -> str:
        if not request["containerDefinitions"]:
            raise CloudError("ecs", "ClientException", "Container list cannot be empty.")
        arn = f"arn:task-definition/{request['family']}:{len(self.definitions) + 1}"
        self.definitions[arn] = dict(request)
        return arn

    def deregister_definition(self, arn: str) -> None:
        del self.definitions[arn]

    def start_task(self, cluster: str, definition: str, instance: str) -> Json:
        containers = self.definitions[definition]["containerDefinitions"]
        self.log.append(f"start {instance.rpartition('/')[2]}")
        if sum(c["memory"] for c in containers) > MEMORY:
            failure = {"arn": instance, "reason": "RESOURCE:MEMORY"}
            return {"failures": [failure], "tasks": []}
        arn = f"arn:aws:ecs:us-east-1:1:task/{cluster}/{uuid.uuid4().hex}"
        task = {
            "taskArn": arn,
            "instance": instance,
            "lastStatus": "PENDING",
            "desiredStatus": "RUNNING",
            "stopCode": None,
            "stoppedReason": None,
            "containers": [_container(c) for c in containers],
        }
        self.tasks[arn] = task
        self._tell(arn)
        threading.Thread(target=self._play, args=(arn, containers), daemon=True).start()
        return {"failures": [], "tasks": [{"taskArn": arn}]}

    def stop_task(self, cluster: str, arn: str) -> None:
        self.log.append(f"stop {self.tasks[arn]['instance'].rpartition('/')[2]}")
        self.end(arn, "UserInitiated", "Task stopped by user")

    # --- what happens to tasks ------------------------------------------------------------------

    def kill(self, name: str, code: int = 137) -> None:
        """Let a container of the running task exit."""
        for arn, task in list(self.tasks.items()):
            if task["lastStatus"] == "RUNNING":
                self.exit(arn, name, code)

    def exit(self, arn: str, name: str, code: int) -> None:
        """Let a container of a task exit."""
        with self._playing:
            found = next(c for c in self.tasks[arn]["containers"] if c["name"] == name)
            found.update(lastStatus="STOPPED", exitCode=code)
            self._tell(arn)
        if found["essential"]:
            self.end(arn, "EssentialContainerExited", "Essential container in task exited")

    def end(self, arn: str, code: str, reason: str) -> None:
        """Let a task stop."""
        with self._playing:
            task = self.tasks[arn]
            if task["lastStatus"] == "STOPPED":
                return
            task.update(desiredStatus="STOPPED", stopCode=code, stoppedReason=reason)
            self._tell(arn)
            for name in [c["name"] for c in task["containers"]]:
                server = self.servers.pop(f"{arn} {name}", None)
                if server is not None:
                    server.stop()
            for one in task["containers"]:
                if one["lastStatus"] != "STOPPED":
                    one.update(lastStatus="STOPPED", exitCode=143)
            task["lastStatus"] = "STOPPED"
            self._tell(arn)

    def _play(self, arn: str, containers: Sequence[Json]) -> None:
        images = {c["name"]: c["image"] for c in containers}
        if "never" in images.values():
            return
        for name, image in images.items():
            if image == "nowhere":
                self._refuse(arn, name)
                return
        with self._playing:
            for one in self.tasks[arn]["containers"]:
                self._run(arn, one, images[one["name"]])
            self.tasks[arn]["lastStatus"] = "RUNNING"
            self._tell(arn)
        for name, image in images.items():
            if image.startswith("exit:"):
                self.exit(arn, name, int(image.partition(":")[2]))

    def _run(self, arn: str, one: Json, image: str) -> None:
        one.update(lastStatus="RUNNING", runtimeId=f"{one['name']}-{arn[-4:]}")
        if image.startswith("serve:"):
            server = _AppServer(image.partition(":")[2], self.delay)
            self.servers[f"{arn} {one['name']}"] = server
            binding = {"containerPort": 8080, "hostPort": server.server_port, "protocol": "tcp"}
            one["networkBindings"] = [binding]

    def _refuse(self, arn: str, name: str) -> None:
        with self._playing:
            found = next(c for c in self.tasks[arn]["containers"] if c["name"] == name)
            reason = "CannotPullContainerError: no such image"
            found.update(lastStatus="STOPPED", reason=reason, exitCode=None)
            self._tell(arn)
        self.end(arn, "TaskFailedToStart", "Task failed to start")

    def _tell(self, arn: str) -> None:
        self.events.publish("task", **json.loads(json.dumps(self.tasks[arn])))


class _Region(Region):
    """A region whose containers are servers of this process."""

    host = "127.0.0.1"

    def log(self, runtime_id: str | None, lines: int | None = None) -> str:
        return f"last words of {runtime_id}" if runtime_id else ""


class _Service(ElasticBeanstalkService):
    clouds: dict[str, FakeCloud]

    def region(self, name: str, account: str) -> Region:
        cloud = FakeCloud(self._emulator, name, account)
        self.clouds[name] = cloud
        return _Region(self._emulator, name, cloud, self._tasks, self._loop)


class Listener:
    """An HTTP server for one app after the other: to stop one takes half a second."""

    def __init__(self) -> None:
        self.app: Any = None
        self._server = WsgiServer("127.0.0.1", 0, self._answer)
        threading.Thread(target=self._server.serve, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.port}"
        self.api = client(self.url, "elasticbeanstalk")

    def close(self) -> None:
        self._server.stop()

    def _answer(self, environ: dict[str, Any], start: Any) -> Any:
        return self.app(environ, start)


class Beanstalk:
    """An Elastic Beanstalk API to talk to, with what it needs."""

    def __init__(self, workdir: Path, listener: Listener, times: BeanstalkTimes = TIMES) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication

        emulator: Any = SimpleNamespace(
            options=EmulatorOptions(beanstalk=times),
            run=SimpleNamespace(workdir=workdir, id="run"),
            events=EventLog(),
            closing=threading.Event(),
            sites=SiteRegistry(),
            instances=InstanceRegistry(),
            endpoint_url="",
        )
        self.emulator = emulator
        self.service = _Service(emulator)
        self.service.clouds = {}
        self.service.install()
        dispatcher = DomainDispatcherApplication(create_app)
        dispatcher.app_instances["elasticbeanstalk"] = create_app("elasticbeanstalk")

        def app(environ: dict[str, Any], start: Any) -> Any:
            site = self.emulator.sites.find(environ.get("HTTP_HOST", ""))
            return dispatcher(environ, start) if site is None else forward(site, environ, start)

        listener.app = app
        self.url = self.emulator.endpoint_url = listener.url
        self.api = listener.api
        self.api.describe_applications()

    @property
    def cloud(self) -> FakeCloud:
        return self.service.clouds["us-east-1"]

    def version(self, label: str, content: bytes | Json, **fields: Any) -> None:
        """Create an application version of a bundle, or of containers by name and image."""
        if isinstance(content, dict):
            content = bundle(*[container(n, i) for n, i in content.items()])
        self.cloud.objects[BUCKET, f"{label}.zip"] = content
        self.api.create_application_version(
            ApplicationName="shop",
            VersionLabel=label,
            SourceBundle={"S3Bucket": BUCKET, "S3Key": f"{label}.zip"},
            AutoCreateApplication=True,
            **fields,
        )

    def create(
        self, label: str | None = "v1", name: str = "shop-env", *settings: str, **fields: Any
    ) -> Json:
        """Create an environment and wait until nothing is being done to it."""
        self.begin(label, name, *settings, **fields)
        return self.settled(name)

    def begin(
        self, label: str | None = "v1", name: str = "shop-env", *settings: str, **fields: Any
    ) -> Json:
        """Begin to create an environment; settings are ``namespace name value``."""
        version = {"VersionLabel": label} if label else {}
        answer = self.api.create_environment(
            **{
                "ApplicationName": "shop",
                "EnvironmentName": name,
                "SolutionStackName": STACK,
                "OptionSettings": option_settings(*settings),
                **version,
                **fields,
            }
        )
        return dict(answer)

    def update(self, label: str | None = None, *settings: str, name: str = "shop-env") -> Json:
        """Update an environment and wait until it is done."""
        version = {"VersionLabel": label} if label else {}
        given = {"OptionSettings": option_settings(*settings)} if settings else {}
        self.api.update_environment(EnvironmentName=name, **version, **given)
        return self.settled(name)

    def describe(self, name: str = "shop-env") -> Json:
        found = self.api.describe_environments(EnvironmentNames=[name], IncludeDeleted=True)
        return dict(found["Environments"][-1])

    def settled(self, name: str = "shop-env", timeout: float = BOUND) -> Json:
        deadline = time.monotonic() + timeout
        while (found := self.describe(name))["Status"] in _BUSY:
            assert time.monotonic() < deadline, self.events(name)
            time.sleep(0.02)
        return found

    def until(self, name: str = "shop-env", timeout: float = BOUND, **wanted: Any) -> Json:
        """Wait until the environment's description has these members."""
        deadline = time.monotonic() + timeout
        while not wanted.items() <= (found := self.describe(name)).items():
            assert time.monotonic() < deadline, (found, self.events(name))
            time.sleep(0.02)
        return found

    def until_told(self, name: str, event: str, timeout: float = BOUND) -> None:
        """Wait until the environment has the event."""
        deadline = time.monotonic() + timeout
        while event not in (told := self.events(name)):
            assert time.monotonic() < deadline, told
            time.sleep(0.02)

    def events(self, name: str = "shop-env", **query: Any) -> list[str]:
        """The events of an environment in their order, with their severities."""
        found = self.api.describe_events(EnvironmentName=name, **query)["Events"]
        return [f"{event['Severity']} {event['Message']}" for event in reversed(found)]

    def causes(self, name: str = "shop-env") -> list[str]:
        found = self.api.describe_environment_health(
            EnvironmentName=name, AttributeNames=["Causes"]
        )
        return list(found["Causes"])

    def close(self) -> None:
        from moto.elasticbeanstalk.models import EBBackend, eb_backends
        from moto.elb.models import ELBBackend, elb_backends
        from moto.elbv2.models import ELBv2Backend, elbv2_backends

        self.emulator.closing.set()
        self.emulator.events.publish("shutdown")
        self.service.close()
        self.emulator.events.close()
        for cloud in self.service.clouds.values():
            for server in cloud.servers.values():
                server.stop()
        for backends, kind in (
            (eb_backends, EBBackend),
            (elb_backends, ELBBackend),
            (elbv2_backends, ELBv2Backend),
        ):
            backends.backend = kind
            backends.clear()


def option_settings(*settings: str) -> list[Json]:
    """Settings from ``namespace name value``, of which the last may have blanks."""
    found = []
    for setting in settings:
        namespace, name, value = setting.split(" ", 2)
        found.append({"Namespace": namespace, "OptionName": name, "Value": value})
    return found


def _container(definition: Json) -> Json:
    return {
        "name": definition["name"],
        "lastStatus": "PENDING",
        "exitCode": None,
        "reason": None,
        "runtimeId": None,
        "networkBindings": [],
        "essential": definition.get("essential") is not False,
    }


def _now() -> datetime:
    return datetime.now(timezone.utc)
