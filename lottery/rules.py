"""What may happen in a draw now, by whom, and why not (protocol sections 4, 5, 8 and 12).

Pure: a draw is what its entries tell, `now` is Unix milliseconds. Every check raises a Refusal or returns; the pages
offer exactly the actions whose check returns (`next_actions`), and the commands ask the same checks.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from audit.entry import is_text
from audit.errors import Refusal
from lottery import errors, events
from lottery.events import VoidReason
from lottery.model import Attempt, Draw, State, Step, void_hash
from lottery.protocol.beacon import first_round_at
from lottery.protocol.draw import Result
from lottery.protocol.plan import Plan
from lottery.protocol.roster import Roster
from registry import working_days

MIN_REVEAL_SECONDS: Final = 60
MAX_REVEAL_SECONDS: Final = 3600
REVEAL_SECONDS: Final = 300
"""How long seats may reveal after the commitments are closed, unless the operator says otherwise."""

ROUND_SPARE: Final = 30
"""Seconds between the reveal deadline with the plan's lead and the round (section 12, rule 6)."""
DICE_BEFORE_SEAL: Final = 900
"""Seconds more in mode `drand+dice`, for the throws."""
SEAL_SPARE: Final = 5
"""Seconds above `min_lead` that must be left: the entry gets its time a moment after the command."""
VOID_SPARE: Final = 5
"""Seconds before the round within which no void is accepted, for the same reason."""
DICE_AFTER_SEAL: Final = 900
"""Seconds after the seal within which the last digit is logged (section 11.5)."""
BEACON_HALTED_AFTER: Final = 600
"""Seconds after a round's time before two seats may say that the network did not produce it (section 8.2, 4)."""
MAX_REFUSED_REVEALS: Final = 3
MAX_ATTEMPTS: Final = 99
LONG_TEXT: Final = 2000
"""Code points of a text that is no text field of the protocol: scope, conditions, an objection."""

_HEX64: Final = re.compile("[0-9a-f]{64}")

OPERATOR: Final = ("operator",)
OBJECTORS: Final = ("operator", "registrar", "tenderer", "agent", "notary", "supervisor")


def seconds(now: int) -> int:
    """The Unix second in which a moment lies."""
    return now // 1000


# Before the first attempt


def check_open(draw: Draw) -> None:
    """Refuse a draw that a later decision took the place of. Raises GivenUp."""
    if draw.followed_by is not None:
        raise errors.GivenUp(draw_id=draw.draw_id, by=draw.followed_by)


def check_decision(event: events.Decided) -> None:
    """Refuse texts that will not do. Raises BadText."""
    for member in ("project_code", "project_name", "tenderer"):
        check_text(member, getattr(event, member))
    check_text("scope", event.scope, LONG_TEXT)
    check_text("fee", event.fee, LONG_TEXT)
    if event.former_reason is not None:
        check_text("former_reason", event.former_reason, LONG_TEXT)


def check_former_draw(event: events.Decided, former: Draw | None, vacant: int) -> None:
    """One project, one draw (section 12, rule 13), against running several and publishing the one that suits.

    former: the project's newest draw. vacant: places of its newest standing for which nobody is left.
    Raises ProjectHasDraw, FormerDrawWrong.
    """
    if former is None:
        if event.former_draw is not None or event.former_reason is not None:
            raise errors.FormerDrawWrong(former="-")
        return
    if not (was_given_up_before_seal(former) or vacant > 0):
        raise errors.ProjectHasDraw(project_code=event.project_code, former=former.draw_id)
    if event.former_draw != former.draw_id or event.former_reason is None:
        raise errors.FormerDrawWrong(former=former.draw_id)


def was_given_up_before_seal(draw: Draw) -> bool:
    """Whether a draw stands still and no attempt of it was ever sealed, so that nobody can know what it would give."""
    running = draw.attempt is not None and draw.attempt.is_running
    return not running and all(attempt.sealed is None and attempt.drawn is None for attempt in draw.attempts)


