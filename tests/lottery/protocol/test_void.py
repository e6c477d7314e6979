"""The void record, and the attempt that follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from lottery.protocol import canonical
from lottery.protocol.documents import Void
from lottery.protocol.errors import DrawError
from lottery.protocol.void import check_successor, check_void, check_void_of, make_void

Tree = dict[str, Any]
Build = Callable[..., Tree]


def code_of(check: Callable[..., object], *arguments: object) -> str:
    try:
        check(*arguments)
    except DrawError as fault:
        return fault.code
    return "OK"


def test_the_worked_example_of_a_void_record_comes_out_byte_by_byte(reference: Tree) -> None:
    evidence = reference["cases"][1]["evidence"]
    note = "揭示不足两家机构，本次作废"
    void = make_void(evidence["plan"], evidence["roster"], None, "QUORUM", note, 1692803200)
    assert canonical.encode(void).decode() == (
        '{"attempt":1,"draw_id":"SHARED-B-1","note":"揭示不足两家机构，本次作废",'
        '"plan_sha256":"ee056b59ada4471c615cd0058723ca73d91210565de0ca030540d0b8935e69af","reason":"QUORUM",'
        '"roster_sha256":"a4bece040c7e56dc957ef208d523f04d56e692dd969ca8aea820f94dc2d593f0","seal_sha256":null,'
        '"time":1692803200,"type":"void","v":"mingtang-draw/1"}'
    )
    assert canonical.doc_hash(void) == "f116edc0432d0949392e84aa7b0a69cf1155c1c4fdf2a729266b149c6f59662b"


@pytest.fixture
def void(a_draw: Build) -> Void:
    evidence = a_draw()
    return make_void(evidence["plan"], evidence["roster"], evidence["seal"], "SEAL_LATE", "封存过迟", 1692806000)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "OK"),
        ({"seal_sha256": None}, "OK"),
        ({"seal_sha256": None, "roster_sha256": None}, "OK"),
        ({"roster_sha256": None}, "E_FORMAT"),
        ({"plan_sha256": None}, "E_FORMAT"),
        ({"reason": "BAD_LUCK"}, "E_FORMAT"),
        ({"note": ""}, "E_FORMAT"),
        ({"note": "作废 "}, "E_TEXT"),
        ({"time": 0}, "E_FORMAT"),
        ({"attempt": 100}, "E_FORMAT"),
        ({"type": "plan"}, "E_FORMAT"),
        ({"extra": 1}, "E_FORMAT"),
    ],
)
def test_a_void_record_has_its_form(change: Tree, code: str, void: Void) -> None:
    assert code_of(check_void, cast(Tree, void) | change) == code


def test_a_record_names_the_documents_that_the_attempt_got_to(void: Void, a_draw: Build) -> None:
    evidence = a_draw()
    plan, roster, seal = evidence["plan"], evidence["roster"], evidence["seal"]
    assert code_of(check_void_of, void, plan, roster, seal) == "OK"
    assert code_of(check_void_of, void, plan, roster, None) == "E_HASH"
    assert code_of(check_void_of, void, plan | {"winners": 1}, roster, seal) == "E_HASH"


def test_the_next_plan_points_to_the_record_and_counts_on(void: Void, a_draw: Build) -> None:
    follower = a_draw()["plan"] | {"attempt": 2, "prev_sha256": canonical.doc_hash(void)}
    assert code_of(check_successor, follower, void) == "OK"
    assert code_of(check_successor, follower | {"attempt": 3}, void) == "E_PLAN"
    assert code_of(check_successor, follower | {"draw_id": "TEST-2026-002"}, void) == "E_PLAN"
    assert code_of(check_successor, follower, void | {"time": 1}) == "E_HASH"
