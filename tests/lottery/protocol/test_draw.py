"""Seed, tickets, ranking and winners."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lottery.protocol import draw
from lottery.protocol.documents import Agent

Tree = dict[str, Any]
Build = Callable[..., Tree]

seeds = st.binary(min_size=32, max_size=32).map(bytes.hex)
pools = st.dictionaries(st.from_regex(r"[0-9A-Z][0-9A-Z-]{0,31}", fullmatch=True), st.integers(1, 12), min_size=1)


def agents(pool: dict[str, int]) -> list[Agent]:
    return [{"code": code, "name": code, "balls": balls} for code, balls in pool.items()]


@given(seeds, pools)
def test_the_ranking_is_the_order_of_the_smallest_triples(seed: str, pool: dict[str, int]) -> None:
    best = sorted(
        min((hashlib.sha256(f"{seed}:{code}:{ball}".encode()).hexdigest(), code, ball) for ball in range(1, balls + 1))
        for code, balls in pool.items()
    )
    assert draw.ranking(seed, agents(pool)) == [
        {"rank": rank, "code": code, "ball": ball, "ticket": ticket}
        for rank, (ticket, code, ball) in enumerate(best, 1)
    ]


@given(seeds, pools, st.randoms(use_true_random=False))
def test_the_order_in_which_agents_come_changes_nothing(seed: str, pool: dict[str, int], random: Any) -> None:
    shuffled = agents(pool)
    random.shuffle(shuffled)
    assert draw.ranking(seed, shuffled) == draw.ranking(seed, agents(pool))


@given(seeds, pools)
def test_an_agent_that_leaves_does_not_change_the_order_of_the_others(seed: str, pool: dict[str, int]) -> None:
    order = [entry["code"] for entry in draw.ranking(seed, agents(pool))]
    gone = order.pop(0)
    left = {code: balls for code, balls in pool.items() if code != gone}
    assert [entry["code"] for entry in draw.ranking(seed, agents(left))] == order


@given(seeds, pools)
def test_one_ball_more_never_makes_a_rank_worse(seed: str, pool: dict[str, int]) -> None:
    before = [entry["code"] for entry in draw.ranking(seed, agents(pool))]
    lucky = before[-1]
    after = [entry["code"] for entry in draw.ranking(seed, agents(pool | {lucky: pool[lucky] + 1}))]
    assert after.index(lucky) <= before.index(lucky)


@pytest.mark.parametrize(
    ("winners", "alternates", "places", "waiting"), [(1, 0, 1, 0), (2, 2, 2, 2), (5, 2, 5, 0), (3, 9, 3, 2)]
)
def test_winners_come_first_and_then_as_many_alternates_as_there_are(
    winners: int, alternates: int, places: int, waiting: int, a_draw: Build
) -> None:
    result = a_draw(winners=winners, alternates=alternates)["result"]
    codes = [entry["code"] for entry in result["ranking"]]
    assert result["winners"] == codes[:places]
    assert result["alternates"] == codes[places : places + waiting]
    assert [entry["rank"] for entry in result["ranking"]] == [1, 2, 3, 4, 5]


def test_the_worked_example_comes_out_digit_by_digit(reference: Tree) -> None:
    seal_hash = "823b56f26201fde83ec08247027d597738439c9c30e9d3ce1676d55e4c73815d"
    line = (
        "drand:52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971:1:"
        "1466a6cd24e327188770752f6134001c64d6efcc590ccc26b721611ad96f165a"
    )
    evidence = reference["cases"][1]["evidence"]
    assert draw.entropy_line(evidence["plan"], evidence["beacon"], evidence["dice"]) == line
    seed = draw.seed("SHARED-B-1", 1, seal_hash, line)
    assert seed == "17b24f0c1fd3930bccd7e589b53a589abe570b3fd0a41018ce302919d9154c0c"
    best = "a8445c582ed200049e70b75d7d9bb7d2d6feff04e53755100443cfd534783b93"
    assert draw.ticket(seed, "AGENT-1", 1) == best
    secret = "e79ebd17bfd3f32c8d53dda3ec715b6d613bb8f4d613af13ba633a845db7e8a6"
    commit = "4fd386250877f9f138906c8690d56c7d0ea1605c0782f2d4534fcff9178c367c"
    assert draw.commitment("SHARED-B-1", 1, "notary", secret) == commit


def test_dice_before_the_seal_act_through_its_hash(a_draw: Build) -> None:
    evidence = a_draw("drand+dice")
    assert evidence["result"]["entropy"].startswith("drand:")
    assert evidence["dice"]["digits"] not in evidence["result"]["entropy"]
    assert a_draw("dice")["result"]["entropy"] == f"dice:{a_draw('dice')['dice']['digits']}"