def check_call(draw: Draw, now: int, conditions: events.Conditions, sign_up_until: int, draws_at: int) -> None:
    """Raises NotNow, GivenUp, BadTime, BadText."""
    may_publish_call(draw, now)
    check_text("conditions", conditions.text, LONG_TEXT)
    for field in conditions.fields:
        check_text("conditions", field)
    if sign_up_until * 1000 <= now:
        raise errors.BadTime(member="sign_up_until", why_zh="须在将来", why_en="it must lie ahead")
    if draws_at <= sign_up_until:
        raise errors.BadTime(member="draws_at", why_zh="须在报名截止之后", why_en="it must follow the end of sign-up")


def may_publish_call(draw: Draw, now: int) -> None:
    check_open(draw)
    if draw.call is not None or draw.attempts:
        raise _not_now(draw, now, "publish_call")


def may_sign_up(draw: Draw, now: int, action: str = "sign_up") -> None:
    """Answers are taken while the call is open: not a moment longer, so that the roster rests on all of them."""
    check_open(draw)
    if draw.call is None:
        raise _not_now(draw, now, action)
    until = draw.call.event.sign_up_until
    if now >= until * 1000:
        raise errors.TooLate(action=action, until=until)


# Plan and roster


def may_plan(draw: Draw, now: int) -> None:
    """A first plan follows the call, a later one the void record of the attempt before. Raises NotNow, GivenUp."""
    check_open(draw)
    attempt = draw.attempt
    if draw.call is None or (attempt is not None and attempt.voided is None) or len(draw.attempts) >= MAX_ATTEMPTS:
        raise _not_now(draw, now, "plan_draw")


def check_new_plan(draw: Draw, now: int, plan: Plan, draws_at: int, commit_deadline: int) -> None:
    """plan: as the protocol accepts it. Raises NotNow, PlanDiffers, BadTime, ChangeNotInNote, WorkingDayMissing."""
    may_plan(draw, now)
    former = draw.attempt
    decision = draw.decided.event
    wanted: dict[str, object] = {
        "draw_id": draw.draw_id,
        "attempt": len(draw.attempts) + 1,
        "prev_sha256": None if former is None else void_hash(former),
        "project_code": decision.project_code,
        "project_name": decision.project_name,
        "tenderer": decision.tenderer,
    }
    given: Mapping[str, object] = {**plan}
    for member, value in wanted.items():
        if given[member] != value:
            raise errors.PlanDiffers(member=member, wanted=value)
    if plan["entropy"] != "dice" and plan["max_lead"] < plan["min_lead"] + ROUND_SPARE:
        raise errors.LeadTooNarrow(wanted=ROUND_SPARE)
    if draws_at * 1000 < now:
        raise errors.BadTime(member="draws_at", why_zh="不得早于现在", why_en="it must not lie in the past")
    if commit_deadline <= draws_at:
        raise errors.BadTime(member="commit_deadline", why_zh="须晚于摇号时间", why_en="it must follow draws_at")
    if former is not None:
        _check_in_note(former, _changed_places(former.plan, plan))
    if not (former is not None and former.rosters and not _changed_places(former.plan, plan)):
        check_working_day("plan", seconds(now), draws_at)


def _changed_places(former: Plan, plan: Plan) -> list[str]:
    changes = []
    if former["winners"] != plan["winners"]:
        changes.append(f"winners {former['winners']}→{plan['winners']}")
    if former["alternates"] != plan["alternates"]:
        changes.append(f"alternates {former['alternates']}→{plan['alternates']}")
    return changes


def _check_in_note(former: Attempt, changes: Sequence[str]) -> None:
    note = "" if former.void is None else former.void["note"]
    for change in changes:
        if change not in note:
            raise errors.ChangeNotInNote(change=change)


def check_balls_in_note(former: Attempt, former_roster: Roster, roster: Roster) -> None:
    """Refuse other balls than in the attempt before unless its void note lists them. Raises ChangeNotInNote."""
    before = {agent["code"]: agent["balls"] for agent in former_roster["agents"]}
    changes = [
        f"{agent['code']} {before[agent['code']]}→{agent['balls']}"
        for agent in roster["agents"]
        if before.get(agent["code"], agent["balls"]) != agent["balls"]
    ]
    _check_in_note(former, changes)


