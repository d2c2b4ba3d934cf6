"""What there is in an account of all that a deploy may make, by the lists of the AWS API.

For an account that held nothing before: whatever is listed is left over.
"""

from __future__ import annotations

from collections.abc import Iterator

from .account import Account


def inventory(account: Account) -> list[str]:
    """Return what the account holds, such as ``RDS multi-docker-postgres``; empty if nothing."""
    return [*_beanstalk(account), *_ecs(account), *_network(account), *_storage(account)]


def _beanstalk(account: Account) -> Iterator[str]:
    beanstalk = account.client("elasticbeanstalk")
    for environment in beanstalk.describe_environments(IncludeDeleted=False)["Environments"]:
        yield f"environment {environment['EnvironmentName']}"
    for version in beanstalk.describe_application_versions()["ApplicationVersions"]:
        yield f"application version {version['VersionLabel']}"
    for application in beanstalk.describe_applications()["Applications"]:
        yield f"application {application['ApplicationName']}"


def _ecs(account: Account) -> Iterator[str]:
    ecs = account.client("ecs")
    for arn in ecs.list_clusters()["clusterArns"]:
        yield f"cluster {arn}"
    for arn in ecs.list_task_definitions(status="ACTIVE")["taskDefinitionArns"]:
        yield f"task definition {arn}"


def _network(account: Account) -> Iterator[str]:
    ec2 = account.client("ec2")
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        if group["GroupName"] != "default":  # each VPC has one that cannot be deleted
            yield f"security group {group['GroupName']}"
    for reservation in ec2.describe_instances()["Reservations"]:
        for instance in reservation["Instances"]:
            if instance["State"]["Name"] != "terminated":
                yield f"instance {instance['InstanceId']}"


def _storage(account: Account) -> Iterator[str]:
    for instance in account.client("rds").describe_db_instances()["DBInstances"]:
        yield f"RDS {instance['DBInstanceIdentifier']}"
    for cluster in account.client("elasticache").describe_cache_clusters()["CacheClusters"]:
        yield f"ElastiCache {cluster['CacheClusterId']}"
    for bucket in account.client("s3").list_buckets()["Buckets"]:
        yield f"bucket {bucket['Name']}"
    iam = account.client("iam")
    for user in iam.list_users()["Users"]:
        yield f"IAM user {user['UserName']}"
    for role in iam.list_roles()["Roles"]:
        if not role["Path"].startswith("/aws-service-role/"):
            yield f"IAM role {role['RoleName']}"
    for profile in iam.list_instance_profiles()["InstanceProfiles"]:
        yield f"instance profile {profile['InstanceProfileName']}"
