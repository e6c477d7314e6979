"""What several organisations sign: the dice, a void that two seats confirm, a standing.

And what follows: the result of beacon and dice together, and what a voided attempt would have given. In a browser the
dice alone are signed: all acts are shown and signed by the same page.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, expect

from audit.entry import signed_bytes
from lottery.beacon.relays import BeaconClient
from lottery.model import State
from tests.api.desk_clerk import Clerk, confirming, faults_of, forms_of
from tests.api.desk_people import Person, moment
from tests.api.site import make_member, serving
from tests.ground import FakeClock
from tests.kept import a_log
from tests.lottery.hall import MONDAY, ROUND, Hall, a_key, public_half, signature_of

DIGITS = "31415926535897932384"
OTHER = "31415926535897932385"
ROLES = {"operator": "centre", "notary": "notary", "supervisor": "supervisor", "tenderer": "tenderer"}


@dataclass(frozen=True)
class Town:
    hall: Hall
    base_url: str
    app: FastAPI
    present: dict[str, Clerk] = field(default_factory=dict)

    def clerk(self, name: str) -> Clerk:
        if name not in self.present:
            make_member(self.hall.log, name, name, organisation=ROLES[name])
            self.present[name] = Clerk(self.app, self.hall.log, name)
        return self.present[name]

    @property
    def desk(self) -> str:
        return f"/desk/draws/{self.hall.draw_id}"

    def offers(self) -> list[str]:
        """What the draw's desk offers the operator now."""
        return re.findall('<a class="button[^"]*" href="[^"]+">([^<]+)</a>', self._part("ul", "offers"))

    def told(self) -> str:
        """What the draw's desk says of this moment."""
        return self._part("section", "now-panel")

    def _part(self, tag: str, name: str) -> str:
        page = self.clerk("operator").get(self.desk).text
        found = re.search(f'(?s)<{tag} class="{name}".*?</{tag}>', page)
        return found[0] if found else ""

    def waiting(self, name: str) -> str:
        """Where the one act is that waits for this person's organisation, as its desk tells."""
        (path,) = re.findall('<h3><a href="(/desk/signatures/[^"]+)"', self.clerk(name).get("/desk/signatures").text)
        return str(path)

    def sign(self, name: str) -> None:
        """Sign it as the script of its page does."""
        clerk, path = self.clerk(name), self.waiting(name)
        page = clerk.get(path).text
        asked = re.search('data-act="([^"]+)" data-subject="([^"]+)" data-organisation="([^"]+)"', page)
        body = re.search('(?s)<script type="application/json" data-body>(.*?)</script>', page)
        assert asked is not None
        assert body is not None
        kind, subject, organisation = map(unescape, asked.groups())
        said = json.loads(body[1])
        signature = a_key(organisation).sign(signed_bytes(kind, subject, said)).hex()
        said["signatures"] = [{"key": public_half(organisation), "signature": signature}]
        answer = clerk.send(confirming(page, path), signed_body=json.dumps(said))
        assert answer.status_code == 303, faults_of(answer)
        assert 'class="is-done"' in clerk.get(path).text

    def carry_out(self) -> int:
        operator, path = self.clerk("operator"), self.waiting("operator")
        assert f'href="{path}/submit"' in operator.get(path).text
        return operator.do(f"{path}/submit")


@contextmanager
def a_town(folder: Path, mode: str) -> Iterator[Town]:
    """A draw of this mode with its roster published, and the people whose organisations hold its seats."""
    clock = FakeClock(MONDAY * 1000)
    with a_log(folder, clock) as log:
        hall = Hall(log, clock, BeaconClient([]), agencies=5)
        hall.prepare(mode)
        with serving(log) as served:
            town = Town(hall, served.base_url, served.app)
            yield town
            for one in town.present.values():
                one.client.close()


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A draw in mode `dice`, sealed a minute ago."""
    with a_town(tmp_path, "dice") as town:
        town.hall.to_seal()
        town.hall.clock.advance(60)
        yield town


def hold_key(person: Person, organisation: str, name: str | None = None) -> None:
    """name: of whose key it is instead."""
    slot, secret = f"mingtang-key/{organisation}", a_key(name or organisation).private_bytes_raw().hex()
    person.page.evaluate("([slot, secret]) => localStorage.setItem(slot, secret)", [slot, secret])


def enter_dice(town: Town, first: str = DIGITS, second: str = DIGITS, agreed: str | None = None) -> str:
    """Returns where the dice wait for signatures."""
    operator, path = town.clerk("operator"), f"{town.desk}/dice"
    typed = {"time": moment(town.hall.clock.now // 1000), "first": first}
    answer = operator.send(operator.form(path), confirmed_by=["centre", "notary"], **typed)
    form = confirming(answer.text, path)
    assert [name for name, kind in form.types.items() if kind != "hidden"] == ["second"]
    shown = re.sub('<input type="hidden"[^>]*>', "", answer.text)
    assert first not in shown  # the second person sees nothing of what the first one typed
    answer = operator.send(form, second=second)
    if agreed is not None:
        assert "第 20 位" in answer.text
        assert re.findall("<mark>(.)</mark>", answer.text) == [first[19], second[19]]
        answer = operator.send(confirming(answer.text, path), agreed=agreed)
    assert answer.status_code == 303, faults_of(answer)
    return answer.headers["location"]


def test_two_people_enter_the_dice_and_two_organisations_sign_them(town: Town, chromium: Browser) -> None:
    assert "掷骰时限" in town.told()
    path = enter_dice(town, DIGITS, OTHER, DIGITS)
    assert "会签" in town.clerk("operator").get(path).text
    assert "提交已会签的事项" not in town.clerk("operator").get(path).text
    for name in ("operator", "notary"):
        town.clerk(name)
        sign_in_browser(Person(chromium, town.base_url, name), ROLES[name])
    town.carry_out()
    assert "掷骰时限" not in town.told()
    dice = town.hall.attempt.dice
    assert dice is not None
    assert (dice.event.digits, dice.event.first_entries) == (DIGITS, [DIGITS, OTHER])
    town.clerk("operator").do(f"{town.desk}/complete")
    assert town.hall.state is State.DRAWN
    remove_a_winner(town)


def sign_in_browser(person: Person, organisation: str) -> None:
    """With another's key in vain, then with the organisation's."""
    page = person.open("/desk/signatures").page
    page.locator(".event a").first.click()
    done = page.locator(".signers .is-done")
    before = done.count()
    hold_key(person, organisation, "nobody")
    person.press("签名 ·")
    expect(page.locator("#faults")).to_contain_text("api.not-your-key")
    assert done.count() == before
    hold_key(person, organisation)
    person.press("签名 ·")
    expect(done).to_have_count(before + 1)
    assert person.faults == []


def remove_a_winner(town: Town) -> None:
    """The winner declines: the first alternate moves up, signed by the centre and by the supervisor's seat."""
    operator = town.clerk("operator")
    form = operator.form(f"{town.desk}/standing")
    winner = next(one for one in form.choices["code"] if one)
    paper = {"document": ("放弃声明.pdf", b"%PDF-1.7", "application/pdf")}
    answer = operator.send(form, paper, code=winner, kind="DECLINED", reason="书面放弃")
    assert answer.headers["location"].startswith("/desk/signatures/"), faults_of(answer)
    town.sign("operator")
    town.sign("supervisor")
    town.carry_out()
    assert len(town.hall.attempt.standings) == 1
    assert [file.name for file in town.hall.attempt.standings[0].files] == ["standing.json"]


