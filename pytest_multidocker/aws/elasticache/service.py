"""ElastiCache as a service of the emulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_multidocker.aws.moto_services import install_backend

from .backend import RedisBackend
from .responses import RedisResponse

if TYPE_CHECKING:
    from pytest_multidocker.aws.emulator import Emulator


class ElastiCacheService:
    """CreateCacheCluster, CreateReplicationGroup and their kin on real Redis."""

    name = "elasticache"

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._backends: Any = None

    def install(self) -> None:
        """Register the backend with moto."""
        self._backends = install_backend(self._emulator, self.name, RedisBackend, RedisResponse)

    def close(self) -> None:
        """End the starts that are under way."""
        for _account, _region, backend in list(self._backends.iter_backends()):
            for cluster in list(backend.cache_clusters.values()):
                cluster.database.close()
