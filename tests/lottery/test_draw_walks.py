"""Random walks: whatever is tried, in whatever order and at whatever moment, a draw never leaves its rules."""

import random
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from audit.database import Database
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import open_log
from audit.step import Step
from lottery import commands, documents, queries
from lottery.beacon.recorded import recorded_rounds
from lottery.model import Attempt, Draw, subject
from lottery.protocol.beacon import round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.contributions import PUBLIC_SEAT, public_commitment
from lottery.protocol.verify import verify_evidence
from tests.ground import FakeClock
from tests.kept import new_log
from tests.lottery.hall import (
    MONDAY,
    OPERATOR,
    ORGANISATIONS,
    PUBLIC_HOLDER,
    ROUND,
    SEATS,
    WITH_PUBLIC,
    Hall,
    a_secret,
    closing_second,
    signatures,
)

STEPS = 60
REASONS = [
    *("QUORUM", "ROSTER_ERROR", "OBJECTION", "SEAT_ABSENT", "NETWORK_BEFORE_SEAL", "SEAL_LATE"),
    *("BEACON_HALTED", "DICE_IRREGULAR", "FORCE_MAJEURE"),
]


class Walk:
    """Tries commands at random, often the sensible ones, and remembers which were taken."""

    def __init__(self, hall: Hall, chance: random.Random) -> None:
        self.hall, self.chance = hall, chance
        self.numbers = 1

    def step(self) -> None:
        hall, chance = self.hall, self.chance
        before, entries = hall.actions(), hall.entries()
        menu = dict(self._menu())
        wanted = [name for name in menu if name in before and name != "void"]
        # Mostly forward, else every walk would end early; now and then back, or something that has no place here.
        if chance.random() < 0.15 or not wanted:
            self._pass_time()
            before = hall.actions()
        if wanted and chance.random() < 0.7:
            name = chance.choice(wanted)
        else:
            name = chance.choice(
                [*menu, *wanted] if chance.random() < 0.15 else sorted(menu.keys() - {"void", "decide"})
            )
        act = menu[name]
        try:
            act()
        except Refusal:
            return
        hall.log.settle()
        taken = hall.entries() > entries
        assert not taken or name in before or name == "decide", f"{name} was taken and not offered"

    def automatic_steps_are_taken(self) -> None:
        """What the program is offered to do by itself is never refused."""
        hall = self.hall
        offered = hall.actions()
        known = hall.draw().attempt is not None and hall.attempt.round in (None, *recorded_rounds())
        menu = dict(self._menu())
        for name, action in offered.items():
            if action.automatic and (known or name not in ("complete", "shadow_draw")):
                if name == "void":
                    self._operator(commands.void, "SEAL_LATE", "未按时封存")
                else:
                    menu[name]()
                hall.log.settle()
                return

    def _menu(self) -> list[tuple[str, Callable[[], Any]]]:
        hall, chance = self.hall, self.chance
        mode = chance.choice(["drand", "dice", "drand+dice"])
        seat = chance.choice([*SEATS, PUBLIC_SEAT])
        return [
            ("decide", self._decide),
            ("publish_call", lambda: hall.call(hall.clock.now // 1000 + 600)),
            ("sign_up", lambda: hall.sign_up([chance.choice(hall.codes)])),
            ("plan_draw", lambda: self._plan(mode)),
            ("publish_roster", hall.publish_roster),
            ("freeze_roster", lambda: self._operator(commands.freeze_roster)),
            ("commit", lambda: self._commit(seat)),
            ("close_commitments", lambda: self._operator(commands.close_commitments)),
            ("announce_round", lambda: self._operator(commands.announce_round)),
            ("reveal", lambda: self._reveal(seat)),
            ("throw_dice", self._throw),
            ("seal", lambda: self._operator(commands.seal)),
            ("complete", lambda: self._operator(commands.complete, self._signature())),
            ("void", self._void),
            ("shadow_draw", self._shadow),
            ("open_meeting", lambda: self._operator(commands.open_meeting, "演示厅")),
            ("contribute", self._contribute),
            ("note_meeting", lambda: self._operator(commands.note_meeting, "OTHER", "演示记事")),
            ("issue_minutes", self._issue_minutes),
            ("close_meeting", lambda: self._operator(commands.close_meeting)),
        ]

    def _operator(self, command: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        self.hall.do(OPERATOR, command, self.hall.draw_id, *arguments, **named)

    def _pass_time(self) -> None:
        """A little, or to the edge of the next moment that means something."""
        hall = self.hall
        moments = []
        if attempt := hall.draw().attempt:
            event = attempt.planned.event
            moments = [event.draws_at, event.commit_deadline]
            moments += [attempt.closed.event.reveal_deadline] if attempt.closed else []
            moments += [attempt.round_at // 1000 + extra for extra in (-65, 0, 600)] if attempt.round_at else []
        ahead = [moment for moment in moments if moment * 1000 > hall.clock.now]
        if ahead and self.chance.random() < 0.6:
            hall.clock.now = min(ahead) * 1000 + self.chance.choice([-1, 0, 0, 0, 1])
        else:
            hall.clock.advance(self.chance.choice([1, 10, 60]))

    def _decide(self) -> None:
        hall = self.hall
        draw_id = f"MT-2023-{self.numbers + 1:04}"
        event = hall.decision(draw_id, former_draw=hall.draw_id, former_reason="另行决定")
        hall.do("tenderer:te1", commands.decide, event)
        self.numbers += 1
        hall.draw_id = draw_id

    def _plan(self, mode: str) -> None:
        now = self.hall.clock.now // 1000
        closing = max(closing_second(ROUND, mode), now + 120)
        plan = self.hall.plan(mode, seats=WITH_PUBLIC)
        self._operator(commands.plan_draw, plan, max(now, closing - 600), closing)

    def _commit(self, seat: str) -> None:
        if seat == PUBLIC_SEAT:
            own = self.chance.random() < 0.2
            self.hall.commit_public(a_secret(seat) if own else self.hall.public_secret())
        else:
            self.hall.commit(seat)

    def _contribute(self) -> None:
        self.hall.do(SYSTEM, commands.contribute, self.hall.draw_id, self.chance.randbytes(32).hex())

    def _issue_minutes(self) -> None:
        pdf = b"%PDF-" + self.chance.randbytes(8)
        self._operator(commands.issue_minutes, self.hall.attempt_number, pdf, 1)

    def _reveal(self, seat: str) -> None:
        hall = self.hall
        wrong = {"secret": "0" * 64} if self.chance.random() < 0.2 else {}
        right = {"secret": hall.public_secret()} if seat == PUBLIC_SEAT else {}
        by = PUBLIC_HOLDER if seat == PUBLIC_SEAT else seat
        event = hall.revelation(seat, by=by, **right | wrong)
        published = self.chance.choice([hall.log.published_size] * 4 + [0])
        hall.do(ORGANISATIONS[by][2], commands.reveal, event, published)

    def _throw(self) -> None:
        self.hall.throw(time=self.hall.clock.now // 1000 - self.chance.choice([0, 0, 1, 1000]))

    def _void(self) -> None:
        hall, reason = self.hall, self.chance.choice(REASONS)
        if hall.draw().attempt is None:
            return
        named: dict[str, Any] = {}
        action = hall.actions().get("void")
        if action is not None and action.confirmed and self.chance.random() < 0.5:
            time = hall.clock.now // 1000
            event = commands.void_to_sign(hall.log.blobs, hall.draw(), reason, "随机", time)  # type: ignore[arg-type]  # one of the literals
            named = {"time": time, "confirmations": signatures(event, subject(hall.draw_id, event.attempt), *SEATS[:2])}
        self._operator(commands.void, reason, "随机", **named)

    def _signature(self) -> str | None:
        attempt = self.hall.draw().attempt
        return None if attempt is None else recorded_rounds().get(attempt.round or 0)

    def _shadow(self) -> None:
        draw = self.hall.draw()
        for attempt in draw.attempts:
            if attempt.voided and attempt.sealed and not attempt.shadow:
                self._operator(commands.shadow_draw, attempt.number, recorded_rounds().get(attempt.round or 0, ""))


def check_draw(hall: Hall, draw: Draw) -> None:
    """Section 12's order and section 8's rules, read from the log as a stranger would."""
    assert [attempt.number for attempt in draw.attempts] == list(range(1, len(draw.attempts) + 1))
    for former, later in zip(draw.attempts, draw.attempts[1:], strict=False):
        assert former.drawn is None
        assert former.voided is not None
        assert former.voided.entry_id < later.planned.entry_id
        assert later.plan["prev_sha256"] == doc_hash(former.void)
    assert sum(attempt.drawn is not None for attempt in draw.attempts) <= 1
    for attempt in draw.attempts:
        check_order(attempt)
        check_public_seat(draw, attempt)
        check_seal_and_end(hall, attempt)


def check_order(attempt: Attempt) -> None:
    after_seal = attempt.plan["entropy"] == "dice"
    dice = [] if attempt.dice is None else [attempt.dice]
    sealed = [] if attempt.sealed is None else [attempt.sealed]
    opened = [] if attempt.opened is None else [attempt.opened]
    meeting_closed = [] if attempt.meeting_closed is None else [attempt.meeting_closed]
    ranks: list[list[Step[Any]]] = [
        [attempt.planned],
        [*attempt.rosters[:1]],
        [*attempt.rosters[1:], *opened],
        [attempt.frozen] if attempt.frozen else [],
        [*attempt.contributions, *attempt.commitments],
        [attempt.closed] if attempt.closed else [],
        [attempt.announced] if attempt.announced else [],
        [*attempt.reveals, *attempt.refused],
        [] if after_seal else dice,
        sealed,
        dice if after_seal else [],
        [attempt.drawn] if attempt.drawn else [],
        [attempt.voided] if attempt.voided else [],
        [attempt.shadow] if attempt.shadow else [],
    ]
    end: Step[Any] | None = attempt.drawn or attempt.voided
    later: list[Step[Any]] = [*attempt.minutes, *meeting_closed]
    assert not later or (end is not None and min(step.entry_id for step in later) > end.entry_id)
    assert not meeting_closed or opened
    assert all(step.entry_id < meeting_closed[0].entry_id for step in attempt.notes if meeting_closed)
    reached = 0
    for steps in ranks:
        ids = [step.entry_id for step in steps]
        assert all(entry_id > reached for entry_id in ids)
        reached = max([reached, *ids])
    assert attempt.drawn is None or attempt.voided is None


def check_public_seat(draw: Draw, attempt: Attempt) -> None:
    """Whoever held the seat chose nothing, once somebody had contributed."""
    made = [step.event.contribution for step in attempt.contributions]
    committed = [step for step in attempt.commitments if step.event.seat == PUBLIC_SEAT]
    if made and committed:
        assert committed[0].event.commit == public_commitment(draw.draw_id, attempt.number, made)
        assert committed[0].entry_id > attempt.contributions[-1].entry_id


def check_seal_and_end(hall: Hall, attempt: Attempt) -> None:
    assert attempt.closed is None or attempt.closed.event.seats == sorted(attempt.committed)
    for step in attempt.reveals:
        assert attempt.closed is not None
        assert step.at < attempt.closed.event.reveal_deadline * 1000
    if attempt.seal is not None:
        assert {item["seat"]: item["commit"] for item in attempt.seal["seats"]} == attempt.committed
        opened = {item["seat"]: item["secret"] for item in attempt.seal["seats"] if item["secret"] is not None}
        assert opened == attempt.revealed
        assert attempt.seal["round"] == attempt.round
    if attempt.drawn is not None:
        data = hall.log.blobs.get(attempt.drawn.sha256("evidence.json"))
        assert data is not None
        assert verify_evidence(data).bls in ("ok", "-")
    if attempt.void is not None and attempt.sealed is not None:
        assert attempt.voided is not None
        assert attempt.voided.logged is not None
        if attempt.round is not None and attempt.void["reason"] not in ("SEAL_LATE", "BEACON_HALTED"):
            assert attempt.voided.logged < round_time(attempt.round) * 1000
        if attempt.round is None:
            assert attempt.dice is None


@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])  # a walk does not shrink
@given(st.integers(0, 2**32))
def test_no_sequence_of_commands_leaves_the_rules(migrated: Path, seed: int) -> None:
    walk_a_draw(migrated, seed)


def walk_a_draw(migrated: Path, seed: int) -> None:
    """A draw of 60 steps at random; hundreds of them in `make soak`."""
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        clock = FakeClock(MONDAY * 1000)
        database = Database(f"sqlite:///{shutil.copy(migrated, data / 'mingtang.db')}")
        new_log(data, database, clock)
        log = open_log(data, database, clock, reserve=0)
        hall = Hall(log, clock, None)
        hall.prepare(chance.choice(["drand", "dice", "drand+dice"]), seats=WITH_PUBLIC)
        log.start()
        log.settle()
        hall.at(hall.attempt.planned.event.draws_at)
        walk = Walk(hall, chance)
        for _ in range(STEPS):
            walk.step()
            if chance.random() < 0.3:
                walk.automatic_steps_are_taken()
        with log.reading() as session:
            lines = queries.draws(session, clock.now)
            draws = [queries.known_draw(session, line.draw_id, placed=True) for line in lines]
        for draw in draws:
            check_draw(hall, draw)
        standing = [draw for draw in draws if draw.followed_by is None]
        assert len(standing) == 1, "one project, one draw"
        for draw in draws[1:]:
            assert all(attempt.sealed is None for attempt in draw.attempts) or documents.vacant(log.blobs, draw.attempt)
        log.stop()
        database.dispose()
