"""RDS: each DB instance is a real PostgreSQL."""

from __future__ import annotations

from .service import RdsService

__all__ = ["RdsService"]
