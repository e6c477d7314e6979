"""The register and the draws as the log alone tells them, up to each freeze of a roster. No clock, no database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from audit.entry import Entry
from audit.errors import Refusal
from audit.events import KINDS
from audit.step import Step
from lottery.events import CallPublished, Decided, Planned, RosterFrozen, SignedUp, SignUpWithdrawn
from lottery.model import fold
from lottery.protocol.plan import Plan, organisations
from lottery.rules.pool import Pool, asked_for, moment, parties_of
from registry.model import Organisation
from registry.replay import Register
from registry.rules import Check, In, Out

_REGISTER = "registry."
_STEPS = (Decided, CallPublished, Planned)


class OutOfPlace(Refusal):
    """No command of ours writes such a log."""

    code = "lottery.entry-out-of-place"
    zh = "条目 seq={seq} 的正文不合格式，或与此前的条目不相容"
    en = "the body of entry seq={seq} does not have its form, or does not follow from the entries before it"


@dataclass(frozen=True)
class Frozen:
    """A roster at the moment of its freeze. It holds until the next entry is taken up."""

    draw_id: str
    attempt: int
    seq: int
    sha256: str
    plan: Plan
    pool: Pool
    register: Register

    @property
    def roster(self) -> str:
        """As `--draw` takes it."""
        return f"{self.draw_id}/{self.attempt}"

    def verdicts(self) -> dict[str, In | Out]:
        """Of everyone who must stand in the roster, by code."""
        return self.pool.verdicts(self.register.standings())

    def verdict(self, code: str) -> In | Out:
        return self.pool.verdict(self.register.standing(code))

    def checks(self, code: str) -> list[Check]:
        return self.pool.checks(self.register.standing(code))

    def name_of(self, code: str) -> str:
        agency = self.register.standing(code).agency
        if agency is not None:
            return agency.name
        organisation = self.register.organisation_with_code(code)
        return "" if organisation is None else organisation.name


class Replay:
    """The register and the draws, as the entries so far tell them."""

    def __init__(self) -> None:
        self._register = Register()
        self._steps: dict[str, list[Step[Any]]] = {}
        self._parties: dict[tuple[str, str], Organisation | None] = {}
        """Whom a draw's decision or plan meant by a name: who bore it then."""
        self._answers: dict[str, dict[str, int]] = {}

    def add(self, entry: Entry) -> Frozen | None:
        """Take up the next entry; what a freeze saw, if it is one."""
        known = KINDS.get(entry.kind)
        if known is None or not (entry.kind.startswith(_REGISTER) or entry.kind in _OF_DRAW):
            return None
        event = known.of(entry.body)
        if isinstance(event, RosterFrozen):
            return self._frozen(entry, event)
        if isinstance(event, SignedUp):
            self._answers.setdefault(event.draw_id, {})[event.code] = entry.seq
        elif isinstance(event, SignUpWithdrawn):
            self._answers.get(event.draw_id, {}).pop(event.code, None)
        elif isinstance(event, _STEPS):
            step = Step(entry.seq, event, entry.actor, entry.at, entry.seq, entry.logged)
            self._steps.setdefault(event.draw_id, []).append(step)
            self._note_names(event)
        else:
            self._register.add(entry.seq, event)
        return None

    def _note_names(self, event: Decided | CallPublished | Planned) -> None:
        names: Iterable[str] = ()
        subject = event.draw_id
        if isinstance(event, Decided):
            names = (event.tenderer,)
        elif isinstance(event, Planned):
            names = {seat.org for seat in event.plan.seats}
            subject = f"{event.draw_id}/{event.attempt}"
        for name in names:
            self._parties[subject, name] = self._register.organisation_named(name)

    def _meant(self, subject: str, name: str) -> Organisation:
        """Whom a decision or a plan named, as it is on record now."""
        then = self._parties[subject, name]
        now = None if then is None else self._register.organisation(then.id)
        return Organisation("", name, None, ()) if now is None else now

    def _frozen(self, entry: Entry, event: RosterFrozen) -> Frozen | None:
        draw = fold(self._steps[event.draw_id])
        if draw.is_committee:  # its pool is no matter of the register
            return None
        attempt = draw.attempts[event.attempt - 1]
        subject = f"{event.draw_id}/{event.attempt}"
        tenderer = self._meant(event.draw_id, draw.decided.event.tenderer)
        seats = {seat: self._meant(subject, name) for seat, name in organisations(attempt.plan).items()}
        pool = Pool(
            call=asked_for(draw, self._register.rulebook),
            parties=parties_of(draw, tenderer, attempt.planned.entry_id, seats),
            answers=dict(self._answers.get(event.draw_id, {})),
            at=moment(attempt.planned.event.draws_at, entry.at),
        )
        return Frozen(event.draw_id, event.attempt, entry.seq, event.roster_sha256, attempt.plan, pool, self._register)


_OF_DRAW = frozenset(event.kind for event in (*_STEPS, SignedUp, SignUpWithdrawn, RosterFrozen))


def freezes(entries: Iterable[Entry]) -> Iterator[Frozen]:
    """Every freeze in the order of the log. Raises OutOfPlace."""
    replay = Replay()
    for entry in entries:
        try:
            frozen = replay.add(entry)
        except (ValueError, LookupError, AssertionError) as fault:
            raise OutOfPlace(seq=entry.seq) from fault
        if frozen is not None:
            yield frozen
