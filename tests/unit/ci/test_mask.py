"""Keeping secrets out of what is shown."""

from __future__ import annotations

import base64
import json
import shlex
import subprocess
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_multidocker.ci.mask import Mask


def test_secrets_are_masked_the_longest_first() -> None:
    mask = Mask(["pass", "password", ""])

    assert mask("password=password pass pa") == "***=*** *** pa"
    assert Mask()("as it is") == "as it is"


def test_what_is_shorter_than_four_characters_is_shown() -> None:
    assert Mask(["any", "x", " a\n", "four"])("any x a four") == "any x a ***"


def test_a_value_of_several_lines_is_masked_line_by_line() -> None:
    key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQ\nab\n-----END KEY-----\n"
    mask = Mask([key])

    shown = [mask(line) for line in f"KEY={key}".splitlines()]
    assert shown == ["KEY=***", "***", "ab", "***"]
    assert mask(f"the key {key} is long") == "the key *** is long"


def test_what_is_added_later_is_masked_from_then_on() -> None:
    mask = Mask(["first"])
    assert mask("first second") == "*** second"

    mask.add("second")

    assert mask("first second") == "*** ***"


@pytest.mark.parametrize("before", ["", "u", "me", "you", "user:"])
def test_what_docker_writes_in_its_configuration_is_masked(before: str) -> None:
    secret = "pa55w0rd-of-nobody"
    encoded = base64.b64encode(f"{before}:{secret}".encode()).decode()

    shown = Mask([secret])(f'"auth": "{encoded}"')

    left = shown.removeprefix('"auth": "').removesuffix('"')
    assert "***" in left
    readable = base64.b64decode(left.partition("***")[0] + "====")
    assert secret[:3].encode() not in readable


@given(st.text(min_size=4).filter(lambda text: len(text.strip()) >= 4))
def test_a_secret_is_found_in_whatever_form_it_is_printed(secret: str) -> None:
    mask = Mask([secret])

    plain = secret.strip()
    assert mask(f"<{secret}>") == "<***>"
    assert plain not in mask(f"<{json.dumps({'secret': secret})}>")
    assert plain not in mask(f"password={quote(secret, safe='')}")
    assert mask(urlencode({"p": secret})) == "p=***"
    assert plain not in mask(f"+ login -p {shlex.quote(secret)}")


@pytest.mark.parametrize("secret", ["it's mine", "two words", "a$b'c\"d", "back\\slash"])
def test_what_a_shell_traces_is_masked(secret: str) -> None:
    command = ["bash", "-c", 'set -x; : "$SECRET"']
    traced = subprocess.run(
        command, env={"SECRET": secret}, capture_output=True, text=True, check=True
    ).stderr

    shown = Mask([secret])(traced)

    assert "***" in shown
    assert not [part for part in secret.split("'") if len(part) > 1 and part in shown]
