"""The table of what the law wants in a notice, and how a notice is held to it."""

import json
from importlib.resources import files
from typing import Any, get_args

import pytest

from audit.canonical import encode
from audit.errors import Refusal
from registry.names import BadText
from tests.registry.builders import a_code
from trading.events import Category, Method, NoticeKind, Term, Trade
from trading.law.errors import FieldMissing, FieldUnknown, FieldWrong
from trading.law.fields import MAX_NUMBER, Field, check_terms, fields, read, table

CATEGORIES: dict[Trade, tuple[Category, ...]] = {
    "A": ("works",),
    "B": ("land", "mining"),
    "C": ("equity_transfer", "capital_increase", "asset_transfer"),
    "D": ("works", "goods", "services"),
}
SORTS = [
    (kind, trade, method, category)
    for kind in get_args(NoticeKind)
    for trade in get_args(Trade)
    for method in (None, *get_args(Method))
    for category in (None, *CATEGORIES[trade])
]
BEGIN = 1_741_744_800
"""12 March 2025, 10:00 in Beijing."""


def a_value(one: Field, at: int = 0) -> Any:
    if one.name == "winner_code":
        return a_code(1)
    later = {"documents_until": 1, "bid_deadline": 2, "opening_at": 2}.get(
        one.name, 1 if one.name.endswith("_until") else 0
    )
    return {
        "text": "文字",
        "paragraphs": ["一段", "又一段"],
        "fen": 12_345,
        "moment": BEGIN + later * 86_400,
        "days": 90,
        "flag": True,
        "int": 40,
    }[one.type]


def whole(sort: tuple[Any, ...]) -> list[Term]:
    return [Term(name=one.name, value=a_value(one)) for one in sorted(fields(*sort), key=lambda one: one.name)]


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_a_notice_of_every_kind_is_taken_whole_and_missed_by_each_thing_the_law_wants(kind: NoticeKind) -> None:
    for sort in (sort for sort in SORTS if sort[0] == kind):
        terms = whole(sort)
        check_terms(terms, *sort)
        encode([term.model_dump() for term in terms])
        for one in fields(*sort):
            without = [term for term in terms if term.name != one.name]
            if one.required:
                with pytest.raises(FieldMissing) as refused:
                    check_terms(without, *sort)
                assert refused.value.facts["name"] == one.name
                assert one.zh in refused.value.message("zh")
                assert one.en in refused.value.message("en")
            else:
                check_terms(without, *sort)


def test_every_trade_has_the_notices_of_its_procedure() -> None:
    wanted: dict[str, set[str]] = {
        "A": {"announcement", "invitation", "prequalification", "candidates", "result", "contract"},
        "B": {"announcement", "result", "contract"},
        "C": {"pre_disclosure", "disclosure", "result", "contract"},
        "D": {"intention", "announcement", "invitation", "prequalification", "single_source", "result", "contract"},
    }
    for trade, kinds in wanted.items():
        for kind in kinds | {"clarification", "opening", "failure", "termination", "performance"}:
            sort = (kind, trade, "listing" if trade == "B" else None, CATEGORIES[trade][0])  # type: ignore[index]
            assert any(one.required for one in fields(*sort)), (trade, kind)  # type: ignore[arg-type]
    assert fields("candidates", "D") == ()  # there is no publicity of candidates in government procurement
    listing = {one.name for one in fields("announcement", "B", "listing", "land") if one.required}
    assert {"starting_fen", "step_fen", "deposit_fen", "listing_from", "listing_until", "plan_indices"} <= listing
    tender = {one.name for one in fields("announcement", "B", "open_tender", "mining") if one.required}
    assert "bid_deadline" in tender
    assert not {"step_fen", "plan_indices"} & tender
    assert {"publicised_from"} <= {one.name for one in fields("result", "B", "listing", "mining")}
    assert "publicised_from" not in {one.name for one in fields("result", "B", "listing", "land")}


def test_every_field_has_its_words_in_both_languages() -> None:
    for one in table():
        assert one.zh
        assert one.en
        assert one.en.isascii()
        assert one.name.isascii()
        assert one.type == "fen" or not one.name.endswith("_fen")
        assert one.type == "days" or not one.name.endswith("_days")


# What is refused


def refused(code: type[Refusal], terms: list[Term], *sort: Any) -> Refusal:
    with pytest.raises(code) as caught:
        check_terms(terms, *sort)
    return caught.value


def test_terms_are_in_order_once_and_none_but_those_of_the_table() -> None:
    sort = ("contract", "D", None, "goods")
    terms = whole(sort)
    refused(FieldUnknown, terms[::-1], *sort)
    refused(FieldUnknown, [terms[0], *terms], *sort)
    refused(FieldUnknown, [*terms, Term(name="zzz", value=1)], *sort)
    refused(FieldUnknown, whole(("announcement", "A", None, "works")), "announcement", "B", "listing", "land")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_fen", True),
        ("amount_fen", -1),
        ("amount_fen", MAX_NUMBER + 1),
        ("amount_fen", "100"),
        ("signed_at", 4_102_444_801),
        ("contract_period", ["一年"]),
        ("contract_number", 5),
        ("winner_code", "91210000DEM000000X"),
    ],
)
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    terms = [
        term if term.name != name else Term(name=name, value=value) for term in whole(("contract", "D", None, None))
    ]
    found = refused(FieldWrong, terms, "contract", "D", None, None)
    assert found.facts["name"] == name


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("documents_from", "documents_until"), ("listing_from", "listing_until")],
)
def test_what_ends_ends_later_than_it_began(earlier: str, later: str) -> None:
    sort = ("announcement", "B" if earlier == "listing_from" else "A", "listing", "land")
    terms = {term.name: term.value for term in whole(sort)}
    for begins, is_right in ((terms[later], False), (terms[later] - 1, True)):  # type: ignore[operator]
        given = [Term(name=name, value=value) for name, value in (terms | {earlier: begins}).items()]
        if is_right:
            check_terms(given, *sort)  # type: ignore[arg-type]
        else:
            found = refused(FieldWrong, given, *sort)
            assert found.facts["name"] == later
            assert found.message("zh") != found.message("en")


def test_flags_and_paragraphs_have_their_own_types_and_texts_hold_no_line_break() -> None:
    sort = ("clarification", "A", None, "works")
    for value in (1, "是", ["是"]):
        terms = [Term(name="affects_bids", value=value), Term(name="refers_to", value="招标文件")]
        assert refused(FieldWrong, terms, *sort).facts["name"] == "affects_bids"
    refused(BadText, [Term(name="affects_bids", value=True), Term(name="refers_to", value="一\n二")], *sort)
    sort = ("failure", "A", None, "works")
    for value in ([], "不足三家", ["段"] * 101):
        assert refused(FieldWrong, [Term(name="reason", value=value)], *sort).facts["name"] == "reason"
    for paragraphs in ([""], ["段"] * 3 + ["长" * 2_001]):
        refused(BadText, [Term(name="reason", value=paragraphs)], *sort)


# The table itself


@pytest.mark.parametrize(
    "changed", [{}, {"trades": ["E"]}, {"methods": ["lot"]}, {"categories": ["ship"]}, {"type": "date"}, {"kind": "x"}]
)
def test_a_slip_in_the_table_is_seen(changed: dict[str, Any]) -> None:
    data = json.loads(files("trading.law").joinpath("fields.json").read_bytes())
    assert read(json.dumps(data)) == table()
    with pytest.raises(ValueError, match="twice" if not changed else "there is no|cannot hold"):
        read(json.dumps([*data, data[0] | changed]))
