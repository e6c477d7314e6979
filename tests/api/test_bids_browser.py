"""A bidder, a seat and the public at a sealed bid's life, each in a real browser; the receipt is checked offline."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyrage  # type: ignore[import-untyped]  # it ships no types
import pytest
from playwright.sync_api import Browser, Download, Page, expect

from audit.command import verify_receipt_command
from audit.entry import commitment
from tests.api.desk_clerk import Clerk
from tests.api.desk_people import let_in
from tests.api.public_city import a_hall
from tests.api.site import Served, make_member, serving
from tests.lottery.hall import PROJECT, a_code, a_key
from tests.trading.bids.bidding import DEADLINE, Tender
from trading.bids import commands
from trading.bids.logged.command import Question, verify_bid_command
from trading.events import OpeningPlanned

WAIT = 30_000


@pytest.fixture
def tender(tmp_path: Path) -> Iterator[Tender]:
    """A lot that takes bids until the second of a recorded round, three bidders, and accounts of who comes here."""
    with a_hall(tmp_path / "hall") as hall:
        tender = Tender(hall)
        tender.begin()
        for number in range(3):
            tender.enrol(number)
        make_member(hall.log, "bidder-one", "bidder", organisation="bidder-1")
        make_member(hall.log, "notary", "notary", organisation="notary")
        make_member(hall.log, "tenderer", "tenderer", organisation="tenderer")
        yield tender


@pytest.fixture
def site(tender: Tender) -> Iterator[Served]:
    with serving(tender.hall.log) as served:
        yield served


class Visitor:
    """A browser of somebody's own."""

    def __init__(self, browser: Browser, site: Served, name: str = "") -> None:
        self.base_url = site.base_url
        context = browser.new_context(locale="zh-CN", viewport={"width": 1100, "height": 900}, accept_downloads=True)
        context.set_default_timeout(WAIT)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if name:
            self.sign_in(name)

    def sign_in(self, name: str) -> None:
        let_in(self.page, self.base_url, name)

    def open(self, path: str) -> Page:
        self.page.goto(self.base_url + path)
        return self.page

    def confirm(self, button: str = "确认提交") -> None:
        """Look at what will be recorded, and record it."""
        self.page.get_by_role("button", name="下一步：核对").click()
        self.page.get_by_role("button", name=button).click()
        expect(self.page).to_have_url(re.compile("/desk/done/"))

    def saved(self, link: str) -> bytes:
        with self.page.expect_download() as caught:
            self.page.get_by_role("link", name=link).first.click()
        download: Download = caught.value
        return Path(download.path()).read_bytes()


OPENING = f"/openings/{PROJECT}/1"


def a_secret(organisation: str) -> str:
    """The organisation's signing key as its browser keeps it."""
    return a_key(organisation).private_bytes_raw().hex()


