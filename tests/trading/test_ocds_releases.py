"""Releases of whole lives: valid, stable, complete, and of one mind with the record."""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.registry.builders import a_code
from tests.trading.lives import (
    CODE,
    DIGEST,
    Life,
    company,
    construction,
    contracted,
    land,
    opened,
    procurement,
    receipt,
)
from tests.trading.ocds_schema import faults, schema_folder
from trading import events as e
from trading.ocds.feed import PURCHASES, SALES, Publication, feed_of, ocid, read_ocid, read_release_id
from trading.ocds.merge import compiled
from trading.ocds.packages import record_package, release_package
from trading.ocds.process import Known
from trading.ocds.releases import Release, releases
from trading.ocds.values import encoded, fen, instant, moment, money
from trading.ocds.writing import WRITERS

PUBLICATION = Publication("https://trading.example", "演示市公共资源交易中心")
KNOWN = Known(tenderer_code=a_code(80), agents={a_code(90): "演示招标代理有限公司"})
LIVES = {life.__name__: life for life in (construction, procurement, land)}
PLACEHOLDER = "ocds-000000"


def released(life: Life) -> list[Release]:
    return releases(life.steps, PUBLICATION, KNOWN)


def plain(value: Any) -> Any:
    """As whoever reads the published bytes has it, amounts exactly."""
    return json.loads(encoded(value), parse_float=Decimal)


def record(life: Life, round_number: int = 1) -> Any:
    """The compiled release of a round."""
    process = ocid(PLACEHOLDER, feed_of(life.steps[0].event.trade), life.code, round_number)
    return plain(compiled(one.body for one in released(life) if one.ocid == process))


@pytest.mark.parametrize("name", LIVES)
def test_packages_and_records_hold_to_the_standards_schema(name: str) -> None:
    folder, life = schema_folder(), LIVES[name]()
    found, feed = released(life), feed_of(life.steps[0].event.trade)
    package = json.loads(encoded(release_package(PUBLICATION, feed, "/packages", found, 0, "/ocds/packages?cursor=9")))
    assert len(package["releases"]) == len(found) > 10
    assert faults(folder, package) == []
    for process in {one.ocid for one in found}:
        whole = record_package(PUBLICATION, feed, process, [one for one in found if one.ocid == process])
        assert faults(folder, json.loads(encoded(whole)), "record") == []
    package["releases"][0]["date"] = "2025-12-01"
    assert len(faults(folder, package)) == 1


def referred(value: Any, inside: bool = False) -> Iterator[str]:
    """The ids of all references to organisations below a release's sections."""
    names = {"buyer", "x_seller", "payer", "payee", "agent", "candidate", "applicant"}
    if isinstance(value, list):
        for one in value:
            yield from referred(one, inside)
    elif isinstance(value, dict):
        if inside:
            yield value["id"]
        for name, one in value.items():
            yield from referred(one, name in names or name in {"suppliers", "tenderers"})


@pytest.mark.parametrize("name", LIVES)
def test_whoever_is_referred_to_is_among_the_parties_of_the_same_release(name: str) -> None:
    for release in released(LIVES[name]()):
        parties = {party["id"]: party for party in release.body["parties"]}
        assert len(parties) == len(release.body["parties"])
        others = {section: value for section, value in release.body.items() if section != "parties"}
        assert set(referred(others)) <= set(parties)
        assert all(party["name"] and party["roles"] for party in parties.values())


@pytest.mark.parametrize("name", LIVES)
def test_ids_are_unique_and_dates_strictly_later_whatever_the_clock_said(name: str) -> None:
    life = LIVES[name]()
    at_once = [step.__class__(**{**fields(step), "logged": life.steps[0].logged}) for step in life.steps]
    for steps in (life.steps, at_once):
        found = releases(steps, PUBLICATION, KNOWN)
        assert max(Counter(one.id for one in found).values()) == 1
        for process in {one.ocid for one in found}:
            dates = [one.body["date"] for one in found if one.ocid == process]
            assert all(first < second for first, second in pairwise(dates))
        assert all(read_release_id(one.id) == (one.ocid, one.seq) for one in found)


