"""A lot in a real browser from its announcement to the end of its contract, by keyboard, on a telephone, with axe."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from audit.log import Log
from lottery.beacon.relays import BeaconClient
from tests.api.desk_people import NEXT, Person, findings, moment
from tests.api.site import ON_SQLITE, Served
from tests.api.trading_desks import DAY, LOT, PROJECT, Trading
from tests.ground import FakeClock
from tests.lottery.hall import MONDAY, Hall

DESK = f"/desk/projects/{PROJECT}"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def trading(app: FastAPI, log: Log, clock: FakeClock) -> Iterator[Trading]:
    found = Trading(app, Hall(log, clock, BeaconClient([]), agencies=2))
    found.register()
    for role in ("tenderer", "bidder", "supervisor"):
        found.at(role)
    yield found
    found.close()


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "报告.pdf"
    path.write_bytes(b"%PDF-1.7")
    return str(path)


def is_fit(person: Person, path: str) -> None:
    """On a wide screen axe finds nothing serious, and a telephone shows it without scrolling sideways."""
    person.open(path)
    assert findings(person.page) == []
    person.page.set_viewport_size({"width": 360, "height": 740})
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 360
    person.page.set_viewport_size({"width": 1366, "height": 768})


@ON_SQLITE
def test_a_lot_is_taken_to_the_end_of_its_contract_in_a_browser(
    chromium: Browser, served: Served, trading: Trading, report: str
) -> None:
    tenderer = Person(chromium, served.base_url, "tenderer")
    bidder = Person(chromium, served.base_url, "bidder")
    supervisor = Person(chromium, served.base_url, "supervisor")
    page = tenderer.page
    # From the desk's home to the form by keyboard alone.
    tenderer.open("/desk").page.get_by_role("link", name=re.compile("^交易待办")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("交易待办")
    offer = page.get_by_role("link", name="招标公告 标段 1")
    offer.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("发布招标公告")
    form = page.url.removeprefix(served.base_url)
    is_fit(tenderer, form)
    # A time that the law does not allow is told with its article, beside its field.
    tenderer.fill(**trading.announcement(bid_deadline=moment(trading.now + 10 * DAY))).press(NEXT)
    expect(page.locator("#f-term-bid_deadline")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-term-bid_deadline-wrong")).to_contain_text("招标投标法")
    assert findings(page) == []
    deadline = moment(trading.now + 30 * DAY)
    tenderer.look(**{"term-bid_deadline": deadline, "term-opening_at": deadline})
    expect(page.get_by_role("heading", name="将永久公开")).to_be_visible()
    assert findings(page) == []
    tenderer.confirm()
    # Corrected, with what differs; documents, a question and its answer.
    later = {"term-bid_deadline": moment(trading.now + 40 * DAY), "term-opening_at": moment(trading.now + 40 * DAY)}
    tenderer.open(f"{DESK}/notices/xm-2023-0001-01/correct").look(**later, reason="延长时间")
    expect(page.locator(".differences del")).to_have_count(2)
    assert findings(page) == []
    tenderer.confirm()
    tenderer.open(f"{LOT}/document_issued")
    page.locator("#f-document_1").set_input_files(report)
    tenderer.look().confirm()
    trading.at("bidder").do(f"{LOT}/question_asked", text="是否含土方外运？")
    tenderer.do(f"{LOT}/clarification_issued", {"questions": "tw-1", "text": "含。", "affects_bids": "no"})
    # An objection stops it and the reply lets it go on; the supervisor sees a complaint.
    is_fit(bidder, f"{LOT}/objection_filed")
    bidder.do(f"{LOT}/objection_filed", {"abstract": "资质过高", "private_text": "第二章不合理。"})
    is_fit(tenderer, DESK)
    expect(page.get_by_text("已暂停").first).to_be_visible()
    is_fit(tenderer, "/desk/trading")
    trading.at("tenderer").do(f"{LOT}/objection_replied", objection="yy-1", outcome="rejected", abstract="合法")
    complaint = {"stage": "documents", "objection": "yy-1", "authority": "演示市住建局", "abstract": "不服答复"}
    bidder.do(f"{LOT}/complaint_filed", complaint | {"private_text": "全文"})
    supervisor.open("/desk/trading")
    expect(supervisor.page.get_by_role("link", name=re.compile("不予受理投诉"))).to_be_visible()
    trading.at("supervisor").do(f"{LOT}/complaint_refused", complaint="ts-1", reason="不属受理范围")
    # Opened, evaluated, publicised, awarded, contracted, ended.
    trading.wait(41)
    trading.open_bids({1: 480_000_000, 2: 470_000_050, 3: 490_000_000})
    seated = {"selection": "superior", "reference": "演专库1号", "representatives": "DB-1"}
    names = "\n".join(f"{code} | 评委" for code in ("ZJ-1", "ZJ-2", "ZJ-3", "ZJ-4", "DB-1"))
    tenderer.sign_in().do(
        f"{LOT}/committee_formed", seated | {"experts": "ZJ-1\nZJ-2\nZJ-3\nZJ-4", "private_text": names}
    )
    tenderer.open(f"{LOT}/evaluation_completed")
    page.locator("#f-report_sha256").set_input_files(report)
    tenderer.look().confirm()
    is_fit(tenderer, f"{LOT}/candidates_publicised")
    until = {"publicised_until": moment(trading.now + 7 * DAY)}
    tenderer.look(**until).confirm()
    trading.wait(8)
    tenderer.sign_in().do(f"{LOT}/award_decided")
    trading.at("tenderer").do(f"{LOT}/award_notified", number="演中〔2023〕1号")
    tenderer.open(f"{LOT}/contract_signed")
    page.locator("#f-text_sha256").set_input_files(report)
    tenderer.look(contract="HT-1", starts="2023-11-01", ends="2024-05-01", publish_text="yes").confirm()
    trading.at("tenderer").do(f"{LOT}/performance_reported", milestone="accepted", description="竣工验收合格")
    trading.at("tenderer").do(f"{LOT}/contract_ended", outcome="completed")
    # The public page draws the way it went.
    is_fit(tenderer, f"/projects/{PROJECT}")
    stages = page.locator(".lot-timeline").first.locator(".stages li")
    expect(stages.last).to_have_attribute("aria-current", "step")
    expect(stages.last).to_contain_text("已完成")
    page.get_by_text(re.compile("本轮全部事项")).first.click()
    expect(page.get_by_role("link", name="合同终结")).to_be_visible()
    is_fit(tenderer, f"{DESK}?lang=en")
    assert [person.faults for person in (tenderer, bidder, supervisor)] == [[], [], []]
