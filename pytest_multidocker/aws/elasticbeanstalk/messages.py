"""The texts of Elastic Beanstalk's events and errors, all in one place.

Sources: the developer guide's examples of the EB CLI
(https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/eb-cli3.html), the strings that it waits for
(``ebcli/resources/strings.py``), the platform's hooks, and logs that people have published.
:data:`ABORTING` and :data:`RESTART_FAILED` are attested nowhere.

What begins with ``multidocker:`` is not said by AWS: it names the cause that AWS leaves to guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

OURS = "multidocker: "


def ours(text: str, instance: str = "") -> str:
    """Return an event that AWS does not have, about an instance if it is given."""
    return f"{OURS}[Instance: {instance}] {text}" if instance else f"{OURS}{text}"


# --- launching and terminating ----------------------------------------------------------------

CREATING = "createEnvironment is starting."
WAITING_FOR_LAUNCH = "Waiting for EC2 instances to launch. This may take a few minutes."
LAUNCH_FAILED = "Failed to launch environment."
LAUNCHED_WITH_ERRORS = (
    "Create environment operation is complete, but with errors. "
    "For more information, see troubleshooting documentation."
)
TERMINATING = "terminateEnvironment is starting."
WAITING_FOR_TERMINATION = "Waiting for EC2 instances to terminate. This may take a few minutes."
TERMINATED = "terminateEnvironment completed successfully."
REBUILDING = "rebuildEnvironment is starting."


def using_bucket(bucket: str) -> str:
    """Return the event about the bucket of the region."""
    return f"Using {bucket} as Amazon S3 storage bucket for environment data."


def created(what: str, name: str) -> str:
    """Return the event about a resource that has been made."""
    return f"Created {what} named: {name}"


def deleted(what: str, name: str) -> str:
    """Return the event about a resource that has been removed."""
    return f"Deleted {what} named: {name}"


def added_instances(ids: Sequence[str]) -> str:
    """Return the event about instances that run now."""
    return f"Added {_instances(ids)} [{', '.join(ids)}] to your environment."


def removed_instances(ids: Sequence[str]) -> str:
    """Return the event about instances that have gone."""
    return f"Removed {_instances(ids)} [{', '.join(ids)}] from your environment."


def available_at(cname: str) -> str:
    """Return the event about the address of a new environment."""
    return f"Application available at {cname}."


def launched(environment: str) -> str:
    """Return the event that ends a launch; the EB CLI waits for it."""
    return f"Successfully launched environment: {environment}"


# --- updating ---------------------------------------------------------------------------------

UPDATING = "Environment update is starting."
DEPLOYING = "Deploying new version to instance(s)."
DEPLOYED = "New application version was deployed to running EC2 instances."
UPDATED = "Environment update completed successfully."
CONFIGURED = "Successfully deployed new configuration to environment."
DEPLOY_FAILED = "Failed to deploy application."
CONFIGURATION_FAILED = "Failed to deploy configuration."
ABORTED_DEPLOYMENT = (
    "During an aborted deployment, some instances may have deployed the new application version. "
    "To ensure all instances are running the same version, re-deploy the appropriate application "
    "version."
)
INSTANCE_DEPLOYED = "Instance deployment completed successfully."
INSTANCE_FAILED = "Instance deployment failed. For details, see 'eb-engine.log'."
COMMAND_OUTPUT = "Engine execution has encountered an error.."
RESTARTING = "restartAppServer is starting."
RESTARTED = "Restarted application server on all ec2 instances."
RESTART_FAILED = "Failed to restart application server."
ABORTING = "Environment update is being aborted."
ABORTED = "The environment was reverted to the previous configuration setting."


def updating_configuration(environment: str) -> str:
    """Return the event that begins a change of the settings."""
    return f"Updating environment {environment}'s configuration settings."


def command_failed(instance: str) -> str:
    """Return the event about an instance on which a hook has failed."""
    return (
        f"[Instance: {instance}] Command failed on instance. Return code: 1 "
        f"Output: {COMMAND_OUTPUT}"
    )


def command_timed_out(instances: Sequence[str]) -> str:
    """Return the event about instances that have not ended within the command timeout."""
    return (
        "The following instances have not responded in the allowed command timeout time (they "
        f"might still finish eventually on their own): [{', '.join(instances)}]."
    )


def command_summary(successful: int, failed: int, timed_out: int) -> str:
    """Return the event that counts how a command has ended on the instances."""
    counted = {"Successful": successful, "Failed": failed, "TimedOut": timed_out}
    told = ", ".join(f"{k}: {n}" for k, n in counted.items() if n or k == "Successful")
    return f"Command execution completed on all instances. Summary: [{told}]."


def unsuccessful(instances: Sequence[str]) -> str:
    """Return the error that names the instances on which a command has failed."""
    named = ", ".join(f"'{instance}'" for instance in instances)
    return f"Unsuccessful command execution on instance id(s) {named}. Aborting the operation."


# --- batches ----------------------------------------------------------------------------------


def batch_starting(number: int, ids: Sequence[str]) -> str:
    """Return the event that begins a batch."""
    return f"Batch {number}: Starting application deployment on instance(s) [{', '.join(ids)}]."


def batch_leaving(number: int) -> str:
    """Return the event about a batch that is taken out of service."""
    return (
        f"Batch {number}: De-registering instance(s) from the load balancer and waiting for them "
        "to go out of service."
    )


def batch_executing(number: int) -> str:
    """Return the event about the command's start in a batch."""
    return f"Batch {number}: Starting application deployment command execution."


