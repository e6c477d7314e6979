"""The API is what its OpenAPI document says, and no request of any form makes it fail."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from audit.log import Log
from tests.api.any_requests import NAMES, operations, record_everybody, send_any
from tests.api.conftest import SignIn
from tests.api.site import ON_SQLITE

EXAMPLES = 4
"""For each operation. `make soak` sends hundreds to each, on both databases, and others each time."""


@pytest.fixture
def document(client: TestClient) -> dict[str, Any]:
    read: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return read


@ON_SQLITE
def test_the_document_is_of_version_3_1_and_every_operation_has_a_name_and_a_summary(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    operations = [one for path in document["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names) > 40
    for one in operations:
        assert one["summary"]
        assert one["description"]
        assert "application/problem+json" in one["responses"]["4XX"]["content"]


@ON_SQLITE
def test_the_documentation_lists_exactly_these_addresses(document: dict[str, Any]) -> None:
    text = (Path(__file__).parents[2] / "docs/api.md").read_text()
    told = {
        (method, path.replace("…", "/api/v1/draws/{draw_id}"))
        for method, path in re.findall(r"^\| `([A-Z]+) (\S+)` \|", text, re.MULTILINE)
    }
    assert told == {(method.upper(), path) for path, item in document["paths"].items() for method in item}


@ON_SQLITE
def test_pages_and_files_are_not_in_it(document: dict[str, Any]) -> None:
    assert all(path.startswith("/api/v1/") for path in document["paths"])


@ON_SQLITE
def test_every_command_tells_that_it_answers_201_or_202(document: dict[str, Any]) -> None:
    acts = [one for path, item in document["paths"].items() for one in item.values() if "202" in one["responses"]]
    assert len(acts) > 35
    assert all("201" in one["responses"] for one in acts)


def test_no_request_of_any_form_makes_a_server_error(
    app: FastAPI, client: TestClient, log: Log, signed_in: SignIn
) -> None:
    """What a request may hold is looked at before any database is asked: a third of the operations have PostgreSQL."""
    record_everybody(log)
    sessions = [signed_in(name)["Authorization"] for name in NAMES]
    for place, operation in enumerate(operations(app)):
        if (place % 3 == 0) != log.database.is_sqlite:
            send_any(operation, sessions, EXAMPLES)