def check_working_day(what: str, published: int, draws_at: int) -> None:
    """Refuse less than a whole working day between two Unix seconds (section 12, rule 1). Raises WorkingDayMissing."""
    if working_days.whole_working_days_between(published, draws_at) < 1:
        raise errors.WorkingDayMissing(what=what)


def may_publish_roster(draw: Draw, now: int) -> None:
    """After the plan and the end of sign-up, as often as the register changes, until the freeze."""
    attempt = _running(draw, now, "publish_roster")
    if attempt.frozen is not None:
        raise _not_now(draw, now, "publish_roster")
    assert draw.call is not None  # may_plan
    if now < draw.call.event.sign_up_until * 1000:
        raise errors.TooSoon(action="publish_roster", until=draw.call.event.sign_up_until)


def check_new_roster(attempt: Attempt, roster_sha256: str) -> None:
    """Refuse the roster that is already published, unless an objection to it was upheld. Raises RosterUnchanged."""
    if not attempt.rosters or _upheld_since_roster(attempt):
        return
    if attempt.rosters[-1].event.roster_sha256 == roster_sha256:
        raise errors.RosterUnchanged


def check_objections(attempt: Attempt) -> None:
    """Refuse while an objection to the roster is open, or upheld and nothing published since. Raises ObjectionOpen."""
    for objection in attempt.objections:
        if objection.filed.event.about == "roster" and objection.answered is None:
            raise errors.ObjectionOpen(objection=objection.number)
    if upheld := _upheld_since_roster(attempt):
        raise errors.ObjectionOpen(objection=upheld[0])


def _upheld_since_roster(attempt: Attempt) -> list[int]:
    published = attempt.rosters[-1].entry_id if attempt.rosters else 0
    return [
        objection.number
        for objection in attempt.objections
        if objection.filed.event.about == "roster"
        and objection.answered is not None
        and objection.answered.event.outcome == "upheld"
        and objection.answered.entry_id > published
    ]


def may_freeze(draw: Draw, now: int, *, repeats_former: bool | None = None) -> None:
    """The freeze is the first act of the meeting, after a published roster.

    repeats_former: whether agents, balls, exclusions, winners and alternates are those of the attempt before, which
    needs no new waiting day; None where that is not known (a page asks), which leaves the waiting day out.
    Raises NotNow, TooSoon, TooLate, ObjectionOpen, WorkingDayMissing.
    """
    attempt = _running(draw, now, "freeze_roster")
    if attempt.frozen is not None or not attempt.rosters:
        raise _not_now(draw, now, "freeze_roster")
    plan = attempt.planned.event
    if now < plan.draws_at * 1000:
        raise errors.TooSoon(action="freeze_roster", until=plan.draws_at)
    if now >= plan.commit_deadline * 1000:
        raise errors.TooLate(action="freeze_roster", until=plan.commit_deadline)
    check_objections(attempt)
    if repeats_former is False:
        check_working_day("plan", seconds(attempt.planned.at), seconds(now))
        check_working_day("roster", seconds(attempt.rosters[-1].at), seconds(now))


def repeats(former: Plan, former_roster: Roster, plan: Plan, roster: Roster) -> bool:
    """Whether an attempt draws the same places from the same pool as the one before (section 12, rule 1)."""
    return (
        not _changed_places(former, plan)
        and roster["agents"] == former_roster["agents"]
        and roster["excluded"] == former_roster["excluded"]
    )


def may_object(draw: Draw, now: int) -> None:
    """At any time from the plan on; an objection never stops what is fixed."""
    if draw.attempt is None:
        raise _not_now(draw, now, "file_objection")


def check_answer(draw: Draw, now: int, number: int) -> None:
    """Raises NotNow, UnknownObjection."""
    if number not in open_objections(draw):
        raise errors.UnknownObjection(objection=number)