def batch_executed(number: int) -> str:
    """Return the event about the command's end in a batch."""
    return f"Batch {number}: Completed application deployment command execution."


def batch_progress(done: int, total: int) -> str:
    """Return the event that counts the instances on which the command has been executed."""
    return f"Command execution completed on {done} of {total} instances in environment."


def batch_returning(number: int) -> str:
    """Return the event about a batch that goes back into service."""
    return (
        f"Batch {number}: Registering instance(s) with the load balancer and waiting for them to "
        "be healthy."
    )


def batch_completed(number: int) -> str:
    """Return the event that ends a batch."""
    return f"Batch {number}: Completed application deployment."


IMMUTABLE = (
    "Immutable deployment policy enabled. Launching one instance with the new settings to verify "
    "health."
)
IMMUTABLE_TEST_PASSED = "Test instance passed health checks. Launching remaining new instances."
IMMUTABLE_LAUNCHED = "Successfully launched all instances."
IMMUTABLE_SUCCEEDED = (
    "Deployment succeeded. Terminating old instances and temporary Auto Scaling group."
)


def joining(ids: Sequence[str]) -> str:
    """Return the event about new instances that are put behind the load balancer."""
    return f"Adding new instance(s) ({','.join(ids)}) to the load balancer."


def passing_checks(ids: Sequence[str]) -> str:
    """Return the event about new instances whose health checks are waited for."""
    return f"Waiting for instance(s) ({','.join(ids)}) to pass health checks."


# --- the task on an instance ------------------------------------------------------------------

TASK_RETRY = "Failed to start ECS task, retrying..."


def not_placed(answer: Any) -> str:
    """Return the error about a StartTask that was answered with failures."""
    return f"Encountered error starting new ECS task: {json.dumps(answer, indent=4)}"


def task_pending(arn: str, seconds: float) -> str:
    """Return the error about a task that does not come to run."""
    return f"ECS task: {arn} is still PENDING after {seconds:g} seconds."


def task_not_stopped(arn: str, seconds: float) -> str:
    """Return the error about a task that does not stop."""
    return f"ECS task: {arn} is still not STOPPED after {seconds:g} seconds."


def task_stopped(arn: str) -> str:
    """Return the error about a task that stopped instead of running."""
    return f"Failed to start ECS task: {arn} is STOPPED."


def task_given_up(attempts: int) -> str:
    """Return the error after the last attempt."""
    return f"Failed to start ECS task after retrying {attempts} times."


def from_ecs(code: str, message: str) -> str:
    """Return the error about a call that ECS has refused."""
    return (
        f"Service:AmazonECS, Code:{code}, Message:{message}, "
        f"Class:com.amazonaws.services.ecs.model.{code}"
    )


def bundle_refused(reason: str) -> str:
    """Return the error about a source bundle that is not accepted."""
    return f"ECS Application sourcebundle validation error: {reason}"


NO_DEFINITION = "No ecs task definition (or empty definition file) found in environment"
WRONG_SHAPE = "We expected a VALUE token but got: START_OBJECT"


def not_downloaded(bucket: str, key: str, reason: str) -> str:
    """Return the error about a source bundle that is not there."""
    return f"Unable to download from S3 location (Bucket: {bucket}  Key: {key}). Reason: {reason}"


# --- health, swapping, logs, tags, applications -------------------------------------------------

SWAPPING = "swapEnvironmentCNAMEs is starting."
LOGS_REQUESTED = "requestEnvironmentInfo is starting."
LOGS_PULLED = "Pulled logs for environment instances."
LOGS_FAILED = "Failed to pull logs for environment instances."
TAGS_UPDATING = "Environment tag update is starting."
TAGS_UPDATED = "Environment tag update completed successfully."
DELETING_APPLICATION = "deleteApplication is starting."
APPLICATION_DELETED = "The application has been deleted successfully."


def health_changed(before: str | None, after: str, causes: Iterable[str]) -> str:
    """Return the event about a health that is another one than before."""
    begin = f" from {before}" if before else ""
    return " ".join([f"Environment health has transitioned{begin} to {after}.", *causes])


def swapping(source: str, destination: str) -> str:
    """Return the event that names the environments whose addresses are exchanged."""
    return f"Swapping CNAMEs for environments '{source}' and '{destination}'."


def points_to(cname: str, endpoint: str) -> str:
    """Return the event about where an address leads now."""
    return f"'{cname}' now points to '{endpoint}'."


def swapped(source: str, destination: str) -> str:
    """Return the event that ends a swap."""
    return f"Completed swapping CNAMEs for environments '{source}' and '{destination}'."


def logs_tailed(instance: str, logs: int) -> str:
    """Return the event about the last lines of an instance's logs."""
    return f"[Instance: {instance}] Successfully finished tailing {logs} log(s)"


def logs_bundled(instance: str, logs: int) -> str:
    """Return the event about a bundle of an instance's logs."""
    return f"[Instance: {instance}] Successfully finished bundling {logs} log(s)"


def processed(label: str, status: str) -> str:
    """Return the event about an application version that has been looked at."""
    return f"Finished processing application version {label}: {status}."


def _instances(ids: Sequence[str]) -> str:
    return "instance" if len(ids) == 1 else "instances"