def fields(step: Any) -> dict[str, Any]:
    return {name: getattr(step, name) for name in ("entry_id", "event", "actor", "at", "seq", "logged", "files")}


@pytest.mark.parametrize("name", LIVES)
def test_what_comes_later_changes_no_release_that_was_there(name: str) -> None:
    life = LIVES[name]()
    whole = [encoded(one.body) for one in released(life)]
    for length in range(1, len(life.steps)):
        found = [encoded(one.body) for one in releases(life.steps[:length], PUBLICATION, KNOWN)]
        assert found == whole[: len(found)]


def test_a_lot_that_fails_is_tendered_again_as_a_process_that_names_the_first() -> None:
    first, second = record(construction()), record(construction(), 2)
    assert {lot["id"]: lot["status"] for lot in first["tender"]["lots"]} == {"1": "complete", "2": "unsuccessful"}
    assert first["tender"]["status"] == "complete"
    assert [lot["id"] for lot in second["tender"]["lots"]] == ["2"]
    (related,) = second["relatedProcesses"]
    assert (related["relationship"], related["identifier"]) == (["unsuccessfulProcess"], f"{PLACEHOLDER}-{CODE}-r1")
    assert second["planning"]["budget"]["amount"]["amount"] == Decimal("123456789.01")
    assert {party["id"] for party in second["parties"]} >= {"ORG-tenderer", f"CN-USCC-{a_code(90)}"}
    tags = [one.body["tag"] for one in released(construction()) if one.ocid.endswith("-r2")]
    assert tags[0] == ["planning", "tender"]
    assert tags[-1] == ["contractTermination"]


def test_a_record_says_what_happened_from_plan_to_end() -> None:
    found = record(construction())
    tender = found["tender"]
    assert (tender["procurementMethod"], tender["procurementMethodDetails"]) == ("open", "公开招标")
    assert tender["value"] == {"amount": Decimal("4800000.50"), "currency": "CNY"}
    assert tender["numberOfTenderers"] == len(tender["tenderers"]) == 5
    assert [one["answer"] for one in tender["enquiries"]] == ["四台。"]
    documents = {one["id"]: one for one in tender["documents"]}
    assert documents["gg-4"]["title"] == "施工招标公告（更正）"
    assert documents["gg-4"]["datePublished"] < documents["gg-4"]["dateModified"]
    assert {one["id"]: one for one in documents["gg-4"]["x_terms"]}["ceiling_fen"]["value"]["amount"] == Decimal(
        "4799999.99"
    )
    assert documents["ts-1"]["x_reply"].startswith("演投决1号：不成立")
    assert documents["gg-64"]["x_withdrawn"] == "误发"
    assert len(tender["amendments"]) == 4
    bids = {one["id"]: one for one in found["bids"]["details"]}
    assert sorted(one["status"] for one in bids.values()) == ["disqualified", "valid", "valid", "valid"]
    assert {one["id"]: one["value"] for one in found["bids"]["statistics"]} == {"bids-1": 4, "bids-2": 2}
    cancelled, standing = found["awards"]
    assert (cancelled["status"], standing["status"]) == ("cancelled", "active")
    assert [len(one.get("consortium", [])) for one in cancelled["x_candidates"]] == [0, 2, 0]
    both = [company(one)["bidder"] for one in (2, 22)]
    assert [one["name"] for one in standing["suppliers"]] == both
    assert [one["name"] for one in bids[receipt(2)]["tenderers"]] == both
    assert "x_consortium" not in cancelled
    (back,) = (one for one in tender["milestones"] if one["id"].startswith("bonds-"))
    assert back["description"] == "银行同期存款利息 30.68 元"
    (contract,) = found["contracts"]
    for one in (standing, contract, bids[receipt(2)]):
        told = [(member["name"], member["lead"], member["sharePermille"]) for member in one["x_consortium"]]
        assert told == [(both[0], True, 700), (both[1], False, 300)]
    assert (contract["awardID"], contract["status"]) == (standing["id"], "terminated")
    assert contract["value"]["amount"] == Decimal("4700000.12")
    paid = [one["value"]["amount"] for one in contract["implementation"]["transactions"]]
    assert paid == [Decimal("1000000.10"), Decimal("3700000.02")]
    roles = {party["id"]: party["roles"] for party in found["parties"]}
    assert roles["ORG-tenderer"] == ["buyer", "payer"]
    assert roles[f"CN-USCC-{company(2)['bidder_code']}"] == ["tenderer", "supplier", "payee"]
    assert roles[f"CN-USCC-{company(22)['bidder_code']}"] == ["tenderer", "supplier"]


