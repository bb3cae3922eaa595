"""What the operator may watch, without a single patient's value: counters and times for Prometheus."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

MEDIA_TYPE = CONTENT_TYPE_LATEST
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder where several workers keep their figures; read by prometheus_client too."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
SECONDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
"""Upper bounds of the latency histogram."""


class Meters:
    """The figures of one application server. Labels come from our routes and applications, never from a request."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "avicena_requests", "Requests by route and status", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "avicena_request_seconds", "Time to answer", ("route",), buckets=SECONDS, registry=self.registry
        )
        self._decisions = Counter(
            "avicena_decisions", "Answers by decision", ("application", "action"), registry=self.registry
        )
        self._unfamiliar = Counter(
            "avicena_unfamiliar",
            "Answers whose picture is unlike the training data",
            ("application",),
            registry=self.registry,
        )
        self.overload = Counter(
            "avicena_overload", "Requests turned away because too many were waiting", registry=self.registry
        )
        self.audit_failures = Counter(
            "avicena_audit_failures", "Acts refused because the audit could not be written", registry=self.registry
        )
        self.inside = Gauge(
            "avicena_requests_inside",
            "Requests running or waiting",
            registry=self.registry,
            multiprocess_mode="livesum",
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request under the path of its route (never its own path) and its time."""
        self._requests.labels(method if method in METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def decision(self, application: str, action: str, familiar: bool) -> None:
        """Count one answer."""
        self._decisions.labels(application, action).inc()
        if not familiar:
            self._unfamiliar.labels(application).inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format; of all workers together where there are several."""
        if SHARED not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
