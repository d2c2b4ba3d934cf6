"""Elastic Beanstalk: environments whose instances run real tasks.

``backend`` answers the API, ``records`` are what it remembers. What is decided is pure:
``options``, ``platforms``, ``bundle``, ``policies``, ``pipeline``, ``health``, and ``messages`` has
the words. What is done goes through the other services' APIs: ``operations`` is what an environment
does, ``deployment`` brings a version to its instances, ``cloud`` calls EC2, ECS and S3,
``balancer`` is its load balancer and ``monitor`` watches its health.
"""

from __future__ import annotations

from .service import ElasticBeanstalkService

__all__ = ["ElasticBeanstalkService"]