def test_a_bid_is_sealed_in_the_browser_kept_secret_and_opened_before_everybody(
    chromium: Browser, site: Served, tender: Tender, tmp_path: Path
) -> None:
    hall = tender.hall
    notary = Visitor(chromium, site, "notary")
    key_file = tmp_path / "opening-key.txt"
    page = notary.open("/desk/keys/notary")
    page.evaluate("([name, secret]) => localStorage.setItem(name, secret)", ["mingtang-key/notary", a_secret("notary")])
    page.get_by_role("link", name="登记开标公钥").click()
    page.get_by_role("button", name="在本机生成密钥").click()
    recipient = page.locator("[data-recipient]").inner_text()
    assert page.input_value("[name=recipient]") == recipient
    key_file.write_bytes(notary.saved("保存密钥文件"))
    expect(page.get_by_role("img", name="密钥的二维码")).to_be_visible()
    assert page.input_value("[name=replaces]") == str(tender.seats["notary"].to_public())
    page.check("[name=kept]")
    notary.confirm("签名并提交")
    page = notary.open("/desk/keys/notary")
    page.fill("[name=key]", str(tender.seats["notary"]).lower())
    page.get_by_role("button", name="核对").click()
    expect(page.locator("[data-match]")).to_contain_text("已替换")

    tenderer = Visitor(chromium, site, "tenderer")
    page = tenderer.open(f"/desk/openings/{PROJECT}/1/plan")
    for one in tender.seats:
        page.check(f"[name=holders][value={one}]")
    page.fill("[name=threshold]", "2")
    page.select_option("[name=timelock]", "yes")
    tenderer.confirm()
    planned = tender.opening().plans[-1].event
    assert isinstance(planned, OpeningPlanned)
    plan = planned
    assert (plan.threshold, len(plan.seats), plan.round_number) == (2, 3, 1000)
    assert {one.seat: one.recipient for one in plan.seats}["notary"] == recipient
    page = notary.open(f"/desk{OPENING}")
    page.locator("[data-key-test] [name=key]").fill(str(tender.seats["notary"]))
    page.get_by_role("button", name="核对").click()
    expect(page.locator("[data-key-answer]").get_by_role("alert")).to_contain_text("不符")
    page.locator("[data-key-test] [name=key]").fill("")
    page.locator("[data-key-test] [name=key_file]").set_input_files(key_file)
    page.get_by_role("button", name="核对").click()
    expect(page.locator("[data-match]")).to_have_text("相符：notary")

    bidder = Visitor(chromium, site, "bidder-one")
    sent: list[bytes] = []
    bidder.page.on("request", lambda one: sent.append(one.post_data_buffer or b"") if one.method == "POST" else None)
    page = bidder.open("/desk/bids")
    page.get_by_role("link", name="投标", exact=True).click()
    page.fill("[name=price]", "abc")
    bid_file = tmp_path / "标书.pdf"
    bid_file.write_bytes(b"canary-content" * 50)
    page.set_input_files("[name=files]", bid_file)
    page.get_by_role("button", name="在本机封装").click()
    expect(page.get_by_role("alert")).to_contain_text("报价须为元")
    page.fill("[name=price]", "1234567.89")
    page.fill("[name=duration_days]", "180")
    page.fill("[name=quality]", "合格")
    page.get_by_text("联合体投标", exact=True).click()
    code = page.get_attribute("form[data-bid-submit]", "data-bidder")
    page.fill("[name=members]", f"演示建设甲有限公司 {code} 62.5\n演示建设乙有限公司 {a_code(190)} 37.5")
    page.get_by_role("button", name="在本机封装").click()
    expect(page.get_by_role("alert")).to_contain_text("须附共同投标协议")
    page.set_input_files("[name=agreement]", {"name": "协议.pdf", "mimeType": "application/pdf", "buffer": b"agreed"})
    page.get_by_role("button", name="以本单位密钥签署协议").click()
    expect(page.locator("[data-agreement-signed]")).to_have_text("本机没有贵单位的密钥")
    page.get_by_role("button", name="在本机封装").click()
    send = page.locator("[data-bid-send]")
    expect(send).to_be_disabled()
    key = re.search(rb"AGE-SECRET-KEY-1[0-9A-Z]+", bidder.saved("保存密钥文件"))
    assert key is not None
    page.check("#bid-kept")
    send.click()
    number = page.locator("[data-bid]").inner_text()
    proof, entry = tmp_path / "bid.tlog-proof", tmp_path / "bid.entry.json"
    proof.write_bytes(bidder.saved("下载回执（.tlog-proof）"))
    entry.write_bytes(bidder.saved("下载条目"))
    held = json.loads(bidder.saved("下载承诺内容（仅贵单位可得）"))
    line, status = verify_receipt_command(proof, entry, hall.log.vkey)
    assert (line[:7], status) == ("OK seq=", 0)
    assert json.loads(entry.read_bytes())["private"]["statement"] == commitment(
        bytes.fromhex(held["salt"]), held["statement"].encode()
    )
    assert json.loads(held["statement"])["receipt"] == number
    own = Question(proof, entry, tmp_path / "bid.statement.json", hall.log.vkey, tmp_path / "bid.age")
    own.statement.write_bytes(json.dumps(held).encode())
    (tmp_path / "bid.age").write_bytes(bidder.saved("保存密文"))
    proved = verify_bid_command(own)
    assert (proved.status, proved.line.split()[2:4]) == (0, [f"bid={number}", "act=sealed"]), proved.line
    assert "sealed=ok closing=unchecked" in proved.line
    assert not any(key[0] in one or b"canary" in one or b"1234567" in one for one in sent), "nothing leaves unsealed"

    for other in (0, 2):
        tender.bid(other, tender.a_bid(plan, other))
    visitor = Visitor(chromium, site)
    page = visitor.open(OPENING)
    expect(page.locator("p[data-stage]")).to_contain_text("距截止")
    assert page.locator("[data-count]").inner_text() == ""
    assert "演示建设" not in page.content()
    assert number not in page.content()

    tender.withdraw_key("tenderer")
    expect(bidder.open(f"/desk/bids/new?project={PROJECT}&lot=1").locator("main")).to_contain_text("席位 tenderer 的")
    page.reload()
    expect(page.locator("main")).to_contain_text("有 1 个席位的公钥在公布方案后已声明失密（门限 2）")
    expect(page.locator("main")).to_contain_text("设备失窃")
    page.get_by_role("link", name="演示市公证处").click()
    expect(page.locator("main")).to_contain_text(recipient)
    page.go_back()

    tender.pass_deadline()
    tender.close()
    expect(page.locator("[data-count]")).to_have_text("0 / 3", timeout=WAIT)
    expect(page.locator("[data-opening]")).to_have_attribute("data-stage", "awaiting")
    tender.give("centre")
    notary.sign_in("notary")  # two days have passed
    page = notary.open(f"/desk/openings/{PROJECT}/1")
    page.fill("#seat-key", str(pyrage.x25519.Identity.generate()))
    page.get_by_role("button", name="解开并提交份额").click()
    expect(page.locator("[data-seat-result]")).to_contain_text("不是该席位")
    page.fill("#seat-key", "")
    page.set_input_files("#seat-file", key_file)
    page.get_by_role("button", name="解开并提交份额").click()
    expect(page.locator("[data-given]")).to_be_visible(timeout=WAIT)
    assert tender.open() == 3
    proved = verify_bid_command(replace(own, log=str(hall.log.data / "log")))
    assert (proved.status, "closing=in opened=opened" in proved.line) == (0, True), proved.line

    page = visitor.page
    expect(page.locator("[data-count]")).to_have_text("3 / 3", timeout=WAIT)
    expect(page.locator("[data-bids] tr")).to_have_count(3)
    expect(page.locator("[data-bids]")).to_contain_text("1,234,567.89")
    expect(page.locator("[data-bids]")).to_contain_text("工期（天） 180；质量承诺 合格")
    expect(page.locator("[data-bids]")).to_contain_text("成员 演示建设乙有限公司 37.5% · 未电子签署")
    expect(page.locator("p[data-stage]")).to_have_text("开标完毕")
    drawn = page.locator("[data-bids] tr").all_inner_texts()
    page.reload()
    assert page.locator("[data-bids] tr").count() == len(drawn), "the page says the same without its script"

    bidder.sign_in("bidder-one")
    expect(bidder.open(f"/desk/bids/{number}").get_by_role("link", name="用密钥开启")).to_be_visible()
    answer = bidder.page.request.post(
        f"{site.base_url}/api/v1/projects/{PROJECT}/events",
        data={
            "kind": "trading.opening_objected",
            "body": {
                "project": PROJECT, "lot": "1", "round": 1, "objection": "kb-1", "bidder": "演示建设1号有限公司",
                "text": ["工期宣读有误"],
            },
        },
        headers={"Origin": site.base_url},
    )  # fmt: skip
    assert answer.status == 201, answer.text()
    expect(visitor.open(OPENING).locator("main")).to_contain_text("工期宣读有误")
    bidder.open("/notices/gg-1").get_by_role("link", name="投标、提问、异议").click()
    expect(bidder.page).to_have_url(re.compile(f"/desk/projects/{PROJECT}$"))
    bidder.open(OPENING).get_by_role("link", name="提出开标异议").click()
    bidder.page.locator("textarea[name=text]").fill("签字页未宣读")
    bidder.confirm()
    expect(visitor.open(OPENING).locator("main")).to_contain_text("签字页未宣读")
    expect(visitor.open("/openings").locator("main")).to_contain_text("第三水厂")
    visitor.open(f"/projects/{PROJECT}").locator("#openings + table a").click()
    expect(visitor.page).to_have_url(re.compile(rf"{OPENING}\?round=1$"))
    assert bidder.faults + notary.faults + visitor.faults + tenderer.faults == []
    assert hall.clock.now > DEADLINE * 1000


