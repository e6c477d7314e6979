"""The serving process killed in every state of a live draw: what was said stays said, and nothing comes out twice."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from audit.database import Database
from audit.tables import EntryRow
from audit.verify import Verified, verify_log
from lottery.protocol.beacon import round_time
from tests.api.browsing import a_browser
from tests.api.desk_people import Person
from tests.lottery.hall import ROUND, SEATS, closing_second, signature_of
from tests.processes.sitting import Sitting, a_sitting, opening_second, plan

BOTH, DICE, VOID = (f"MT-2023-000{number}" for number in range(1, 4))
DRAND = "MD-2023-0001"
"""Alone in its database, so the first of its letters."""
MODES = {DRAND: "drand", BOTH: "drand+dice", DICE: "dice", VOID: "drand"}
DUE = round_time(ROUND)
GOING_ON = {"S1", "S2", "S3", "S4", "S4d", "S5", "S6", "S6d", "S7"}
"""States in which the screens tell that the system was restored."""
ONCE: dict[str, tuple[str, dict[str, Any] | None]] = {
    "freeze_roster": ("rosters/freeze", None),
    "announce_round": ("round", None),
    "seal": ("seal", None),
    "complete": ("result", {"signature": signature_of(ROUND)}),
    "void": ("void", {"reason": "FORCE_MAJEURE", "note": "演示"}),
}
"""What decides a draw, to what is sent for it."""


LOOKED_AT = {"S4", "S8"}
"""States in which people look at the console and the big screen when the process is killed."""


class Windows:
    """The console and the big screen of a draw in real browsers, open all the while."""

    def __init__(self, browser: Browser, sitting: Sitting) -> None:
        self.console = Person(browser, sitting.url, "operator").open(f"/draws/{DRAND}/console").page
        self.screen = browser.new_page(locale="zh-CN")
        self.screen.goto(f"{sitting.url}/draws/{DRAND}/screen")
        self.show("S3")

    def show(self, screen: str) -> None:
        for page, part in ((self.console, "[data-console]"), (self.screen, ".screen")):
            expect(page.locator(part)).to_have_attribute("data-screen", screen, timeout=30_000)
        expect(self.console.locator(".ladder [aria-current=step] b")).to_have_text(screen)
        if screen == "S4":
            expect(self.screen.locator("body")).to_contain_text("恢复，承诺与封存未变", timeout=30_000)
        if screen == "S8":  # what was called stays called
            expect(self.screen.locator(".line .name")).to_have_count(2, timeout=30_000)

    def reload(self) -> None:
        for page in (self.console, self.screen):
            page.reload()


class Evening:
    """Draws that a test takes from state to state."""

    def __init__(self, sitting: Sitting, draw_ids: set[str]) -> None:
        self.sitting = sitting
        self.windows: Windows | None = None
        self.draw_ids = draw_ids
        self.passed: dict[str, set[str]] = {draw_id: set() for draw_id in draw_ids}
        """By draw, the states in which the process was killed."""

    def each(self, act: Callable[[str], object], *draw_ids: str) -> None:
        for draw_id in draw_ids or MODES:
            if draw_id in self.draw_ids:
                act(draw_id)

    def comes_to(self, **screens: str) -> dict[str, dict[str, Any]]:
        """Wait until these draws are shown so; returns their states. screens: by mode, and `void`."""
        named = dict(zip(("drand", "both", "dice", "void"), MODES, strict=True))
        wanted = {named[mode]: screen for mode, screen in screens.items()}
        return self.sitting.sees({one: screen for one, screen in wanted.items() if one in self.draw_ids})

    def survives(self, **screens: str) -> None:
        """Kill the process in these states; a second later all is as it was, and only what is offered is done."""
        sitting = self.sitting
        before = self.comes_to(**screens)
        wanted = {draw_id: one["screen"] for draw_id, one in before.items()}
        assert wanted.keys() == self.draw_ids
        new = {draw_id for draw_id, screen in wanted.items() if screen not in self.passed[draw_id]}
        if not new:
            return
        offered = {draw_id: sitting.offers(draw_id) for draw_id in wanted}
        tree = self.tree()
        sitting.kill()
        sitting.at(sitting.hall.clock.now // 1000 + 1)
        sitting.start()
        after = sitting.sees(wanted)
        restored = sitting.hall.clock.now // 1000
        for draw_id, screen in wanted.items():
            assert after[draw_id].pop("restored_at") == (restored if screen in GOING_ON else None), (draw_id, screen)
            assert bare(after[draw_id]) == bare(before[draw_id])
            assert sitting.offers(draw_id) == offered[draw_id]
            for name in ONCE.keys() - offered[draw_id] if draw_id in new else ():
                path, body = ONCE[name]
                assert sitting.refused(draw_id, path, body).startswith("lottery."), (screen, name)
            self.passed[draw_id].add(screen)
        assert self.tree() == tree
        if self.windows is not None and wanted[DRAND] in LOOKED_AT:
            self.windows.show(wanted[DRAND])
            self.windows.reload()
            self.windows.show(wanted[DRAND])

    def tree(self) -> list[bytes]:
        """Origin, size and hash of the published tree."""
        return self.sitting.hall.log.checkpoint().split(b"\n")[:3]


def bare(state: Mapping[str, Any]) -> dict[str, Any]:
    """What must be the same before and after. An open console says by itself, at any moment, that no relay answers."""
    said = {name: value for name, value in state["presentation"].items() if name not in ("message", "version")}
    same = {name: value for name, value in state.items() if name not in ("server_time", "restored_at")}
    return same | {"presentation": said}


@pytest.mark.parametrize(
    ("database", "draw_ids"),
    [("sqlite", {BOTH, DICE, VOID}), ("postgresql", {DRAND})],
    indirect=["database"],
    ids=["sqlite-with-dice-or-void", "postgresql-drand"],
)
def test_a_server_killed_in_every_state_goes_on_where_it_was(
    database: Database, draw_ids: set[str], tmp_path: Path
) -> None:
    """What has drand and dice passes every state that drand alone does: that one is left to the other database."""
    with ExitStack() as looking, a_sitting(tmp_path, database) as sitting:
        hall, network = sitting.hall, sitting.network
        network.put_witness_in_force(hall)
        plan(hall, {draw_id: mode for draw_id, mode in MODES.items() if draw_id in draw_ids}, ROUND)
        hall.log.stop()
        evening = Evening(sitting, draw_ids)
        each = evening.each
        opening = opening_second(ROUND)
        sitting.at(opening - 600)
        sitting.start()
        evening.survives(drand="S0", both="S0", dice="S0", void="S0")

        each(lambda one: sitting.do(one, "meeting", {"place": "一号厅"}))
        each(lambda one: sitting.present(one, page=1))
        evening.survives(drand="S1", both="S1", dice="S1", void="S1")

        sitting.at(opening)
        each(lambda one: sitting.do(one, "rosters/freeze"))
        each(lambda one: sitting.commit(one, *SEATS[:2]), DRAND, BOTH, DICE)
        each(lambda one: sitting.do(one, "void", {"reason": "FORCE_MAJEURE", "note": "演示停电"}), VOID)
        evening.survives(drand="S2", both="S2", dice="S2", void="V")

        each(lambda one: sitting.commit(one, SEATS[2]), DRAND, BOTH, DICE)
        sitting.at(closing_second(ROUND, "drand+dice"))  # and the program closes by itself
        each(lambda one: sitting.do(one, "commitments/close"), DICE)
        evening.survives(drand="S2", both="S3", dice="S4", void="V")

        each(lambda one: sitting.do(one, "round"), BOTH)
        each(lambda one: sitting.reveal(one, *SEATS[:2]), BOTH, DICE)
        evening.survives(drand="S2", both="S4", dice="S4", void="V")

        each(lambda one: sitting.reveal(one, SEATS[2]), BOTH)
        each(lambda one: sitting.present(one, digits="3141592", invalid_throws=1), BOTH)
        evening.survives(drand="S2", both="S4d", dice="S4", void="V")

        each(sitting.throw, BOTH)
        sitting.kill()  # and what falls due while nothing runs is done as soon as something does
        sitting.at(closing_second(ROUND, "drand"))
        sitting.start()
        evening.comes_to(drand="S3", both="S5", dice="S5")
        each(sitting.until_witnessed, BOTH, DICE)
        sitting.at(hall.clock.now // 1000 + 1)  # dice are thrown after the second of the seal
        evening.survives(drand="S3", both="S5", dice="S5", void="V")

        if DRAND in draw_ids:
            evening.windows = Windows(looking.enter_context(a_browser()), sitting)
        each(lambda one: sitting.do(one, "round"), DRAND)
        each(lambda one: sitting.reveal(one, *SEATS[:2]), DRAND)
        sitting.at(hall.clock.now // 1000 + 16)
        each(lambda one: sitting.present(one, digits="314", second=True), DICE)
        evening.survives(drand="S4", both="S6", dice="S6d", void="V")

        each(lambda one: sitting.reveal(one, SEATS[2]), DRAND)
        each(sitting.until_witnessed, DRAND)
        each(sitting.throw, DICE)
        sitting.kill()  # in the moment of the derivation, whether it was done or not
        sitting.start()
        evening.survives(drand="S5", both="S6", dice="S8", void="V")

        each(lambda one: sitting.present(one, shown=3), DICE)
        sitting.at(hall.clock.now // 1000 + 16)
        evening.survives(drand="S6", both="S6", dice="S9", void="V")

        network.cut()
        sitting.at(DUE)
        evening.survives(drand="S7", both="S7", dice="S9", void="V")

        network.restore()
        evening.comes_to(drand="S8", both="S8")
        each(lambda one: sitting.present(one, shown=2), DRAND, BOTH)
        evening.survives(drand="S8", both="S8", dice="S9", void="V")
        evening.windows = None
        looking.close()
        each(lambda one: sitting.present(one, shown=3), DRAND, BOTH)
        evening.survives(drand="S9", both="S9", dice="S9", void="V")
        each(lambda one: sitting.do(one, "meeting/close"))
        evening.survives(drand="S10", both="S10", dice="S10", void="V")

        ladder = {"S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10"}
        passed = {DRAND: ladder, BOTH: ladder | {"S4d"}, DICE: ladder - {"S3", "S6", "S7"} | {"S6d"}}
        passed[VOID] = {"S0", "S1", "V"}
        assert evening.passed == {draw_id: passed[draw_id] for draw_id in draw_ids}
        sitting.until_cosigned()
        each(lambda one: check_one_outcome(sitting, one))
        folder, vkey = str(hall.log.folder.root), hall.log.vkey
        assert isinstance(verify_log(folder, vkey, blobs=True, witnesses=[network.vkey]), Verified)
        sitting.rebuild_check()


def check_one_outcome(sitting: Sitting, draw_id: str) -> None:
    """Each step stands in the log once, and the result is what the log's own verifier makes of it."""
    with sitting.hall.log.reading() as session:
        rows = session.scalars(select(EntryRow.kind).where(EntryRow.subject.startswith(f"draw:{draw_id}/"))).all()
    kinds = Counter(kind.removeprefix("lottery.") for kind in rows)
    if draw_id == VOID:
        assert (kinds["voided"], kinds["sealed"], kinds["drawn"]) == (1, 0, 0)
        return
    single = ["meeting_opened", "roster_frozen", "commitments_closed", "sealed", "drawn", "meeting_closed"]
    single += ["round_announced"] if MODES[draw_id] != "dice" else []
    single += ["dice_thrown"] if MODES[draw_id] != "drand" else []
    assert {kind: kinds[kind] for kind in single} == dict.fromkeys(single, 1)
    assert kinds["voided"] == 0
    assert sitting.verify(draw_id, witnessed=True).endswith("log=ok")
