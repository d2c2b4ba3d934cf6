"""Texts that clients look for, exactly: those of ebcli/resources/strings.py, and of public logs."""

from __future__ import annotations

from pytest_multidocker.aws.elasticbeanstalk import messages


def test_what_the_eb_cli_waits_for() -> None:
    assert messages.launched("x").startswith("Successfully launched environment:")
    assert messages.UPDATED == "Environment update completed successfully."
    assert messages.CONFIGURED == "Successfully deployed new configuration to environment."
    assert messages.DEPLOY_FAILED == "Failed to deploy application."
    assert messages.CONFIGURATION_FAILED == "Failed to deploy configuration."
    assert messages.LAUNCH_FAILED == "Failed to launch environment."
    assert messages.LAUNCHED_WITH_ERRORS.startswith(
        "Create environment operation is complete, but with errors"
    )
    assert messages.ABORTED == (
        "The environment was reverted to the previous configuration setting."
    )
    assert messages.TERMINATED == "terminateEnvironment completed successfully."
    assert messages.APPLICATION_DELETED == "The application has been deleted successfully."
    assert messages.LOGS_PULLED == "Pulled logs for environment instances."
    assert messages.LOGS_FAILED == "Failed to pull logs for environment instances."
    assert "Successfully finished tailing" in messages.logs_tailed("i-1", 5)
    assert "Successfully finished bundling" in messages.logs_bundled("i-1", 5)
    assert messages.swapped("a", "b").startswith("Completed swapping CNAMEs for environments")
    assert "Environment tag update completed successfully." in messages.TAGS_UPDATED
    told = messages.processed("v1", "PROCESSED")
    assert told.startswith("Finished processing application version")
    assert told.endswith("PROCESSED.")
    assert messages.bundle_refused("Unsupported AWSEBDockerrunVersion: 1").startswith(
        "ECS Application sourcebundle validation error: Unsupported AWSEBDockerrunVersion:"
    )


def test_what_public_logs_have() -> None:
    assert messages.command_failed("i-1") == (
        "[Instance: i-1] Command failed on instance. Return code: 1 Output: Engine execution has "
        "encountered an error.."
    )
    assert messages.command_summary(0, 1, 0) == (
        "Command execution completed on all instances. Summary: [Successful: 0, Failed: 1]."
    )
    assert messages.command_summary(0, 0, 1) == (
        "Command execution completed on all instances. Summary: [Successful: 0, TimedOut: 1]."
    )
    assert messages.unsuccessful(["i-1"]) == (
        "Unsuccessful command execution on instance id(s) 'i-1'. Aborting the operation."
    )
    assert messages.added_instances(["i-1"]) == "Added instance [i-1] to your environment."
    assert messages.removed_instances(["i-1", "i-2"]) == (
        "Removed instances [i-1, i-2] from your environment."
    )
    assert messages.health_changed("Pending", "Ok", ["Done.", "So."]) == (
        "Environment health has transitioned from Pending to Ok. Done. So."
    )
    assert messages.health_changed(None, "Pending", []) == (
        "Environment health has transitioned to Pending."
    )
    assert messages.from_ecs("ClientException", "No.") == (
        "Service:AmazonECS, Code:ClientException, Message:No., "
        "Class:com.amazonaws.services.ecs.model.ClientException"
    )
    failure = {"failures": [{"reason": "RESOURCE:MEMORY", "arn": "a"}], "tasks": []}
    told = messages.not_placed(failure)
    assert told.startswith("Encountered error starting new ECS task: {")
    assert '"reason": "RESOURCE:MEMORY"' in told


def test_what_aws_does_not_say_is_marked() -> None:
    assert messages.ours("Why.") == "multidocker: Why."
    assert messages.ours("Why.", "i-1") == "multidocker: [Instance: i-1] Why."
