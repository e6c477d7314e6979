"""One live draw, whole: console, big screen, two seats and a visitor on telephones, and the check page, all at once."""

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from lottery.protocol.canonical import doc_hash
from lottery.protocol.contributions import public_secret
from tests.api.console_hall import Meeting, a_meeting, begin, complete, freeze, sealed, show_and_close
from tests.api.site import make_member
from tests.api.test_minutes import seen
from tests.api.test_seat_page import SIGN, Phone, contribute, is_now, is_proven, press, sees
from tests.lottery.hall import WITH_PUBLIC, Hall


class Projector:
    """The big screen, which nobody touches."""

    def __init__(self, browser: Browser, meeting: Meeting) -> None:
        context = browser.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.address = f"{meeting.site.base_url}/draws/{meeting.hall.draw_id}/screen"
        self.page.goto(self.address)

    def shows(self, screen: str, text: str) -> None:
        expect(self.page.locator(".screen")).to_have_attribute("data-screen", screen)
        expect(self.page.locator(".centre")).to_contain_text(text)

    def names(self) -> list[str]:
        return self.page.locator(".line .name").all_inner_texts()


def test_a_whole_draw_on_five_devices_ends_with_one_result_on_all_of_them(chromium: Browser, tmp_path: Path) -> None:
    with a_meeting(chromium, tmp_path, seats=WITH_PUBLIC, min_reveals=3) as meeting:
        hall, draw = meeting.hall, f"/draws/{meeting.hall.draw_id}"
        make_member(hall.log, "tenderer", "tenderer", organisation="tenderer")
        projector = Projector(chromium, meeting)
        notary = Phone(chromium, meeting.site, "notary", key=True)
        holder = Phone(chromium, meeting.site, "tenderer", key=True)
        visitor = Phone(chromium, meeting.site)
        projector.shows("S0", "摇号会议")
        begin(meeting, lambda _meeting, state: projector.shows(state, {"S0": "摇号会议", "S1": "候选机构 5 家"}[state]))
        is_now(notary.open(f"{draw}/seat"), "等待名单冻结")
        press(notary.page, "生成我的秘密和承诺")
        freeze(meeting)

        projector.shows("S2", "已承诺 0/4")
        is_now(notary.page, "请提交承诺")
        given = contribute(visitor, hall, "公平")
        expect(projector.page.locator(".centre")).to_contain_text("已有 1 人投入")
        notary.page.locator("#f-printed").check()
        holder.open(f"{draw}/seat")
        for phone in (notary, holder):
            press(phone.page, SIGN)
            is_now(phone.page, "等待揭示")
            is_proven(phone.page, "commit")
        hall.commit("centre", "supervisor")
        projector.shows("S2", "已承诺 4/4")
        sees([visitor], "committed")
        meeting.at(hall.attempt.planned.event.commit_deadline)
        meeting.sure("Control+Enter", "close")
        projector.shows("S3", "承诺已结束")
        meeting.offers("announce")
        meeting.press("Enter")
        projector.shows("S4", "将使用第 1000 轮公共随机数")

        hall.settle()
        for phone in (notary, holder):
            is_now(phone.page, "请揭示秘密")
            press(phone.page, "签名并揭示")
            is_now(phone.page, "已完成")
            is_proven(phone.page, "commit", "reveal")
        revealed = {step.event.seat: step.event.secret for step in hall.attempt.reveals}
        assert revealed["public"] == public_secret(hall.draw_id, 1, [given])
        hall.reveal("centre")
        closed = hall.attempt.closed
        assert closed is not None
        meeting.at(closed.event.reveal_deadline)  # one seat is missing, and nothing waits for it
        sealed(meeting, lambda _meeting, state: projector.shows(state, "此刻起任何人不能再改变结果"))
        sees([visitor], "sealed")
        assert hall.attempt.seal is not None
        projector.shows("S6", "等待第 1000 轮")
        code = doc_hash(hall.attempt.seal)[:8]
        for page in (projector.page, meeting.page):
            expect(page.locator("body")).to_contain_text(f"{code[:4]} {code[4:]}")
        assert projector.names() == []

        assert hall.attempt.round_at is not None
        meeting.at(hall.attempt.round_at / 1000)
        complete(meeting)
        projector.shows("S8", "全部结果已于")
        passer_by = Phone(chromium, meeting.site)  # the whole result is there before its first line is called
        winners = checked(passer_by, hall)
        shown: list[str] = []

        def follow(_meeting: Meeting, state: str) -> None:
            projector.shows(state, "")
            expect(projector.page.locator(".line .name")).to_have_count({"S8": 1, "S9": 3, "S10": 3}[state])
            shown[:] = projector.names()

        show_and_close(meeting, follow)
        assert shown[: len(winners)] == winners
        for name in shown:
            expect(meeting.page.locator(".results tr").filter(has_text=name)).to_have_count(1)
        (address,) = seen(tmp_path, projector.page.screenshot())
        assert address == f"{meeting.site.base_url}/verify/{hall.draw_id}"
        projector.page.goto(projector.address)  # as whoever comes late sees it
        projector.shows("S10", "")
        expect(projector.page.locator(".line .name")).to_have_text(shown)
        for person in (projector, notary, holder, visitor, passer_by):
            assert person.faults == []


def checked(phone: Phone, hall: Hall) -> list[str]:
    """What the check page says of the draw that the screen's code leads to: names of the winners."""
    page = phone.open(f"/verify/{hall.draw_id}")
    expect(page.locator(".verify-headline")).to_have_attribute("data-outcome", "part")
    expect(page.locator(".verify-headline")).to_contain_text("部分核验：日志未核")
    assert hall.attempt.drawn is not None
    expect(page.locator("[data-seed]")).to_have_attribute("data-seed", hall.attempt.drawn.event.seed)
    steps = page.locator(".verify-steps > li").evaluate_all("all => all.map(one => one.dataset.ok)")
    assert steps == ["true"] * 8 + ["null"]
    lines = page.locator(".verify-winners li")
    return [line.inner_text().removesuffix(line.locator("code").inner_text()).strip() for line in lines.all()]
