from __future__ import annotations

import pytest

from pytest_multidocker.project.docker_builds import DockerBuild
from pytest_multidocker.project.image_names import repository, stands_for


@pytest.mark.parametrize(
    ("written", "image", "same"),
    [
        ("shop/web:1", "shop/web:1", True),
        ("shop/web:1", "shop/web:2", False),
        ("shop/web", "shop/web:latest", True),
        ("shop/web:latest", "shop/web", True),
        ("shop/web", "shop/web:1", False),
        ("$ID/web", "shop/web", True),
        ("${ID}/web:1", "shop/web:1", True),
        ("$ID/web", "shop/webs", False),
        ("shop/web:$TAG", "shop/web:7", True),
        ("shop/web:$TAG", "shop/web:", False),
        ("shop/web:${TAG:-latest}", "shop/web:7", True),
        ("shop/web:${{ github.sha }}", "shop/web:7", True),
        ("shop/web:$(git rev-parse HEAD)-x", "shop/web:7-x", True),
        ("shop/web:`git rev-parse HEAD`", "shop/web:7", True),
        ("shop/$s:1", "shop/web:1", True),
        ("shop/$s:1", "shop/web:2", False),
        ("shop/$NAME", "shop/web:7", True),
        ("$IMAGE", "shop/web:7", True),
        ("shop/web:sha-${{ github.sha }}-x", "shop/web:sha-7-x", True),
        ("$A$B$C-$D$E/x", "a-b/x", False),
        ("docker.io/shop/web:1", "shop/web:1", True),
        ("nginx:1", "docker.io/library/nginx:1", True),
        ("registry:5000/web", "registry:5000/web:latest", True),
        ("shop.web", "shopxweb", False),
    ],
)
def test_what_a_shell_puts_in_stands_for_any_text(written: str, image: str, *, same: bool) -> None:
    assert stands_for(written, image) is same
    assert DockerBuild(".", 1, (written,)).makes(image) is same


@pytest.mark.parametrize("many", ["$a", "${a}", "${{a}}", "$(a)", "`a`", "$"])
def test_any_number_of_variables_is_soon_compared(many: str) -> None:
    assert not stands_for(many * 200 + "/x", "y" * 10_000)
    assert not stands_for("-".join([many] * 200) + "/x", "-" * 10_000)


@pytest.mark.parametrize("torn", ["${", "$(", "`", "${{"])
def test_what_follows_a_variable_without_an_end_may_be_anything(torn: str) -> None:
    assert stands_for(f"shop/{torn}x", "shop/web:7")
    assert stands_for(torn * 199, "y" * 10_000)


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("shop/web:1", "shop/web"),
        ("shop/web", "shop/web"),
        ("registry:5000/web", "registry:5000/web"),
        ("web:1@sha256:ab", "web"),
        ("shop/web:$TAG", "shop/web"),
        ("shop/${NAME:-web}", "shop/${NAME:-web}"),
        ("shop/web:sha-${{ github.sha }}", "shop/web"),
        ("shop/web:build-${TRAVIS_BUILD_NUMBER}", "shop/web"),
        ("shop/web:${TAG:-a/b@c}", "shop/web"),
        ("shop/web:$(git rev-parse HEAD)-x", "shop/web"),
        ("${REGISTRY:-x}/shop/web", "${REGISTRY:-x}/shop/web"),
        ("${REGISTRY:-x:5000}/shop/web:1", "${REGISTRY:-x:5000}/shop/web"),
        ("${{ env.R }}/shop/web:1", "${{ env.R }}/shop/web"),
        ("shop/web@${DIGEST:-sha256:ab}", "shop/web"),
        ("shop/web:${", "shop/web"),
        ("$IMAGE", "$IMAGE"),
    ],
)
def test_a_repository_is_a_name_without_its_tag(image: str, name: str) -> None:
    assert repository(image) == name
