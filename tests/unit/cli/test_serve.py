"""`multidocker serve` refuses at once what it could not do."""

from __future__ import annotations

import pytest

from pytest_multidocker.cli import main


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--stop-timeout", "-1"], "seconds are a whole number from 0 on, not '-1'"),
        (["--stop-timeout", "1.5"], "seconds are a whole number from 0 on, not '1.5'"),
        (["--cleanup-after", "-0.5"], "seconds are a number from 0 on, not '-0.5'"),
        (["--cleanup-after", "nan"], "seconds are a number from 0 on, not 'nan'"),
        (["--cleanup-after", "soon"], "seconds are a number from 0 on, not 'soon'"),
        (["--region", "bogus"], "'bogus' is no region of Amazon ECS."),
        (["--region", "eu-centrl-1"], "Did you mean 'eu-central-1'?"),
        (["--allow", "priviledged"], "Did you mean 'privileged'?"),
        (["--allow", "relative"], "'relative' is nothing that can be allowed: an absolute host"),
        (["--allow", "volume:"], "'volume:' is nothing that can be allowed"),
    ],
)
def test_what_cannot_be_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())