def open_objections(draw: Draw) -> list[int]:
    """Numbers of the objections of the present attempt without an answer."""
    return [item.number for item in draw.attempt.objections if item.answered is None] if draw.attempt else []


# Commitments and reveals


def may_commit(draw: Draw, now: int) -> None:
    """From the freeze until the deadline or the closing, whichever comes first."""
    attempt = _running(draw, now, "commit")
    if attempt.frozen is None or attempt.closed is not None:
        raise _not_now(draw, now, "commit")
    deadline = attempt.planned.event.commit_deadline
    if now >= deadline * 1000:
        raise errors.TooLate(action="commit", until=deadline)


def check_commitment(draw: Draw, now: int, event: events.Committed) -> Attempt:
    """Raises NotNow, TooLate, UnknownSeat, SeatActed, BadHex; returns the attempt."""
    attempt = present(draw, event.attempt)
    may_commit(draw, now)
    if event.seat not in attempt.seats:
        raise errors.UnknownSeat(seat=event.seat)
    if event.seat in attempt.committed:
        raise errors.SeatActed(seat=event.seat)
    check_hex("commit", event.commit)
    return attempt


def may_close_commitments(draw: Draw, now: int) -> None:
    """At the deadline, or earlier once every seat has acted: nobody is cut off by a fast operator."""
    attempt = _running(draw, now, "close_commitments")
    if attempt.frozen is None or attempt.closed is not None:
        raise _not_now(draw, now, "close_commitments")
    deadline = attempt.planned.event.commit_deadline
    if now < deadline * 1000 and not attempt.all_committed:
        raise errors.TooSoon(action="close_commitments", until=deadline)


