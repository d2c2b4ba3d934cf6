from __future__ import annotations

import pytest

from pytest_multidocker.aws.elasticache.addresses import (
    cluster_address,
    group_addresses,
    short_region,
)


@pytest.mark.parametrize(
    ("region", "short"),
    [
        ("us-east-1", "use1"),
        ("us-west-2", "usw2"),
        ("eu-central-1", "euc1"),
        ("ap-southeast-2", "apse2"),
        ("ap-northeast-3", "apne3"),
        ("ca-central-1", "cac1"),
        ("us-gov-west-1", "usgw1"),
    ],
)
def test_regions_are_shortened_as_in_endpoints(region: str, short: str) -> None:
    assert short_region(region) == short


def test_addresses_have_the_form_of_aws() -> None:
    assert cluster_address("multi-docker-redis", "58b5a88a8f01", "us-east-1") == (
        "multi-docker-redis.58b5a8.0001.use1.cache.amazonaws.com"
    )
    addresses = group_addresses("cache", "58b5a88a8f01", "eu-west-1")
    assert addresses.primary == "cache.58b5a8.ng.0001.euw1.cache.amazonaws.com"
    assert addresses.reader == "cache-ro.58b5a8.ng.0001.euw1.cache.amazonaws.com"
    assert addresses.node == "cache-001.58b5a8.0001.euw1.cache.amazonaws.com"
