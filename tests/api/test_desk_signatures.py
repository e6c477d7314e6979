"""What several organisations sign, each in its own browser: the dice, a void that two seats confirm, a standing.

And what follows: the result of beacon and dice together, and what a voided attempt would have given.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Browser, expect

from lottery.beacon.relays import BeaconClient
from lottery.model import State
from tests.api.desk_people import NEXT, Person, moment
from tests.api.site import make_member, serving
from tests.ground import FakeClock
from tests.kept import a_log
from tests.lottery.hall import MONDAY, ROUND, Hall, a_key, signature_of

DIGITS = "31415926535897932384"
OTHER = "31415926535897932385"
ROLES = {"operator": "centre", "notary": "notary", "supervisor": "supervisor", "tenderer": "tenderer"}


@dataclass(frozen=True)
class Town:
    hall: Hall
    base_url: str
    browser: Browser
    present: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        """Somebody, who brings the organisation's key."""
        if name not in self.present:
            make_member(self.hall.log, name, name, organisation=ROLES[name])
            self.present[name] = Person(self.browser, self.base_url, name)
            hold_key(self.present[name], ROLES[name], a_key(ROLES[name]))
        return self.present[name]

    @property
    def desk(self) -> str:
        return f"/desk/draws/{self.hall.draw_id}"

    def offers(self) -> list[str]:
        """What the draw's desk offers the operator now."""
        return self.person("operator").open(self.desk).page.locator(".offers .button").all_inner_texts()

    def told(self) -> str:
        """What the draw's desk says of this moment."""
        return self.person("operator").open(self.desk).page.locator(".now-panel").inner_text()

    def sign(self, name: str) -> None:
        """Sign the one act that waits for this person's organisation."""
        page = self.person(name).open("/desk/signatures").page
        page.locator(".event a").first.click()
        page.get_by_role("button", name="签名 ·").click()
        expect(page.locator(".signers .is-done")).not_to_have_count(0)

    def carry_out(self) -> int:
        page = self.person("operator").open("/desk/signatures").page
        page.locator(".event a").first.click()
        page.get_by_role("link", name="提交已会签的事项").click()
        return self.person("operator").press(NEXT).confirm()


@contextmanager
def a_town(folder: Path, browser: Browser, mode: str) -> Iterator[Town]:
    """A draw of this mode with its roster published, and the people whose organisations hold its seats."""
    clock = FakeClock(MONDAY * 1000)
    with a_log(folder, clock) as log:
        hall = Hall(log, clock, BeaconClient([]), agencies=5)
        hall.prepare(mode)
        with serving(log) as served:
            yield Town(hall, served.base_url, browser)


@pytest.fixture
def town(tmp_path: Path, chromium: Browser) -> Iterator[Town]:
    """A draw in mode `dice`, sealed a minute ago."""
    with a_town(tmp_path, chromium, "dice") as town:
        town.hall.to_seal()
        town.hall.clock.advance(60)
        yield town


def hold_key(person: Person, organisation: str, key: Ed25519PrivateKey) -> None:
    slot, secret = f"mingtang-key/{organisation}", key.private_bytes_raw().hex()
    person.open("/desk").page.evaluate("([slot, secret]) => localStorage.setItem(slot, secret)", [slot, secret])


