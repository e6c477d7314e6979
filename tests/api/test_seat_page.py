"""Seats on telephones: a secret made, printed, committed, lost, restored, revealed; visitors see theirs counted."""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdf
import pytest
import segno
from playwright.sync_api import Browser, Page, Route, expect

from api.tables import WaitingActRow
from lottery.protocol.contributions import public_secret
from registry import commands
from registry.events import RoleGranted
from tests.api.desk_clerk import Clerk
from tests.api.desk_people import findings, let_in
from tests.api.public_city import a_hall
from tests.api.site import Served, catch_up, make_member, serving
from tests.lottery.hall import WITH_PUBLIC, Hall, a_key

SIGN = "签名并提交承诺"
PEOPLE = ("notary", "supervisor", "tenderer")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Wednesday evening: the roster is about to be frozen, and the plan has the public seat."""
    with a_hall(tmp_path / "hall") as hall:
        hall.prepare(seats=WITH_PUBLIC, min_reveals=3)
        for name in PEOPLE:
            make_member(hall.log, name, name, organisation=name)
        hall.at(hall.attempt.planned.event.draws_at - 60)
        yield hall


@pytest.fixture
def site(hall: Hall) -> Iterator[Served]:
    with serving(hall.log) as served:
        yield served


class Phone:
    """A telephone of its own, of a person or, without a name, of a visitor."""

    def __init__(self, browser: Browser, site: Served, name: str = "", lang: str = "zh", *, key: bool = False) -> None:
        self.base_url = site.base_url
        locale = "zh-CN" if lang == "zh" else "en-GB"
        size = {"width": 390, "height": 844}
        context = browser.new_context(locale=locale, viewport=size, is_mobile=True, has_touch=True)  # type: ignore[arg-type]  # a dict, as documented
        context.set_default_timeout(30_000)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        if name:
            let_in(self.page, site.base_url, name)
            if key:
                self.open("/about")
                item = [f"mingtang-key/{name}", secret_key(name)]
                self.page.evaluate("([slot, secret]) => localStorage.setItem(slot, secret)", item)

    def open(self, path: str) -> Page:
        self.page.goto(self.base_url + path)
        return self.page

    def scan(self, picture: bytes) -> None:
        """Take a photograph of a backup."""
        file = {"name": "backup.png", "mimeType": "image/png", "buffer": picture}
        self.page.locator(".seat-restore input[type=file]").set_input_files(file)  # type: ignore[arg-type]  # a payload, as documented

    def throw_away(self) -> None:
        self.page.context.close()


def secret_key(organisation: str) -> str:
    return a_key(organisation).private_bytes_raw().hex()


def key_on_paper(organisation: str) -> bytes:
    """A picture of the organisation's printed key."""
    secret = secret_key(organisation)
    check = hashlib.sha256(f"mingtang-key/1\n{secret}\n".encode()).hexdigest()[:8]
    data = io.BytesIO()
    segno.make(f"MTKEY1-{secret}-{check}".upper(), micro=False).save(data, kind="png", scale=5, border=4)
    return data.getvalue()


def is_now(page: Page, heading: str) -> None:
    expect(page.locator(".seat-panel h2")).to_have_text(heading)


def press(page: Page, name: str) -> None:
    """By keyboard: the button takes the focus and Enter."""
    button = page.get_by_role("button", name=name)
    button.focus()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")


def is_proven(page: Page, *steps: str) -> None:
    for step in steps:
        expect(page.locator(f"[data-proof={step}]")).to_contain_text(re.compile("本机已核对|Checked on this device"))


def make_and_print(phone: Phone, seat: str) -> bytes:
    """Make the secret and show its backup; returns a picture of it."""
    page = phone.page
    press(page, "生成我的秘密和承诺")
    press(page, "显示备份")
    code = page.locator(".seat-backup svg")
    expect(code).to_be_visible()
    page.emulate_media(media="print")
    expect(code).to_be_visible()
    expect(page.locator("h1")).to_be_hidden()
    paper = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    (sheet,) = paper.pages
    assert [round(float(side) / 72 * 25.4) for side in sheet.mediabox[2:]] == [105, 148]  # A6
    assert seat in sheet.extract_text()
    page.emulate_media(media="screen")
    return code.screenshot()


