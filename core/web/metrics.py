"""Prometheus figures of one process, on its own registry. No label holds a person or a free path."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a process counts. Workers register their own figures on `registry`."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    running: Gauge = field(init=False)

    def __post_init__(self) -> None:
        labels = ("method", "route", "status")
        own = self.registry
        object.__setattr__(self, "requests", Counter("http_requests", "Requests.", labels, registry=own))
        seconds = Histogram(
            "http_request_seconds", "Time to answer.", ("method", "route"), registry=own, buckets=_BUCKETS
        )
        object.__setattr__(self, "seconds", seconds)
        object.__setattr__(self, "running", Gauge("http_requests_running", "Being answered.", registry=own))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        method = method if method in _METHODS else "OTHER"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    async def page(self, _request: web.Request) -> web.Response:
        """GET /metrics, in Prometheus' text form."""
        return web.Response(
            body=generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )


def route_name(request: web.Request) -> str:
    """The route's template (`/api/v1/devices/{device_id}`), for labels and logs: bounded and impersonal."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unmatched"
