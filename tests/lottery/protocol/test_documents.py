"""Plan, roster and seal at their boundaries, as the application meets them: Python values before they are logged."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from lottery.protocol import canonical, documents
from lottery.protocol.commitment import commitment
from lottery.protocol.errors import DrawError

Tree = dict[str, Any]  # documents that tests put any JSON value into, anywhere
Build = Callable[..., Tree]
Put = Callable[[Tree, str, object], None]


def code_of(check: Callable[..., object], *arguments: object) -> str:
    try:
        check(*arguments)
    except DrawError as fault:
        return fault.code
    return "OK"


def seats(*organisations: str) -> list[Tree]:
    return [{"seat": f"s{index:02}", "org": organisation} for index, organisation in enumerate(organisations)]


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("draw_id", "AB", "E_PLAN"),
        ("draw_id", "A-B", "OK"),
        ("draw_id", "A" * 64, "OK"),
        ("draw_id", "A" * 65, "E_PLAN"),
        ("draw_id", "-AB", "E_PLAN"),
        ("draw_id", "AB-", "E_PLAN"),
        ("draw_id", "ABC\n", "E_TEXT"),
        ("draw_id", "ＡＢＣ", "E_PLAN"),
        ("attempt", True, "E_FORMAT"),
        ("attempt", 1.0, "E_FORMAT"),
        ("attempt", 2, "E_PLAN"),
        ("prev_sha256", "0" * 64, "E_PLAN"),
        ("project_name", "名" * 200, "OK"),
        ("project_name", "𠮷" * 200, "OK"),
        ("project_name", "名" * 201, "E_FORMAT"),
        ("project_name", "", "E_FORMAT"),
        ("project_name", "示\u200b例", "E_TEXT"),
        ("project_name", "示例\u3000", "E_TEXT"),
        ("project_name", "示\u3000例", "OK"),
        ("project_name", "\u00a0示例", "OK"),
        ("tenderer", None, "E_FORMAT"),
        ("winners", 10_000, "E_PLAN"),
        ("alternates", 0, "OK"),
        ("alternates", 10_000, "OK"),
        ("min_agents", 2, "OK"),
        ("min_agents", 1, "E_PLAN"),
        ("code_scheme", "OPAQUE", "E_PLAN"),
        ("entropy", "coin", "E_PLAN"),
        ("min_reveals", 4, "OK"),
        ("min_reveals", 5, "E_PLAN"),
        ("beacon", None, "E_PLAN"),
        ("min_lead", 29, "E_PLAN"),
        ("min_lead", 30, "OK"),
        ("min_lead", 600, "OK"),
        ("min_lead", 601, "E_PLAN"),
        ("max_lead", 604_800, "OK"),
        ("dice_digits", 1, "E_PLAN"),
        ("seats", seats("甲", "乙"), "OK"),
        ("seats", seats("甲", "甲"), "E_PLAN"),
        ("seats", seats("甲", "甲 公司"), "OK"),
        ("seats", seats(*"甲乙" * 8), "OK"),
        ("seats", seats(*"甲乙" * 8, "丙"), "E_PLAN"),
        ("seats", seats(*"甲乙" * 8, ""), "E_FORMAT"),
        ("seats", [], "E_PLAN"),
        ("seats", seats("甲", "乙")[::-1], "E_PLAN"),
        ("seats", [{"seat": "a" * 32, "org": "甲"}, {"seat": "b-1", "org": "乙"}], "OK"),
        ("seats", [{"seat": "a" * 33, "org": "甲"}, {"seat": "b", "org": "乙"}], "E_PLAN"),
        ("seats", [{"seat": "1a", "org": "甲"}, {"seat": "b", "org": "乙"}], "E_PLAN"),
    ],
)
def test_a_plan_is_taken_up_to_its_boundaries(member: str, value: object, code: str, a_draw: Build) -> None:
    plan = a_draw()["plan"] | {member: value}
    assert code_of(documents.check_plan, plan) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"attempt": 2, "prev_sha256": "0" * 64}, "OK"),
        ({"attempt": 99, "prev_sha256": "0" * 64}, "OK"),
        ({"attempt": 100, "prev_sha256": "0" * 64}, "E_PLAN"),
        ({"attempt": 2, "prev_sha256": "A" * 64}, "E_PLAN"),
    ],
)
def test_a_later_attempt_points_to_the_void_record_of_the_former_one(changes: Tree, code: str, a_draw: Build) -> None:
    assert code_of(documents.check_plan, a_draw()["plan"] | changes) == code


@pytest.mark.parametrize(
    ("mode", "changes", "code"),
    [
        ("dice", {"dice_digits": 19}, "E_PLAN"),
        ("dice", {"dice_digits": 99}, "OK"),
        ("dice", {"min_lead": 30}, "E_PLAN"),
        ("dice", {"max_lead": 1}, "E_PLAN"),
        ("drand+dice", {"dice_digits": 0}, "E_PLAN"),
        ("drand+dice", {"dice_digits": 20}, "OK"),
        ("drand+dice", {"min_lead": 0}, "E_PLAN"),
    ],
)
def test_leads_and_digits_follow_the_mode(mode: str, changes: Tree, code: str, a_draw: Build) -> None:
    assert code_of(documents.check_plan, a_draw(mode)["plan"] | changes) == code


@pytest.mark.parametrize("member", ["chain_hash", "genesis_time", "period", "public_key", "scheme"])
def test_no_plan_brings_a_beacon_of_its_own(member: str, a_draw: Build) -> None:
    plan = a_draw()["plan"]
    value = plan["beacon"][member]
    for other in (value + 1 if isinstance(value, int) else value + "0", None, ...):
        changed = copy.deepcopy(plan)
        if other is ...:
            del changed["beacon"][member]
        else:
            changed["beacon"][member] = other
        assert code_of(documents.check_plan, changed) == "E_PLAN"
    assert code_of(documents.check_plan, plan | {"beacon": plan["beacon"] | {"note": 1}}) == "E_PLAN"


def agents(*entries: tuple[str, str, int]) -> list[Tree]:
    return [{"code": code, "name": name, "balls": balls} for code, name, balls in entries]


def exclusion(code: str) -> Tree:
    return {"code": code, "name": "虚构机构", "reason": "DID_NOT_ANSWER", "note": "未应答"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agents": agents(("A", "甲", 1), ("B", "乙", 1000))}, "OK"),
        ({"agents": agents(("A", "甲", 1), ("B", "甲", 1))}, "E_ROSTER"),
        ({"agents": agents(("A", "甲", 1), ("B", "甲 乙", 1))}, "OK"),
        ({"agents": agents(("B", "甲", 1), ("A", "乙", 1))}, "E_ROSTER"),
        ({"agents": agents(("A", "甲", 1), ("A", "乙", 1))}, "E_ROSTER"),
        ({"agents": agents(("0" * 32, "甲", 1), ("1-", "乙", 1))}, "OK"),
        ({"agents": agents(("0" * 33, "甲", 1), ("1", "乙", 1))}, "E_ROSTER"),
        ({"agents": agents(("-A", "甲", 1), ("B", "乙", 1))}, "E_ROSTER"),
        ({"agents": agents(("A", "甲", 1))}, "E_POOL"),
        ({"agents": []}, "E_POOL"),
        ({"excluded": []}, "OK"),
        ({"excluded": [exclusion("Y"), exclusion("Z")]}, "OK"),
        ({"excluded": [exclusion("Z"), exclusion("Y")]}, "E_ROSTER"),
        ({"excluded": [exclusion("A-5")]}, "E_ROSTER"),
        ({"excluded": [exclusion("Z") | {"reason": "R" * 33}]}, "E_ROSTER"),
        ({"excluded": [exclusion("Z") | {"reason": "R_1"}]}, "OK"),
        ({"excluded": [exclusion("Z") | {"balls": 1}]}, "E_ROSTER"),
    ],
)
def test_a_roster_is_taken_up_to_its_boundaries(changes: Tree, code: str, a_draw: Build) -> None:
    draw = a_draw()
    assert code_of(documents.check_roster, draw["roster"] | changes, draw["plan"]) == code


def test_ten_million_balls_are_the_most(a_draw: Build) -> None:
    draw = a_draw()
    full = [{"code": f"A{number:05}", "name": f"虚构{number}", "balls": 1000} for number in range(10_000)]
    assert code_of(documents.check_roster, draw["roster"] | {"agents": full}, draw["plan"]) == "OK"
    full.append({"code": "B", "name": "多一个", "balls": 1})
    assert code_of(documents.check_roster, draw["roster"] | {"agents": full}, draw["plan"]) == "E_POOL"


def test_codes_of_both_lists_are_credit_codes_where_the_plan_says_so(reference: Tree) -> None:
    case = reference["cases"][0]["evidence"]
    plan, roster = case["plan"], case["roster"]
    assert plan["code_scheme"] == "gb32100"
    assert code_of(documents.check_roster, roster, plan) == "OK"
    for part in ("agents", "excluded"):
        wrong = copy.deepcopy(roster)
        code = wrong[part][0]["code"]
        wrong[part][0]["code"] = code[:-1] + ("0" if code[-1] != "0" else "1")
        assert code_of(documents.check_roster, wrong, plan) == "E_ROSTER"
        assert code_of(documents.check_roster, wrong, plan | {"code_scheme": "opaque"}) == "OK"


@pytest.mark.parametrize(
    ("mode", "faults", "code"),
    [
        ("drand", {"round": 1}, "OK"),
        ("drand", {"round": 2**53 - 1}, "OK"),
        ("drand", {"round": 0}, "E_SEAL"),
        ("drand", {"round": None}, "E_SEAL"),
        ("drand", {"dice": "0" * 20}, "E_DICE"),
        ("dice", {"round": 1}, "E_SEAL"),
        ("drand+dice", {"dice": "0" * 20}, "OK"),
        ("drand+dice", {"dice": "0" * 21}, "E_DICE"),
        ("drand+dice", {"dice": None}, "E_DICE"),
        ("drand", {"seats.0.commit": "0" * 64}, "E_COMMIT"),
        ("drand", {"seats.3.commit": "0" * 64}, "OK"),  # a commitment that nobody opened may be any value
        ("drand", {"seats.0.secret": None}, "OK"),
        ("drand", {"seats.0.secret": None, "seats.2.secret": None}, "E_QUORUM"),
    ],
)
def test_a_seal_is_taken_up_to_its_boundaries(mode: str, faults: Tree, code: str, a_draw: Build, put: Put) -> None:
    draw = copy.deepcopy(a_draw(mode))
    for path, value in faults.items():
        put(draw["seal"], path, value)
    assert code_of(documents.check_seal, draw["seal"], draw["plan"], draw["roster"]) == code


def test_two_revealed_seats_of_one_organisation_are_no_quorum(a_draw: Build) -> None:
    draw = a_draw(silent=())
    for entry in draw["seal"]["seats"]:
        if entry["seat"] not in ("operator", "witness"):
            entry["secret"] = None
    assert code_of(documents.check_seal, draw["seal"], draw["plan"], draw["roster"]) == "E_QUORUM"


def test_a_seat_that_never_committed_is_simply_absent(a_draw: Build) -> None:
    draw = a_draw()
    del draw["seal"]["seats"][3]
    assert code_of(documents.check_seal, draw["seal"], draw["plan"], draw["roster"]) == "OK"


def test_two_seats_may_not_have_one_secret(a_draw: Build) -> None:
    draw = a_draw()
    plan, entries = draw["plan"], draw["seal"]["seats"]
    secret = entries[0]["secret"]
    entries[1] |= {"secret": secret, "commit": commitment(plan["draw_id"], 1, "operator", secret)}
    assert code_of(documents.check_seal, draw["seal"], plan, draw["roster"]) == "E_COMMIT"


def test_a_commitment_belongs_to_its_draw_attempt_and_seat() -> None:
    secret = "0" * 64
    one = commitment("DRAW-1", 1, "notary", secret)
    others = [("DRAW-2", 1, "notary"), ("DRAW-1", 2, "notary"), ("DRAW-1", 1, "public")]
    assert len({one, *(commitment(*other, secret) for other in others)}) == 4


@pytest.mark.parametrize("document", [None, 1, "plan", [], {}, {"v": []}, float("nan"), {1: 2}, object()])
def test_no_value_ends_the_program(document: object, a_draw: Build) -> None:
    draw = a_draw()
    plan, roster, seal, at = draw["plan"], draw["roster"], draw["seal"], draw["seal_time"]
    assert code_of(documents.check_plan, document) in ("E_PLAN", "E_FORMAT")
    assert code_of(documents.check_roster, document, plan) in ("E_ROSTER", "E_FORMAT")
    assert code_of(documents.check_seal, document, plan, roster) in ("E_SEAL", "E_FORMAT")
    assert code_of(documents.check_beacon, document, plan, seal, at) in ("E_BEACON", "E_FORMAT")
    assert code_of(documents.check_void, document) == "E_FORMAT"
    if document is not None:
        assert code_of(documents.check_dice, document, plan, seal, at) in ("E_DICE", "E_FORMAT")


def test_a_check_returns_the_document_that_it_was_given(a_draw: Build) -> None:
    draw = a_draw("drand+dice")
    plan = documents.check_plan(draw["plan"])
    roster = documents.check_roster(draw["roster"], plan)
    seal = documents.check_seal(draw["seal"], plan, roster)
    assert plan is draw["plan"]
    assert roster is draw["roster"]
    assert seal is draw["seal"]
    assert documents.check_dice(draw["dice"], plan, seal, draw["seal_time"]) is draw["dice"]
    assert documents.check_beacon(draw["beacon"], plan, seal, draw["seal_time"]) == (draw["beacon"], "ok")


@pytest.mark.parametrize(("lead", "code"), [(59, "E_TIME"), (60, "OK"), (600, "OK"), (601, "E_TIME")])
def test_both_ends_of_the_lead_are_allowed(lead: int, code: str, a_draw: Build) -> None:
    draw = a_draw(lead=lead)
    assert code_of(documents.check_beacon, draw["beacon"], draw["plan"], draw["seal"], draw["seal_time"]) == code


@pytest.mark.parametrize(
    ("mode", "after_seal", "code"),
    [("dice", 0, "E_TIME"), ("dice", 1, "OK"), ("drand+dice", 0, "OK"), ("drand+dice", 1, "E_DICE")],
)
def test_dice_fall_on_the_right_side_of_the_seal(mode: str, after_seal: int, code: str, a_draw: Build) -> None:
    draw = a_draw(mode)
    dice = draw["dice"] | {"time": draw["seal_time"] + after_seal}
    assert code_of(documents.check_dice, dice, draw["plan"], draw["seal"], draw["seal_time"]) == code


def test_mode_dice_has_no_round(a_draw: Build) -> None:
    draw = a_draw("dice")
    assert documents.check_beacon(None, draw["plan"], draw["seal"], draw["seal_time"]) == (None, "-")
    assert code_of(documents.check_beacon, {}, draw["plan"], draw["seal"], draw["seal_time"]) == "E_BEACON"


def test_the_hash_of_a_document_is_that_of_its_canonical_bytes(reference: Tree) -> None:
    case = reference["cases"][1]
    assert case["evidence"]["plan"]["draw_id"] == "SHARED-B-1"
    assert canonical.encode(case["evidence"]["roster"]).decode() == (
        '{"agents":[{"balls":1,"code":"AGENT-1","name":"独家代理"}],"attempt":1,"draw_id":"SHARED-B-1",'
        '"excluded":[],"type":"roster","v":"mingtang-draw/1"}'
    )
