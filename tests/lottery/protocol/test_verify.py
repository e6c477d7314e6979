"""The reference cases, the order of the stages, and files broken in every way."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import sys
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lottery.protocol import canonical
from lottery.protocol.commitment import commitment
from lottery.protocol.documents import check_plan, check_roster, check_seal
from lottery.protocol.draw import entropy_line, make_result, seed, ticket
from lottery.protocol.errors import CODES, DrawError
from lottery.protocol.verify import verify_evidence

Tree = dict[str, Any]  # documents that tests put any JSON value into, anywhere
Build = Callable[..., Tree]
Put = Callable[[Tree, str, object], None]

REFERENCE = json.loads((Path(__file__).parents[2] / "vectors" / "lottery_reference.json").read_text("utf-8"))
CASES = {case["name"]: case for case in REFERENCE["cases"]}
NEGATIVE = {case["name"]: case for case in REFERENCE["negative"]}


def code_of(data: bytes) -> str:
    try:
        verify_evidence(data)
    except DrawError as fault:
        assert_sound(fault)
        return fault.code
    return "OK"


def assert_sound(fault: DrawError) -> None:
    assert fault.code in CODES
    assert fault.why("zh").isprintable()
    assert fault.why("en").isprintable()


def code_of_tree(tree: object) -> str:
    text = json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return code_of(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", CASES)
def test_a_reference_case_verifies_with_every_intermediate_value(name: str) -> None:
    evidence, expect = CASES[name]["evidence"], CASES[name]["expect"]
    data = canonical.encode(evidence)
    assert hashlib.sha256(data).hexdigest() == expect["evidence_sha256"]
    assert canonical.doc_hash(evidence["plan"]) == expect["plan_sha256"]
    assert canonical.doc_hash(evidence["roster"]) == expect["roster_sha256"]
    assert canonical.encode(evidence["seal"]).decode() == expect["seal_canonical"]
    assert canonical.doc_hash(evidence["seal"]) == expect["seal_sha256"]
    assert canonical.doc_hash(evidence["result"]) == expect["result_sha256"]
    verified = verify_evidence(data)
    assert verified.winners == expect["winners"]
    assert verified.alternates == expect["alternates"]
    assert verified.seed == expect["seed"]
    assert verified.bls == ("-" if evidence["beacon"] is None else "ok")
    assert verified.evidence == evidence


@pytest.mark.parametrize("name", CASES)
def test_the_steps_of_a_reference_case_can_be_taken_one_by_one(name: str) -> None:
    evidence, expect = CASES[name]["evidence"], CASES[name]["expect"]
    plan = check_plan(evidence["plan"])
    roster = check_roster(evidence["roster"], plan)
    seal = check_seal(evidence["seal"], plan, roster)
    commits = {entry["seat"]: entry["commit"] for entry in seal["seats"]}
    for seat, preimage in expect["commit_preimages"].items():
        assert commits[seat] == hashlib.sha256(preimage.encode()).hexdigest()
        assert commits[seat] == commitment(plan["draw_id"], plan["attempt"], seat, preimage.split("\n")[4])
    line = entropy_line(plan, evidence["beacon"], evidence["dice"])
    assert expect["seed_preimage"].split("\n")[4] == line
    assert hashlib.sha256(expect["seed_preimage"].encode()).hexdigest() == expect["seed"]
    assert seed(plan["draw_id"], plan["attempt"], expect["seal_sha256"], line) == expect["seed"]
    result = make_result(plan, roster, seal, evidence["beacon"], evidence["dice"])
    assert result == evidence["result"]
    value, code, ball = expect["first_ticket_preimage"].split(":")
    assert ticket(value, code, int(ball)) == expect["first_ticket"] == result["ranking"][0]["ticket"]
    assert hashlib.sha256(expect["first_ticket_preimage"].encode()).hexdigest() == expect["first_ticket"]


@pytest.mark.parametrize("name", NEGATIVE)
def test_a_refused_reference_file_gets_the_code_of_its_first_fault(name: str) -> None:
    assert code_of(NEGATIVE[name]["evidence_text"].encode()) == NEGATIVE[name]["code"]


@pytest.mark.parametrize("mode", ["drand", "dice", "drand+dice"])
def test_a_draw_in_each_mode_verifies(mode: str, a_draw: Build) -> None:
    assert code_of_tree(a_draw(mode)) == "OK"
    assert code_of_tree(a_draw(mode, removed=(1, 3))) == "OK"


def test_the_winners_are_those_of_the_standing_if_there_is_one(a_draw: Build) -> None:
    plain, later = a_draw(), a_draw(removed=(1,))
    ranked = [entry["code"] for entry in plain["result"]["ranking"]]
    assert verify_evidence(canonical.encode(plain)).winners == ranked[:2]
    assert verify_evidence(canonical.encode(later)).winners == ranked[1:3]
    assert verify_evidence(canonical.encode(later)).alternates == ranked[3:4]


def test_a_rehearsal_is_known_by_its_name(a_draw: Build) -> None:
    verified = verify_evidence(canonical.encode(a_draw()))
    assert not verified.is_drill
    verified.evidence["plan"]["draw_id"] = "DRILL-2026-001"
    assert verified.is_drill


# One fault each, in the order in which a verifier meets them. All in one draw of mode drand with a standing; a path
# that ends in a new name adds a member, `...` deletes one. What follows a fault in a line belongs to it.
FAULTS: list[tuple[str, dict[str, object]]] = [
    ("E_FORMAT", {"note": 1}),
    ("E_FORMAT", {"v": "mingtang-draw/2"}),
    ("E_FORMAT", {"type": "plan"}),
    ("E_PLAN", {"plan.note": 1}),
    ("E_PLAN", {"plan.v": 1}),
    ("E_PLAN", {"plan.type": []}),
    ("E_PLAN", {"plan.draw_id": "TEST-2026-001-"}),
    ("E_PLAN", {"plan.attempt": 0}),
    ("E_PLAN", {"plan.prev_sha256": "A" * 64}),
    ("E_FORMAT", {"plan.project_code": 7}),
    ("E_TEXT", {"plan.project_name": " 示例"}),
    ("E_FORMAT", {"plan.tenderer": ""}),
    ("E_PLAN", {"plan.winners": 0}),
    ("E_PLAN", {"plan.alternates": 10_001}),
    ("E_PLAN", {"plan.code_scheme": {"gb32100": 1}}),
    ("E_PLAN", {"plan.entropy": ["drand"]}),
    ("E_PLAN", {"plan.min_reveals": 1}),
    ("E_PLAN", {"plan.beacon": "quicknet"}),
    ("E_PLAN", {"plan.min_lead": "60"}),
    ("E_PLAN", {"plan.max_lead": 604_801}),
    ("E_PLAN", {"plan.min_agents": 1}),
    ("E_PLAN", {"plan.seats.0.seat": ["notary"]}),
    ("E_TEXT", {"plan.seats.1.org": "示例\u3000"}),
    ("E_FORMAT", {"plan.seats.3.org": None}),
    ("E_PLAN", {"plan.dice_digits": 20}),
    ("E_ROSTER", {"roster.note": 1}),
    ("E_ROSTER", {"roster.v": None}),
    ("E_ROSTER", {"roster.type": "seal"}),
    ("E_ROSTER", {"roster.draw_id": "TEST-2026-002"}),
    ("E_ROSTER", {"roster.attempt": 2}),
    ("E_ROSTER", {"roster.agents.0.code": "a-1"}),
    ("E_TEXT", {"roster.agents.1.name": "虚构 "}),
    ("E_ROSTER", {"roster.agents.1.balls": 1001}),
    ("E_FORMAT", {"roster.agents.2.name": "名" * 201}),
    ("E_ROSTER", {"roster.excluded.0.reason": "conflict"}),
    ("E_FORMAT", {"roster.excluded.0.note": 1}),
    ("E_ROSTER", {"roster.agents.4.code": "A-0"}),
    ("E_ROSTER", {"roster.excluded.0.code": "A-1"}),
    ("E_ROSTER", {"roster.agents.3.name": "虚构机构A-1"}),
    ("E_SEAL", {"seal.note": 1}),
    ("E_SEAL", {"seal.v": {}}),
    ("E_SEAL", {"seal.type": "roster"}),
    ("E_SEAL", {"seal.draw_id": 1}),
    ("E_SEAL", {"seal.attempt": "1"}),
    ("E_SEAL", {"seal.plan_sha256": "0" * 63}),
    ("E_HASH", {"seal.roster_sha256": "0" * 64}),
    ("E_SEAL", {"seal.seats.0.seat": {}}),
    ("E_SEAL", {"seal.seats.0.commit": "0" * 65}),
    ("E_COMMIT", {"seal.seats.0.secret": "0" * 64}),
    ("E_SEAL", {"seal.seats.2.seat": "nobody"}),
    ("E_QUORUM", {"seal.seats.1.secret": None, "seal.seats.2.secret": None}),
    ("E_DICE", {"seal.dice": "1" * 20}),
    ("E_SEAL", {"seal.round": "1000"}),
    ("E_FORMAT", {"seal_time": 0}),
    ("E_DICE", {"dice": {}}),
    ("E_BEACON", {"beacon.note": 1}),
    ("E_BEACON_SIG", {"beacon.signature": "c" + "0" * 95, "beacon.randomness": None}),
    ("E_RESULT", {"result.note": 1}),
    ("E_RESULT", {"result.v": None}),
    ("E_RESULT", {"result.type": "standing"}),
    ("E_RESULT", {"result.draw_id": "TEST"}),
    ("E_RESULT", {"result.attempt": 9}),
    ("E_HASH", {"result.seal_sha256": 1}),
    ("E_RESULT", {"result.entropy": "dice:1"}),
    ("E_SEED", {"result.seed": None}),
    ("E_RANKING", {"result.ranking": {}}),
    ("E_WINNERS", {"result.winners": []}),
    ("E_WINNERS", {"result.alternates": "A-1"}),
    ("E_STANDING", {"standing.changes.0.seq": 2}),
    ("E_FORMAT", {"standing.changes.0.reason": 1}),
    ("E_STANDING", {"standing.changes.1.code": []}),
    ("E_TEXT", {"standing.changes.1.reason": "放弃 "}),
    ("E_STANDING", {"standing.vacant": 1}),
]


def broken(tree: Tree, put: Put, *faults: dict[str, object]) -> Tree:
    tree = copy.deepcopy(tree)
    for fault in faults:
        for path, value in fault.items():
            if path == "beacon.randomness" and value is None:
                value = hashlib.sha256(bytes.fromhex(tree["beacon"]["signature"])).hexdigest()
            put(tree, path, value)
    return tree


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=lambda number: "+".join(FAULTS[number][1]))
def test_of_two_faults_the_earlier_one_is_reported(number: int, a_draw: Build, put: Put) -> None:
    code, first = FAULTS[number]
    base = a_draw(removed=(1, 3))
    assert code_of_tree(broken(base, put, first)) == code
    for _, second in FAULTS[number + 1 :]:
        assert code_of_tree(broken(base, put, second, first)) == code, second


@pytest.mark.parametrize(
    ("code", "faults"),
    [
        # Stage 3: the members before the further conditions, those in their order.
        ("E_PLAN", {"plan.attempt": 2, "plan.seats.0.org": ""}),
        ("E_PLAN", {"plan.min_agents": 1, "plan.seats.0.org": ""}),
        ("E_FORMAT", {"plan.seats.0.org": "", "plan.seats.1": 5}),
        ("E_PLAN", {"plan.seats.0": 5, "plan.seats.1.org": ""}),
        ("E_FORMAT", {"plan.seats.0.org": "", "plan.seats.1.seat": "notary"}),
        ("E_PLAN", {"plan.dice_digits": 100, "plan.seats.0.org": ""}),
        ("E_FORMAT", {"plan.dice_digits": 99, "plan.seats.0.org": ""}),
        ("E_PLAN", {"plan.beacon": 5, "plan.seats.0.org": ""}),
        ("E_FORMAT", {"plan.beacon.period": 4, "plan.seats.0.org": ""}),
        ("E_PLAN", {"plan.draw_id": ..., "plan.project_code": ""}),
        # Stage 4: all agents, then the excluded; the order of entries after them.
        ("E_ROSTER", {"roster.excluded": {}, "roster.agents.0.name": ""}),
        ("E_FORMAT", {"roster.agents.4.name": "", "roster.excluded.0": None}),
        ("E_FORMAT", {"roster.agents.0.code": "Z", "roster.agents.4.name": ""}),
        ("E_ROSTER", {"roster.agents.0.code": "", "roster.agents.0.name": ""}),
        ("E_FORMAT", {"roster.agents.0.name": "", "roster.agents.0.balls": 0}),
        ("E_ROSTER", {"roster.agents.0.extra": 0, "roster.agents.0.name": ""}),
        ("E_ROSTER", {"roster.agents.3.name": "虚构机构A-1", "plan.min_agents": 6}),
        ("E_POOL", {"plan.min_agents": 6, "seal.v": 1}),
        # Stage 5: hashes before seats, a seat's reveal before the next seat's shape and before the order.
        ("E_SEAL", {"seal.seats": None, "seal.plan_sha256": "0" * 64}),
        ("E_HASH", {"seal.plan_sha256": "0" * 64, "seal.seats.0": None}),
        ("E_HASH", {"plan.winners": 1, "seal.seats.0": None}),
        ("E_COMMIT", {"seal.seats.0.secret": "0" * 64, "seal.seats.1": None}),
        ("E_SEAL", {"seal.seats.0": None, "seal.seats.1.secret": "0" * 64}),
        ("E_COMMIT", {"seal.seats.0.seat": "operator", "seal.seats.1.seat": "notary"}),
        ("E_QUORUM", {"seal.seats": [], "seal.dice": 1}),
        ("E_DICE", {"seal.dice": 1, "seal.round": None}),
        ("E_SEAL", {"seal.round": 0, "seal_time": "x"}),
        # Stage 6.
        ("E_DICE", {"dice": 0, "beacon": None}),
        ("E_BEACON", {"beacon": None, "seal_time": 1}),
        ("E_BEACON", {"beacon.round": 1001, "seal_time": 1}),
        ("E_TIME", {"seal_time": 1, "beacon.randomness": "0" * 64}),
        ("E_BEACON", {"beacon.randomness": "0" * 64, "beacon.signature": "c" + "0" * 95}),
        ("E_FORMAT", {"beacon.round": True, "plan": None}),  # a boolean is a fault of stage 1
        # Stage 8: not the member set first, but the changes.
        ("E_FORMAT", {"standing.note": 1, "standing.changes.0.reason": ""}),
        ("E_FORMAT", {"standing.type": 1, "standing.changes.0.reason": ""}),
        ("E_STANDING", {"standing.changes.0.kind": "LEFT", "standing.changes.0.reason": ""}),
        ("E_STANDING", {"standing.changes.0.note": 1, "standing.changes.0.reason": ""}),
        ("E_STANDING", {"standing.changes": ..., "standing.note": 1}),
        ("E_STANDING", {"standing": 0}),
        ("E_STANDING", {"standing": []}),
    ],
)
def test_the_order_within_a_stage_is_the_written_one(
    code: str, faults: dict[str, object], a_draw: Build, put: Put
) -> None:
    base = a_draw(removed=(1, 3))
    assert code_of_tree(broken(base, put, faults)) == code


def test_a_change_removed_twice_is_looked_for_after_its_reason(a_draw: Build, put: Put) -> None:
    base = a_draw(removed=(1, 3))
    twice = {"standing.changes.1.code": base["standing"]["changes"][0]["code"]}
    assert code_of_tree(broken(base, put, twice)) == "E_STANDING"
    assert code_of_tree(broken(base, put, twice, {"standing.changes.1.reason": ""})) == "E_FORMAT"


@pytest.mark.parametrize(
    ("mode", "code", "faults"),
    [
        ("dice", "E_DICE", {"dice": None, "beacon": {}}),
        ("dice", "E_BEACON", {"beacon": {}, "dice.time": 1}),
        ("dice", "E_DICE", {"dice.time": "x", "beacon": {}}),
        ("dice", "E_TIME", {"dice.time": 1, "result": None}),
        ("dice", "E_SEAL", {"seal.round": 1}),
        ("dice", "E_DICE", {"seal.dice": "3" * 20}),
        ("dice", "E_DICE", {"dice.confirmed_by": ["operator", "witness"]}),
        ("dice", "E_DICE", {"dice.confirmed_by": ["operator", "notary"]}),
        ("dice", "E_DICE", {"dice.confirmed_by": ["notary", "nobody"]}),
        ("dice", "E_DICE", {"dice.confirmed_by": [["notary"], {}]}),
        ("dice", "E_DICE", {"dice.confirmed_by": ["notary"]}),
        ("dice", "E_DICE", {"dice.digits": "１" * 20}),
        ("drand+dice", "E_DICE", {"dice.digits": "0" * 20, "beacon": None}),
        ("drand+dice", "E_DICE", {"dice.time": 2**53 - 1, "beacon": None}),
        ("drand+dice", "E_DICE", {"seal.dice": None, "seal.round": None}),
        ("drand+dice", "E_BEACON", {"beacon": None, "seal_time": 2**53 - 1}),
    ],
)
def test_the_modes_with_dice_have_their_order_too(
    mode: str, code: str, faults: dict[str, object], a_draw: Build, put: Put
) -> None:
    assert code_of_tree(broken(a_draw(mode), put, faults)) == code


@pytest.mark.parametrize("part", ["plan", "roster", "seal", "result"])
@pytest.mark.parametrize("value", [None, 0, "", [], {}, [[]], "plan"])
def test_a_document_may_be_of_any_type_and_gets_its_code(part: str, value: object, a_draw: Build) -> None:
    assert (
        code_of_tree(a_draw() | {part: value})
        == {
            "plan": "E_PLAN",
            "roster": "E_ROSTER",
            "seal": "E_SEAL",
            "result": "E_RESULT",
        }[part]
    )


@pytest.mark.parametrize("data", [b"", b"null", b"0", b"[]", b"{}", b'"v"', b"[" * 100_000, b"\xef\xbb\xbf{}", b"\x00"])
def test_a_file_of_anything_else_gets_a_code(data: bytes) -> None:
    assert code_of(data) in {"E_CANON", "E_FORMAT"}


def test_without_a_bls_library_the_signature_is_said_to_be_unchecked(
    a_draw: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "py_arkworks_bls12381", None)
    assert verify_evidence(canonical.encode(a_draw())).bls == "unchecked"
    assert verify_evidence(canonical.encode(a_draw("dice"))).bls == "-"


def paths_of(tree: object, path: str = "") -> list[str]:
    found = [path] if path else []
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for name, inner in items:
        found += paths_of(inner, f"{path}.{name}" if path else str(name))
    return found


odd_values: st.SearchStrategy[object] = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        -1,
        2**53,
        1.5,
        "",
        "a",
        " ",
        "\ud800",
        "\n",
        "\u200b",
        [],
        {},
        [[]],
        {"a": 1},
        [None],
        ["a", "a"],
    ]
)


# A sample of these two; a hundred thousand broken files of both kinds in `make soak`.


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(data=st.data(), mode=st.sampled_from(["drand", "dice", "drand+dice"]))
def test_any_value_anywhere_gives_a_code_and_no_crash(data: st.DataObject, mode: str, a_draw: Build, put: Put) -> None:
    tree = a_draw(mode, removed=(1,))
    valid = copy.deepcopy(tree)
    for path in data.draw(st.lists(st.sampled_from(paths_of(tree)), min_size=1, max_size=2)):
        with contextlib.suppress(KeyError, IndexError, TypeError, ValueError):  # the other fault took the place away
            put(tree, path, data.draw(odd_values))
    if code_of_tree(tree) == "OK":
        assert fixed_by_the_seed(tree) == fixed_by_the_seed(valid)


def fixed_by_the_seed(evidence: Tree) -> Tree:
    """All but the members that two valid files of one attempt may have differently."""
    fixed = {name: value for name, value in evidence.items() if name not in ("seal_time", "standing")}
    if fixed["dice"]:
        fixed["dice"] = fixed["dice"]["digits"]
    return fixed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(
    at=st.integers(0, 5000),
    cut=st.integers(0, 3),
    put_in=st.binary(max_size=3) | st.sampled_from([b'"', b"{", b"]", b",", b"0", b".0", b"\\", b"\\u0000", b"true"]),
)
def test_any_change_of_the_bytes_gives_a_code_and_no_crash(at: int, cut: int, put_in: bytes, a_draw: Build) -> None:
    data = canonical.encode(a_draw(removed=(2,)))
    at %= len(data)
    changed = data[:at] + put_in + data[at + cut :]
    if code_of(changed) == "OK":
        assert fixed_by_the_seed(json.loads(changed)) == fixed_by_the_seed(json.loads(data))


def test_every_pair_of_stages_was_tried() -> None:
    stages = [code for code, _ in FAULTS]
    assert {*CODES} - {*stages} == {"E_CANON", "E_POOL", "E_TIME"}  # those have tests of their own
    assert len(list(combinations(FAULTS, 2))) > 2000
