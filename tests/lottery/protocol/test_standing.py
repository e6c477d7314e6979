"""Removals after the draw, and who moves up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lottery.protocol.documents import Change
from lottery.protocol.errors import DrawError
from lottery.protocol.standing import extends, make_standing, standing_of

Tree = dict[str, Any]
Build = Callable[..., Tree]


def changes(*codes: str) -> list[Change]:
    return [
        {"seq": seq, "code": code, "kind": "DECLINED", "reason": "书面放弃"} for seq, code in enumerate(codes, start=1)
    ]


def test_without_removals_the_result_stands(a_draw: Build) -> None:
    evidence = a_draw()
    standing = make_standing(evidence["plan"], evidence["result"], [])
    assert standing["winners"] == evidence["result"]["winners"]
    assert standing["alternates"] == evidence["result"]["alternates"]
    assert standing["vacant"] == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(4)), count=st.integers(0, 4))
def test_alternates_move_up_strictly_in_rank_order(order: list[int], count: int, a_draw: Build) -> None:
    evidence = a_draw()
    result = evidence["result"]
    may_be_called = [*result["winners"], *result["alternates"]]
    gone = [may_be_called[index] for index in order[:count]]
    standing = make_standing(evidence["plan"], result, changes(*gone))
    left = [code for code in may_be_called if code not in gone]
    assert standing["winners"] + standing["alternates"] == left
    assert standing["winners"] == left[:2]
    assert standing["vacant"] == 2 - len(standing["winners"])
    assert standing_of(standing, evidence["plan"], result) == standing


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"seq": 2}, "E_STANDING"),
        ({"seq": True}, "E_FORMAT"),
        ({"code": "NOBODY"}, "E_STANDING"),
        ({"kind": "REINSTATED"}, "E_STANDING"),
        ({"reason": ""}, "E_FORMAT"),
        ({"reason": " 放弃"}, "E_TEXT"),
        ({"note": "x"}, "E_STANDING"),
    ],
)
def test_a_change_that_the_protocol_does_not_know_is_refused(change: Tree, code: str, a_draw: Build) -> None:
    evidence = a_draw()
    entry: Any = changes(evidence["result"]["winners"][0])[0] | change
    with pytest.raises(DrawError) as caught:
        make_standing(evidence["plan"], evidence["result"], [entry])
    assert caught.value.code == code


def test_whoever_was_neither_winner_nor_alternate_has_no_place_to_lose(a_draw: Build) -> None:
    evidence = a_draw()
    last = evidence["result"]["ranking"][-1]["code"]
    with pytest.raises(DrawError, match="E_STANDING"):
        make_standing(evidence["plan"], evidence["result"], changes(last))


def test_nobody_is_removed_twice(a_draw: Build) -> None:
    evidence = a_draw()
    first = evidence["result"]["winners"][0]
    with pytest.raises(DrawError, match="E_STANDING"):
        make_standing(evidence["plan"], evidence["result"], changes(first, first))


def test_a_standing_is_replaced_only_by_a_longer_one_that_begins_with_its_list(a_draw: Build) -> None:
    evidence = a_draw()
    plan, result = evidence["plan"], evidence["result"]
    one, two = result["winners"]
    first, longer = (make_standing(plan, result, changes(*codes)) for codes in ([one], [one, two]))
    other = make_standing(plan, result, changes(two, one))
    assert extends(None, first)
    assert extends(first, longer)
    assert not extends(longer, first)
    assert not extends(first, first)
    assert not extends(first, other)
    assert not extends(first, longer | {"result_sha256": "0" * 64})