def reveal_deadline(now: int, reveal_seconds: int) -> int:
    """When reveals close at the latest, Unix seconds. Raises BadTime."""
    if not MIN_REVEAL_SECONDS <= reveal_seconds <= MAX_REVEAL_SECONDS:
        bounds = f"{MIN_REVEAL_SECONDS}..{MAX_REVEAL_SECONDS}"
        raise errors.BadTime(member="reveal_seconds", why_zh=f"应为 {bounds} 秒", why_en=f"not within {bounds} s")
    return -(-now // 1000) + reveal_seconds


def may_announce_round(draw: Draw, now: int) -> None:
    """Once in an attempt, before the first reveal. Raises NotNow, QuorumMissed, TooLate."""
    attempt = _running(draw, now, "announce_round")
    if attempt.closed is None or attempt.announced is not None or not attempt.uses_beacon:
        raise _not_now(draw, now, "announce_round")
    if not attempt.has_quorum(attempt.committed):
        raise errors.QuorumMissed(revealed=len(attempt.committed), wanted=attempt.plan["min_reveals"])
    deadline = attempt.closed.event.reveal_deadline
    if now >= deadline * 1000:
        raise errors.TooLate(action="announce_round", until=deadline)


def round_of(attempt: Attempt) -> int:
    """The round that the seal will use: computed, never chosen (section 12, rule 6)."""
    assert attempt.closed is not None
    plan = attempt.plan
    spare = ROUND_SPARE + (DICE_BEFORE_SEAL if plan["entropy"] == "drand+dice" else 0)
    return first_round_at(attempt.closed.event.reveal_deadline + plan["min_lead"] + spare)


def may_reveal(draw: Draw, now: int, published: int) -> None:
    """After the closing is public (and the round announced), until the dice or the seal.

    After the deadline it is recorded as late.

    published: how many entries the published checkpoint holds.
    Raises NotNow, NotYetLogged, NotYetPublished.
    """
    attempt = _running(draw, now, "reveal")
    last = attempt.announced if attempt.uses_beacon else attempt.closed
    over = attempt.sealed is not None or attempt.dice is not None or attempt.all_revealed
    if attempt.closed is None or last is None or over:
        raise _not_now(draw, now, "reveal")
    if placed(last) >= published:
        raise errors.NotYetPublished(kind=last.event.kind)


def check_reveal(draw: Draw, now: int, published: int, event: events.Revealed) -> Attempt:
    """Refuse what is not even a reveal; a wrong or late one passes here and is recorded as refused.

    Raises NotNow, NotYetPublished, UnknownSeat, SeatActed, TriesUsedUp, BadHex, SecretNotOwn; returns the attempt.
    """
    attempt = present(draw, event.attempt)
    may_reveal(draw, now, published)
    if event.seat not in attempt.committed:
        raise errors.UnknownSeat(seat=event.seat)
    if event.seat in attempt.revealed:
        raise errors.SeatActed(seat=event.seat)
    check_hex("secret", event.secret)
    if sum(step.event.seat == event.seat for step in attempt.refused) >= MAX_REFUSED_REVEALS:
        raise errors.TriesUsedUp(seat=event.seat, limit=MAX_REFUSED_REVEALS)
    if event.secret in attempt.revealed.values():
        raise errors.SecretNotOwn(seat=event.seat)
    return attempt


def is_late_reveal(attempt: Attempt, now: int) -> bool:
    """Whether the reveal deadline has come."""
    assert attempt.closed is not None
    return now >= attempt.closed.event.reveal_deadline * 1000


# Dice, seal, result


def may_throw_dice(draw: Draw, now: int) -> None:
    """Mode `drand+dice`: after the reveals and before the seal. Mode `dice`: after the seal, within 15 minutes.

    Raises NotNow, NotYetLogged, QuorumMissed, TooSoon, TooLate.
    """
    attempt = _running(draw, now, "throw_dice")
    if attempt.dice is not None or not attempt.uses_dice:
        raise _not_now(draw, now, "throw_dice")
    if attempt.uses_beacon:
        if attempt.sealed is not None or attempt.reveals_closed_at(now) is None:
            raise _not_now(draw, now, "throw_dice")
        check_quorum(attempt)
        return
    if attempt.sealed is None:
        raise _not_now(draw, now, "throw_dice")
    sealed = seal_time(attempt)
    if seconds(now) <= sealed:
        raise errors.TooSoon(action="throw_dice", until=sealed + 1)
    if now >= (sealed + DICE_AFTER_SEAL) * 1000:
        raise errors.TooLate(action="throw_dice", until=sealed + DICE_AFTER_SEAL)


def check_dice(draw: Draw, now: int, event: events.DiceThrown) -> Attempt:
    """Raises NotNow, TooSoon, TooLate, BadDice; returns the attempt. Confirmers are the protocol's to check."""
    attempt = present(draw, event.attempt)
    may_throw_dice(draw, now)
    if event.time > seconds(now):
        raise errors.BadDice(why_zh="最后一位的时间在将来", why_en="the last digit lies in the future")
    if attempt.uses_beacon:
        closed_at = attempt.reveals_closed_at(now)
        assert closed_at is not None  # may_throw_dice
        earliest = seconds(closed_at)
    else:
        earliest = seal_time(attempt) + 1
    if event.time < earliest:
        raise errors.BadDice(why_zh=f"不得早于 {earliest} 秒掷出", why_en=f"thrown before second {earliest}")
    _check_entries(event, attempt.plan["dice_digits"])
    return attempt


def _check_entries(event: events.DiceThrown, count: int) -> None:
    """Both first entries are kept; where the two agree, that digit stands."""
    form = re.compile(f"[0-9]{{{count}}}")
    if len(event.first_entries) != 2 or not all(form.fullmatch(entry) for entry in event.first_entries):
        raise errors.BadDice(why_zh=f"首次录入须为两份各 {count} 位", why_en=f"not two first entries of {count} digits")
    if form.fullmatch(event.digits) is None:
        raise errors.BadDice(why_zh=f"须为 {count} 位数字", why_en=f"not {count} digits")
    for place, (digit, one, other) in enumerate(zip(event.digits, *event.first_entries, strict=True), start=1):
        if one == other != digit:
            raise errors.BadDice(
                why_zh=f"第 {place} 位两次录入一致而结果不同", why_en=f"digit {place} is not what both people entered"
            )


def check_quorum(attempt: Attempt) -> None:
    """Raises QuorumMissed."""
    if not attempt.has_quorum(attempt.revealed):
        raise errors.QuorumMissed(revealed=len(attempt.revealed), wanted=attempt.plan["min_reveals"])


def may_seal(draw: Draw, now: int) -> None:
    """Once reveals are closed and the dice are in, while the lead is what the plan allows (section 12, rule 6).

    Raises NotNow, QuorumMissed, SealTooEarly, SealTooLate.
    """
    attempt = _running(draw, now, "seal")
    if attempt.state_at(now) is not State.SEALING:
        raise _not_now(draw, now, "seal")
    check_quorum(attempt)
    if attempt.round_at is None:
        return
    lead = attempt.round_at - now
    shortest = attempt.plan["min_lead"] + SEAL_SPARE
    if lead < shortest * 1000:
        raise errors.SealTooLate(lead=lead, limit=shortest)
    if lead > attempt.plan["max_lead"] * 1000:
        raise errors.SealTooEarly(lead=lead, limit=attempt.plan["max_lead"])


def may_complete(draw: Draw, now: int, *, quorum: int = 0, cosigned_in_time: bool = True) -> None:
    """Once the entropy is there: the round's time has come, or the dice are in.

    Raises NotNow, NotYetLogged, SealIsLate.
    quorum: cosignatures that the witnesses in force owe. cosigned_in_time: whether so many came before the round.
    """
    attempt = _running(draw, now, "complete")
    if attempt.sealed is None:
        raise _not_now(draw, now, "complete")
    seal_time(attempt)
    if must_void(attempt, now, quorum=quorum, cosigned_in_time=cosigned_in_time):
        raise errors.SealIsLate(draw_id=draw.draw_id)
    if attempt.state_at(now) is not State.DERIVING:
        raise _not_now(draw, now, "complete")


def must_void(attempt: Attempt, now: int, *, quorum: int = 0, cosigned_in_time: bool = True) -> bool:
    """Whether ending the attempt as SEAL_LATE is a duty (section 8.2, 5).

    It is never a choice: who could complete such a seal or void it would choose with the result before him.
    """
    due = attempt.round_at
    if due is None or not attempt.is_running:
        return False
    if attempt.sealed is None:
        return now >= due
    if attempt.seal_time is None:
        return False
    lead = due // 1000 - attempt.seal_time
    if not attempt.plan["min_lead"] <= lead <= attempt.plan["max_lead"]:
        return True
    return quorum > 0 and now >= due and not cosigned_in_time


# The end of an attempt, and what follows


@dataclass(frozen=True, slots=True)
class VoidGrounds:
    """The reasons for which an attempt may be voided now.

    confirmed: whether two seats of different organisations must sign that it is so.
    """

    reasons: tuple[VoidReason, ...]
    confirmed: bool = False


def void_grounds(draw: Draw, now: int, *, quorum: int = 0, cosigned_in_time: bool = True) -> VoidGrounds:
    """Section 8.2: free until the seal, then only while the entropy is unknown, then only where it is a duty.

    The program cannot see the dice. So after the seal of mode `dice` two seats have to sign that none was thrown.
    """
    attempt = draw.attempt
    if attempt is None or draw.followed_by is not None or not attempt.is_running:
        return VoidGrounds(())
    if must_void(attempt, now, quorum=quorum, cosigned_in_time=cosigned_in_time):
        return VoidGrounds(("SEAL_LATE",))
    due = attempt.round_at
    if due is not None and now >= due + BEACON_HALTED_AFTER * 1000:
        return VoidGrounds(("BEACON_HALTED",), confirmed=True)
    if due is not None and now > due - VOID_SPARE * 1000:
        return VoidGrounds(())
    reasons: list[VoidReason] = ["ROSTER_ERROR", "OBJECTION", "SEAT_ABSENT", "FORCE_MAJEURE"]
    if attempt.uses_dice:
        reasons.append("DICE_IRREGULAR")
    if attempt.sealed is not None:
        if due is None and attempt.dice is not None:
            return VoidGrounds(())
        return VoidGrounds(tuple(reasons), confirmed=due is None)
    if attempt.uses_beacon:
        reasons.append("NETWORK_BEFORE_SEAL")
    if is_quorum_missed(attempt, now):
        reasons.insert(0, "QUORUM")
    return VoidGrounds(tuple(reasons))


def is_quorum_missed(attempt: Attempt, now: int) -> bool:
    """Whether the commitments or the reveals can no longer make a seal."""
    if attempt.frozen is None or attempt.sealed is not None:
        return False
    if attempt.closed is None:
        over = now >= attempt.planned.event.commit_deadline * 1000
        return over and not attempt.has_quorum(attempt.committed)
    if not attempt.has_quorum(attempt.committed):
        return True
    unannounced = attempt.uses_beacon and attempt.announced is None
    over = is_late_reveal(attempt, now) if unannounced else attempt.reveals_closed_at(now) is not None
    return over and not attempt.has_quorum(attempt.revealed)


def check_void(draw: Draw, now: int, reason: str, *, quorum: int = 0, cosigned_in_time: bool = True) -> VoidGrounds:
    """Raises VoidForbidden; returns the grounds, which say whether two seats must confirm."""
    check_open(draw)
    grounds = void_grounds(draw, now, quorum=quorum, cosigned_in_time=cosigned_in_time)
    if reason not in grounds.reasons:
        raise errors.VoidForbidden(reason=reason, allowed=", ".join(grounds.reasons) or "-")
    return grounds


def owes_shadow(attempt: Attempt, now: int) -> bool:
    """Whether what a voided attempt with a seal would have given can be known and is not published yet."""
    due = attempt.round_at
    voided = attempt.voided is not None and attempt.sealed is not None
    return voided and attempt.shadow is None and due is not None and now >= due


def may_shadow(attempt: Attempt, draw: Draw, now: int) -> None:
    """Raises NotNow."""
    if not owes_shadow(attempt, now):
        raise _not_now(draw, now, "shadow_draw")


def may_change_standing(draw: Draw, now: int) -> None:
    """After the result, also where a new draw fills places left vacant before. Raises NotNow."""
    if draw.attempt is None or draw.attempt.drawn is None:
        raise _not_now(draw, now, "change_standing")


def removable(attempt: Attempt, result: Result, removed: Collection[str]) -> list[str]:
    """The codes that still have a place to lose, in drawn order."""
    return [code for code in (*result["winners"], *result["alternates"]) if code not in removed]


# What may be done now


@dataclass(frozen=True, slots=True)
class Action:
    """Something that may be done now. `name` is the command's.

    roles: who may do it; with `seats`, accounts of those seats' organisations whatever their role.
    reasons: for `void`. confirmed: two seats must sign. automatic: the program does it by itself.
    """

    name: str
    roles: tuple[str, ...] = OPERATOR
    seats: tuple[str, ...] = ()
    reasons: tuple[VoidReason, ...] = ()
    confirmed: bool = False
    automatic: bool = False


def next_actions(
    draw: Draw, now: int, *, published: int, quorum: int = 0, cosigned_in_time: bool = True
) -> list[Action]:
    """What may be done now, and by which role: what is not in the list is refused, so pages show exactly this.

    now: Unix milliseconds. published: how many entries the published checkpoint holds. quorum: how many cosignatures
    the witnesses in force owe (0: there are none, and pages say 未见证).
    """
    attempt = draw.attempt
    seats = _seats_to_act(attempt)
    grounds = void_grounds(draw, now, quorum=quorum, cosigned_in_time=cosigned_in_time)
    offers: list[tuple[Action, Callable[[], None]]] = [
        (Action("publish_call"), lambda: may_publish_call(draw, now)),
        (Action("sign_up", ("agent", "registrar")), lambda: may_sign_up(draw, now)),
        (Action("withdraw_sign_up", ("agent", "registrar")), lambda: may_sign_up(draw, now)),
        (Action("plan_draw"), lambda: may_plan(draw, now)),
        (Action("publish_roster"), lambda: may_publish_roster(draw, now)),
        (Action("freeze_roster"), lambda: may_freeze(draw, now)),
        (Action("commit", (), seats), lambda: may_commit(draw, now)),
        (Action("close_commitments", automatic=True), lambda: may_close_commitments(draw, now)),
        (Action("announce_round", automatic=True), lambda: may_announce_round(draw, now)),
        (Action("reveal", (), seats), lambda: may_reveal(draw, now, published)),
        (Action("throw_dice"), lambda: may_throw_dice(draw, now)),
        (Action("seal", automatic=True), lambda: may_seal(draw, now)),
        (
            Action("complete", automatic=True),
            lambda: may_complete(draw, now, quorum=quorum, cosigned_in_time=cosigned_in_time),
        ),
    ]
    actions = [action for action, check in offers if _is_allowed(check)]
    if grounds.reasons:
        duty = grounds.reasons == ("SEAL_LATE",)
        actions.append(Action("void", reasons=grounds.reasons, confirmed=grounds.confirmed, automatic=duty))
    if attempt is not None:
        if open_objections(draw):
            actions.append(Action("answer_objection", ("operator", "supervisor")))
        actions.append(Action("file_objection", OBJECTORS))
        if _is_allowed(lambda: may_change_standing(draw, now)):
            actions.append(Action("change_standing"))
    if any(owes_shadow(each, now) for each in draw.attempts):
        actions.append(Action("shadow_draw", automatic=True))
    return actions


def _seats_to_act(attempt: Attempt | None) -> tuple[str, ...]:
    """The seats that have not committed yet, or, after the closing, those that have not revealed."""
    if attempt is None:
        return ()
    if attempt.closed is None:
        return tuple(seat for seat in attempt.seats if seat not in attempt.committed)
    return tuple(seat for seat in attempt.committed if seat not in attempt.revealed)


def _is_allowed(check: Callable[[], None]) -> bool:
    try:
        check()
    except Refusal:
        return False
    return True


# Small things the checks share


def present(draw: Draw, attempt: int) -> Attempt:
    """The present attempt, if that is the one meant. Raises UnknownAttempt."""
    if draw.attempt is None or draw.attempt.number != attempt:
        raise errors.UnknownAttempt(draw_id=draw.draw_id, attempt=attempt)
    return draw.attempt


def placed(step: Step[Any]) -> int:
    """The place of an entry in the log. Raises NotYetLogged."""
    if step.seq is None:
        raise errors.NotYetLogged(kind=step.event.kind)
    return step.seq


def seal_time(attempt: Attempt) -> int:
    """Unix seconds at which the log accepted the seal. Raises NotYetLogged while it has no place."""
    assert attempt.sealed is not None
    placed(attempt.sealed)
    assert attempt.seal_time is not None
    return attempt.seal_time


def check_text(member: str, value: str, limit: int = 200) -> None:
    """Refuse an empty text, one that is too long, one with a blank at an end, or with an unassigned code point.

    (NFC of a code point that is assigned later can differ between two verifiers.) Raises BadText.
    """
    unassigned = any(unicodedata.category(character) == "Cn" for character in value)
    if not is_text(value[:1] + value[-1:]) or len(value) > limit or unassigned:
        raise errors.BadText(member=member, limit=limit)


def check_hex(member: str, value: str) -> None:
    """Raises BadHex."""
    if _HEX64.fullmatch(value) is None:
        raise errors.BadHex(member=member)


def _running(draw: Draw, now: int, action: str) -> Attempt:
    check_open(draw)
    if draw.attempt is None or not draw.attempt.is_running:
        raise _not_now(draw, now, action)
    return draw.attempt


def _not_now(draw: Draw, now: int, action: str) -> errors.NotNow:
    return errors.NotNow(draw_id=draw.draw_id, state=draw.state_at(now), action=action)
