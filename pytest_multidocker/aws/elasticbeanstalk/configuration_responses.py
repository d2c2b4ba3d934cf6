"""The Elastic Beanstalk operations on applications, versions, configurations and platforms."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, cast

from moto.core.responses import ActionResult, EmptyResult
from moto.elasticbeanstalk.responses import EBResponse

from ..errors import invalid_combination, invalid_value
from ..requests.checked import Checked
from ..requests.pages import page
from . import options, platforms
from .backend import BeanstalkBackend
from .environment import Environment
from .options import Configuration
from .undocumented import source_environment

_PLACEHOLDER = "<RequestId>request-id</RequestId>"
_QUOTAS = {
    "ApplicationQuota": 75,
    "ApplicationVersionQuota": 1000,
    "EnvironmentQuota": 200,
    "ConfigurationTemplateQuota": 2000,
    "CustomPlatformQuota": 50,
}
"""Source: https://docs.aws.amazon.com/general/latest/gr/elasticbeanstalk.html"""


class ConfigurationResponse(Checked, EBResponse):
    """Reads requests, asks the backend, and answers in the form that moto's serializer takes."""

    def __init__(self) -> None:
        self.request_id = str(uuid.uuid4())
        super().__init__()

    @property
    def _backend(self) -> BeanstalkBackend:
        return cast("BeanstalkBackend", self.elasticbeanstalk_backend)

    @property
    def _request(self) -> Mapping[str, Any]:
        request: Mapping[str, Any] = self.params
        return request

    def _enrich_response(  # type: ignore[override]
        self, headers: dict[str, str], body: Any
    ) -> tuple[dict[str, str], Any]:
        """Put the request's id in, by which its events are found.

        moto's own puts one in the place of all that stands between the first and the last element
        of that name, and of events there are many.
        """
        headers["x-amzn-requestid"] = self.request_id
        if "status" in headers:
            headers["status"] = str(headers["status"])
        if isinstance(body, str):
            body = body.replace(_PLACEHOLDER, f"<RequestId>{self.request_id}</RequestId>")
        return headers, body

    # --- applications and versions --------------------------------------------------------------

    def create_application(self) -> ActionResult:
        """CreateApplication."""
        application = self._backend.make_application(self._request)
        return ActionResult({"Application": application.describe()})

    def describe_applications(self) -> ActionResult:
        """DescribeApplications."""
        names = self._request.get("ApplicationNames") or []
        found = list(self._backend.applications.values())
        chosen = [application for application in found if not names or application.name in names]
        for application in chosen:
            self._backend.read_templates(application)
        return ActionResult({"Applications": [application.describe() for application in chosen]})

    def update_application(self) -> ActionResult:
        """UpdateApplication."""
        application = self._backend.update_application(self._request)
        return ActionResult({"Application": application.describe()})

    def update_application_resource_lifecycle(self) -> ActionResult:
        """UpdateApplicationResourceLifecycle: it counts when the next version is created."""
        application = self._backend.application(self._request["ApplicationName"])
        application.lifecycle = self._request["ResourceLifecycleConfig"]
        described = {"ResourceLifecycleConfig": application.lifecycle}
        return ActionResult({"ApplicationName": application.name, **described})

    def delete_application(self) -> ActionResult:
        """DeleteApplication."""
        self._backend.remove_application(self._request, self.request_id)
        return EmptyResult()

    def create_application_version(self) -> ActionResult:
        """CreateApplicationVersion."""
        version = self._backend.make_version(self._request, self.request_id)
        self._backend.apply_lifecycle(self._backend.application(version.application))
        return ActionResult({"ApplicationVersion": version.describe()})

    def describe_application_versions(self) -> ActionResult:
        """DescribeApplicationVersions."""
        found = self._backend.select_versions(self._request)
        return self._page("ApplicationVersions", [version.describe() for version in found])

    def update_application_version(self) -> ActionResult:
        """UpdateApplicationVersion."""
        version = self._backend.update_version(self._request)
        return ActionResult({"ApplicationVersion": version.describe()})

    def delete_application_version(self) -> ActionResult:
        """DeleteApplicationVersion."""
        self._backend.delete_version(self._request)
        return EmptyResult()

    # --- configuration --------------------------------------------------------------------------

    def describe_configuration_settings(self) -> ActionResult:
        """DescribeConfigurationSettings."""
        name, template = self._request["ApplicationName"], self._request.get("TemplateName")
        self._backend.application(name)
        if template:
            saved = self._backend.template(name, template)
            settings = saved.describe(self.region, with_settings=True)
        elif self._request.get("EnvironmentName"):
            environment = self._backend.runtime(self._request).environment
            settings = environment.settings(self.region)
        else:
            raise invalid_combination("Either EnvironmentName or TemplateName must be specified.")
        return ActionResult({"ConfigurationSettings": [settings]})

    def describe_configuration_options(self) -> ActionResult:
        """DescribeConfigurationOptions."""
        chosen = options.to_remove(self._request.get("Options"))
        platform = self._backend.platform(self._request)
        if self._request.get("EnvironmentName"):
            platform = self._backend.runtime(self._request).environment.platform
        described: dict[str, Any] = {"Options": options.describe_options(chosen)}
        if platform is not None:
            described["SolutionStackName"] = platform.stack
            described["PlatformArn"] = platform.arn(self.region)
        return ActionResult(described)

    def validate_configuration_settings(self) -> ActionResult:
        """ValidateConfigurationSettings."""
        name, template = self._request["ApplicationName"], self._request.get("TemplateName")
        self._backend.application(name)
        settings = self._backend.template(name, template).settings if template else {}
        given = options.of_request(self._request.get("OptionSettings"))
        issues = options.validate({**settings, **given})
        return ActionResult({"Messages": [issue.describe() for issue in issues]})

    def create_configuration_template(self) -> ActionResult:
        """CreateConfigurationTemplate: from an environment, another template, or a platform."""
        request, platform = self._request, self._backend.platform(self._request)
        source, base = request.get("SourceConfiguration"), Configuration()
        named = source_environment(request)
        if request.get("EnvironmentId") or named:
            wanted = {"EnvironmentName": named} if named else request
            environment = self._backend.runtime(wanted).environment
            platform, base = environment.platform, environment.configuration
        elif source:
            names = (source.get(name) or "" for name in ("ApplicationName", "TemplateName"))
            saved = self._backend.template(*names)
            platform, base = saved.platform, Configuration(direct=saved.settings)
        if platform is None:
            raise invalid_combination(
                "Unable to determine base for template pack (no solution stack)"
            )
        chosen = self._backend.configuration(Configuration(direct=base.given), request)
        template = self._backend.keep_template(request, platform, chosen.direct)
        return ActionResult(template.describe(self.region))

    def update_configuration_template(self) -> ActionResult:
        """UpdateConfigurationTemplate."""
        request = self._request
        template = self._backend.template(request["ApplicationName"], request["TemplateName"])
        changed = self._backend.configuration(Configuration(direct=template.settings), request)
        self._backend.change_template(template, request, changed.direct)
        return ActionResult(template.describe(self.region))

    def delete_configuration_template(self) -> ActionResult:
        """DeleteConfigurationTemplate."""
        request = self._request
        self._backend.delete_template(request["ApplicationName"], request["TemplateName"])
        return EmptyResult()

    def delete_environment_configuration(self) -> ActionResult:
        """DeleteEnvironmentConfiguration: there is never a draft."""
        self._backend.runtime(self._request)
        return EmptyResult()

    # --- platforms, storage, tags, account ------------------------------------------------------

    def list_available_solution_stacks(self) -> ActionResult:
        """ListAvailableSolutionStacks: those that take a Dockerrun file."""
        details = platforms.stack_details()
        names = [detail["SolutionStackName"] for detail in details]
        return ActionResult({"SolutionStacks": names, "SolutionStackDetails": details})

    def list_platform_branches(self) -> ActionResult:
        """ListPlatformBranches."""
        found = platforms.branch_summaries(self._request.get("Filters") or [])
        return self._page("PlatformBranchSummaryList", found)

    def list_platform_versions(self) -> ActionResult:
        """ListPlatformVersions."""
        found = platforms.version_summaries(self.region, self._request.get("Filters") or [])
        return self._page("PlatformSummaryList", found)

    def describe_platform_version(self) -> ActionResult:
        """DescribePlatformVersion."""
        arn = self._request.get("PlatformArn") or ""
        platform = platforms.by_arn(arn)
        if platform is None:
            raise invalid_value(f"No Platform named '{arn}' found.")
        return ActionResult({"PlatformDescription": platform.description(self.region)})

    def create_storage_location(self) -> ActionResult:
        """CreateStorageLocation."""
        return ActionResult({"S3Bucket": self._backend.region.cloud.ensure_bucket()})

    def list_tags_for_resource(self) -> ActionResult:
        """ListTagsForResource."""
        arn = self._request["ResourceArn"]
        tags = [{"Key": k, "Value": v} for k, v in self._backend.tags(arn).items()]
        return ActionResult({"ResourceArn": arn, "ResourceTags": tags})

    def update_tags_for_resource(self) -> ActionResult:
        """UpdateTagsForResource."""
        self._backend.update_tags(self._request, self.request_id)
        return EmptyResult()

    def describe_account_attributes(self) -> ActionResult:
        """DescribeAccountAttributes."""
        quotas = {name: {"Maximum": most} for name, most in _QUOTAS.items()}
        return ActionResult({"ResourceQuotas": quotas})

    def describe_environment_managed_actions(self) -> ActionResult:
        """DescribeEnvironmentManagedActions: nothing is ever planned here."""
        self._backend.runtime(self._request)
        return ActionResult({"ManagedActions": []})

    def describe_environment_managed_action_history(self) -> ActionResult:
        """DescribeEnvironmentManagedActionHistory: nothing was ever done here."""
        self._backend.runtime(self._request)
        return ActionResult({"ManagedActionHistoryItems": []})

    # --- what they share ------------------------------------------------------------------------

    def _described(self, environment: Environment) -> ActionResult:
        return ActionResult(environment.describe(self.region))

    def _page(self, member: str, entries: Sequence[Any]) -> ActionResult:
        asked = self._request
        shown, token = page(entries, asked.get("NextToken"), asked.get("MaxRecords"), invalid_value)
        return ActionResult({member: shown, "NextToken": token})
