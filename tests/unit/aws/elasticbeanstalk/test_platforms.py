from __future__ import annotations

from typing import Any

import pytest

from pytest_multidocker.aws.elasticbeanstalk import platforms

ECS = "64bit Amazon Linux 2023 v4.2.0 running ECS"
ARN = "arn:aws:elasticbeanstalk:eu-west-1::platform/ECS running on 64bit Amazon Linux 2023/4.2.0"


def test_a_solution_stack_and_its_arn_are_the_same_platform() -> None:
    platform = platforms.by_stack(ECS)
    assert platform is not None
    assert platform.arn("eu-west-1") == ARN
    assert platforms.by_arn(ARN) == platform
    assert platforms.by_arn(ARN.rpartition("/")[0]) == platform
    assert platform.branch.runs_tasks
    assert platform.branch.rules.versions == (2,)


def test_other_versions_of_a_branch_may_be_asked_for() -> None:
    platform = platforms.by_stack("64bit Amazon Linux 2 v3.2.9 running ECS")
    assert platform is not None
    assert (platform.version, platform.is_newest) == ("3.2.9", False)
    assert platform.summary("us-east-1")["PlatformLifecycleState"] is None


@pytest.mark.parametrize(
    "name",
    [
        "64bit Amazon Linux 2018.03 v2.26.4 running Multi-container Docker",
        "64bit Amazon Linux 2023 v6.6.0 running Node.js 22",
        "ECS running on 64bit Amazon Linux 2023",
        "64bit Amazon Linux 2023 v9.9.9 running ECS",
        "64bit Amazon Linux 2 v4.2.0 running ECS",
        "64bit Amazon Linux 2023 v0.1.0 running ECS",
        "64bit Amazon Linux 2023 v4.2 running ECS",
        ARN.replace("4.2.0", "5.0.0"),
        "",
    ],
)
def test_what_is_retired_or_not_for_containers_is_no_solution_stack(name: str) -> None:
    assert platforms.by_stack(name) is None
    assert platforms.by_arn(name) is None


def test_all_that_are_offered_can_be_asked_for() -> None:
    names = [detail["SolutionStackName"] for detail in platforms.stack_details()]
    assert len(names) == 4
    assert all(platforms.by_stack(name) for name in names)


def names(*filters: dict[str, Any]) -> list[str]:
    return [entry["BranchName"] for entry in platforms.branch_summaries(filters)]


def where(attribute: str, operator: str, *values: str) -> dict[str, Any]:
    return {"Attribute": attribute, "Operator": operator, "Values": list(values)}


def test_branches_are_filtered() -> None:
    new = "ECS running on 64bit Amazon Linux 2023"
    old = "ECS running on 64bit Amazon Linux 2"
    assert names(where("BranchName", "=", new)) == [new]
    assert names(where("PlatformName", "=", "ECS")) == [new, old]
    assert names(where("PlatformName", "begins_with", "EC")) == [new, old]
    assert names(where("BranchName", "ends_with", "2023"), where("PlatformName", "=", "ECS")) == [
        new
    ]
    retired = "Multi-container Docker running on 64bit Amazon Linux"
    assert names(where("LifecycleState", "=", "Retired")) == [retired]
    assert retired not in names(where("LifecycleState", "!=", "Retired"))
    assert retired not in names(where("LifecycleState", "not_in", "Retired", "Beta"))
    assert names(where("BranchOrder", "<", "2")) == [new]
    assert names(where("BranchOrder", ">=", "4"))[-1] == retired
    assert len(names(where("SupportedTierList", "contains", "Worker"))) == 5
    assert names(where("BranchName", "like", new)) == []


def versions(*filters: dict[str, Any]) -> list[str]:
    found = platforms.version_summaries("us-east-1", filters)
    return [entry["PlatformVersion"] for entry in found]


def test_versions_are_filtered() -> None:
    branch = {
        "Type": "PlatformBranchName",
        "Operator": "=",
        "Values": ["ECS running on 64bit Amazon Linux 2023"],
    }
    recommended = {"Type": "PlatformLifecycleState", "Operator": "=", "Values": ["Recommended"]}
    assert versions(branch, recommended) == ["4.2.0"]
    assert len(versions()) == 4
    ordered = {"Type": "PlatformVersion", "Operator": ">", "Values": ["4.2.0"]}
    assert versions(ordered) == ["4.6.0"]
    name = {"Type": "PlatformName", "Operator": "contains", "Values": ["Docker"]}
    assert versions(name) == ["4.6.0", "4.2.0"]


def test_a_description_has_more_than_a_summary() -> None:
    platform = platforms.newest()[0]
    described = platform.description("us-east-1")
    assert described["SolutionStackName"] == ECS
    assert described["PlatformName"] == "ECS running on 64bit Amazon Linux 2023"
    assert platform.summary("us-east-1").items() <= described.items()
