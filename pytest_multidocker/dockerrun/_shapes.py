"""The shapes of an ECS task definition: generated, do not edit.

Written by ``tests/unit/dockerrun/generate_shapes.py`` from botocore's service model of ECS. A
structure has its members with the name of each one's shape; a list has its item's shape; a map its
value's; an enumeration its values; the rest are ``string``, ``integer`` and ``boolean``.
"""

from __future__ import annotations

from typing import Any

SHAPES: dict[str, dict[str, Any]] = {
    "ApplicationProtocol": {
        "type": "string",
        "enum": [
            "grpc",
            "http",
            "http2",
        ],
    },
    "BoxedBoolean": {
        "type": "boolean",
    },
    "BoxedInteger": {
        "type": "integer",
    },
    "CPUArchitecture": {
        "type": "string",
        "enum": [
            "ARM64",
            "X86_64",
        ],
    },
    "Compatibility": {
        "type": "string",
        "enum": [
            "EC2",
            "EXTERNAL",
            "FARGATE",
            "MANAGED_INSTANCES",
        ],
    },
    "CompatibilityList": {
        "type": "list",
        "item": "Compatibility",
    },
    "ContainerCondition": {
        "type": "string",
        "enum": [
            "COMPLETE",
            "HEALTHY",
            "START",
            "SUCCESS",
        ],
    },
    "ContainerDefinition": {
        "type": "structure",
        "required": [],
        "members": {
            "name": "String",
            "image": "String",
            "repositoryCredentials": "RepositoryCredentials",
            "cpu": "Integer",
            "memory": "BoxedInteger",
            "memoryReservation": "BoxedInteger",
            "links": "StringList",
            "portMappings": "PortMappingList",
            "essential": "BoxedBoolean",
            "restartPolicy": "ContainerRestartPolicy",
            "entryPoint": "StringList",
            "command": "StringList",
            "environment": "EnvironmentVariables",
            "environmentFiles": "EnvironmentFiles",
            "mountPoints": "MountPointList",
            "volumesFrom": "VolumeFromList",
            "linuxParameters": "LinuxParameters",
            "secrets": "SecretList",
            "dependsOn": "ContainerDependencies",
            "startTimeout": "BoxedInteger",
            "stopTimeout": "BoxedInteger",
            "versionConsistency": "VersionConsistency",
            "hostname": "String",
            "user": "String",
            "workingDirectory": "String",
            "disableNetworking": "BoxedBoolean",
            "privileged": "BoxedBoolean",
            "readonlyRootFilesystem": "BoxedBoolean",
            "dnsServers": "StringList",
            "dnsSearchDomains": "StringList",
            "extraHosts": "HostEntryList",
            "dockerSecurityOptions": "StringList",
            "interactive": "BoxedBoolean",
            "pseudoTerminal": "BoxedBoolean",
            "dockerLabels": "DockerLabelsMap",
            "ulimits": "UlimitList",
            "logConfiguration": "LogConfiguration",
            "healthCheck": "HealthCheck",
            "systemControls": "SystemControls",
            "resourceRequirements": "ResourceRequirements",
            "firelensConfiguration": "FirelensConfiguration",
            "credentialSpecs": "StringList",
        },
    },
    "ContainerDefinitions": {
        "type": "list",
        "item": "ContainerDefinition",
    },
    "ContainerDependencies": {
        "type": "list",
        "item": "ContainerDependency",
    },
    "ContainerDependency": {
        "type": "structure",
        "required": [
            "condition",
            "containerName",
        ],
        "members": {
            "containerName": "String",
            "condition": "ContainerCondition",
        },
    },
    "ContainerRestartPolicy": {
        "type": "structure",
        "required": [
            "enabled",
        ],
        "members": {
            "enabled": "BoxedBoolean",
            "ignoredExitCodes": "IntegerList",
            "restartAttemptPeriod": "BoxedInteger",
        },
    },
    "Device": {
        "type": "structure",
        "required": [
            "hostPath",
        ],
        "members": {
            "hostPath": "String",
            "containerPath": "String",
            "permissions": "DeviceCgroupPermissions",
        },
    },
    "DeviceCgroupPermission": {
        "type": "string",
        "enum": [
            "mknod",
            "read",
            "write",
        ],
    },
    "DeviceCgroupPermissions": {
        "type": "list",
        "item": "DeviceCgroupPermission",
    },
    "DevicesList": {
        "type": "list",
        "item": "Device",
    },
    "DockerLabelsMap": {
        "type": "map",
        "value": "String",
    },
    "DockerVolumeConfiguration": {
        "type": "structure",
        "required": [],
        "members": {
            "scope": "Scope",
            "autoprovision": "BoxedBoolean",
            "driver": "String",
            "driverOpts": "StringMap",
            "labels": "StringMap",
        },
    },
    "EFSAuthorizationConfig": {
        "type": "structure",
        "required": [],
        "members": {
            "accessPointId": "String",
            "iam": "EFSAuthorizationConfigIAM",
        },
    },
    "EFSAuthorizationConfigIAM": {
        "type": "string",
        "enum": [
            "DISABLED",
            "ENABLED",
        ],
    },
    "EFSTransitEncryption": {
        "type": "string",
        "enum": [
            "DISABLED",
            "ENABLED",
        ],
    },
    "EFSVolumeConfiguration": {
        "type": "structure",
        "required": [
            "fileSystemId",
        ],
        "members": {
            "fileSystemId": "String",
            "rootDirectory": "String",
            "transitEncryption": "EFSTransitEncryption",
            "transitEncryptionPort": "BoxedInteger",
            "authorizationConfig": "EFSAuthorizationConfig",
        },
    },
    "EnvironmentFile": {
        "type": "structure",
        "required": [
            "type",
            "value",
        ],
        "members": {
            "value": "String",
            "type": "EnvironmentFileType",
        },
    },
    "EnvironmentFileType": {
        "type": "string",
        "enum": [
            "s3",
        ],
    },
    "EnvironmentFiles": {
        "type": "list",
        "item": "EnvironmentFile",
    },
    "EnvironmentVariables": {
        "type": "list",
        "item": "KeyValuePair",
    },
    "EphemeralStorage": {
        "type": "structure",
        "required": [
            "sizeInGiB",
        ],
        "members": {
            "sizeInGiB": "Integer",
        },
    },
    "FSxWindowsFileServerAuthorizationConfig": {
        "type": "structure",
        "required": [
            "credentialsParameter",
            "domain",
        ],
        "members": {
            "credentialsParameter": "String",
            "domain": "String",
        },
    },
    "FSxWindowsFileServerVolumeConfiguration": {
        "type": "structure",
        "required": [
            "authorizationConfig",
            "fileSystemId",
            "rootDirectory",
        ],
        "members": {
            "fileSystemId": "String",
            "rootDirectory": "String",
            "authorizationConfig": "FSxWindowsFileServerAuthorizationConfig",
        },
    },
    "FirelensConfiguration": {
        "type": "structure",
        "required": [
            "type",
        ],
        "members": {
            "type": "FirelensConfigurationType",
            "options": "FirelensConfigurationOptionsMap",
        },
    },
    "FirelensConfigurationOptionsMap": {
        "type": "map",
        "value": "String",
    },
    "FirelensConfigurationType": {
        "type": "string",
        "enum": [
            "fluentbit",
            "fluentd",
        ],
    },
    "HealthCheck": {
        "type": "structure",
        "required": [
            "command",
        ],
        "members": {
            "command": "StringList",
            "interval": "BoxedInteger",
            "timeout": "BoxedInteger",
            "retries": "BoxedInteger",
            "startPeriod": "BoxedInteger",
        },
    },
    "HostEntry": {
        "type": "structure",
        "required": [
            "hostname",
            "ipAddress",
        ],
        "members": {
            "hostname": "String",
            "ipAddress": "String",
        },
    },
    "HostEntryList": {
        "type": "list",
        "item": "HostEntry",
    },
    "HostVolumeProperties": {
        "type": "structure",
        "required": [],
        "members": {
            "sourcePath": "String",
        },
    },
    "InferenceAccelerator": {
        "type": "structure",
        "required": [
            "deviceName",
            "deviceType",
        ],
        "members": {
            "deviceName": "String",
            "deviceType": "String",
        },
    },
    "InferenceAccelerators": {
        "type": "list",
        "item": "InferenceAccelerator",
    },
    "Integer": {
        "type": "integer",
    },
    "IntegerList": {
        "type": "list",
        "item": "BoxedInteger",
    },
    "IpcMode": {
        "type": "string",
        "enum": [
            "host",
            "none",
            "task",
        ],
    },
    "IsolationMode": {
        "type": "string",
        "enum": [
            "CONFIDENTIAL_SANDBOX",
            "ISOLATED_SANDBOX",
            "SHARED",
        ],
    },
    "KernelCapabilities": {
        "type": "structure",
        "required": [],
        "members": {
            "add": "StringList",
            "drop": "StringList",
        },
    },
    "KeyValuePair": {
        "type": "structure",
        "required": [],
        "members": {
            "name": "String",
            "value": "String",
        },
    },
    "LinuxParameters": {
        "type": "structure",
        "required": [],
        "members": {
            "capabilities": "KernelCapabilities",
            "devices": "DevicesList",
            "initProcessEnabled": "BoxedBoolean",
            "sharedMemorySize": "BoxedInteger",
            "tmpfs": "TmpfsList",
            "maxSwap": "BoxedInteger",
            "swappiness": "BoxedInteger",
        },
    },
    "LogConfiguration": {
        "type": "structure",
        "required": [
            "logDriver",
        ],
        "members": {
            "logDriver": "LogDriver",
            "options": "LogConfigurationOptionsMap",
            "secretOptions": "SecretList",
        },
    },
    "LogConfigurationOptionsMap": {
        "type": "map",
        "value": "String",
    },
    "LogDriver": {
        "type": "string",
        "enum": [
            "awsfirelens",
            "awslogs",
            "fluentd",
            "gelf",
            "journald",
            "json-file",
            "splunk",
            "syslog",
        ],
    },
    "MountPoint": {
        "type": "structure",
        "required": [],
        "members": {
            "sourceVolume": "String",
            "containerPath": "String",
            "readOnly": "BoxedBoolean",
        },
    },
    "MountPointList": {
        "type": "list",
        "item": "MountPoint",
    },
    "NetworkMode": {
        "type": "string",
        "enum": [
            "awsvpc",
            "bridge",
            "host",
            "none",
        ],
    },
    "NvidiaMpsAllocation": {
        "type": "structure",
        "required": [
            "memory",
        ],
        "members": {
            "memory": "NvidiaMpsAllocationMemoryInteger",
            "maxComputePercent": "NvidiaMpsAllocationMaxComputePercentInteger",
        },
    },
    "NvidiaMpsAllocationMaxComputePercentInteger": {
        "type": "integer",
    },
    "NvidiaMpsAllocationMemoryInteger": {
        "type": "integer",
    },
    "OSFamily": {
        "type": "string",
        "enum": [
            "LINUX",
            "WINDOWS_SERVER_2004_CORE",
            "WINDOWS_SERVER_2016_FULL",
            "WINDOWS_SERVER_2019_CORE",
            "WINDOWS_SERVER_2019_FULL",
            "WINDOWS_SERVER_2022_CORE",
            "WINDOWS_SERVER_2022_FULL",
            "WINDOWS_SERVER_2025_CORE",
            "WINDOWS_SERVER_2025_FULL",
            "WINDOWS_SERVER_20H2_CORE",
        ],
    },
    "PidMode": {
        "type": "string",
        "enum": [
            "host",
            "task",
        ],
    },
    "PortMapping": {
        "type": "structure",
        "required": [],
        "members": {
            "containerPort": "BoxedInteger",
            "hostPort": "BoxedInteger",
            "protocol": "TransportProtocol",
            "name": "String",
            "appProtocol": "ApplicationProtocol",
            "containerPortRange": "String",
        },
    },
    "PortMappingList": {
        "type": "list",
        "item": "PortMapping",
    },
    "ProxyConfiguration": {
        "type": "structure",
        "required": [
            "containerName",
        ],
        "members": {
            "type": "ProxyConfigurationType",
            "containerName": "String",
            "properties": "ProxyConfigurationProperties",
        },
    },
    "ProxyConfigurationProperties": {
        "type": "list",
        "item": "KeyValuePair",
    },
    "ProxyConfigurationType": {
        "type": "string",
        "enum": [
            "APPMESH",
        ],
    },
    "RegisterTaskDefinitionRequest": {
        "type": "structure",
        "required": [
            "containerDefinitions",
            "family",
        ],
        "members": {
            "family": "String",
            "taskRoleArn": "String",
            "executionRoleArn": "String",
            "networkMode": "NetworkMode",
            "containerDefinitions": "ContainerDefinitions",
            "volumes": "VolumeList",
            "placementConstraints": "TaskDefinitionPlacementConstraints",
            "requiresCompatibilities": "CompatibilityList",
            "cpu": "String",
            "memory": "String",
            "tags": "Tags",
            "pidMode": "PidMode",
            "ipcMode": "IpcMode",
            "proxyConfiguration": "ProxyConfiguration",
            "inferenceAccelerators": "InferenceAccelerators",
            "ephemeralStorage": "EphemeralStorage",
            "runtimePlatform": "RuntimePlatform",
            "enableFaultInjection": "BoxedBoolean",
            "trustedExecutionConfiguration": "TrustedExecutionConfiguration",
        },
    },
    "RepositoryCredentials": {
        "type": "structure",
        "required": [
            "credentialsParameter",
        ],
        "members": {
            "credentialsParameter": "String",
        },
    },
    "ResourceRequirement": {
        "type": "structure",
        "required": [
            "type",
        ],
        "members": {
            "value": "String",
            "type": "ResourceType",
            "sharingStrategy": "SharingStrategy",
        },
    },
    "ResourceRequirements": {
        "type": "list",
        "item": "ResourceRequirement",
    },
    "ResourceType": {
        "type": "string",
        "enum": [
            "GPU",
            "InferenceAccelerator",
            "NeuronDevice",
        ],
    },
    "RuntimePlatform": {
        "type": "structure",
        "required": [],
        "members": {
            "cpuArchitecture": "CPUArchitecture",
            "operatingSystemFamily": "OSFamily",
        },
    },
    "S3FilesVolumeConfiguration": {
        "type": "structure",
        "required": [
            "fileSystemArn",
        ],
        "members": {
            "fileSystemArn": "String",
            "rootDirectory": "String",
            "transitEncryptionPort": "BoxedInteger",
            "accessPointArn": "String",
        },
    },
    "Scope": {
        "type": "string",
        "enum": [
            "shared",
            "task",
        ],
    },
    "Secret": {
        "type": "structure",
        "required": [
            "name",
            "valueFrom",
        ],
        "members": {
            "name": "String",
            "valueFrom": "String",
        },
    },
    "SecretList": {
        "type": "list",
        "item": "Secret",
    },
    "SharingStrategy": {
        "type": "structure",
        "required": [],
        "members": {
            "nvidiaMps": "NvidiaMpsAllocation",
        },
    },
    "String": {
        "type": "string",
    },
    "StringList": {
        "type": "list",
        "item": "String",
    },
    "StringMap": {
        "type": "map",
        "value": "String",
    },
    "SystemControl": {
        "type": "structure",
        "required": [],
        "members": {
            "namespace": "String",
            "value": "String",
        },
    },
    "SystemControls": {
        "type": "list",
        "item": "SystemControl",
    },
    "Tag": {
        "type": "structure",
        "required": [],
        "members": {
            "key": "TagKey",
            "value": "TagValue",
        },
    },
    "TagKey": {
        "type": "string",
    },
    "TagValue": {
        "type": "string",
    },
    "Tags": {
        "type": "list",
        "item": "Tag",
    },
    "TaskDefinitionPlacementConstraint": {
        "type": "structure",
        "required": [],
        "members": {
            "type": "TaskDefinitionPlacementConstraintType",
            "expression": "String",
        },
    },
    "TaskDefinitionPlacementConstraintType": {
        "type": "string",
        "enum": [
            "memberOf",
        ],
    },
    "TaskDefinitionPlacementConstraints": {
        "type": "list",
        "item": "TaskDefinitionPlacementConstraint",
    },
    "Tmpfs": {
        "type": "structure",
        "required": [
            "containerPath",
            "size",
        ],
        "members": {
            "containerPath": "String",
            "size": "Integer",
            "mountOptions": "StringList",
        },
    },
    "TmpfsList": {
        "type": "list",
        "item": "Tmpfs",
    },
    "TransportProtocol": {
        "type": "string",
        "enum": [
            "tcp",
            "udp",
        ],
    },
    "TrustedExecutionConfiguration": {
        "type": "structure",
        "required": [
            "isolationMode",
        ],
        "members": {
            "isolationMode": "IsolationMode",
            "attestationPolicy": "String",
        },
    },
    "Ulimit": {
        "type": "structure",
        "required": [
            "hardLimit",
            "name",
            "softLimit",
        ],
        "members": {
            "name": "UlimitName",
            "softLimit": "Integer",
            "hardLimit": "Integer",
        },
    },
    "UlimitList": {
        "type": "list",
        "item": "Ulimit",
    },
    "UlimitName": {
        "type": "string",
        "enum": [
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack",
        ],
    },
    "VersionConsistency": {
        "type": "string",
        "enum": [
            "disabled",
            "enabled",
        ],
    },
    "Volume": {
        "type": "structure",
        "required": [],
        "members": {
            "name": "String",
            "host": "HostVolumeProperties",
            "dockerVolumeConfiguration": "DockerVolumeConfiguration",
            "efsVolumeConfiguration": "EFSVolumeConfiguration",
            "s3filesVolumeConfiguration": "S3FilesVolumeConfiguration",
            "fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
            "configuredAtLaunch": "BoxedBoolean",
        },
    },
    "VolumeFrom": {
        "type": "structure",
        "required": [],
        "members": {
            "sourceContainer": "String",
            "readOnly": "BoxedBoolean",
        },
    },
    "VolumeFromList": {
        "type": "list",
        "item": "VolumeFrom",
    },
    "VolumeList": {
        "type": "list",
        "item": "Volume",
    },
}
