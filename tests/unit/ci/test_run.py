"""Running a pipeline: what runs, what is skipped and why, and what is shown of it.

With a real shell, and stand-ins for the docker client and the emulator.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pytest_multidocker.ci.run import Result, run_pipeline
from pytest_multidocker.ci.travis import read_travis
from pytest_multidocker.ci.workflow import read_workflow
from pytest_multidocker.errors import DeployError, PipelineError

SECRET = "pa55-w0rd'of nobody"


class Registry(BaseHTTPRequestHandler):
    """Answers as the emulator does when it is asked for its registry."""

    def do_POST(self) -> None:
        account = {"address": "127.0.0.1:1", "user": "u", "password": "registry-password"}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(account).encode())

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Runner:
    """Runs a CI file and keeps what was said, without its places."""

    folder: Path
    endpoint: str
    refused: Exception | None = None
    deploys: int = 0
    said: list[str] = field(default_factory=list)

    def run(self, name: str, text: str, branch: str = "") -> Result:
        file = self.folder / name
        file.write_text(text)
        read = read_travis if name == ".travis.yml" else read_workflow
        pipeline = read(file, branch)
        assert pipeline is not None
        return run_pipeline(pipeline, self.folder, self.endpoint, self._say, self._deploy)

    def _say(self, line: str) -> None:
        self.said.append(line.replace(f"{self.folder}/", ""))

    def _deploy(self, pushed: Sequence[str], say: Callable[[str], None]) -> None:
        self.deploys += 1
        if self.refused:
            raise self.refused
        say(f"deployed with {SECRET}")

    @property
    def output(self) -> list[str]:
        """What the commands have written."""
        return [line for line in self.said if not line.startswith(("$ ", "as for ", "job "))]


@pytest.fixture
def runner(tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Runner:
    fake = tmp_path / "bin" / "docker"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho docker $*\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere")
    for name in [name for name in os.environ if name.startswith("GITHUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DB_PASSWORD", SECRET)
    (tmp_path / "project").mkdir()
    return Runner(tmp_path / "project", endpoint)


def workflow(steps: str, more: str = "") -> str:
    return f"on: push\njobs:\n  build:\n    steps:\n{steps}{more}"


DEPLOY = "    - uses: einaregilsson/beanstalk-deploy@v22\n      with: {deployment_package: d.zip}\n"
MAKE = "    - run: touch d.zip\n"


def test_a_package_that_is_not_there_fails_the_deploy(runner: Runner) -> None:
    result = runner.run("ci.yml", workflow(DEPLOY))

    assert runner.deploys == 0
    assert result.failed is not None
    assert result.failed.endswith(
        "ci.yml:5) has failed: there is no file 'd.zip', which is its deployment package"
    )
    assert runner.run("ci.yml", workflow(MAKE + DEPLOY)) == Result(deployed=True)


def test_a_package_has_a_name_that_is_worked_out(runner: Runner) -> None:
    steps = MAKE + DEPLOY.replace("d.zip", "'${{ env.P }}.zip'")

    assert runner.run("ci.yml", "env: {P: d}\n" + workflow(steps)).deployed
    assert "there is no file 'other.zip'" in str(
        runner.run("ci.yml", "env: {P: other}\n" + workflow(steps)).failed
    )


def test_a_deploy_without_a_package_says_what_is_assumed(runner: Runner) -> None:
    result = runner.run("ci.yml", workflow(DEPLOY.replace("deployment_package: d.zip", "")))

    assert result.deployed
    assert any("CI deploys one that is there" in line for line in runner.said)


def test_steps_and_jobs_after_the_deploy_run(runner: Runner) -> None:
    more = (
        "  after:\n    needs: build\n    steps: [{run: 'echo after ${{ needs.build.result }}'}]\n"
    )
    result = runner.run("ci.yml", workflow(f"{MAKE}{DEPLOY}    - run: echo then\n", more))

    assert result == Result(deployed=True)
    assert runner.output[-2:] == ["then", "after success"]


def test_a_failure_after_the_deploy_is_one_of_the_build(runner: Runner) -> None:
    result = runner.run("ci.yml", workflow(f"{MAKE}{DEPLOY}    - run: exit 7\n"))

    assert result.deployed
    assert str(result.failed).endswith("ci.yml:8) exited with 7")


def test_after_a_failure_run_only_the_steps_that_ask_for_it(runner: Runner) -> None:
    six = "failure() && github.ref == 'refs/heads/dev'"
    steps = (
        "    - run: echo one; exit 3\n"
        "    - run: echo two\n"
        "    - {run: echo three, if: always()}\n"
        "    - {run: echo four, if: failure()}\n"
        "    - {run: echo five, if: github.ref == 'refs/heads/main'}\n"
        f'    - {{run: echo six, if: "{six}"}}\n'
    )
    result = runner.run("ci.yml", workflow(steps))

    assert str(result.failed).endswith("ci.yml:5) exited with 3")
    assert runner.output == [
        "one",
        "skipped: echo two (ci.yml:6): a step before it has failed",
        "three",
        "four",
        "skipped: echo five (ci.yml:9): a step before it has failed",
        f"skipped: echo six (ci.yml:10): if: {six} does not hold",
    ]


def test_conditions_stand_for_a_push_to_the_branch_that_deploys(runner: Runner) -> None:
    steps = (
        "    - {run: echo main, if: github.ref == 'refs/heads/main'}\n"
        "    - {run: echo push, if: github.event_name == 'push'}\n"
        "    - {run: echo pr, if: github.event.pull_request.merged}\n"
        "    - {run: echo failed, if: failure()}\n"
        "    - {run: echo tag, if: \"startsWith(github.ref, 'refs/tags/')\"}\n"
    )
    runner.run("ci.yml", workflow(steps))

    assert runner.output == [
        "main",
        "push",
        "skipped: echo pr (ci.yml:7): if: github.event.pull_request.merged does not hold",
        "skipped: echo failed (ci.yml:8): nothing has failed",
        "skipped: echo tag (ci.yml:9): if: startsWith(github.ref, 'refs/tags/') does not hold",
    ]


def test_what_cannot_be_evaluated_is_assumed_and_named(runner: Runner) -> None:
    steps = (
        "    - {id: other, uses: some/action@v1}\n"
        "    - {run: echo assumed, if: steps.other.outputs.changed == 'true'}\n"
        "    - {run: echo heeded; false, continue-on-error: '${{ github.event.x }}'}\n"
    )
    result = runner.run("ci.yml", workflow(steps))

    assert str(result.failed).endswith("ci.yml:7) exited with 1")
    not_here, why = "not evaluated here", "is not known here"
    changed, event = "steps.other.outputs.changed", "github.event.x"
    assert runner.output == [
        "skipped: some/action@v1 (ci.yml:5): the action some/action is not done here",
        (
            f"assumed: 'echo assumed' is run (ci.yml:6): {not_here}: "
            f"{changed} == 'true': {changed} {why}"
        ),
        "assumed",
        "heeded",
        (
            f"assumed: a failure of 'echo heeded; false' counts (ci.yml:7): {not_here}: "
            f"{event}: {event} {why}"
        ),
    ]


def test_a_failure_that_may_be_is_none(runner: Runner) -> None:
    steps = (
        "    - {id: a, run: exit 4, continue-on-error: true}\n"
        "    - run: echo ${{ steps.a.outcome }} ${{ steps.a.conclusion }}\n"
    )
    result = runner.run("ci.yml", workflow(steps))

    assert result.failed is None
    assert runner.output[0].endswith("exited with 4, which CI does not heed in this step")
    assert runner.output[1] == "failure success"


def test_jobs_that_need_what_has_failed_are_skipped_with_those_behind_them(runner: Runner) -> None:
    more = (
        "  deploy:\n    needs: build\n    steps:\n"
        + DEPLOY
        + "  smoke: {needs: deploy, steps: []}\n"
        "  notify: {needs: smoke, if: failure(), steps: [{run: echo notify}]}\n"
        "  alone: {steps: [{run: echo alone}]}\n"
    )
    result = runner.run("ci.yml", workflow("    - run: 'false'\n", more))

    assert str(result.failed).endswith("ci.yml:5) exited with 1")
    assert [line for line in runner.said if "skipped" in line] == [
        "skipped: job deploy (ci.yml:7): it needs 'build', which has failed",
        "skipped: job smoke (ci.yml:11): it needs 'deploy', which was skipped",
    ]
    assert {"alone", "notify"} < {*runner.output}
    assert runner.deploys == 0


def test_a_job_that_may_fail_and_one_that_is_not_run_here_count_as_successes(
    runner: Runner,
) -> None:
    more = (
        "  other: {uses: ./other.yml}\n  last: {needs: [build, other], steps: [{run: echo last}]}\n"
    )
    text = workflow("    - run: 'false'\n", more).replace(
        "build:\n", "build:\n    continue-on-error: true\n"
    )

    assert runner.run("ci.yml", text).failed is None
    assert runner.output[-1] == "last"
    assert (
        "skipped: job other (ci.yml:7): the workflow ./other.yml is not run here; "
        "assumed to succeed" in runner.said
    )


def test_a_job_s_condition_decides(runner: Runner) -> None:
    text = workflow(DEPLOY).replace("build:\n", "build:\n    if: github.ref_name == 'main'\n")

    result = runner.run("ci.yml", text, "dev")

    why = "if: github.ref_name == 'main' does not hold"
    assert result == Result(reason=f"job 'build' was skipped, as {why}")
    assert runner.said[-1] == f"skipped: job build (ci.yml:4): {why}"


def test_steps_speak_to_those_after_them(runner: Runner) -> None:
    (runner.folder / "tools").mkdir()
    tool = runner.folder / "tools" / "greet"
    tool.write_text("#!/bin/sh\necho greeted\n")
    tool.chmod(0o755)
    steps = (
        "    - id: one\n"
        "      run: |\n"
        "        echo 'A=hello $(world) there' >> \"$GITHUB_ENV\"\n"
        '        echo tag=7 >> "$GITHUB_OUTPUT"\n'
        '        echo "$PWD/tools" >> "$GITHUB_PATH"\n'
        "    - run: echo \"$A\" '${{ env.A }}' ${{ steps.one.outputs.tag }} $B; greet\n"
        "      env: {B: '${{ env.A }}!'}\n"
        "    - run: echo ${{ needs.none }}${{ matrix.n }}.\n"
    )
    text = workflow(steps).replace("build:\n", "build:\n    strategy: {matrix: {n: [1, 2]}}\n")
    result = runner.run("ci.yml", text)

    assert result.failed is None
    assert runner.output[1:] == [
        "hello $(world) there hello $(world) there 7 hello $(world) there!",
        "greeted",
        "1.",
    ]


def test_steps_ask_for_parts_of_a_matrix(runner: Runner) -> None:
    steps = (
        "    - run: echo ${{matrix.svc.name}}${{matrix.svc.tags[2]}} ${{matrix.svc.tags[1]}}\n"
        "    - {run: echo pushed, if: matrix.svc.push}\n"
    )
    matrix = "strategy: {matrix: {svc: [{name: web, tags: [a, b], push: false}]}}"
    runner.run("ci.yml", workflow(steps).replace("build:\n", f"build:\n    {matrix}\n"))

    assert runner.output[1] == "web b"
    assert "pushed" not in runner.output


def test_what_github_cannot_read_of_a_step_fails_it(runner: Runner) -> None:
    result = runner.run("ci.yml", workflow("    - run: echo nonsense >> $GITHUB_ENV\n"))

    assert "ci.yml:5) has failed: GITHUB_ENV: 'nonsense' has no form" in str(result.failed)


def test_a_condition_knows_the_variables_of_its_step(runner: Runner) -> None:
    steps = "    - {run: echo run, if: env.A == env.B, env: {A: x}}\n"
    runner.run(
        "ci.yml", "env: {B: '${{ github.event_name == ''push'' && ''x'' }}'}\n" + workflow(steps)
    )

    assert runner.output == ["run"]


def test_a_variable_that_cannot_be_worked_out_is_empty_and_named(runner: Runner) -> None:
    name = "github.actor_id"
    runner.run(
        "ci.yml", "env: {B: '${{ github.actor_id }}'}\n" + workflow("    - run: echo =$B=\n")
    )

    assert runner.output == [
        f"assumed: B is empty (ci.yml:5): not evaluated here: {name}: {name} is not known here",
        "==",
    ]


def test_an_expression_that_cannot_be_worked_out_ends_the_run_with_its_place(
    runner: Runner,
) -> None:
    with pytest.raises(PipelineError, match=r"ci\.yml:5: cannot be worked out here: hashFiles"):
        runner.run("ci.yml", workflow("    - run: echo ${{ hashFiles('x') }}\n"))


def test_what_github_alone_knows_may_be_set(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = workflow("    - run: echo ${{ github.repository }}\n")
    with pytest.raises(PipelineError, match=r"known here\. Set GITHUB_REPOSITORY in the environm"):
        runner.run("ci.yml", text)

    monkeypatch.setenv("GITHUB_REPOSITORY", "me/app")
    runner.run("ci.yml", text)
    assert runner.output == ["me/app"]


def test_a_refused_deploy_is_raised_after_the_steps_that_run_all_the_same(runner: Runner) -> None:
    runner.refused = DeployError(f"AccessDenied for {SECRET}")
    steps = f"{MAKE}{DEPLOY}    - {{run: echo always, if: always()}}\n"

    with pytest.raises(DeployError, match=r"^AccessDenied for \*\*\*$"):
        runner.run("ci.yml", workflow(steps))
    assert runner.output[-1] == "always"

    first = workflow("    - run: exit 5\n", f"  more:\n    steps:\n{MAKE}{DEPLOY}")
    assert str(runner.run("ci.yml", first).failed).endswith("ci.yml:5) exited with 5")
    allowed = DEPLOY.replace("      with", "      continue-on-error: true\n      with")
    refused = runner.run("ci.yml", workflow(MAKE + allowed))
    assert refused.failed is None
    assert refused.reason.endswith("has failed: AccessDenied for ***")


TRAVIS = """\
language: generic
install: {install}
script: [{script}, echo script]
after_success: [echo success $TRAVIS_TEST_RESULT, exit_not_found]
after_failure: echo failure $TRAVIS_TEST_RESULT
before_deploy: {before_deploy}
deploy: {{provider: elasticbeanstalk, on: {{branch: main, condition: "$SIDE = a"}}}}
after_deploy: ["false", echo deployed]
after_script: echo over $TRAVIS_TEST_RESULT
env: SIDE={side}
"""


def travis(
    install: str = "skip", script: str = "skip", before_deploy: str = "skip", side: str = "a"
) -> str:
    return TRAVIS.format(install=install, script=script, before_deploy=before_deploy, side=side)


def test_travis_runs_all_phases_of_a_success(runner: Runner) -> None:
    result = runner.run(".travis.yml", travis())

    assert result == Result(deployed=True)
    written = [line for line in runner.output if "(" not in line and "not found" not in line]
    assert written == ["script", "success 0", "deployed with ***", "deployed", "over 0"]
    assert "skipped: after_failure (.travis.yml:5): nothing has failed" in runner.said


def test_travis_goes_on_after_a_failing_script_and_tells_the_result(runner: Runner) -> None:
    result = runner.run(".travis.yml", travis(script="exit_not_found"))

    assert str(result.failed).endswith(".travis.yml:3, script) exited with 127")
    assert [line for line in runner.output if "(" not in line and "bash" not in line] == [
        "script",
        "failure 1",
        "over 1",
    ]
    assert runner.deploys == 0
    assert "skipped: deploy (.travis.yml:7): a step before it has failed" in runner.said


@pytest.mark.parametrize("phase", ["install", "before_deploy"])
def test_travis_ends_at_once_where_the_set_up_fails(runner: Runner, phase: str) -> None:
    result = runner.run(".travis.yml", travis(**{phase: "exit_not_found 5"}))

    assert str(result.failed).endswith(f", {phase}) exited with 127")
    assert runner.deploys == 0
    assert not [line for line in runner.output if line.startswith(("over", "failure"))]
    assert (
        "skipped: after_script (.travis.yml:9): 'exit_not_found 5' has ended the job" in runner.said
    )


def test_travis_loses_its_shell_to_an_exit(runner: Runner) -> None:
    result = runner.run(".travis.yml", travis(script="exit 0"))

    assert result == Result(
        reason="deploy with provider elasticbeanstalk was skipped: 'exit 0' has ended the job"
    )


def test_travis_deploys_only_where_the_condition_holds(runner: Runner) -> None:
    result = runner.run(".travis.yml", travis(before_deploy="echo before", side="b"))

    assert result.reason == (
        "deploy with provider elasticbeanstalk was skipped: the condition $SIDE = a does not hold"
    )
    assert "before" not in runner.output


def test_travis_keeps_later_stages_from_a_failure(runner: Runner) -> None:
    result = runner.run(
        ".travis.yml",
        "language: sh\njobs:\n  include:\n  - script: 'false'\n  - {stage: b, script: echo b}\n",
    )

    assert str(result.failed).endswith(".travis.yml:4, script) exited with 1")
    assert (
        runner.said[-1] == "skipped: job 2, b (.travis.yml:5): it needs '1, test', which has failed"
    )


def test_travis_goes_on_after_a_job_that_may_fail(runner: Runner) -> None:
    result = runner.run(
        ".travis.yml",
        "language: sh\njobs:\n  include:\n  - {name: odd, script: 'false'}\n"
        "  - {stage: b, script: echo b}\n  allow_failures: [{name: odd}]\n",
    )

    assert result.failed is None
    assert "job 1, odd has failed, which the build does not heed" in runner.said
    assert runner.said[-1] == "b"


def test_no_secret_is_shown_however_it_is_printed(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "-----BEGIN-----\nfirst-line\nsecond-line\n-----END-----"
    for name, value in {
        "DB_KEY": key,
        "AWS_SECRET_ACCESS_KEY": "aws-secret",
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "UNNAMED_TOKEN": "not-in-the-file",
        "SHORT": "abc",
    }.items():
        monkeypatch.setenv(name, value)
    steps = (
        "    - env:\n"
        "        PW: '${{ secrets.DB_PASSWORD }}'\n"
        "        KEY: '${{ secrets.DB_KEY }}'\n"
        "        S: '${{ secrets.SHORT }}'\n"
        "      run: |\n"
        "        set -x\n"
        "        env\n"
        '        echo "short=$S" >&2\n'
        '        : "$PW"\n'
        '        printf %s "$PW" | base64\n'
        '        exit "$PW"\n'
    )
    result = runner.run("ci.yml", workflow(steps))

    shown = "\n".join([*runner.said, str(result.failed)])
    for secret in (SECRET, "first-line", "second-line", "aws-secret", "AKIAEXAMPLE",
                   "not-in-the-file", "registry-password", "pa55-w0rd"):  # fmt: skip
        assert secret not in shown
    assert "short=abc" in runner.said


def test_the_keys_of_a_local_aws_are_no_secrets(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    runner.run("ci.yml", workflow("    - run: echo testing a test\n"))

    assert runner.output == ["testing a test"]


def test_what_a_login_or_a_command_tells_is_hidden_from_then_on(runner: Runner) -> None:
    steps = (
        "    - run: |\n"
        "        echo ::add-mask::made%0Aof-lines\n"
        '        p=$(echo login | rev); docker login -u me -p "$p-pass" >/dev/null || true\n'
        "        echo now of-lines and nigol-pass\n"
    )
    runner.run("ci.yml", workflow(steps))

    assert "::add-mask::***" in runner.said
    assert "now *** and ***" in runner.said


def test_what_is_not_started_runs_nothing(runner: Runner) -> None:
    result = runner.run(
        "ci.yml", "on: {push: {branches: main}}\njobs: {a: {steps: [{run: ls}]}}\n", "x"
    )

    assert result.reason.endswith("(" + str(runner.folder / "ci.yml") + ":1, on)")
    assert runner.said == []


def test_secrets_that_are_not_set_are_told_before_anything_runs(runner: Runner) -> None:
    with pytest.raises(PipelineError, match="uses MISSING_ONE, which CI keeps"):
        runner.run("ci.yml", workflow("    - run: echo ${{ secrets.MISSING_ONE }}\n"))
    assert runner.said == []
