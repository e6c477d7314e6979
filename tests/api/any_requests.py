"""Requests of every form that the API's document allows, to whatever it names: none makes the server fail."""

from collections.abc import Iterator
from typing import Any

import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from audit.log import Log
from tests.api.site import make_member, make_organisation
from tests.lottery.hall import a_code

NAMES = ("one.side", "other.side", "third.side", "fourth.side")
"""Who sends them: between them they hold every role."""


def record_everybody(log: Log) -> None:
    make_organisation(log, "jzx", "盛岳市公共资源交易中心", "centre", "supervisor", "tenderer")
    make_member(log, "one.side", "registrar", "operator", "admin")
    make_member(log, "other.side", "supervisor")
    make_member(log, "third.side", "tenderer", organisation="jzx")
    make_organisation(log, "dlj", "盛岳市演示招标代理有限公司", "agency", code=a_code(1))
    make_member(log, "fourth.side", "agent", organisation="dlj")


def operations(app: FastAPI) -> Iterator[Any]:
    """All but those that would end the session that the others need."""
    schema: Any = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label not in ("DELETE /api/v1/sessions/current", "DELETE /api/v1/accounts/{account}"):
            yield operation


def send_any(operation: Any, sessions: list[str], examples: int, chance: int | None = None) -> None:
    """So many requests of one operation: always the same ones, unless `chance` makes others."""

    @given(case=operation.as_strategy(), session=st.sampled_from(sessions))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=chance is None,
    )
    def attempt(case: Case[Any], session: str) -> None:
        case.headers["Authorization"] = session
        case.headers.pop("Mingtang-Role", None)
        case.query.pop("wait", None)  # the change feed's own tests wait for it
        # The address names the draw that a signed body names: else nothing behind that check is reached.
        if "draw_id" in case.path_parameters:
            case.path_parameters["draw_id"] = named_draw(case.body)
        if "/registry/agencies/{code}" in case.path:
            case.path_parameters["code"] = a_code(1)
        case.call_and_validate(checks=[not_a_server_error, content_type_conformance, response_schema_conformance])

    (attempt if chance is None else seed(chance)(attempt))()


def named_draw(body: object) -> str:
    """The draw that a body names, itself or in its event or plan."""
    if isinstance(body, dict):
        for part in (body, *body.values()):
            if isinstance(part, dict) and isinstance(part.get("draw_id"), str):
                return str(part["draw_id"])
    return "SY-2025-0001"