def test_a_void_after_the_seal_is_confirmed_by_two_seats(town: Town) -> None:
    operator = town.clerk("operator")
    form = operator.form(f"{town.desk}/void")
    answer = operator.send(form, reason="DICE_IRREGULAR", note="骰子破损，尚未掷出")
    shown = operator.get(answer.headers["location"]).text
    assert "会签" in shown
    assert "骰子异常" in shown
    town.sign("notary")
    town.sign("supervisor")
    assert town.hall.attempt.voided is None  # until it is carried out, it is of no effect
    town.carry_out()
    assert town.hall.attempt.voided is not None


def test_who_holds_no_seat_signs_nothing_and_what_waits_is_dropped(town: Town) -> None:
    path = enter_dice(town)
    assert town.clerk("tenderer").get(path).status_code == 403
    operator = town.clerk("operator")
    drop = next(one for one in forms_of(operator.get(path).text) if one.action == f"{path}/drop")
    assert operator.send(drop).headers["location"] == town.desk
    assert operator.get(path).status_code == 404
    assert town.hall.attempt.dice is None


def test_dice_before_the_seal_and_the_beacon_after_it_make_one_result(tmp_path: Path) -> None:
    with a_town(tmp_path, "drand+dice") as town:
        hall, desk = town.hall, town.desk
        hall.to_revealing()
        assert "录入骰子点数" not in town.offers()  # no throw while a seat may still choose whether to reveal
        hall.reveal()
        assert hall.state is State.DICE_BEFORE_SEAL
        assert "录入骰子点数" in town.offers()
        assert "封存" not in town.offers()
        enter_dice(town)
        town.sign("operator")
        town.sign("notary")
        town.carry_out()
        assert "录入骰子点数" not in town.offers()  # the first throw counts
        assert hall.attempt.round_at is not None
        hall.at(hall.attempt.round_at // 1000 - hall.attempt.plan["max_lead"])
        operator = town.clerk("operator")
        operator.sign_in()
        operator.do(f"{desk}/seal")
        assert hall.attempt.seal is not None
        assert hall.attempt.seal["dice"] == DIGITS
        hall.at(hall.attempt.round_at / 1000)
        operator.do(f"{desk}/complete", signature=signature_of(ROUND))
        drawn = hall.attempt.drawn
        assert drawn is not None
        assert drawn.event.beacon is not None
        assert drawn.event.dice is not None


def test_what_a_voided_attempt_would_have_given_is_published_once_its_round_is_there(tmp_path: Path) -> None:
    with a_town(tmp_path, "drand") as town:
        hall = town.hall
        hall.to_seal()
        operator = town.clerk("operator")
        void = {"reason": "FORCE_MAJEURE", "note": "会场停电，会议中止"}
        assert "不可抗力" in operator.look(f"{town.desk}/void", None, **void).text  # in words, beside the entry's own
        operator.do(f"{town.desk}/void", None, **void)
        assert hall.state is State.VOID
        assert "不可抗力" in town.told()
        assert "会场停电，会议中止" in town.told()
        assert "公布影子结果" not in town.offers()  # nobody can know it yet
        assert hall.attempt.round_at is not None
        hall.at(hall.attempt.round_at / 1000)
        assert "公布影子结果" in town.offers()
        wrong = operator.send(operator.form(f"{town.desk}/shadow"), signature="0" * 96)
        assert 'id="f-signature-wrong"' in wrong.text
        assert "E_BEACON_SIG" in wrong.text
        operator.do(f"{town.desk}/shadow", signature=signature_of(ROUND))
        assert hall.attempt.shadow is not None
        assert "公布影子结果" not in town.offers()
        assert "影子结果" in operator.get(f"/draws/{hall.draw_id}").text
