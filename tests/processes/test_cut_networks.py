"""The network cut between every two states of a live draw: what goes on without it goes on, and nothing else does."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.database import Database
from lottery.model import Attempt
from lottery.protocol.beacon import round_time
from lottery.rules import BEACON_HALTED_AFTER, WITNESSED_WITHIN
from tests.lottery.hall import LATER_ROUND, ROUND, SEATS, closing_second, signature_of
from tests.processes.sitting import Sitting, a_sitting, opening_second, plan, until

MONTH_LATER = 657_413
"""A recorded round of Friday, 15 September 2023, at 19:00:03."""
DAY = 86_400
MODES = ("drand", "drand+dice", "dice")


class Evening:
    """A draw in each mode that lead to one round."""

    def __init__(self, sitting: Sitting, number: int, round_: int) -> None:
        self.sitting, self.round, self.due = sitting, round_, round_time(round_)
        self.drand, self.both, self.dice = (f"MT-2023-{3 * number + at:04}" for at in (1, 2, 3))
        self.draws = (self.drand, self.both, self.dice)

    def plan(self) -> None:
        plan(self.sitting.hall, dict(zip(self.draws, MODES, strict=True)), self.round)

    def stands(self, drand: str, both: str, dice: str) -> str:
        """Wait until the three draws are shown so; returns it, in short."""
        self.sitting.sees({self.drand: drand, self.both: both, self.dice: dice})
        return f"{drand} {both} {dice}"

    def meets(self) -> Iterator[str]:
        """From the closed door to the second before the round; gives each picture of the three once it is there."""
        sitting, draws, (drand, both, dice) = self.sitting, self.draws, self.draws
        opening = opening_second(self.round)
        sitting.at(max(sitting.hall.clock.now // 1000, opening - 600))
        sitting.go_home()
        yield self.stands("S0", "S0", "S0")
        for one in draws:
            sitting.do(one, "meeting", {"place": "一号厅"})
        yield self.stands("S1", "S1", "S1")
        sitting.at(opening)
        for one in draws:
            sitting.do(one, "rosters/freeze")
        yield self.stands("S2", "S2", "S2")
        for one in draws:
            sitting.commit(one)
        sitting.at(closing_second(self.round, "drand+dice"))
        sitting.do(dice, "commitments/close")
        yield self.stands("S2", "S3", "S4")
        sitting.do(both, "round")
        sitting.reveal(both)
        sitting.reveal(dice, *SEATS[:2])
        yield self.stands("S2", "S4d", "S4")
        sitting.throw(both)
        yield self.stands("S2", "S4", "S4")
        sitting.at(closing_second(self.round))
        yield self.stands("S3", "S5", "S5")
        sitting.do(drand, "round")
        sitting.reveal(drand, *SEATS[:2])
        sitting.at(closing_second(self.round) + 16)
        yield self.stands("S4", "S6", "S6d")
        sitting.reveal(drand, SEATS[2])
        yield self.stands("S5", "S6", "S6d")
        sitting.throw(dice)
        yield self.stands("S5", "S6", "S8")
        sitting.at(self.due - 1)
        yield self.stands("S6", "S6", "S8")

    def seed(self, draw_id: str) -> str:
        found: str = self.sitting.state(draw_id)["present"]["seed"]
        return found


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_with_the_network_cut_anywhere_a_draw_loses_nothing_and_has_one_outcome(
    database: Database, tmp_path: Path
) -> None:
    with a_sitting(tmp_path, database) as sitting:
        first, second, third = (
            Evening(sitting, number, round_) for number, round_ in enumerate((ROUND, LATER_ROUND, MONTH_LATER))
        )
        first.plan()
        sitting.network.put_witness_in_force(sitting.hall)
        second.plan()
        third.plan()
        sitting.hall.log.stop()
        sitting.start()
        without_any_network(sitting, first)
        without_a_witness_at_the_seal(sitting, second)
        with_a_cut_between_every_two_states(sitting, third)
        sitting.rebuild_check()
        assert [sitting.verify(draw_id, False).split()[-1] for draw_id in first.draws] == ["log=partial"] * 3
        assert sitting.verify(second.dice, True).split()[-1] == "log=partial"  # its witness came after the throw
        assert [sitting.verify(draw_id, True).split()[-1] for draw_id in third.draws] == ["log=ok"] * 3


def without_any_network(sitting: Sitting, evening: Evening) -> None:
    """No witness is in force, and no relay ever answers: dice to the end, the others wait for 96 digits."""
    sitting.network.cut()
    assert [picture.split()[2] for picture in evening.meets()][-1] == "S8"
    before = evening.seed(evening.dice)
    for later in (0, 60, BEACON_HALTED_AFTER):
        sitting.at(evening.due + later)
        evening.stands("S7", "S7", "S8")
        for draw_id in (evening.drand, evening.both):
            offered = sitting.offers(draw_id)
            assert "complete" in offered
            assert {"announce_round", "seal", "throw_dice", "commit", "freeze_roster"}.isdisjoint(offered)
            assert ("void" in offered) is (later >= BEACON_HALTED_AFTER)
            for reason in ("FORCE_MAJEURE", "NETWORK_BEFORE_SEAL", "SEAL_LATE", "BEACON_HALTED"):
                code = sitting.refused(
                    draw_id, "void", {"reason": reason, "note": "取不到数", "time": evening.due + later}
                )
                unsigned = reason == "BEACON_HALTED" and later >= BEACON_HALTED_AFTER
                assert code == ("lottery.wrong-signers" if unsigned else "lottery.void-forbidden")
    wrong, right = signature_of(LATER_ROUND), signature_of(evening.round)
    for draw_id in (evening.drand, evening.both):
        assert sitting.refused(draw_id, "result", {"signature": wrong}) == "lottery.bad-document"
        sitting.do(draw_id, "result", {"signature": right})
        assert sitting.refused(draw_id, "result", {"signature": right}) == "lottery.not-now"
    evening.stands("S8", "S8", "S8")
    sitting.network.restore()
    evening.stands("S8", "S8", "S8")
    assert evening.seed(evening.dice) == before


def without_a_witness_at_the_seal(sitting: Sitting, evening: Evening) -> None:
    """The witness is lost before the seal: dice to the end, the others are void as a duty, and their shadow follows."""
    for picture in evening.meets():
        if picture == "S2 S4 S4":
            sitting.network.cut()
    right = {"signature": signature_of(evening.round)}
    for second in (evening.due, evening.due + WITNESSED_WITHIN - 1):
        sitting.at(second)
        evening.stands("S7", "S7", "S8")
        for draw_id in (evening.drand, evening.both):
            assert sitting.refused(draw_id, "result", right) == "lottery.not-yet-witnessed"
            void = {"reason": "SEAL_LATE", "note": "未见证"}
            assert sitting.refused(draw_id, "void", void) == "lottery.void-forbidden"
    sitting.at(evening.due + WITNESSED_WITHIN)
    evening.stands("V", "V", "S8")
    for draw_id in (evening.drand, evening.both):
        end = sitting.state(draw_id)["present"]["void"]
        assert (end["reason"], end["who"]) == ("SEAL_LATE", "system")
        assert sitting.refused(draw_id, "result", right) == "lottery.not-now"
    assert sitting.state(evening.dice)["present"]["witness"] == "waiting"
    sitting.network.restore()
    sitting.until_witnessed(evening.dice)
    for draw_id in (evening.drand, evening.both):
        until(lambda draw_id=draw_id: attempt(sitting, draw_id).shadow is not None, "no shadow")  # type: ignore[misc]  # bound now
        assert attempt(sitting, draw_id).drawn is None
        assert "plan_draw" in sitting.offers(draw_id)
    evening.stands("V", "V", "S8")


def with_a_cut_between_every_two_states(sitting: Sitting, evening: Evening) -> None:
    """Cut and back, again and again; nobody gets another picture by it. The value comes the day after, by itself."""
    network = sitting.network
    for picture in evening.meets():
        states = dict(zip(evening.draws, picture.split(), strict=True))
        sealed = [draw_id for draw_id, state in states.items() if sitting.state(draw_id)["present"]["sealed_at"]]
        sitting.until_witnessed(*sealed)
        seen = {draw_id: still(sitting, draw_id) for draw_id in evening.draws}
        network.cut()
        if picture == "S6 S6 S8":
            break
        sitting.sees(states)
        network.restore()
        assert {draw_id: still(sitting, draw_id) for draw_id in evening.draws} == seen
    for second in (evening.due, evening.due + DAY):
        sitting.at(second)
        sitting.go_home()
        evening.stands("S7", "S7", "S8")
        for draw_id in (evening.drand, evening.both):
            void = {"reason": "FORCE_MAJEURE", "note": "取不到数"}
            assert sitting.refused(draw_id, "void", void) == "lottery.void-forbidden"
    network.restore()
    evening.stands("S8", "S8", "S8")


def still(sitting: Sitting, draw_id: str) -> object:
    state = sitting.state(draw_id)
    return {name: value for name, value in state.items() if name != "server_time"}, sitting.offers(draw_id)


def attempt(sitting: Sitting, draw_id: str) -> Attempt:
    found = sitting.hall.draw(draw_id).attempt
    assert found is not None
    return found
