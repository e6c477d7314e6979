"""A meeting at the console: an operator with a keyboard and no mouse, seats that act with their keys."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, Page, expect

from audit.entry import signed_bytes
from lottery.beacon.recorded import RecordedRelay
from tests.api.desk_people import Person
from tests.api.public_city import a_hall
from tests.api.site import PASSWORD, Served, make_member, serving
from tests.lottery.hall import LATER_ROUND, SEATS, Hall, a_key, public_half

Look = Callable[["Meeting", str], None]
"""Called at each state with its name."""

DIGITS = "31415926535897932384"


class Meeting:
    """One draw and its console."""

    def __init__(
        self, browser: Browser, hall: Hall, site: Served, relays: list[RecordedRelay], lang: str = "zh"
    ) -> None:
        self.hall, self.site, self.relays = hall, site, relays
        self.operator = Person(browser, site.base_url, "operator", lang)
        self.page: Page = self.operator.page

    def open(self) -> None:
        self.page.goto(f"{self.site.base_url}/draws/{self.hall.draw_id}/console")

    def another(self) -> Page:
        """The same operator's second console."""
        page = self.page.context.new_page()
        page.goto(f"{self.site.base_url}/draws/{self.hall.draw_id}/console")
        return page

    def at(self, second: float) -> None:
        """The clock goes on, and the console looks."""
        self.hall.at(second)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def sees(self, screen: str) -> None:
        expect(self.page.locator("[data-console]")).to_have_attribute("data-screen", screen)

    def offers(self, command: str) -> None:
        expect(self.page.locator(f".panels [data-command={command}]")).to_be_visible()

    def lacks(self, command: str) -> None:
        expect(self.page.locator(f"[data-command={command}]")).to_have_count(0)

    def sure(self, key: str, command: str) -> None:
        """What cannot be undone: its key, and Enter to the question."""
        self.offers(command)
        self.press(key)
        expect(self.page.locator(".question")).to_be_focused()
        self.press("Enter")

    def says(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)

    @contextmanager
    def without_relays(self) -> Iterator[None]:
        """Both relays are away for a while."""
        stop(self.relays)
        yield
        ports = [int(one.url.rpartition(":")[2]) for one in self.relays]
        self.relays[:] = [RecordedRelay(self.hall.clock, port).__enter__() for port in ports]

    # What others do

    def sign(self, *seats: str) -> None:
        """The act that waits, on the seats' own devices."""
        with httpx2.Client(base_url=self.site.base_url) as client:
            for seat in seats:
                answer = client.post("/api/v1/sessions", json={"name": seat, "password": PASSWORD})
                held = {"authorization": f"Bearer {answer.json()['token']}"}
                address = self.page.locator(".panel .task code").inner_text().removeprefix(self.site.base_url)
                page = client.get(address, headers=held).text
                body = json.loads(page.split("data-body>")[1].split("</script>")[0])
                about = f"draw:{self.hall.draw_id}/{self.hall.attempt_number}"
                signature = a_key(seat).sign(signed_bytes("lottery.dice_thrown", about, body)).hex()
                signed = body | {"signatures": [{"key": public_half(seat), "signature": signature}]}
                answer = client.post(address, data={"signed_body": json.dumps(signed)}, headers=held)
                assert answer.status_code == 303, answer.text


def stop(relays: list[RecordedRelay]) -> None:
    for one in relays:
        one.__exit__()


@contextmanager
def a_meeting(
    browser: Browser, folder: Path, mode: str = "drand", lang: str = "zh", agencies: int = 6, **plan: Any
) -> Iterator[Meeting]:
    """Ten minutes before the time that was called for."""
    with a_hall(folder, agencies) as hall:
        for name, role in {"operator": "operator", "notary": "notary", "supervisor": "supervisor"}.items():
            make_member(hall.log, name, role, organisation="centre" if role == "operator" else role)
        make_member(hall.log, "centre", "operator", organisation="centre")
        hall.prepare(mode, LATER_ROUND, **plan)  # there are past rounds then, as every relay has
        hall.at(hall.attempt.planned.event.draws_at - 600)
        with ExitStack() as stack:
            relays = [RecordedRelay(hall.clock).__enter__() for _ in range(2)]
            stack.callback(lambda: stop(relays))
            site = stack.enter_context(serving(hall.log, relays=[one.url for one in relays]))
            meeting = Meeting(browser, hall, site, relays, lang)
            meeting.open()
            yield meeting
            assert meeting.operator.faults == []


# A whole draw, by keyboard


