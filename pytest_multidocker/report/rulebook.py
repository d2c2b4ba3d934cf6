"""All rules in one Markdown page, made from the pages of the rules."""

from __future__ import annotations

import re

from ..rules import Rule, all_rules

_FENCED = re.compile(r"(^```.*?^```$)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#", re.MULTILINE)
_RANGES = {
    "MD0": "JSON, version, shape, keys and types",
    "MD1": "Container definitions: name, image, essential, command, environment",
    "MD2": "Links, host names, start order",
    "MD3": "Ports",
    "MD4": "Memory, CPU, instance size",
    "MD5": "Volumes, mount points, log volumes",
    "MD6": "Images and registries",
    "MD7": "The project around the file",
    "MD8": "The environment",
}
_HEAD = """\
# The contract rules

What `multidocker check` looks for, and what the contract's items of `pytest --multidocker` are.
`multidocker explain MD201` shows one rule. This page is made from the rules' own pages, which stand
beside their code; `multidocker rules --markdown` prints it.

An **error** is a file that AWS refuses, or a deploy that fails or is not what the file says; a
**warning** holds, but not as meant; an **info** is worth knowing and is shown with
`--severity info`. The *phase* is when AWS meets the defect: when the file is parsed, when Elastic
Beanstalk looks at the source bundle, at ECS's RegisterTaskDefinition, at StartTask, or at runtime.
"""


def rulebook() -> str:
    """Return the page: a table a range of ids, then every rule's page."""
    rules = all_rules()
    parts = [_HEAD]
    for start, title in _RANGES.items():
        rows = [_row(rule) for rule in rules if rule.id.startswith(start)]
        table = ["| rule | severity | phase | what it asks for |", "|---|---|---|---|", *rows]
        parts.append(f"\n**{start}xx: {title}**\n\n" + "\n".join(table) + "\n")
    parts.extend(f"\n{_page(rule)}" for rule in rules)
    return "".join(parts)


def _row(rule: Rule) -> str:
    anchor = f"{rule.id.lower()}-{rule.name}"
    return (
        f"| [{rule.id} {rule.name}](#{anchor}) | {rule.severity} | {rule.phase} | {rule.summary} |"
    )


def _page(rule: Rule) -> str:
    pieces = _FENCED.split(rule.page())
    lower = [piece if piece.startswith("```") else _HEADING.sub("##", piece) for piece in pieces]
    title, _, rest = "".join(lower).partition("\n")
    facts = f"*{rule.severity}, {rule.phase}, [source]({rule.source})*"
    return f"{title}\n\n{facts}\n{rest}"
