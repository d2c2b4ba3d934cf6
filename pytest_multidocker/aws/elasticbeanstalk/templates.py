"""The saved configurations of the API: what their files in the bucket say, and what stands here."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import invalid_value
from . import saved
from .applications import ApplicationsBackend, tags_of
from .options import Settings
from .records import Application, Template, now

if TYPE_CHECKING:
    from .platforms import PlatformVersion

_LOG = logging.getLogger(__name__)


class TemplatesBackend(ApplicationsBackend):
    """The saved configurations of one account and region."""

    def template(self, application: str, name: str) -> Template:
        """Return a saved configuration as its file has it; raises InvalidParameterValue."""
        owner = self.application(application)
        content = self.region.cloud.read(saved.folder(application) + name)
        if content is None:
            owner.templates.pop(name, None)
            raise invalid_value(f"No Configuration Template named '{application}/{name}' found.")
        try:
            return self._take_over(owner, name, saved.read(content))
        except saved.Unreadable as error:
            raise invalid_value(f"Configuration Template {name}: {error}") from error

    def read_templates(self, owner: Application) -> None:
        """Have an application know the saved configurations whose files are there."""
        names = self.region.cloud.names(saved.folder(owner.name))
        with self.lock:
            for gone in owner.templates.keys() - names:
                del owner.templates[gone]
        for name in sorted(names - owner.templates.keys()):
            content = self.region.cloud.read(saved.folder(owner.name) + name) or b""
            try:
                self._take_over(owner, name, saved.read(content))
            except saved.Unreadable as error:
                _LOG.info("%s in %s: %s", name, saved.folder(owner.name), error)

    def _take_over(self, owner: Application, name: str, found: saved.Saved) -> Template:
        with self.lock:
            if name not in owner.templates:
                arn = self.arn("configurationtemplate", f"{owner.name}/{name}")
                owner.templates[name] = Template(
                    owner.name, name, arn, found.platform, found.settings, found.description
                )
            template = owner.templates[name]
            template.settings, template.description = found.settings, found.description
            template.platform = found.platform or template.platform
        return template

    def keep_template(
        self, request: Mapping[str, Any], platform: PlatformVersion, settings: Settings
    ) -> Template:
        """Create a saved configuration of settings, under the name that the request gives."""
        owner, name = self.application(request["ApplicationName"]), request["TemplateName"]
        self.read_templates(owner)
        with self.lock:
            if name in owner.templates:
                raise invalid_value(f"Configuration Template {name} already exists.")
            template = Template(
                owner.name,
                name,
                self.arn("configurationtemplate", f"{owner.name}/{name}"),
                platform,
                dict(settings),
                request.get("Description") or "",
                tags_of(request.get("Tags")),
            )
            owner.templates[name] = template
        self._publish(template)
        return template

    def change_template(
        self, template: Template, request: Mapping[str, Any], settings: Settings
    ) -> None:
        """Give a saved configuration other settings, and the description of the request."""
        template.settings, template.updated = dict(settings), now()
        template.description = request.get("Description") or template.description
        self._publish(template)

    def delete_template(self, application: str, name: str) -> None:
        """Delete a saved configuration."""
        self.template(application, name)
        self.application(application).templates.pop(name)
        cloud = self.region.cloud
        cloud.delete_object(cloud.bucket, saved.folder(application) + name)

    def remove_templates(self, owner: Application) -> None:
        """Delete all saved configurations of an application."""
        cloud, place = self.region.cloud, saved.folder(owner.name)
        for name in cloud.names(place):
            cloud.delete_object(cloud.bucket, place + name)
        owner.templates.clear()

    def _publish(self, template: Template) -> None:
        key = saved.folder(template.application) + template.name
        self.region.cloud.publish(key, saved.write(template, self.region_name))
