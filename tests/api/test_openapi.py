"""The API is what its OpenAPI document says, and no request of any form makes it fail."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from audit.log import Log
from tests.api.conftest import SignIn
from tests.api.site import make_member, make_organisation
from tests.lottery.hall import a_code

ON_SQLITE, ON_POSTGRESQL = 10, 4
"""For each operation; some hundreds find no more, but take minutes."""

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""The document does not depend on the database."""


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


@on_sqlite
def test_the_document_is_of_version_3_1_and_every_operation_has_a_name_and_a_summary(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names) > 40
    for one in operations:
        assert one["summary"]
        assert one["description"]
        assert "application/problem+json" in one["responses"]["4XX"]["content"]


@on_sqlite
def test_the_documentation_lists_exactly_these_addresses(document: dict[str, Any]) -> None:
    text = (Path(__file__).parents[2] / "docs/api.md").read_text()
    told = {
        (method, path.replace("…", "/api/v1/draws/{draw_id}"))
        for method, path in re.findall(r"^\| `([A-Z]+) (\S+)` \|", text, re.MULTILINE)
    }
    assert told == {(method.upper(), path) for path, item in document["paths"].items() for method in item}


@on_sqlite
def test_pages_and_files_are_not_in_it(document: dict[str, Any]) -> None:
    assert all(path.startswith("/api/v1/") for path in document["paths"])


@on_sqlite
def test_every_command_tells_that_it_answers_201_or_202(document: dict[str, Any]) -> None:
    acts = [one for path, item in document["paths"].items() for one in item.values() if "202" in one["responses"]]
    assert len(acts) > 35
    assert all("201" in one["responses"] for one in acts)


def test_no_request_of_any_form_makes_a_server_error(
    app: FastAPI, client: TestClient, log: Log, signed_in: SignIn
) -> None:
    make_organisation(log, "jzx", "盛岳市公共资源交易中心", "centre", "supervisor", "tenderer")
    make_member(log, "one.side", "registrar", "operator", "admin")
    make_member(log, "other.side", "supervisor")
    make_member(log, "third.side", "tenderer", organisation="jzx")
    make_organisation(log, "dlj", "盛岳市演示招标代理有限公司", "agency", code=a_code(1))
    make_member(log, "fourth.side", "agent", organisation="dlj")
    names = ("one.side", "other.side", "third.side", "fourth.side")
    sessions = [signed_in(name)["Authorization"] for name in names]
    examples = ON_SQLITE if log.database.is_sqlite else ON_POSTGRESQL
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
    for operation in operations(schema):

        @given(case=operation.as_strategy(), session=st.sampled_from(sessions))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            derandomize=True,
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
            case.call_and_validate(checks=checks)

        attempt()


def named_draw(body: object) -> str:
    """The draw that a body names, itself or in its event or plan."""
    if isinstance(body, dict):
        for part in (body, *body.values()):
            if isinstance(part, dict) and isinstance(part.get("draw_id"), str):
                return str(part["draw_id"])
    return "SY-2025-0001"


def operations(schema: Any) -> Iterator[Any]:
    """All but those that would end the session that the others need."""
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.label not in ("DELETE /api/v1/sessions/current", "DELETE /api/v1/accounts/{account}"):
            yield operation
