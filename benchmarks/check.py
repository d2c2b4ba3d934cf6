"""How long ``multidocker check`` takes, beside the tools that people would use in its place.

Run ``tox -e benchmarks``, or ``python benchmarks/check.py`` where multidocker, check-jsonschema and
cfn-lint are installed in one environment. One file in a cold process, each tool in turn, the median
of several rounds, as a ratio; then 250, 500 and 1 000 files in one call, to see that the time grows
linearly.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "sample_app" / "Dockerrun.aws.json"
SCHEMA = ROOT / "pytest_multidocker" / "dockerrun" / "schemas" / "v2.json"
MULTIDOCKER = [sys.executable, "-m", "pytest_multidocker", "check"]
COUNTS = (250, 500, 1000)


def template(dockerrun: dict[str, Any]) -> dict[str, Any]:
    """Return a CloudFormation template with the same containers."""
    containers = [
        {key[0].upper() + key[1:]: _upper(value) for key, value in container.items()}
        for container in dockerrun["containerDefinitions"]
    ]
    properties = {"Family": "app", "ContainerDefinitions": containers}
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}
    return {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Task": task}}


def _upper(value: Any) -> Any:
    if isinstance(value, list):
        return [_upper(item) for item in value]
    if isinstance(value, dict):
        return {key[0].upper() + key[1:]: _upper(item) for key, item in value.items()}
    return value


def seconds(command: list[str]) -> float:
    """Return the wall time of a command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(
            f"{' '.join(command)} exits with {done.returncode}:\n{done.stdout}{done.stderr}"
        )
    return taken


def tool(name: str) -> str | None:
    """Return the path of a tool of this environment, or of the search path."""
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


def one_file(folder: Path, rounds: int) -> None:
    file = folder / "Dockerrun.aws.json"
    file.write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    stack = folder / "template.json"
    stack.write_text(json.dumps(template(json.loads(file.read_text(encoding="utf-8")))))
    commands: dict[str, list[str]] = {"multidocker check": [*MULTIDOCKER, str(file)]}
    if found := tool("check-jsonschema"):
        commands["check-jsonschema"] = [found, "--schemafile", str(SCHEMA), str(file)]
    if found := tool("cfn-lint"):
        commands["cfn-lint"] = [found, str(stack)]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            times[name].append(seconds(command))
    medians = {name: statistics.median(taken[1:]) for name, taken in times.items()}
    ours = medians["multidocker check"]
    for name, median in medians.items():
        ratio = "" if name == "multidocker check" else f"   ratio {ours / median:.2f}"
        print(f"{name:<20} {median * 1000:8.0f} ms{ratio}")


def many_files(folder: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    empty = seconds([*MULTIDOCKER, str(folder / "Dockerrun.aws.json")])
    for count in COUNTS:
        below = folder / str(count)
        for number in range(count):
            (below / str(number)).mkdir(parents=True)
            (below / str(number) / "Dockerrun.aws.json").write_text(text, encoding="utf-8")
        taken = seconds([*MULTIDOCKER, str(below)])
        print(f"{count:>5} files           {taken * 1000:8.0f} ms   "
              f"{(taken - empty) / count * 1000:.2f} ms a file")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description="Time multidocker check.")
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        one_file(Path(folder), rounds)
        many_files(Path(folder))


if __name__ == "__main__":
    main()