def begin(meeting: Meeting, look: Look) -> None:
    """From the closed door to the freeze."""
    hall, page = meeting.hall, meeting.page
    meeting.sees("S0")
    meeting.offers("open")
    look(meeting, "S0")
    meeting.press("Enter")
    page.keyboard.type("演示市公共资源交易中心一号厅")
    meeting.press("Enter")
    meeting.sees("S1")
    expect(page.locator(".check li")).to_have_count(5)
    page.locator("#c-printer").focus()
    meeting.press("Space")
    expect(page.locator("[data-check=printer]")).to_have_class("is-good")
    look(meeting, "S1")
    meeting.at(hall.attempt.planned.event.draws_at)
    meeting.offers("freeze")


def freeze(meeting: Meeting) -> None:
    meeting.sure("Control+Enter", "freeze")
    meeting.sees("S2")


def commit(meeting: Meeting, look: Look, *seats: str) -> None:
    """These seats commit. With a beacon, or where a seat is missing, the deadline has to come: the recorded round
    is the one that follows from it."""
    hall = meeting.hall
    hall.commit(*seats)
    look(meeting, "S2")
    if set(seats) != set(SEATS):
        meeting.lacks("close")
    if hall.attempt.uses_beacon:
        meeting.at(hall.attempt.planned.event.commit_deadline)
    meeting.sure("Control+Enter", "close")


def reveal(meeting: Meeting, look: Look, *seats: str) -> None:
    meeting.sees("S4")
    look(meeting, "S4")
    meeting.hall.reveal(*seats)
    closed = meeting.hall.attempt.closed
    assert closed is not None
    if set(seats) != meeting.hall.attempt.committed.keys():
        meeting.at(closed.event.reveal_deadline)


def throw(meeting: Meeting, look: Look, screen: str) -> None:
    """The digits, one throw that does not count, a slip of the second person, two signatures."""
    page = meeting.page
    meeting.offers("invalid")
    page.keyboard.type(DIGITS[:6])
    meeting.press("-")
    meeting.says("重掷该位")
    page.keyboard.type("99")
    meeting.press("Backspace", "Backspace")
    page.keyboard.type(DIGITS[6:])
    meeting.offers("second")
    look(meeting, screen)
    meeting.press("F4")
    page.keyboard.type(DIGITS[:6] + "7" + DIGITS[7:])
    meeting.says("两次录入不一致：第 7 位")
    look(meeting, f"{screen}-differ")
    page.keyboard.type(DIGITS[6] * 2)
    meeting.offers("draw-up")
    meeting.press("Enter")
    meeting.says("待席位在各自设备上签名")
    meeting.lacks("submit")
    look(meeting, f"{screen}-signing")
    meeting.sign("centre", "notary")
    meeting.sure("Control+Enter", "submit")


def sealed(meeting: Meeting, look: Look) -> None:
    meeting.sure("Control+Enter", "seal")
    meeting.sees("S5")
    look(meeting, "S5")
    with meeting.page.context.expect_page() as slip:
        meeting.press("Control+P")
    assert slip.value.url.endswith("/1/slip")
    slip.value.close()
    meeting.page.bring_to_front()
    meeting.hall.settle()
    meeting.hall.clock.advance(16)


def show_and_close(meeting: Meeting, look: Look) -> None:
    """From the computed result to the end of the meeting."""
    meeting.sees("S8")
    meeting.page.evaluate("() => { speechSynthesis.speak = (words) => { window.spoken = words.text } }")
    meeting.press("F6")
    meeting.page.wait_for_function("() => window.spoken?.length > 20")
    rows = meeting.page.locator(".results tr td:first-of-type")
    expect(rows.filter(has_text="公司")).to_have_count(0)
    meeting.press("Space")
    expect(rows.filter(has_text="公司")).to_have_count(1)
    expect(rows.last).to_contain_text("公司")  # the last alternate comes first
    look(meeting, "S8")
    meeting.press("End")
    meeting.sees("S9")
    look(meeting, "S9")
    meeting.press("Control+Enter")
    expect(meeting.page.locator(".dialog input[type=file]")).to_be_focused()
    meeting.press("Control+Enter")
    expect(meeting.page.locator(".question")).to_be_focused()
    meeting.press("Enter")
    meeting.sees("S10")
    look(meeting, "S10")


def complete(meeting: Meeting) -> None:
    """The conductor's own last step."""
    hall = meeting.hall
    hall.settle()
    if hall.attempt.round is not None:
        assert hall.beacon.fetch(hall.attempt.round, 20) is not None
    assert hall.advance() == "complete"