def test_what_is_given_up_before_its_deadline_is_withdrawn_and_after_it_cancelled() -> None:
    assert {lot["id"]: lot["status"] for lot in record(procurement())["tender"]["lots"]}["2"] == "withdrawn"
    life = Life("D", "goods")
    life.notice("announcement", "1", "inquiry", terms={"bid_deadline": life.at(0)})
    life.now += 1000
    life.lot(e.LotTerminated, reason="任务取消", approval=None)
    found = record(life)["tender"]
    assert {lot["id"]: lot["status"] for lot in found["lots"]} == {"1": "cancelled", "2": "planning"}
    assert found["status"] == "active"


def test_a_correction_opens_nothing_again_that_is_over() -> None:
    life = Life("A", "works", lots=(("1", "取水泵房", None),))
    notice = life.notice("announcement", "1", "open_tender", terms={"bid_deadline": life.at(20)})
    life.lot(e.LotFailed, failure="too_few", reason="无人投标", bids=0)
    life.notice("announcement", "1", "open_tender", notice=notice, version=2, changed=["text"], reason="错字")
    tender = record(life)["tender"]
    assert (tender["status"], tender["lots"][0]["status"]) == ("unsuccessful", "unsuccessful")
    assert tender["lots"][0]["tenderPeriod"]["endDate"] == moment(life.steps[1].event.terms[0].value)


def test_a_sale_is_told_in_a_feed_of_its_own_with_the_money_flowing_the_other_way() -> None:
    found = record(land())
    assert found["ocid"] == "sale-DK-2025-1-r1"
    assert found["x_tradeDirection"] == "sale"
    assert "buyer" not in found
    assert found["x_seller"]["id"] == "ORG-tenderer"
    roles = {party["id"]: party["roles"] for party in found["parties"]}
    assert roles["ORG-tenderer"] == ["x_seller", "payee"]
    assert roles[f"CN-USCC-{company(1)['bidder_code']}"] == ["x_acquirer", "payer"]
    assert "mainProcurementCategory" not in found["tender"]
    assert {feed_of(trade) for trade in ("A", "D")} == {PURCHASES}
    assert {feed_of(trade) for trade in ("B", "C")} == {SALES}


def test_fifteen_hundred_bids_make_fifteen_hundred_small_releases() -> None:
    life = Life("A", "works")
    opened(life, "1", 1, 1500)
    found = released(life)
    assert max(len(encoded(one.body)) for one in found[2:]) < 2000
    assert record(life)["tender"]["numberOfTenderers"] == 1500


def test_a_later_quote_takes_the_place_of_its_bids_price() -> None:
    life = Life("D", "services")
    opened(life, "1", 1, 3)
    quote = {"quote": 1, "custody": "bidder", "quotes": [], "sha256": DIGEST, "plain_sha256": DIGEST, "note": None}
    for bid, outcome, price in ((1, "opened", 77), (2, "corrupt", None)):
        said = {**company(bid), "receipt": receipt(100 + bid), "outcome": outcome, "price_fen": price}
        life.lot(e.QuoteOpened, bid=receipt(bid), **quote, **said)
    bids = {one["id"]: one for one in record(life)["bids"]["details"]}
    assert [bids[receipt(bid)]["value"]["amount"] for bid in (1, 2, 3)] == [
        Decimal("0.77"),
        Decimal("4600000.02"),
        Decimal("4600000.03"),
    ]
    assert [bids[receipt(bid)]["status"] for bid in (1, 2, 3)] == ["pending"] * 3


def test_a_contract_without_an_award_before_it_tells_of_one() -> None:
    life = Life("D", "services")
    contracted(life, "1", 1)
    found = record(life)
    assert found["contracts"][0]["awardID"] == found["awards"][0]["id"]