def test_what_is_a_bidders_own_is_shown_to_nobody_else(site: Served, tender: Tender) -> None:
    plan = tender.plan()
    made = tender.a_bid(plan, 0)
    receipt = tender.bid(0, made)
    again = tender.a_bid(plan, 1)
    own = tender.bid(1, again)
    bidder = Clerk(site.app, tender.hall.log, "bidder-one")
    for path in ("/desk/bids/{}", "/api/v1/bids/{}/statement", "/api/v1/bids/{}/sealed", "/desk/bids/{}/withdraw"):
        assert bidder.get(path.format(receipt)).status_code == 404
        assert bidder.get(path.format(own)).status_code == 200
    assert bidder.get(f"/api/v1/bids/{own}/sealed").content == again.sealed
    assert [one["bid"] for one in bidder.get("/api/v1/bids").json()] == [own]
    bidder.do(f"/desk/bids/{own}/withdraw")
    assert "已替换或撤回" in bidder.get("/desk/bids").text
    tender.hall.refused("trading.no-such-bid", "bidder:b1", commands.withdraw_bid, own)


def test_an_application_leaves_sealed_and_only_its_readers_device_opens_it(
    chromium: Browser, site: Served, tender: Tender, tmp_path: Path
) -> None:
    until = tender.hall.clock.now // 1000 + 86_400
    terms = [{"name": "sign_up_until", "value": until}]
    Tender(tender.hall, "2").announce("zs-1", until, notice_kind="prequalification", terms=terms)
    bidder = Visitor(chromium, site, "bidder-one")
    sent: list[bytes] = []
    bidder.page.on("request", lambda one: sent.append(one.post_data_buffer or b"") if one.method == "POST" else None)
    page = bidder.open(f"/desk/applications/{PROJECT}/2")
    page.locator("[name=letter]").fill("本单位申请\n业绩见附件")
    paper = tmp_path / "资质.pdf"
    paper.write_bytes(b"canary-paper")
    page.set_input_files("[name=paper]", paper)
    page.get_by_role("button", name="在本机封装").click()
    expect(page.get_by_role("status")).to_contain_text("已在本机封装")
    bidder.confirm()
    assert not any(one in b"".join(sent) for one in (b"canary", "业绩见附件".encode()))

    tender.hall.at(until + 1)
    tenderer = Visitor(chromium, site, "tenderer")
    page = tenderer.open(f"/desk/qualification/{PROJECT}/2")
    page.fill("[name=key]", str(tender.seats["notary"]))
    page.get_by_role("button", name="在本机解开").click()
    expect(page.locator("[data-application]")).to_have_text("此密钥不能解开这份申请")
    page.fill("[name=key]", str(tender.seats["tenderer"]))
    page.get_by_role("button", name="在本机解开").click()
    expect(page.locator("[data-application]")).to_contain_text("业绩见附件")
    assert tenderer.saved("资质.pdf") == b"canary-paper"
    assert bidder.faults + tenderer.faults == []
