from __future__ import annotations

from pytest_multidocker.aws.elasticbeanstalk.metrics import Metrics, Request, application_metrics


def test_no_requests_have_neither_codes_nor_latency() -> None:
    assert application_metrics([]) == {"Duration": 10, "RequestCount": 0}


def test_statuses_are_counted_and_latencies_ordered() -> None:
    requests = [
        Request(0, "i", status, n / 100) for n, status in enumerate([200] * 97 + [404, 500, 302])
    ]
    found = application_metrics(requests)
    assert found["RequestCount"] == 100
    assert found["StatusCodes"] == {
        "Status2xx": 97,
        "Status3xx": 1,
        "Status4xx": 1,
        "Status5xx": 1,
    }
    latency = found["Latency"]
    assert (latency["P10"], latency["P50"], latency["P99"]) == (0.1, 0.5, 0.99)
    assert list(latency.values()) == sorted(latency.values(), reverse=True)


def test_only_the_last_seconds_count_and_only_the_target_asked_for() -> None:
    metrics = Metrics()
    for at, target in ((0.0, "a"), (5.0, "b"), (12.0, "a")):
        metrics.note(Request(at, target, 200, 0.1))
    assert metrics.describe(12.0)["RequestCount"] == 2
    assert metrics.describe(12.0, "a")["RequestCount"] == 1
    assert metrics.describe(15.5)["RequestCount"] == 1
    assert metrics.describe(99.0)["RequestCount"] == 0
