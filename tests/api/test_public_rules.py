"""The three rules' texts for everyone: which version holds, which will, which did; and the formula with its sums."""

import hashlib

import pytest
from fastapi.testclient import TestClient

from audit import canonical
from registry import commands
from registry.events import Article
from tests.api.public_register import NOW, a_register
from tests.api.site import ON_SQLITE
from tests.ground import FakeClock
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register
from tests.registry.conftest import register
from tests.registry.supervised import DAY, a_commitment, a_conduct, a_formula

__all__ = ["register"]

pytestmark = ON_SQLITE
RULES = ("commitment", "conduct", "credit")


@pytest.fixture
def rules(register: Register, clock: FakeClock) -> Register:
    """A register whose code of conduct has a second version that takes effect in ten days."""
    a_register(register, clock, practitioners=1)
    return register


def test_before_anything_is_published_the_pages_say_so(client: TestClient) -> None:
    for rule in RULES:
        assert "尚未公布" in client.get(f"/rules/{rule}").text
        assert client.get(f"/api/v1/rules/{rule}").json() == []


def test_each_version_stands_with_its_entry_and_the_text_that_was_signed(client: TestClient, rules: Register) -> None:
    for rule, kind in zip(RULES, ("commitment_published", "conduct_published", "formula_published"), strict=True):
        (first, *_) = client.get(f"/api/v1/rules/{rule}").json()
        entry = client.get(f"/log/entry/{first['seq']}").json()
        assert entry["kind"] == f"registry.{kind}"
        assert first.items() >= entry["body"].items()
        assert f"/entries/{first['seq']}" in client.get(f"/rules/{rule}?version={first['version']}").text
    (text,) = client.get("/api/v1/rules/commitment").json()
    assert text["text_sha256"] == hashlib.sha256(canonical.encode([*a_commitment().text])).hexdigest()
    assert "不围标串标" in client.get("/rules/commitment").text


def test_the_code_that_holds_is_shown_and_the_coming_one_announced(
    client: TestClient, rules: Register, clock: FakeClock
) -> None:
    articles = [Article(article="B-1", text="新的条款。", points=5)]
    third = a_conduct(version=3, effective=NOW + 20 * DAY, articles=articles)
    rules.do(SUPERVISOR, commands.publish_conduct, third)
    rules.publish()

    def states() -> list[tuple[int, str]]:
        page = client.get("/rules/conduct").text
        shown = page.split('class="versions-list"')[1].split("</ul>")[0]
        lines = shown.split("<li>")[1:]
        return [
            (3 - place, next(one for one in ("现行", "尚未生效", "已被新版代替") if one in line))
            for place, line in enumerate(lines)
        ]

    assert states() == [(3, "尚未生效"), (2, "尚未生效"), (1, "现行")]
    assert "新的条款" not in client.get("/rules/conduct").text
    assert "新的条款" in client.get("/rules/conduct?version=3").text
    clock.now = (NOW + 20 * DAY) * 1000
    assert states() == [(3, "现行"), (2, "已被新版代替"), (1, "已被新版代替")]
    assert 'id="B-1"' in client.get("/rules/conduct").text


def test_versions_come_in_pages(client: TestClient, rules: Register) -> None:
    rules.do(REGISTRAR, commands.publish_commitment, a_commitment(version=2))
    rules.do(SUPERVISOR, commands.publish_formula, a_formula(version=2))
    rules.publish()
    for rule in RULES:
        assert [one["version"] for one in client.get(f"/api/v1/rules/{rule}?limit=1").json()] == [2]
        assert [one["version"] for one in client.get(f"/api/v1/rules/{rule}?before=2").json()] == [1]


def test_the_formula_comes_with_an_example_that_adds_up(client: TestClient, rules: Register) -> None:
    page = client.get("/rules/credit").text
    assert "信用分 = 80 + 5 × 完成的委托（至多 4 项） − 2 × 有效期内的记分 − 10 × 成立的异议" in page
    assert "信用分 76" in page  # 80 + 2 * 5 - 2 * 2 - 1 * 10
    assert "乙 级，1 个号球" in page
