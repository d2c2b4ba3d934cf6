"""Where asked indexes and computed values are kept."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
import redis

PENDING = "Nothing yet!"

_CREATE = "CREATE TABLE IF NOT EXISTS indexes (id serial PRIMARY KEY, number integer NOT NULL)"
_PATIENCE = 3
"""Seconds to wait for a database before it counts as away."""
_PAUSE = 0.5


class StorageError(Exception):
    """A database is not there, or not there yet."""


class Storage:
    """PostgreSQL keeps every index that was asked, Redis the values."""

    def __init__(self) -> None:
        self._redis = redis.Redis(
            host=os.environ["REDIS_HOST"],
            port=int(os.environ.get("REDIS_PORT", "6379")),
            socket_connect_timeout=_PATIENCE,
            socket_timeout=_PATIENCE,
            decode_responses=True,
        )

    def prepare(self) -> None:
        """Make the table, trying again until the database is there."""
        told = ""
        while problem := self._make_table():
            if problem != told:
                told = problem
                print(f"waiting for the database: {told}")
            time.sleep(_PAUSE)
        print("the database is ready")

    def _make_table(self) -> str:
        """Make the table; return why that failed, or nothing."""
        try:
            with self._postgres() as cursor:
                cursor.execute(_CREATE)
        except StorageError as error:
            return str(error)
        return ""

    def ask(self, index: int) -> None:
        """Note that ``index`` was asked, and tell the worker."""
        with self._postgres() as cursor, _reaching_redis():
            cursor.execute("INSERT INTO indexes (number) VALUES (%s)", (index,))
            self._redis.hset("values", str(index), PENDING)
            self._redis.publish("insert", str(index))

    def asked(self) -> list[dict[str, int]]:
        """Return every index that was asked, in order."""
        with self._postgres() as cursor:
            cursor.execute("SELECT number FROM indexes ORDER BY id")
            return [{"number": number} for (number,) in cursor.fetchall()]

    def values(self) -> dict[str, str]:
        """Return the values by index; one that is not computed yet is a text that says so."""
        with _reaching_redis():
            return self._redis.hgetall("values")

    @contextmanager
    def _postgres(self) -> Iterator[Any]:
        # A connection for each request: it survives a restart of the database, at a few
        # milliseconds. The address and the credentials are in PGHOST, PGUSER and so on.
        try:
            connection = psycopg2.connect(connect_timeout=_PATIENCE)
        except psycopg2.Error as error:
            raise StorageError(f"PostgreSQL is not there: {error}".strip()) from error
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        except psycopg2.Error as error:
            raise StorageError(f"PostgreSQL fails: {error}".strip()) from error
        finally:
            connection.close()


@contextmanager
def _reaching_redis() -> Iterator[None]:
    try:
        yield
    except redis.RedisError as error:
        raise StorageError(f"Redis is not there: {error}") from error
