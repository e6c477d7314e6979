"""Foreign releases: what is wrong in them, what becomes of them, and that nothing they hold makes the program fail."""

import gzip
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import canonical
from tests.registry.builders import a_code
from tests.trading.foreign_releases import a_package
from tests.trading.lives import construction
from trading.ocds.checking import WORDS, problems
from trading.ocds.feed import Publication
from trading.ocds.foreign import clean, draft_of, leaves, process_of, without_persons
from trading.ocds.importing import check
from trading.ocds.process import Known
from trading.ocds.reading import UnreadableReleases, read
from trading.ocds.releases import releases
from trading.ocds.values import encoded


def bytes_of(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def found() -> list[Any]:
    return read(bytes_of(a_package()))


def test_releases_are_read_in_whatever_form_they_come() -> None:
    one, two = ({"ocid": "o", "id": str(n), "amount": 0.1} for n in (1, 2))
    forms: list[bytes] = [
        bytes_of({"releases": [one, two]}),
        bytes_of([one, two]),
        bytes_of(one) + b"\r\n\n" + bytes_of(two) + b"\n",
        b"\xef\xbb\xbf" + bytes_of({"records": [{"ocid": "o", "releases": [one, two], "compiledRelease": {}}]}),
        gzip.compress(bytes_of([{"releases": [one]}, {"releases": [two]}])),
    ]
    for form in forms:
        assert [release["id"] for release in read(form)] == ["1", "2"]
    assert read(forms[0])[0]["amount"] == Decimal("0.1")
    record = {"ocid": "o", "releases": [{"url": "https://x.example/1"}], "compiledRelease": one}
    assert [release["id"] for release in read(bytes_of({"records": [record]}))] == ["1"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b"not json",
        b"\x1f\x8bnot gzip",
        gzip.compress(b'{"ocid": 1}', mtime=0)[:-9],
        b'{"releases": []}',
        b'{"ocid": "o", "amount": 1e999999999}',
        b'{"ocid": "o", "amount": NaN}',
        b'{"ocid": "\\ud800"}',
        b'{"ocid": ' + b"[" * 100_000,
        b'{"ocid": ' + b"[" * 50 + b"]" * 50 + b"}",
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableReleases):
        read(data)


def test_every_fault_is_told_with_its_place() -> None:
    told = [(one.release, one.path, one.fault) for one in problems(found())]
    assert told == [
        ("r3", "contracts/0/status", "unknown-code"),
        ("r3", "contracts/0/dateSigned", "bad-date"),
        ("r3", "contracts/0/value/amount", "bad-amount"),
        ("r3", "contracts/0/value/currency", "other-currency"),
        ("r1", "tender/deliveryTerms", "empty"),
        ("r2", "planning/0/budget/amount/currency", "other-currency"),
        ("q", "initiationType", "missing"),
        ("q", "date", "bad-date"),
        ("q", "buyer", "no-party"),
    ]
    twice = problems([found()[1], found()[1]])
    assert [one.fault for one in twice if one.path in ("id", "date")] == ["duplicate-id", "same-date"]
    odd = {"ocid": "AM-PPS-1", "id": "1", "date": "2018-01-11T17:27:34+04:00", "tag": "planning"}
    assert [one.fault for one in problems([odd | {"initiationType": "planning"}])] == ["bad-ocid"] + [
        "unknown-code"
    ] * 2
    assert all(zh and en for zh, en in WORDS.values())


def test_our_own_releases_have_no_fault() -> None:
    own = releases(construction().steps, Publication("https://trading.example", "演示市"), Known())
    assert problems(read(b"\n".join(encoded(one.body) for one in own))) == []


def test_a_process_becomes_a_project_with_all_that_it_says() -> None:
    process = process_of([one for one in found() if one["id"] != "q"])
    assert process.code.startswith("ocds-zz9999-水-2025-07-")
    assert (process.trade, process.category, process.title) == ("D", "services", "演示市 泵站改造")
    assert (process.buyer_name, process.buyer_code) == ("演示市水务局", a_code(80))
    assert process.estimate_fen == 123_456_789
    assert [(lot.lot, lot.title, lot.estimate_fen) for lot in process.lots] == [("L1", "一标段", 123_456_789)]
    lonely = process_of([{"ocid": "ocds-zz9999-9"}])
    assert (lonely.code, [lot.lot for lot in lonely.lots]) == ("ocds-zz9999-9", ["1"])


def test_a_very_long_release_still_fits_into_an_entry() -> None:
    tender = dict.fromkeys(("title", "description", "eligibilityCriteria"), "水" * 40000 + "\n泵")
    release = {"ocid": "ocds-zz9999-9", "id": "1", "tag": ["tender"], "tender": tender}
    draft = draft_of(release, process_of([release]))
    written = [*draft.text, *(str(term.value) for term in draft.terms), draft.title]
    assert sum(len(text.encode()) for text in written) < 48 * 1024
    assert {"tender/description", "tender/title"} <= set(draft.only_kept)


def test_a_release_becomes_a_notice_and_what_has_no_place_is_named() -> None:
    _, tender, award, _ = found()
    process = process_of([tender, award])
    draft = draft_of(tender, process)
    terms = {term.name: term.value for term in draft.terms}
    assert (draft.kind, draft.method, draft.lot) == ("announcement", "competitive_consultation", "L1")
    assert terms["budget_fen"] == 123_456_789
    assert terms["bid_deadline"] == 1_766_192_400
    assert terms["qualification"] == ["具有相应资质"]
    assert set(draft.placed).isdisjoint(draft.only_kept)
    assert {path for path, _ in leaves(tender)} <= draft.placed | set(draft.only_kept)
    assert "tender/status" in draft.only_kept
    decided = {term.name: term.value for term in draft_of(award, process).terms}
    assert decided["winner_code"] == a_code(1)
    assert decided["amount_fen"] == 120_000_000
    kept = encoded(without_persons(tender)).decode()
    assert "张三" not in kept
    assert "1234567.89" in kept


SECTIONS = ("id", "date", "tag", "tender", "awards", "contracts", "parties", "buyer", "planning")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(-(10**12), 10**12, places=3) | st.text(),
    lambda below: (
        st.lists(below, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    *(
                        "id",
                        "name",
                        "amount",
                        "currency",
                        "tender",
                        "awards",
                        "suppliers",
                        "lots",
                        "value",
                        "tag",
                        "status",
                    ),
                    *(
                        "relatedLots",
                        "parties",
                        "buyer",
                        "identifier",
                        "contracts",
                        "title",
                        "description",
                        "tenderPeriod",
                    ),
                    *("endDate", "procurementMethod", "documents", "planning", "budget"),
                )
            )
            | st.text(),
            below,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=40)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"ocid": st.text(min_size=1) | json_values},
            optional=dict.fromkeys(SECTIONS, json_values),
        ),
        max_size=2,
    )
)
def test_no_release_of_any_form_makes_the_check_fail(drawn: list[Any]) -> None:
    report = check(drawn)
    assert len(report.outcomes) == sum(bool(str(one["ocid"] or "")) for one in drawn)


@given(st.text(), st.integers(1, 40))
def test_a_cleaned_text_can_stand_in_an_entry(text: str, limit: int) -> None:
    kept = clean(text, limit)
    assert kept == kept.strip()
    assert len(kept) <= limit
    canonical.encode(kept)
