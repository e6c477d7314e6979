"""The demo city's trading week: what was traded, by which methods, what went wrong and was put right, by the log."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from api.cli.place import load_packages
from api.demo.city import BRIDGE, SCHOOL, WATERWORKS, moment
from api.demo.market.agenda import WEEK
from audit.database import Database
from audit.entry import Entry
from audit.reading import entries, log_size
from audit.source import open_source
from tests.demo_city import a_played_city
from tests.trading.ocds_schema import faults, schema_folder
from trading.events import Method
from trading.history import history
from trading.law import clocks
from trading.lots import LotState, lot_states
from trading.ocds.feed import FEEDS, Publication
from trading.ocds.packages import record_package, release_package
from trading.ocds.queries import page
from trading.ocds.releases import Release

load_packages()

BEGINNINGS = ("announcement", "invitation", "prequalification", "disclosure", "single_source")
ENDS = {
    ("XM-2023-0101", "1"): ("open_tender", 1, "contracted"),
    ("XM-2023-0089", "1"): ("open_tender", 1, "performing"),
    ("XM-2023-0089", "2"): ("open_tender", 2, "decided"),
    ("XM-2023-0108", "1"): ("invited_tender", 1, "publicised"),
    (WATERWORKS.code, "1"): ("open_tender", 1, "receiving"),
    (BRIDGE.code, "1"): ("open_tender", 1, "announced"),
    ("ZFCG-2023-0301", "1"): ("open_tender", 1, "decided"),
    ("ZFCG-2023-0312", "1"): ("competitive_consultation", 1, "contracted"),
    ("ZFCG-2023-0318", "1"): ("competitive_negotiation", 1, "contracted"),
    ("ZFCG-2023-0320", "1"): ("inquiry", 2, "receiving"),
    ("ZFCG-2023-0309", "1"): ("single_source", 1, "completed"),
    (SCHOOL.code, "1"): ("open_tender", 1, "receiving"),
    ("DK-2023-018", "1"): ("listing", 1, "contracted"),
    ("KY-2023-003", "1"): ("auction", 2, "announced"),
    ("DK-2023-021", "1"): ("open_tender", 1, "contracted"),
    ("GQ-2023-006", "1"): ("listing", 1, "contracted"),
    ("ZC-2023-014", "1"): ("online_bidding", 1, "completed"),
    ("ZC-2023-011", "1"): ("auction", 1, "terminated"),
}
"""Where each lot stands on the eve of the holiday."""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return a_played_city(tmp_path_factory)[0]


@pytest.fixture(scope="module")
def logged(played: Path) -> list[Entry]:
    source = open_source(str(played / "log"))
    return list(entries(source, log_size(source)))


@pytest.fixture(scope="module")
def database(played: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{played / 'mingtang.db'}")
    yield database
    database.dispose()


@pytest.fixture(scope="module")
def lots(database: Database) -> dict[tuple[str, str], LotState]:
    with database.reading() as session:
        return {
            (code, number): lot
            for code in {code for code, _ in ENDS}
            for number, lot in lot_states(history(session, code)).items()
        }


def bodies(logged: list[Entry], kind: str) -> list[Any]:
    return [one.body for one in logged if one.kind == f"trading.{kind}"]


def test_at_least_three_projects_of_each_kind_are_traded_and_stand_where_the_stories_left_them(
    logged: list[Entry], lots: dict[tuple[str, str], LotState]
) -> None:
    registered = {one["code"]: one["trade"] for one in bodies(logged, "project_registered")}
    assert Counter(registered.values()) == {"A": 5, "B": 3, "C": 3, "D": 6}
    assert {code for code, _ in ENDS} == set(registered)
    assert {which: (lot.method, lot.round, lot.stage) for which, lot in lots.items()} == ENDS


def test_every_method_is_played(logged: list[Entry]) -> None:
    begun = {one["method"] for one in bodies(logged, "notice_published") if one["notice_kind"] in BEGINNINGS}
    assert begun - {None} == set(get_args(Method))
    of_trade = defaultdict(set)
    trades = {one["code"]: one["trade"] for one in bodies(logged, "project_registered")}
    for one in bodies(logged, "notice_published"):
        of_trade[trades[one["project"]]].add(one["method"])
    assert "open_tender" in of_trade["B"], "land by tender"
    assert {"listing", "online_bidding", "auction"} <= of_trade["C"]
    assert any(one["notice_kind"] == "pre_disclosure" for one in bodies(logged, "notice_published"))


def test_bids_are_opened_in_all_three_ways(logged: list[Entry]) -> None:
    opened = Counter((one["outcome"], one["custody"]) for one in bodies(logged, "bid_opened"))
    assert set(opened) == {("opened", "shares"), ("opened", "bidder"), ("opened", "timelock")}
    assert not any(one["project"] == "XM-2023-0108" for one in bodies(logged, "share_given")), "no seat came"
    assert {one["bid"] for one in bodies(logged, "quote_opened")} <= {
        one["receipt"] for one in bodies(logged, "bid_opened")
    }
    assert len(bodies(logged, "quotes_closed")) == 2


def test_what_goes_wrong_is_put_right(logged: list[Entry]) -> None:
    (corrected,) = bodies(logged, "notice_corrected")
    assert (corrected["version"], corrected["changed"]) == (2, ["text", "terms"])
    assert len(bodies(logged, "clarification_issued")) == 3
    failed = {(one["project"], one["lot"], one["failure"]) for one in bodies(logged, "lot_failed")}
    assert failed == {
        ("XM-2023-0089", "2", "too_few"),
        ("ZFCG-2023-0320", "1", "too_few"),
        ("KY-2023-003", "1", "below_reserve"),
    }
    again = {one["project"] for one in bodies(logged, "notice_published") if one["round"] == 2}
    assert again == {project for project, _, _ in failed}
    (terminated,) = bodies(logged, "lot_terminated")
    assert terminated["project"] == "ZC-2023-011"
    assert {one["outcome"] for one in bodies(logged, "disclosure_answered")} == {"published"}
    assert len(bodies(logged, "disclosure_requested")) == 2


def test_objections_suspend_until_they_are_answered_and_a_complaint_is_decided(logged: list[Entry]) -> None:
    moves = [
        (one.kind.removeprefix("trading."), one.body.get("objection") or one.body.get("reference"))
        for one in logged
        if one.subject == "project:XM-2023-0101"
        and one.kind.split("_")[-1] in ("filed", "suspended", "replied", "resumed")
    ]
    assert moves[-4:] == [
        ("objection_filed", "yy-2"),
        ("process_suspended", "yy-2"),
        ("objection_replied", "yy-2"),
        ("process_resumed", "yy-2"),
    ]
    course = [
        one.kind.removeprefix("trading.")
        for one in logged
        if one.subject == "project:ZFCG-2023-0301" and moment("2023-09-25 17:00") < one.at // 1000
    ]
    assert course == [
        "complaint_filed",
        "complaint_accepted",
        "process_suspended",
        "complaint_decided",
        "process_resumed",
        "award_revoked",
        "award_decided",
        "award_notified",
        "notice_published",
        "committee_named",
    ]
    causes = {one["cause"] for one in bodies(logged, "process_suspended")}
    assert causes == {"objection", "challenge", "complaint"}
    assert {one["ground"] for one in bodies(logged, "award_revoked")} == {"complaint", "winner_renounced"}
    seconds = [one["winners"][0] for one in bodies(logged, "award_decided") if one["winners"][0]["rank"] == 2]
    assert len(seconds) == 2
    assert all(one["reason"] for one in seconds)


def test_contracts_are_signed_amended_and_ended(logged: list[Entry]) -> None:
    assert len(bodies(logged, "contract_signed")) == 9
    assert {one["project"] for one in bodies(logged, "contract_amended")} == {"XM-2023-0089", "ZFCG-2023-0309"}
    assert {one["project"] for one in bodies(logged, "contract_ended")} == {"ZC-2023-014", "ZFCG-2023-0309"}


def test_agents_that_were_drawn_act_for_the_projects_of_the_draws(logged: list[Entry]) -> None:
    engaged = {one["project"]: one["draw_id"] for one in bodies(logged, "agent_engaged")}
    assert engaged == {one.code: one.draw for one in (WATERWORKS, SCHOOL, BRIDGE)}
    for code in (WATERWORKS.code, SCHOOL.code):
        plans = [one for one in logged if one.kind == "trading.opening_planned" and one.body["project"] == code]
        assert [one.actor.split(":")[0] for one in plans] == ["agent"]


def test_one_statutory_time_is_broken_and_the_clock_says_so_within_seconds(logged: list[Entry]) -> None:
    (breach,) = [one for one in logged if one.kind == "trading.rule_breached"]
    found: Any = breach.body
    assert breach.actor == "system"
    assert (found["project"], found["rule"]) == ("ZFCG-2023-0312", "d-contract-published@2015-03-01")
    rule = clocks.by_ref(found["rule"])
    assert rule is not None
    assert found["due_at"] == clocks.due(rule, found["started_at"])
    assert 1 <= breach.at // 1000 - found["due_at"] <= 60
    published = [
        one for one in logged if one.kind == "trading.notice_published" and one.body["notice_kind"] == "contract"
    ]
    late = next(one for one in published if one.body["project"] == "ZFCG-2023-0312")
    assert late.at > breach.at


def test_the_log_is_in_the_order_of_the_citys_time_and_most_of_it_is_of_the_week(logged: list[Entry]) -> None:
    times = [one.at for one in logged]
    assert times == sorted(times)
    week = [one for one in logged if one.kind.startswith("trading.") and one.at >= WEEK * 1000]
    assert len(week) > 200
    assert times[-1] < moment("2023-09-29 00:00") * 1000


def test_every_package_that_is_exported_holds_to_the_standards_schema(played: Path, database: Database) -> None:
    folder = schema_folder()
    size = log_size(open_source(str(played / "log")))
    publication = Publication("https://demo.example", "明川市公共资源交易中心")
    with database.reading() as session:
        for feed in FEEDS:
            found: list[Release] = []
            after, is_last = -1, False
            while not is_last:
                part = page(session, publication, feed, after, size, 100)
                package = release_package(publication, feed, "/releases", part.releases, 0)
                # What is sold has the same shape, but no schema of the standard's.
                assert feed.is_sale or faults(folder, package) == []
                found, after, is_last = found + part.releases, part.next, part.is_last
            assert len(found) > 40
            for process in {one.ocid for one in found if not feed.is_sale}:
                own = [one for one in found if one.ocid == process]
                assert faults(folder, record_package(publication, feed, process, own), "record") == []
