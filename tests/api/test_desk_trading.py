"""The desks of trading without a browser: a lot from announcement to contract, disputes, and who may do what."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from audit import queries as log_queries
from audit.act import Act
from audit.entry import Entry
from audit.log import Log
from lottery.beacon.relays import BeaconClient
from tests.api.desk_clerk import faults_of
from tests.api.desk_people import moment
from tests.api.site import ON_SQLITE
from tests.api.trading_desks import DAY, LOT, PROJECT, Trading, bidder
from tests.ground import FakeClock
from tests.lottery.hall import MONDAY, Hall
from trading.events import AgentEngaged
from trading.history import history
from trading.lots import lot_states

PDF = ("报告.pdf", b"%PDF-1.7 report", "application/pdf")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def trading(app: FastAPI, log: Log, clock: FakeClock) -> Iterator[Trading]:
    found = Trading(app, Hall(log, clock, BeaconClient([]), agencies=2))
    yield found
    found.close()


def stage(trading: Trading, lot: str = "1") -> str:
    with trading.hall.log.reading() as session:
        return lot_states(history(session, PROJECT))[lot].stage


def entry(trading: Trading, seq: int) -> Entry:
    with trading.hall.log.reading() as session:
        return log_queries.entries(session, trading.hall.log.published_size, after=seq - 1, limit=1)[0]


def body(trading: Trading, seq: int) -> dict[str, Any]:
    return entry(trading, seq).body


def test_a_lot_goes_from_its_announcement_to_its_contract_through_the_desks(trading: Trading) -> None:
    trading.register()
    tenderer = trading.at("tenderer")
    address = f"{LOT}/notice/announcement"
    desk = tenderer.get(f"/desk/projects/{PROJECT}").text
    assert f'href="{address}"' in desk
    # What the law wants is asked, what is lacking is told beside its field, and a time too short says the article.
    form = tenderer.form(f"{address}/open_tender")
    lacking = tenderer.send(form, **{**trading.announcement(), "term-scope": ""})
    assert faults_of(lacking) == ["api.field-missing"]
    short = tenderer.send(form, **trading.announcement(bid_deadline=moment(trading.now + 10 * DAY)))
    assert faults_of(short) == ["trading.too-soon"]
    assert "招标投标法" in short.text
    looked = tenderer.send(form, **trading.announcement())
    assert "核对" in looked.text
    assert "投标截止时间" in looked.text
    assert stage(trading) == "registered"
    seq = tenderer.do(f"{address}/open_tender", **trading.announcement())
    published = body(trading, seq)
    assert published["method"] == "open_tender"
    assert {one["name"]: one["value"] for one in published["terms"]}["consortium"] is False
    assert published["rules"]
    assert stage(trading) == "announced"
    # A correction shows what differs, and leaves the former version.
    notice = f"/desk/projects/{PROJECT}/notices/{published['notice']}/correct"
    later = moment(trading.now + 40 * DAY)
    corrected: dict[str, Any] = {"reason": "延长时间", "term-bid_deadline": later, "term-opening_at": later}
    looked = tenderer.look(notice, **corrected)
    assert "与上一版的不同" in looked.text
    assert looked.text.count("<del>") == 2
    assert body(trading, tenderer.do(notice, **corrected))["changed"] == ["terms"]
    tenderer.do(f"{LOT}/document_issued", {"document_1": PDF})  # times and price are those of the announcement
    # A question is asked by nobody in particular, and answered.
    asked = trading.at("bidder").do(f"{LOT}/question_asked", text="第三章工程量清单是否含土方外运？")
    assert body(trading, asked)["question"]
    answered = tenderer.do(
        f"{LOT}/clarification_issued", questions=[body(trading, asked)["question"]], text="含。", affects_bids="no"
    )
    assert body(trading, answered)["questions"] == [body(trading, asked)["question"]]
    trading.wait(41)
    trading.open_bids({1: 480_000_000, 2: 470_000_050, 3: 490_000_000})
    assert stage(trading) == "opened"
    tenderer.do(f"{LOT}/bid_rejected", receipt=f"{3:032x}", clause="第 3.2 条", reason="未按要求签章")
    none_yet = tenderer.send(tenderer.form(f"{LOT}/evaluation_completed"), {"report_sha256": PDF})
    assert faults_of(none_yet) == ["trading.no-committee"]
    committee: dict[str, Any] = {"selection": "superior", "reference": "演专库〔2023〕1号", "representatives": "DB-1"}
    experts = "ZJ-1\nZJ-2\nZJ-3\nZJ-4"
    even = tenderer.send(tenderer.form(f"{LOT}/committee_formed"), **committee, experts=experts[:-5])
    assert faults_of(even) == ["trading.committee-unlawful"]
    names = "\n".join(f"{code} | 评委{code[-1]}" for code in (*experts.split(), "DB-1"))
    seated = tenderer.do(f"{LOT}/committee_formed", **committee, experts=experts, private_text=names)
    assert "评委" not in str(body(trading, seated))
    scored = tenderer.do(f"{LOT}/evaluation_completed", {"report_sha256": PDF})
    assert [one["receipt"] for one in body(trading, scored)["scores"]] == [f"{2:032x}", f"{1:032x}"]
    tenderer.do(
        f"{LOT}/candidates_publicised",
        publicised_from=moment(trading.now),
        publicised_until=moment(trading.now + 7 * DAY),
        channel="演示市住建局",
    )
    early = tenderer.send(tenderer.form(f"{LOT}/award_decided"))
    assert faults_of(early) == ["trading.too-soon"]
    # What there is nothing to do about is not offered: no objection waits, no second evaluation was ordered.
    offered = tenderer.get(f"/desk/projects/{PROJECT}").text
    assert f'href="{LOT}/award_decided"' in offered
    assert f'href="{LOT}/objection_replied"' not in offered
    assert f'href="{LOT}/evaluation_completed"' not in offered
    assert "不得早于" in offered
    assert "已过期" not in offered
    trading.wait(8)
    awarded = tenderer.do(f"{LOT}/award_decided")
    assert body(trading, awarded)["winners"][0]["bidder"] == bidder(2)[0]
    tenderer.do(f"{LOT}/award_notified", number="演中〔2023〕1号")
    wrong = tenderer.send(
        tenderer.form(f"{LOT}/contract_signed"), {"text_sha256": PDF}, contract="HT-1", amount_fen="1.00",
        starts="2023-11-01", ends="2024-05-01",
    )  # fmt: skip
    assert faults_of(wrong) == ["trading.not-as-awarded"]
    signed = tenderer.do(
        f"{LOT}/contract_signed", {"text_sha256": PDF}, contract="HT-1", starts="2023-11-01", ends="2024-05-01",
        publish_text="yes",
    )  # fmt: skip
    assert body(trading, signed)["amount_fen"] == 470_000_050
    tenderer.do(f"{LOT}/performance_reported", milestone="accepted", description="竣工验收合格")
    tenderer.do(f"{LOT}/contract_ended", outcome="completed")
    assert stage(trading) == "completed"
    assert stage(trading, "2") == "registered"
    public = tenderer.client.get(f"/projects/{PROJECT}").text
    assert public.count('aria-current="step"') == 2
    assert public.count("合同终结") == 1


def test_an_objection_stops_the_lot_and_the_supervisor_decides_the_complaint(trading: Trading) -> None:
    trading.register()
    tenderer, one, supervisor = trading.at("tenderer"), trading.at("bidder"), trading.at("supervisor")
    tenderer.do(f"{LOT}/notice/announcement/open_tender", **trading.announcement())
    lacking = one.send(one.form(f"{LOT}/objection_filed"), stage="documents", abstract="资质要求过高")
    assert faults_of(lacking) == ["api.field-missing"]
    filed = one.do(
        f"{LOT}/objection_filed", stage="documents", abstract="资质要求过高", private_text="本公司认为第二章不合理。"
    )
    said = body(trading, filed)
    assert said["party"] == "潜在投标人"
    assert "不合理" not in str(said)
    assert said["due_at"] > trading.now
    for page in (f"/desk/projects/{PROJECT}", "/desk/trading"):
        assert "已暂停" in tenderer.get(page).text
    assert tenderer.get(f"{LOT}/document_issued").status_code == 409
    assert f'href="{LOT}/objection_replied"' in tenderer.get(f"/desk/projects/{PROJECT}").text
    tenderer.do(f"{LOT}/objection_replied", objection=said["objection"], outcome="rejected", abstract="资质要求合法")
    assert "已暂停" not in tenderer.get(f"/desk/projects/{PROJECT}").text
    complained = one.do(
        f"{LOT}/complaint_filed",
        stage="documents",
        objection=said["objection"],
        authority="演示市住建局",
        abstract="不服答复",
        private_text="投诉书全文",
    )
    complaint = body(trading, complained)["complaint"]
    # Nothing says before the deadline which bidder it was.
    assert body(trading, complained)["party"] == "潜在投标人"
    assert entry(trading, complained).actor == "system"
    assert PROJECT in supervisor.get("/desk/trading").text
    assert tenderer.get(f"{LOT}/complaint_accepted").status_code == 409
    supervisor.do(f"{LOT}/complaint_accepted", complaint=complaint)
    supervisor.do(f"{LOT}/process_suspended", cause="complaint", reference=complaint)
    assert "已暂停" in supervisor.get("/desk/trading").text
    supervisor.do(
        f"{LOT}/complaint_decided",
        complaint=complaint,
        outcome="rejected",
        order="continue",
        reference="演建监〔2023〕3号",
        abstract="投诉不成立",
    )
    assert "已暂停" not in tenderer.get(f"/desk/projects/{PROJECT}").text


@ON_SQLITE
def test_only_the_engaged_agent_and_whom_it_concerns_come_to_a_project(trading: Trading) -> None:
    trading.register()
    agent = trading.at("agent")
    assert agent.get(f"/desk/projects/{PROJECT}").status_code == 409
    assert agent.get(f"{LOT}/notice/announcement/open_tender").status_code == 409
    assert "此刻没有可办的事" in agent.get("/desk/trading").text
    registrar = trading.at("registrar")
    assert registrar.get(f"{LOT}/notice/announcement/open_tender").status_code == 200
    for path in ("award_decided", "bid_closed", "nothing", "notice_published", "x" * 60):
        assert registrar.get(f"{LOT}/{path}").status_code in (403, 409), path
    for position in ("0", "3", "x", "1000"):
        assert registrar.get(f"/desk/projects/{PROJECT}/lots/{position}/lot_failed").status_code == 404
    assert registrar.get(f"{LOT}/notice/result/none").status_code == 409
    assert registrar.get(f"{LOT}/notice/nonsense").status_code in (409, 403)


@ON_SQLITE
def test_the_methods_of_a_purchase_are_chosen_first_and_change_what_is_asked(trading: Trading) -> None:
    trading.register("D", "goods")
    tenderer = trading.at("tenderer")
    chosen = tenderer.get(f"{LOT}/notice/announcement")
    assert chosen.status_code == 200
    for method in ("open_tender", "competitive_negotiation", "inquiry"):
        assert f"{LOT}/notice/announcement/{method}" in chosen.text
    names = {
        method: set(tenderer.form(f"{LOT}/notice/announcement/{method}").values)
        for method in ("open_tender", "inquiry")
    }
    assert "term-budget_fen" in names["open_tender"]
    english = tenderer.get(f"{LOT}/notice/announcement?lang=en").text
    assert "inquiry" in english
    assert "询价" not in english


@ON_SQLITE
def test_a_registrar_amends_a_project_and_gives_it_a_platform_and_codes(trading: Trading) -> None:
    trading.register()
    registrar, base = trading.at("registrar"), f"/desk/projects/{PROJECT}"
    same = registrar.send(registrar.form(f"{base}/amend"), reason="无")
    assert faults_of(same) == ["trading.nothing-amended"]
    amended = registrar.do(f"{base}/amend", estimate_fen="1,200.50", funding="财政资金", reason="补充")
    assert [(one["field"], one["new"]) for one in body(trading, amended)["changed"]] == [
        ("estimate_fen", "120050"),
        ("funding", "财政资金"),
    ]
    assert faults_of(registrar.send(registrar.form(f"{base}/code"))) == ["trading.no-platform"]
    registrar.do(f"{base}/platform", platform=trading.hall.codes[1])
    assert body(trading, registrar.do(f"{base}/code"))["issuer"] == "local"
    superior = registrar.do(f"{base}/code", superior="A02-SUPERIOR-1", lot="2")
    assert (body(trading, superior)["issuer"], body(trading, superior)["lot"]) == ("superior", "2")
    assert trading.at("tenderer").get(f"{base}/amend").status_code == 403


def test_the_agency_that_was_engaged_acts_and_no_other(trading: Trading) -> None:
    trading.register()
    engaged = AgentEngaged(
        project=PROJECT, draw_id="MT-2023-0001", attempt=1, agent=trading.hall.codes[0], contract_number="WT-1"
    )

    def engage(act: Act) -> int:
        act.lock(f"project:{PROJECT}")
        return act.record(engaged, f"project:{PROJECT}")

    agent = trading.at("agent")
    assert agent.get(f"/desk/projects/{PROJECT}").status_code == 409
    trading.hall.do("system", engage)
    assert PROJECT in agent.get("/desk/trading").text
    agent.do(f"{LOT}/notice/announcement/open_tender", **trading.announcement())
    assert stage(trading) == "announced"
    # What only the tenderer decides is not offered to it, nor taken from it.
    assert "lot_terminated" not in agent.get(f"/desk/projects/{PROJECT}").text
    assert agent.get(f"{LOT}/lot_terminated").status_code == 409