def enter_dice(town: Town, first: str = DIGITS, second: str = DIGITS, agreed: str | None = None) -> None:
    operator = town.person("operator").open(f"{town.desk}/dice")
    page = operator.page
    operator.fill(confirmed_by="centre notary", time=moment(town.hall.clock.now // 1000), first=first).press("下一步")
    assert page.locator("input:visible").count() == 1  # the second person sees nothing of what the first one typed
    operator.fill(second=second).press("下一步")
    if agreed is not None:
        expect(page.locator(".notice.error")).to_contain_text("第 20 位")
        assert page.locator(".entered mark").all_inner_texts() == [first[19], second[19]]
        operator.fill(agreed=agreed).press("下一步")
    expect(page.locator("h1")).to_contain_text("会签")


def test_two_people_enter_the_dice_and_two_organisations_sign_them(town: Town) -> None:
    assert "掷骰时限" in town.told()
    enter_dice(town, DIGITS, OTHER, DIGITS)
    assert town.person("operator").page.get_by_role("link", name="提交已会签的事项").count() == 0
    town.sign("operator")
    town.sign("notary")
    town.carry_out()
    assert "掷骰时限" not in town.told()
    dice = town.hall.attempt.dice
    assert dice is not None
    assert (dice.event.digits, dice.event.first_entries) == (DIGITS, [DIGITS, OTHER])
    town.person("operator").do(f"{town.desk}/complete")
    assert town.hall.state is State.DRAWN
    remove_a_winner(town)


def remove_a_winner(town: Town) -> None:
    """The winner declines: the first alternate moves up, signed by the centre and by the supervisor's seat."""
    operator = town.person("operator").open(f"{town.desk}/standing")
    winner = operator.page.locator("#f-code option").nth(1).get_attribute("value")
    operator.fill(code=winner or "", kind="DECLINED", reason="书面放弃")
    paper = {"name": "放弃声明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    operator.page.locator("#f-document").set_input_files(paper)  # type: ignore[arg-type]  # a payload, as documented
    operator.press("提交")
    expect(operator.page.locator("h1")).to_contain_text("会签")
    town.sign("operator")
    town.sign("supervisor")
    town.carry_out()
    assert len(town.hall.attempt.standings) == 1
    assert [file.name for file in town.hall.attempt.standings[0].files] == ["standing.json"]


def test_a_void_after_the_seal_is_confirmed_by_two_seats(town: Town) -> None:
    operator = town.person("operator").open(f"{town.desk}/void")
    operator.fill(reason="DICE_IRREGULAR", note="骰子破损，尚未掷出").press("提交")
    expect(operator.page.locator("h1")).to_contain_text("会签")
    expect(operator.page.locator("main")).to_contain_text("骰子异常")
    town.sign("notary")
    town.sign("supervisor")
    assert town.hall.attempt.voided is None  # until it is carried out, it is of no effect
    town.carry_out()
    assert town.hall.attempt.voided is not None


def test_who_holds_no_seat_or_another_key_signs_nothing(town: Town) -> None:
    enter_dice(town)
    address = town.person("operator").page.url
    tenderer = town.person("tenderer").page
    answer = tenderer.goto(address)
    assert answer is not None
    assert answer.status == 403
    notary = town.person("notary")
    hold_key(notary, "notary", a_key("nobody"))
    notary.page.goto(address)
    notary.press("签名 ·")
    expect(notary.page.locator("#faults")).to_contain_text("api.not-your-key")
    assert notary.page.locator(".signers .is-done").count() == 0
    drop_it(town, address)


def drop_it(town: Town, address: str) -> None:
    operator = town.person("operator")
    operator.page.goto(address)
    operator.press("不再会签，撤下此事项")
    expect(operator.page.locator("h1")).to_contain_text("演示市")
    answer = operator.page.goto(address)
    assert answer is not None
    assert answer.status == 404
    assert town.hall.attempt.dice is None


def test_dice_before_the_seal_and_the_beacon_after_it_make_one_result(tmp_path: Path, chromium: Browser) -> None:
    with a_town(tmp_path, chromium, "drand+dice") as town:
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
        operator = town.person("operator").sign_in()
        operator.do(f"{desk}/seal")
        assert hall.attempt.seal is not None
        assert hall.attempt.seal["dice"] == DIGITS
        hall.at(hall.attempt.round_at / 1000)
        operator.do(f"{desk}/complete", {"signature": signature_of(ROUND)})
        drawn = hall.attempt.drawn
        assert drawn is not None
        assert drawn.event.beacon is not None
        assert drawn.event.dice is not None


def test_what_a_voided_attempt_would_have_given_is_published_once_its_round_is_there(
    tmp_path: Path, chromium: Browser
) -> None:
    with a_town(tmp_path, chromium, "drand") as town:
        hall = town.hall
        hall.to_seal()
        operator = town.person("operator")
        operator.open(f"{town.desk}/void").look(reason="FORCE_MAJEURE", note="会场停电，会议中止")
        expect(operator.page.locator("main")).to_contain_text("不可抗力")  # in words, beside the entry's own
        operator.confirm()
        assert hall.state is State.VOID
        assert "不可抗力" in town.told()
        assert "会场停电，会议中止" in town.told()
        assert "公布影子结果" not in town.offers()  # nobody can know it yet
        assert hall.attempt.round_at is not None
        hall.at(hall.attempt.round_at / 1000)
        assert "公布影子结果" in town.offers()
        operator.open(f"{town.desk}/shadow").fill(signature="0" * 96).press(NEXT)
        expect(operator.page.locator("#f-signature-wrong")).to_contain_text("E_BEACON_SIG")
        operator.look(signature=signature_of(ROUND)).confirm()
        assert hall.attempt.shadow is not None
        assert "公布影子结果" not in town.offers()
        expect(operator.open(f"/draws/{hall.draw_id}").page.locator("main")).to_contain_text("影子结果")
