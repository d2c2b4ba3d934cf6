"""The Redis container of a cache cluster or replication group."""

from __future__ import annotations

from redis.exceptions import RedisError
from testcontainers.community.redis import RedisContainer
from testcontainers.core.waiting_utils import WaitStrategy, WaitStrategyTarget

_PING_TIMEOUT = 2.0  # seconds


def build(port: int, image: str) -> RedisContainer:
    """Return the container, not created yet."""
    container = RedisContainer(image, port)
    container.with_command(["redis-server", "--port", str(port)])
    return container.waiting_for(_Nothing())


def answers(container: RedisContainer) -> bool:
    """Return whether Redis answers a PING from this machine."""
    client = container.get_client(socket_timeout=_PING_TIMEOUT, retry=None)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


class _Nothing(WaitStrategy):
    def wait_until_ready(self, container: WaitStrategyTarget) -> None:
        """Do not wait here: `ManagedDatabase` does, and notices when the container exits."""
