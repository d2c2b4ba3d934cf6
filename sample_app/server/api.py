"""The web API of the Fibonacci calculator."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from typing import Any

import waitress
from flask import Flask, jsonify, request
from storage import Storage, StorageError

PORT = 5000
LARGEST_INDEX = 40


def create_app(storage: Storage) -> Flask:
    """Return the application on top of ``storage``."""
    app = Flask(__name__)

    @app.get("/")
    def greet() -> str:
        return "Hello, this is the Fibonacci API.\n"

    @app.get("/values/all")
    def asked() -> Any:
        return jsonify(storage.asked())

    @app.get("/values/current")
    def values() -> Any:
        return jsonify(storage.values())

    @app.post("/values")
    def ask() -> Any:
        body = request.get_json(silent=True)
        index = body.get("index") if isinstance(body, dict) else None
        if problem := find_problem(index):
            return jsonify(error=problem), 422
        storage.ask(int(index))
        return jsonify(index=int(index))

    @app.errorhandler(StorageError)
    def away(error: StorageError) -> Any:
        return jsonify(error=str(error)), 503

    return app


def find_problem(index: object) -> str | None:
    """Return what is wrong with an index, or nothing."""
    try:
        number = int(str(index))
    except ValueError:
        return "The index must be a whole number."
    if number < 0:
        return "The index must not be negative."
    if number > LARGEST_INDEX:
        return f"The index is too high: {LARGEST_INDEX} is the highest."
    return None


def main() -> None:
    # As process 1 of its container it gets no default handler: without this, SIGTERM is ignored.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A request that waits a millisecond for a thread is nothing to warn of.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    storage = Storage()
    threading.Thread(target=storage.prepare, daemon=True).start()
    waitress.serve(create_app(storage), host="0.0.0.0", port=PORT, threads=4)


if __name__ == "__main__":
    main()
