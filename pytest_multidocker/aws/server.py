"""The emulator's server: listens at once, loads moto meanwhile, closes everything in order."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from pytest_multidocker._version import __version__
from pytest_multidocker.engine.bridge import Bridge, default_bridge
from pytest_multidocker.engine.erasing import erase
from pytest_multidocker.engine.sweep import remove_run, sweep_dead_runs
from pytest_multidocker.engine.troubles import TROUBLES
from pytest_multidocker.errors import EmulatorError, EngineUnavailable

from .control import PREFIX, ControlApp, json_response
from .guard import Guard
from .localstack import LocalStack
from .services import build_app, install_services, service_names
from .sites import forward
from .turns import Turns
from .wsgi import WsgiServer, peek

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from _typeshed.wsgi import StartResponse, WSGIApplication

    from .emulator import Emulator, Service

_LOG = logging.getLogger(__name__)
_LOAD_TIMEOUT = 60  # seconds that a first request waits for moto to be loaded
_RESET = "/moto-api/reset"
_SWEEPS = 3  # rounds at the end: a container may appear that was asked for just before


class EmulatorServer:
    """Serves an emulator. `start`, then `close`, once each.

    `loaded` is done when requests are answered, and has the exception if they never will be.
    """

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.loaded: Future[WSGIApplication] = Future()
        self._services: list[Service] = []
        self._control = ControlApp(emulator, self._health)
        self._guard = Guard()
        self._turns = Turns()
        self._listeners: list[WsgiServer] = []
        self._engine: dict[str, str] = {}
        self._localstack: LocalStack | None = None
        self._loader: threading.Thread | None = None

    def start(self) -> None:
        """Listen, and load the services in the background.

        Raises OSError where the port is taken, EngineUnavailable where Docker does not answer,
        EmulatorError where LocalStack does not.
        """
        options = self.emulator.options
        if options.localstack is not None and options.authenticate:
            raise EmulatorError(
                "--authenticate asks the emulator's own IAM, and with --localstack the users are "
                "in LocalStack's. Leave one of them out."
            )
        if options.localstack is not None:
            self._localstack = LocalStack.find(options.localstack, self._regrouped)
        client = self.emulator.docker()
        info = client.info()
        self._engine = {"name": "docker", "version": info["ServerVersion"], "os": info["OSType"]}
        self.emulator.run.note_engine(info.get("ID"))
        self._listen()
        self._loader = threading.Thread(target=self._load, name="load", daemon=True)
        self._loader.start()

    def close(self) -> None:
        """Stop serving and remove all that the run has made. Takes a few seconds at most.

        What cannot be removed is left to a sweep of dead runs, which the run stays known to.
        """
        emulator = self.emulator
        emulator.closing.set()
        emulator.events.publish("shutdown", run=emulator.run.id)
        if self._loader is not None:  # what is still being made would be missed
            self._loader.join(_LOAD_TIMEOUT)
        for service in reversed(self._services):
            _close(service)
        emulator.events.close()
        with ThreadPoolExecutor(len(self._listeners) or 1) as pool:
            for listener in self._listeners:
                pool.submit(listener.stop)
            failures = self._remove_all()
        if failures:
            _LOG.error("not all could be removed: %s", "; ".join(failures))
            emulator.run.abandon()
        else:
            erase(emulator.docker(), emulator.run.workdir)
            emulator.run.end()

    def _remove_all(self) -> Sequence[str]:
        emulator = self.emulator
        failures: Sequence[str] = ()
        for _ in range(_SWEEPS):
            try:
                removed = remove_run(emulator.docker(), emulator.run.id)
            except TROUBLES as error:
                return [str(error)]
            if not removed:
                return ()
            failures = removed.failures
        return failures

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one request, as WSGI has it."""
        site = self.emulator.sites.find(environ.get("HTTP_HOST", ""))
        if site is not None and self._guard.is_local(environ.get("REMOTE_ADDR", "")):
            return forward(site, environ, start)
        reason = self._guard.reason_to_refuse(environ)
        if reason is not None:
            body = {"__type": "AccessDeniedException", "message": reason}
            return json_response(start, "403 Forbidden", body)
        if environ["PATH_INFO"].startswith(PREFIX):
            return self._control(environ, start)
        if self._localstack is not None and self._localstack.takes(environ):
            return self._localstack(environ, start)
        try:
            app = self.loaded.result(_LOAD_TIMEOUT)
        except Exception as error:  # noqa: BLE001 - whatever it was, the client has to be told
            body = {"__type": "InternalFailure", "message": f"the emulator is broken: {error!r}"}
            return json_response(start, "500 Internal Server Error", body)
        if self.emulator.options.authenticate:
            from .access.authorizer import BODY

            environ[BODY] = peek(environ)
        turn = self._turns.alone() if environ["PATH_INFO"] == _RESET else self._turns.shared()
        with turn:
            return app(environ, start)

    def _listen(self) -> None:
        options = self.emulator.options
        port = self._open(options.host, options.port)
        self.emulator.endpoint_url = f"http://{options.host}:{port}"
        if options.bridge:
            bridge = _default_bridge(self.emulator)
            hosts = (bridge.gateway, "host.docker.internal")
            self._guard = Guard(networks=(bridge.subnet,), hosts=hosts)
            self._open(bridge.gateway, port)

    def _open(self, host: str, port: int) -> int:
        listener = WsgiServer(host, port, self)
        self._listeners.append(listener)
        threading.Thread(target=listener.serve, name=f"listen {host}", daemon=True).start()
        return listener.port

    def _load(self) -> None:
        sweeper = threading.Thread(target=self._sweep, name="sweep", daemon=True)
        sweeper.start()
        try:
            self._services = install_services(self.emulator)
            app = build_app()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits for `loaded`
            _LOG.error("loading the services failed", exc_info=error)
            self.loaded.set_exception(error)
            return
        sweeper.join()
        self.loaded.set_result(app)
        self.emulator.events.publish("ready", run=self.emulator.run.id)

    def _sweep(self) -> None:
        try:
            for removed in filter(None, sweep_dead_runs(self.emulator.docker())):
                self.emulator.events.publish(
                    "swept", run=removed.run_id, containers=removed.containers
                )
        except TROUBLES:  # the next emulator tries again
            _LOG.exception("sweeping dead runs failed")

    def _regrouped(self) -> None:
        from .security.gatekeeper import CHANGED

        self.emulator.events.publish(CHANGED)

    def _status(self) -> str:
        if not self.loaded.done():
            return "loading"
        return "broken" if self.loaded.exception() else "ready"

    def _health(self) -> dict[str, Any]:
        elsewhere = self._localstack
        return {
            "status": self._status(),
            "version": __version__,
            "run": self.emulator.run.id,
            "region": self.emulator.options.region,
            "engine": self._engine,
            "services": {
                **dict.fromkeys(service_names(), "multidocker"),
                **dict.fromkeys(sorted(elsewhere.services if elsewhere else ()), "localstack"),
                "*": "moto",
            },
            **({"localstack": elsewhere.url} if elsewhere else {}),
        }


def _close(service: Service) -> None:
    try:
        service.close()
    except Exception:  # noqa: BLE001 - whatever it trips over, the containers must go
        _LOG.exception("closing %s failed", service.name)


def _default_bridge(emulator: Emulator) -> Bridge:
    if (bridge := default_bridge(emulator.docker())) is None:
        raise EngineUnavailable("Docker has no default bridge network to listen on (--bridge)")
    return bridge
