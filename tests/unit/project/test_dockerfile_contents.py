from __future__ import annotations

from pytest_multidocker.project.dockerfile import Copy, copies, exposed_ports

STAGES = """\
FROM node:20 AS build
EXPOSE 1
COPY package.json .
FROM nginx:1.27
EXPOSE 80 443/tcp 53/udp $PORT 7000-7010
COPY --from=build /app /usr/share/nginx/html
COPY --chown=nginx ./a.conf b.conf /etc/nginx/conf.d/
ADD ["c d.conf", "/etc/nginx/nginx.conf"]
COPY alone
"""


def test_only_the_last_stage_exposes_ports() -> None:
    assert exposed_ports(STAGES) == (80, 443, 53)


def test_copies_from_the_context_are_told_from_those_of_other_stages() -> None:
    assert copies(STAGES) == (
        Copy(("./a.conf", "b.conf"), "/etc/nginx/conf.d/"),
        Copy(("c d.conf",), "/etc/nginx/nginx.conf"),
    )


def test_no_dockerfile_exposes_and_copies_nothing() -> None:
    assert exposed_ports("") == ()
    assert copies("COPY [broken") == ()
