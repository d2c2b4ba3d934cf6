"""Computes the Fibonacci numbers that are asked for on a Redis channel."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import NoReturn

import redis

CHANNEL = "insert"
PENDING = "Nothing yet!"

_PAUSE = 0.5
"""Seconds between two attempts to reach Redis."""
_LISTEN = 5
"""Seconds after which a silent connection is checked."""


def fib(index: int) -> int:
    """Return the number at ``index`` of the sequence 1, 1, 2, 3, 5, ..."""
    one, other = 1, 1
    for _ in range(index):
        one, other = other, one + other
    return one


def compute(client: redis.Redis, index: str) -> None:
    """Store the value for ``index``; what is no index is left alone."""
    if index.isdigit():
        value = fib(int(index))
        client.hset("values", index, value)
        print(f"fib({index}) = {value}")


def work(client: redis.Redis) -> str:
    """Compute what is asked for until Redis goes away; return why it did."""
    try:
        listen(client)
    except redis.RedisError as error:
        return str(error)


def listen(client: redis.Redis) -> NoReturn:
    """Compute what is pending, then what is published."""
    channel = client.pubsub(ignore_subscribe_messages=True)
    channel.subscribe(CHANNEL)
    print(f"listening on {CHANNEL}")
    # What was published while nobody listened is still marked as pending.
    for index, value in client.hgetall("values").items():
        if value == PENDING:
            compute(client, index)
    while True:
        message = channel.get_message(timeout=_LISTEN)
        if message is not None:
            compute(client, message["data"])


def main() -> None:
    # As process 1 of its container it gets no default handler: without this, SIGTERM is ignored.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    client = redis.Redis(
        host=os.environ["REDIS_HOST"],
        port=int(os.environ.get("REDIS_PORT", "6379")),
        socket_connect_timeout=_LISTEN,
        health_check_interval=_LISTEN,
        decode_responses=True,
    )
    told = ""
    while True:
        problem = work(client)
        if problem != told:
            told = problem
            print(f"waiting for Redis: {told}")
        time.sleep(_PAUSE)


if __name__ == "__main__":
    main()
