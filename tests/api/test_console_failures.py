"""What goes wrong in a hall, at the console: what it says, what may be done then, and what is refused."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, expect

from lottery import conductor
from lottery.beacon.recorded import recorded_rounds
from lottery.rules import BEACON_HALTED_AFTER
from tests.api.browsing import a_camera
from tests.api.console_hall import DIGITS, Meeting, a_meeting, begin, freeze
from tests.api.public_city import a_hall
from tests.api.site import PASSWORD, make_member, serving
from tests.audit.witnesses import a_witness, address, put_in_force
from tests.lottery.hall import LATER_ROUND, SEATS, Hall


def look(_meeting: Meeting, _state: str) -> None:
    """Nothing: the walks look."""


def test_relays_that_are_away_and_seats_that_are_missing_lead_to_a_void_and_a_new_plan(
    chromium: Browser, tmp_path: Path
) -> None:
    with a_meeting(chromium, tmp_path) as meeting:
        begin(meeting, look)
        relays = meeting.page.locator("[data-check=relays]")
        expect(relays).to_have_class("is-good")
        with meeting.without_relays():
            meeting.press("F9")
            expect(relays).to_contain_text("可改用骰子方案新建一次摇号")
            meeting.says("公共随机数来源暂不可达，尚未封存，结果尚不存在")
            meeting.offers("freeze")
            meeting.press("Control+Enter")
            meeting.says("自检有 2 项未通过。冻结后名单不能再改。")  # no relay, no clock to compare with
            meeting.press("Escape")
        meeting.press("F9")
        expect(relays).to_have_class("is-good")
        expect(meeting.page.locator(".message")).to_have_count(0)
        freeze(meeting)
        meeting.hall.commit("notary")
        meeting.at(meeting.hall.attempt.planned.event.commit_deadline)
        meeting.says("席位不足：1/2")
        meeting.lacks("close")
        meeting.press("Control+Enter")
        expect(meeting.page.locator("#c-reason")).to_have_value("QUORUM")
        meeting.press("Tab")
        meeting.page.keyboard.type("两个席位未到场")
        meeting.press("Control+Enter")
        meeting.says("作废后不能恢复")
        meeting.press("Enter")
        meeting.sees("V")
        meeting.says("第 1 次摇号作废")
        meeting.offers("plan")
        meeting.press("Control+Enter")
        meeting.page.wait_for_url(re.compile("/desk/draws/.*/plan"))
        expect(meeting.page.locator("#f-draws_at")).to_have_value(re.compile("T00:"))  # soon, after midnight


def test_two_consoles_a_log_that_is_down_and_a_round_from_a_telephone(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = f"MTROUND1/{LATER_ROUND}/{recorded_rounds()[LATER_ROUND]}".upper()
    with a_camera(chromium, tmp_path, code) as browser, a_meeting(browser, tmp_path / "meeting") as meeting:
        hall, page = meeting.hall, meeting.page
        begin(meeting, look)
        other = meeting.another()
        expect(other.locator("[data-command=freeze]")).to_be_visible()
        for each in (page, other):
            each.keyboard.press("Control+Enter")
            expect(each.locator(".question")).to_be_focused()
        for each in (page, other, page, other):
            each.keyboard.press("Enter")
        for each in (page, other):
            expect(each.locator("[data-console]")).to_have_attribute("data-screen", "S2")
        told = [each.locator(".notice") for each in (page, other)]
        expect(told[0]).to_contain_text("已记入日志")
        expect(told[1]).to_contain_text("lottery.not-now")  # and nothing was frozen twice
        other.close()
        hall.commit()
        with monkeypatch.context() as full:
            full.setattr(hall.log, "reserve", 1 << 62)
            meeting.says("日志不可写")
            meeting.sure("Control+Enter", "close")
            meeting.says("audit.disk-reserve")
            meeting.sees("S2")
        expect(page.locator(".message")).to_have_count(0)
        meeting.at(hall.attempt.planned.event.commit_deadline)
        meeting.sure("Control+Enter", "close")
        meeting.offers("announce")
        meeting.press("Enter")
        meeting.sees("S4")
        hall.reveal("centre", "notary")
        hall.reveal("supervisor", secret="0" * 64)
        expect(page.locator(".seat", has_text="监督部门")).to_contain_text("揭示与承诺不符")
        closed = hall.attempt.closed
        assert closed is not None
        meeting.at(closed.event.reveal_deadline)
        meeting.sure("Control+Enter", "seal")
        meeting.sees("S5")
        hall.settle()
        round_at = hall.attempt.round_at
        assert round_at is not None
        meeting.at(round_at / 1000 + 11)
        meeting.says("结果已经确定，但本场馆暂时取不到")
        meeting.lacks("void")
        meeting.offers("adjourn")
        meeting.press("Enter")
        fields = page.locator(".groups input")
        expect(fields.first).to_be_focused()
        page.keyboard.type("1")
        expect(page.locator("#c-fault-1")).to_contain_text("首位应为")
        meeting.press("Backspace")
        page.keyboard.type(recorded_rounds()[123].upper())  # the groups follow each other
        meeting.says("信标签名错误，已拒收")
        state = f"{meeting.site.base_url}/draws/{hall.draw_id}/state"
        expect(page.locator(".verdict")).to_have_class("verdict is-bad")
        page.wait_for_function(
            f"() => fetch('{state}').then((one) => one.json())"
            ".then(({ presentation }) => presentation.message === 'BAD_SIGNATURE')"
        )
        meeting.press("Enter")
        assert hall.attempt.drawn is None
        fields.first.fill(" ".join(re.findall(".{8}", recorded_rounds()[LATER_ROUND])))  # pasted, with blanks
        meeting.says("信标签名核验通过")
        fields.first.fill("8")
        expect(page.locator(".verdict")).to_have_text("")
        page.locator("[data-command=scan]").focus()
        meeting.press("Enter")  # a telephone that shows the round, held before the console's camera
        meeting.says("信标签名核验通过")
        fields.first.focus()
        meeting.press("Enter")
        meeting.sees("S8")
        assert hall.attempt.drawn is not None


ACTS: dict[str, tuple[str, Callable[[Hall], Any]]] = {
    "open_meeting": ("meeting", lambda _: {"place": "一号厅"}),
    "freeze_roster": ("rosters/freeze", lambda _: {}),
    "close_commitments": ("commitments/close", lambda _: {}),
    "announce_round": ("round", lambda _: {}),
    "throw_dice": ("dice", lambda hall: hall.dice().body()),
    "seal": ("seal", lambda _: {}),
    "complete": ("result", lambda _: {"signature": recorded_rounds()[LATER_ROUND]}),
    "void": ("void", lambda _: {"reason": "FORCE_MAJEURE", "note": "演示"}),
    "close_meeting": ("meeting/close", lambda _: {"video_sha256": None}),
}


def test_what_the_console_does_not_offer_is_refused_in_every_state(tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall:
        make_member(hall.log, "operator", "operator", organisation="centre")
        hall.prepare("drand+dice", LATER_ROUND)
        with serving(hall.log) as site, httpx2.Client(base_url=site.base_url, timeout=30) as client:
            refused: dict[str, set[str]] = {}

            def check() -> None:
                """Everything that is not offered now."""
                answer = client.post("/api/v1/sessions", json={"name": "operator", "password": PASSWORD})
                held = {"Authorization": f"Bearer {answer.json()['token']}"}
                now = client.get(f"/draws/{hall.draw_id}/console/now", headers=held).json()
                state = client.get(f"/draws/{hall.draw_id}/state").json()["screen"]
                offered = {one["name"] for one in now["actions"]}
                assert next(one for one in now["ladder"] if one["screen"] == state)
                before = hall.entries()
                for name, (path, body) in ACTS.items():
                    if name in offered:
                        continue
                    answer = client.post(f"/api/v1/draws/{hall.draw_id}/{path}", json=body(hall), headers=held)
                    assert answer.status_code == 409, (state, name, answer.text)
                    refused.setdefault(state, set()).add(name)
                assert hall.entries() == before

            check()
            hall.freeze()
            hall.commit(*SEATS[:2])
            check()
            hall.at(hall.attempt.planned.event.commit_deadline)
            assert hall.advance() == "close_commitments"
            check()
            assert hall.advance() == "announce_round"
            check()
            hall.reveal(*SEATS[:2])
            check()
            hall.throw()
            round_at = hall.attempt.round_at
            assert round_at is not None
            hall.at(max(hall.clock.now, round_at - hall.attempt.plan["max_lead"] * 1000) / 1000)
            assert hall.advance() == "seal"
            check()
            hall.at(round_at / 1000)
            check()
            assert "void" in refused["S7"]
            halted = round_at / 1000 + BEACON_HALTED_AFTER
            assert hall.beacon.fetch(LATER_ROUND, 20) is not None
            assert hall.advance() == "complete"
            check()
            assert refused["S8"] == ACTS.keys()
            hall.at(halted)
            check()


def test_a_beacon_that_halted_is_voided_only_with_two_seats_signatures(tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall:
        make_member(hall.log, "operator", "operator", organisation="centre")
        hall.prepare("drand", LATER_ROUND)
        hall.to_seal()
        assert hall.attempt.round_at is not None
        hall.at(hall.attempt.round_at / 1000 + BEACON_HALTED_AFTER)
        now = _now(hall)
        [void] = [one for one in now["actions"] if one["name"] == "void"]
        assert [one["code"] for one in void["reasons"]] == ["BEACON_HALTED"]
        assert void["confirmed"] is True
        assert now["is_overdue"] is True


def test_a_seal_that_no_witness_saw_ends_the_attempt_by_itself(tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall:
        make_member(hall.log, "operator", "operator", organisation="centre")
        with a_witness(tmp_path / "away", hall.log) as away:
            put_in_force(hall.log, address(away))  # and nobody asks it
        hall.prepare("drand", LATER_ROUND)
        hall.to_seal()
        with serving(hall.log) as site:
            state = httpx2.get(f"{site.base_url}/draws/{hall.draw_id}/state").json()["present"]
            assert (state["witness"], state["witness_have"], state["witness_need"]) == ("waiting", 0, 1)
            assert hall.attempt.round_at is not None
            hall.at(hall.attempt.round_at / 1000)
            assert "complete" not in [one["name"] for one in _now(hall)["actions"]]
            assert "void" not in [one["name"] for one in _now(hall)["actions"]]
            hall.clock.advance(10)
            assert conductor.advance(hall.log, hall.beacon, hall.draw_id) == "void"
            hall.settle()
            state = httpx2.get(f"{site.base_url}/draws/{hall.draw_id}/state").json()["present"]
            assert state["void"]["reason"] == "SEAL_LATE"
            assert state["void"]["who"] == "system"
            assert state["witness"] == "late"


def _now(hall: Hall) -> Any:
    with serving(hall.log) as site, httpx2.Client(base_url=site.base_url, timeout=30) as client:
        answer = client.post("/api/v1/sessions", json={"name": "operator", "password": PASSWORD})
        held = {"Authorization": f"Bearer {answer.json()['token']}"}
        return client.get(f"/draws/{hall.draw_id}/console/now", headers=held).json()


def test_a_rehearsal_is_told_from_a_draw_at_the_first_glance(tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall:
        make_member(hall.log, "operator", "operator", organisation="centre")
        pages = []
        for hall.draw_id in ("MT-2023-0001", "DRILL-MT-2023-0001"):
            hall.decide()
            with serving(hall.log) as site, httpx2.Client(base_url=site.base_url, timeout=30) as client:
                answer = client.post("/api/v1/sessions", json={"name": "operator", "password": PASSWORD})
                held = {"Authorization": f"Bearer {answer.json()['token']}"}
                pages.append(client.get(f"/draws/{hall.draw_id}/console", headers=held).text)
        assert [' class="drill"' in one for one in pages] == [False, True]
        assert ["<title>演练" in one for one in pages] == [False, True]


def test_nobody_but_an_operator_has_a_console(tmp_path: Path) -> None:
    with a_hall(tmp_path / "hall") as hall:
        make_member(hall.log, "notary", "notary", organisation="notary")
        hall.prepare()
        with serving(hall.log) as site, httpx2.Client(base_url=site.base_url, timeout=30) as client:
            console = f"/draws/{hall.draw_id}/console"
            parts = [console, f"{console}/now", f"{console}/lights"]
            assert {client.get(one).status_code for one in parts} == {401}
            answer = client.post("/api/v1/sessions", json={"name": "notary", "password": PASSWORD})
            held = {"Authorization": f"Bearer {answer.json()['token']}"}
            assert {client.get(one, headers=held).status_code for one in parts} == {403}
            for path, body in (("presentation", {"shown": 1}), ("dice", {**_dice(), "confirmed_by": ["notary"]})):
                assert client.post(f"{console}/{path}", json=body, headers=held).status_code == 403
            foreign = {"Sec-Fetch-Site": "cross-site"}
            assert client.post(f"{console}/presentation", json={"shown": 1}, headers=foreign).status_code == 403


def _dice() -> dict[str, Any]:
    return {"digits": DIGITS, "first_entries": [DIGITS, DIGITS], "time": 1, "invalid_throws": 0}
