"""ElastiCache: each cache cluster and replication group is a real Redis."""

from __future__ import annotations

from .service import ElastiCacheService

__all__ = ["ElastiCacheService"]