def commit(phone: Phone) -> None:
    phone.page.locator("#f-printed").focus()
    phone.page.keyboard.press("Space")
    press(phone.page, SIGN)
    is_now(phone.page, "等待揭示")
    is_proven(phone.page, "commit")


def close_commitments(hall: Hall) -> None:
    hall.at(max(hall.clock.now / 1000, hall.attempt.planned.event.commit_deadline))
    assert hall.advance() == "close_commitments"
    assert hall.advance() == "announce_round"


def test_a_seat_and_two_of_three_visitors_go_through_a_draw_on_their_telephones(
    chromium: Browser, hall: Hall, site: Served
) -> None:
    notary = Phone(chromium, site, "notary")
    seat = f"/draws/{hall.draw_id}/seat/notary"
    page = notary.open(f"/draws/{hall.draw_id}/seat")
    expect(page).to_have_url(site.base_url + seat)
    is_now(page, "等待名单冻结")
    expect(page.locator("[data-seat-device]")).to_contain_text("本机没有本单位的签名密钥")
    press(page, "打开摄像头扫描二维码")  # there is none
    expect(page.locator(".seat-restore .seat-problem")).to_contain_text("不能使用摄像头")
    notary.scan(key_on_paper("supervisor").replace(b"PNG", b"GIF"))
    expect(page.locator(".seat-restore .seat-problem")).to_contain_text("没有找到二维码")
    notary.scan(key_on_paper("notary"))
    backup = make_and_print(notary, "notary")
    expect(page.get_by_role("button", name=SIGN)).to_have_count(0)
    hall.freeze()
    is_now(page, "请提交承诺")  # the page followed the log
    expect(page.locator("[data-countdown]")).to_have_text(re.compile(r"^\d+:\d\d$"))
    assert findings(page) == []
    commit(notary)
    assert findings(page) == []

    visitors = [Phone(chromium, site) for _ in range(2)]
    contributions = [contribute(one, hall, words) for one, words in zip(visitors, ["", "公平"], strict=True)]
    contributions += hall.contribute("somebody with another telephone")
    holder = Phone(chromium, site, "tenderer", key=True)
    own = holder.open(f"/draws/{hall.draw_id}/seat")
    expect(own.locator(".seat-panel")).to_contain_text("已收到 3 份群众随机数")
    expect(own.locator(".seat-state")).to_contain_text("群众随机数已汇总")
    press(own, SIGN)
    is_now(own, "等待揭示")
    is_proven(own, "commit")
    sees(visitors, "committed")

    notary.throw_away()
    hall.commit("centre", "supervisor")
    close_commitments(hall)
    notary = Phone(chromium, site, "notary")
    page = notary.open(seat)
    is_now(page, "请揭示秘密")
    expect(page.get_by_role("button", name="签名并揭示")).to_be_hidden()
    notary.scan(key_on_paper("notary"))
    expect(page.locator("[data-seat-device]")).to_contain_text("本机没有秘密")
    notary.scan(backup)
    expect(page.locator(".seat-state")).to_contain_text("我的承诺已记入日志")
    is_proven(page, "commit")
    expect(page.locator(".seat-form")).to_contain_text("超时视为未揭示，公开记录，不影响结果")
    assert findings(page) == []
    press(page, "签名并揭示")
    is_now(page, "已完成")
    is_proven(page, "commit", "reveal")

    wrong_reveal(chromium, hall, site)
    holder.throw_away()
    holder = Phone(chromium, site, "tenderer", key=True)  # what the public seat reveals stands in the log
    own = holder.open(f"/draws/{hall.draw_id}/seat/public")
    press(own, "签名并揭示")
    is_now(own, "已完成")
    is_proven(own, "commit", "reveal")
    reveals = {step.event.seat: step.event.secret for step in hall.attempt.reveals}
    assert reveals["public"] == public_secret(hall.draw_id, 1, contributions)
    sees(visitors, "revealed")
    assert findings(visitors[0].page) == []

    hall.reveal("centre", "supervisor")
    assert hall.attempt.round_at is not None
    hall.at(max(hall.clock.now / 1000, hall.attempt.round_at // 1000 - 600))
    assert hall.advance() == "seal"
    sees(visitors, "sealed")
    asked_to_sign(hall, page)
    for phone in (notary, holder, *visitors):
        assert phone.faults == []


def contribute(visitor: Phone, hall: Hall, words: str) -> str:
    """Give a number; nothing but a hash leaves the telephone."""
    page = visitor.open(f"/draws/{hall.draw_id}/public-seat")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.get_by_label("想说的话").fill(words)
    page.get_by_role("button", name="生成并发出我的随机数").click()
    expect(page.locator("[data-stage=logged]")).to_contain_text("您的随机数已记入日志")
    kept = json.loads(page.evaluate(f"localStorage.getItem('mingtang-contribution/{hall.draw_id}/1')"))
    made = hashlib.sha256(bytes.fromhex(kept["random"]) + words.encode()).hexdigest()
    assert [json.loads(one) for one in sent] == [{"contribution": made}]
    return made


def sees(visitors: list[Phone], stage: str) -> None:
    for visitor in visitors:
        expect(visitor.page.locator(f"[data-stage={stage}]")).to_be_visible()
        if stage in ("revealed", "sealed"):
            expect(visitor.page.locator(".seat-verdict")).to_contain_text("您的随机数已进入本次摇号")


def wrong_reveal(browser: Browser, hall: Hall, site: Served) -> None:
    """In English: what did not open the commitment stays on the page, with how often it may be corrected."""
    hall.reveal("supervisor", secret="0" * 64)
    phone = Phone(browser, site, "supervisor", "en", key=True)
    page = phone.open(f"/draws/{hall.draw_id}/seat/supervisor")
    expect(page.locator(".is-wrong")).to_contain_text("The reveal does not open the commitment")
    expect(page.locator(".notice.error")).to_contain_text("tries left: 2")
    assert findings(page) == []
    assert not re.search("[\u4e00-\u9fff]", page.locator("[data-seat-device]").inner_text())
    phone.throw_away()


def asked_to_sign(hall: Hall, page: Page) -> None:
    """What waits for a signature is not in the log; the seat's page shows it all the same."""
    row = WaitingActRow(
        id="waiting",
        draw_id=hall.draw_id,
        kind="lottery.voided",
        subject=f"draw:{hall.draw_id}/1",
        body=b"{}",
        signatures=b"[]",
        terms=b'{"signers": ["notary", "supervisor"]}',
        document=None,
        account="op1",
        made=hall.clock.now,
    )
    with hall.log.database.writing() as session:
        session.add(row)
    expect(page.locator(".seat-sign a")).to_have_attribute("href", "/desk/signatures/waiting")


Forge = Callable[[Route], None]


def altered(old: str, new: str) -> Forge:
    """An answer of the server with something else in it."""

    def fulfil(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        assert old in text
        route.fulfill(response=answer, body=text.replace(old, new))

    return fulfil


def test_what_the_log_does_not_prove_is_an_objection_to_be_read_aloud(
    chromium: Browser, hall: Hall, site: Served
) -> None:
    hall.freeze()
    phone = Phone(chromium, site, "notary", key=True)
    seat = f"/draws/{hall.draw_id}/seat/notary"
    page = phone.open(seat)
    make_and_print(phone, "notary")
    commit(phone)
    step = hall.attempt.commitments[0]
    seq, own, other = str(step.seq), step.event.commit, "ab" * 32
    for pattern, forge, wanted in (
        (f"**/log/entry/{seq}", altered(own, other), f"日志第 {seq} 条不能证明"),
        (
            f"**/log/receipt/{seq}",
            altered(f"index {seq}\n", f"index {seq}0\n"),
            f"日志第 {seq} 条不能证明",
        ),
        (f"**/log/entry/{seq}", lambda route: route.fulfill(status=404), f"日志第 {seq} 条不能证明"),
        ("**/log/vkey", altered("+", "+0"), "不能证明"),
        (f"**{seat}", altered(own, other), "日志中的承诺不是本席位提交的"),
        (
            f"**{seat}",
            altered(f'data-commit="{own}"', 'data-commit=""'),
            f"本席位的承诺曾在日志第 {seq} 条，现在不见了",
        ),
    ):
        page.route(pattern, forge)
        page.reload()
        objection = page.locator(".seat-objection[role=alert]")
        expect(objection).to_contain_text("请当场宣读", timeout=20_000)
        expect(objection).to_contain_text(wanted)
        page.unroute(pattern)
    assert findings(page) == []
    page.route("**/log/receipt/*", lambda route: route.abort())  # unreachable is not wrong
    page.reload()
    expect(page.locator("[data-proof=commit]")).to_contain_text("正在重试")
    expect(page.locator(".seat-objection")).to_have_count(0)
    page.unroute("**/log/receipt/*")
    is_proven(page, "commit")
    assert phone.faults == []


def test_a_visitor_is_told_when_the_public_seat_reveals_something_else(
    chromium: Browser, hall: Hall, site: Served
) -> None:
    hall.freeze()
    visitor = Phone(chromium, site)
    contribute(visitor, hall, "看看")
    hall.contribute("another")
    hall.commit_public()
    sees([visitor], "committed")
    newest = hall.attempt.contributions[-1].event.contribution
    page = visitor.page
    page.route("**/public-seat/list?*", altered(newest, "cd" * 32))  # a list that another secret follows from
    page.reload()
    expect(page.locator("[data-outcome=fail]")).to_contain_text("异议")
    page.unroute("**/public-seat/list?*")
    page.reload()
    sees([visitor], "committed")
    closed = Phone(chromium, site)
    expect(closed.open(f"/draws/{hall.draw_id}/public-seat").locator(".notice")).to_contain_text("不再接收")


def test_the_page_is_about_one_thing_at_a_time(hall: Hall, site: Served) -> None:
    make_member(hall.log, "operator", "operator", organisation="centre")
    both = make_member(hall.log, "both", "notary", organisation="notary")
    event = RoleGranted.of({"account": both, "role": "supervisor", "organisation": "supervisor"})
    with hall.log.act("system") as act:
        commands.grant_role(act, event, both.encode().hex().ljust(64, "0"))
    catch_up(hall.log)
    holders = {"notary": "notary", "supervisor": "supervisor", "public": "tenderer", "centre": "operator"}
    clerks = {seat: Clerk(site.app, hall.log, name) for seat, name in holders.items()}

    def steps() -> list[str]:
        pages = [clerks[seat].get(f"/draws/{hall.draw_id}/seat/{seat}").text for seat in holders]
        return [re.findall('data-step="([a-z]+)"', page)[0] for page in pages]

    chosen = Clerk(site.app, hall.log, "both").get(f"/draws/{hall.draw_id}/seat")
    assert re.findall(r'href="/draws/[^"]+/seat/([a-z]+)"', chosen.text) == ["notary", "supervisor"]
    only = clerks["public"].get(f"/draws/{hall.draw_id}/seat")
    assert only.headers["location"] == f"/draws/{hall.draw_id}/seat/public"
    make_member(hall.log, "registrar", "registrar")
    none = Clerk(site.app, hall.log, "registrar").get(f"/draws/{hall.draw_id}/seat")
    assert "没有席位" in none.text

    assert steps() == ["early"] * 4
    hall.freeze()
    assert steps() == ["commit"] * 4
    hall.commit("notary", "supervisor")
    hall.commit_public()
    assert steps() == ["wait", "wait", "wait", "commit"]
    close_commitments(hall)
    assert steps() == ["reveal", "reveal", "reveal", "missed"]
    hall.reveal("supervisor")
    for _ in range(3):
        hall.reveal("notary", secret="0" * 64)
    assert steps() == ["unrevealed", "done", "reveal", "missed"]
    assert clerks["notary"].get(f"/draws/{hall.draw_id}/seat/notary").text.count("揭示与承诺不符，未予接受") == 3
    assert hall.attempt.closed is not None
    hall.at(hall.attempt.closed.event.reveal_deadline)
    assert steps() == ["unrevealed", "done", "unrevealed", "missed"]
    listed = clerks["public"].get(f"/draws/{hall.draw_id}/public-seat/list?attempt=1").json()
    assert (listed["is_open"], listed["is_over"], listed["contributions"]) == (False, True, [])
    assert clerks["public"].get(f"/draws/{hall.draw_id}/public-seat/list?attempt=2").status_code == 404
    hall.void("QUORUM")
    assert steps() == ["void"] * 4
    back = clerks["notary"].get(f"/draws/{hall.draw_id}/seat/notary/reveal")  # a refusal's page that looks again
    assert back.headers["location"] == f"/draws/{hall.draw_id}/seat/notary"