SILENT = {
    e.ApplicantsJudged,
    e.ApplicationsUnanswered,
    e.BiddersInvited,
    e.CommitteeFormed,
    e.InvitedNamed,
    e.PlatformAssigned,
    e.OpeningPlanned,
    e.ShareGiven,
    e.QuotesAsked,
    e.QuotesClosed,
    e.QuoteShareGiven,
    e.OfferMade,
    e.CommitteeDrawn,
    e.CommitteeNamed,
    e.RelationJudged,
    e.RelationsListed,
    e.RuleBreached,
    e.SecurityRecorded,
    e.SecurityReturned,
}
"""Entries about a project that releases do not tell of: docs/open-data.md says why."""


def test_every_entry_about_a_project_is_told_of_or_known_not_to_be() -> None:
    kinds: set[Any] = {
        kind for kind in vars(e).values() if isinstance(kind, type) and "project" in getattr(kind, "model_fields", ())
    }
    about = {
        kind for kind in kinds if kind not in (e.LotEvent, e.Sealing) and not kind.kind.startswith("trading.disclosure")
    }
    assert about | {e.ProjectRegistered, e.NoticeWithdrawn} == set(WRITERS) | SILENT
    assert not set(WRITERS) & SILENT


# How values are written


@given(st.integers(0, 10**15))
def test_an_amount_is_read_as_the_very_fen_that_were_written(amount: int) -> None:
    written = encoded(money(amount)).decode()
    assert written.partition(",")[0] == f'{{"amount":{amount // 100}.{amount % 100:02d}'
    assert fen(json.loads(written, parse_float=Decimal)["amount"]) == amount


def test_moments_are_told_in_beijing_time_and_sort_as_texts() -> None:
    assert moment(1_764_554_400) == "2025-12-01T10:00:00+08:00"
    assert instant(1_764_554_400_007) == "2025-12-01T10:00:00.007+08:00"
    assert moment(10**15) is None
    assert fen(Decimal("1.005")) is None


@pytest.mark.parametrize("code", ["A-r2", "项目-1", "r1", "x--r10"])
@pytest.mark.parametrize("feed", [PURCHASES, SALES])
def test_an_ocid_leads_back_to_its_project_and_round(code: str, feed: Any) -> None:
    for number in (1, 2, 99):
        assert read_ocid(PLACEHOLDER, feed, ocid(PLACEHOLDER, feed, code, number)) == (code, number)
    for wrong in (
        "",
        "ocds-000000-A",
        "ocds-000000--r1",
        "ocds-000000-A-r01",
        "ocds-000000-A-r-1",
        "sale-A-r٣",
        "x-A-r1",
    ):
        assert read_ocid(PLACEHOLDER, feed, wrong) is None
    for wrong in ("", "7", "A-", "A-07", "A-1x"):
        assert read_release_id(wrong) is None


def test_releases_are_merged_as_the_standard_says() -> None:
    head = {"ocid": "o", "tag": ["tender"]}
    first = {
        **head,
        "id": "1",
        "date": "2025-01-01T00:00:00Z",
        "tender": {"id": "t", "title": "a", "items": [{"id": 1, "x": 1, "y": 2}, {"id": 2}], "value": {"amount": 1}},
        "parties": [{"id": "p", "roles": ["buyer"], "additionalIdentifiers": [{"id": "a"}]}],
    }
    second = {
        **head,
        "id": "2",
        "date": "2025-01-02T00:00:00Z",
        "tender": {"id": "t", "title": None, "items": [{"id": 3}, {"id": 1, "y": 3}], "value": None},
        "parties": [{"id": "p", "roles": ["buyer", "payer"], "additionalIdentifiers": [{"id": "b"}]}],
    }
    assert compiled([second, first]) == {
        "ocid": "o",
        "id": "o-2025-01-02T00:00:00Z",
        "date": "2025-01-02T00:00:00Z",
        "tag": ["compiled"],
        "tender": {"id": "t", "items": [{"id": 1, "x": 1, "y": 3}, {"id": 2}, {"id": 3}]},
        "parties": [{"id": "p", "roles": ["buyer", "payer"], "additionalIdentifiers": [{"id": "b"}]}],
    }
