"""What an attempt's entries must hold up to the seal: who signed, in time, and that the seal leaves nothing out."""

from collections import Counter
from typing import Final

from lottery.logged.attempt import (
    ANNOUNCED,
    CLOSED,
    COMMITTED,
    CONTRIBUTED,
    DICE,
    FROZEN,
    PUBLISHED,
    REFUSED,
    REVEALED,
    Attempt,
)
from lottery.logged.faults import at
from lottery.logged.forms import Step
from lottery.logged.register import Register, check_signed_by
from lottery.logged.sealing import check_dice, check_seal
from lottery.protocol.beacon import first_round_at
from lottery.protocol.commitment import commitment
from lottery.protocol.contributions import MAX_CONTRIBUTIONS, PUBLIC_SEAT, public_commitment

ROUND_SPARE: Final = 30
"""Seconds between the reveal deadline with the plan's lead and the round (section 12, rule 6)."""
DICE_BEFORE_SEAL: Final = 900
"""Seconds more in mode `drand+dice`, for the throws."""
MAX_REFUSED_REVEALS: Final = 3
"""Of one seat (section 4)."""


def check_meeting(attempt: Attempt, register: Register) -> None:
    """Check everything from the freeze to the seal, as far as the attempt got. Raises EntryFault."""
    _check_roster(attempt)
    orgs = register.seats(attempt.planned, attempt.seats) if attempt.all(COMMITTED) or attempt.all(DICE) else {}
    _check_commitments(attempt, register, orgs)
    _check_contributions(attempt)
    _check_closing(attempt)
    _check_reveals(attempt, register, orgs)
    check_dice(attempt, register, orgs)
    check_seal(attempt)


def _check_roster(attempt: Attempt) -> None:
    for entry in attempt.all(PUBLISHED):
        if [file.sha256 for file in entry.files if file.name == "roster.json"] != [entry.body["roster_sha256"]]:
            raise at(entry, "名单文件与所记哈希不同", "its file is not the roster whose hash it names")
    frozen = attempt.one(FROZEN)
    if frozen is None:
        return
    if frozen.body["roster_sha256"] != attempt.roster_sha256:
        seq = attempt.all(PUBLISHED)[-1].seq
        raise at(frozen, f"冻结的不是最后公示的名单（第 {seq} 条）", f"not the roster last published, entry {seq}")
    starts = attempt.planned.body["draws_at"]
    if frozen.at < starts * 1000:
        raise at(frozen, f"早于摇号时间 {starts}", f"it came before the meeting, {starts}")


def _check_commitments(attempt: Attempt, register: Register, orgs: dict[str, str]) -> None:
    deadline = attempt.planned.body["commit_deadline"]
    seen: set[str] = set()
    for entry in attempt.all(COMMITTED):
        seat = entry.body["seat"]
        if seat not in orgs:
            raise at(entry, f"方案中没有席位 {seat}", f"the plan has no seat {seat}")
        if seat in seen:
            raise at(entry, f"席位 {seat} 已承诺过", f"seat {seat} had committed")
        if entry.at >= deadline * 1000:
            raise at(entry, f"晚于承诺截止 {deadline}", f"it came after the deadline {deadline}")
        seen.add(seat)
        check_signed_by(register, entry, {orgs[seat]})


def _check_contributions(attempt: Attempt) -> None:
    """The seat `public` commits to what follows from its contributions, if there are any."""
    given = attempt.all(CONTRIBUTED)
    mine = next((one for one in attempt.all(COMMITTED) if one.body["seat"] == PUBLIC_SEAT), None)
    seen: set[str] = set()
    for entry in given:
        if entry.body["seat"] != PUBLIC_SEAT or PUBLIC_SEAT not in attempt.seats:
            raise at(entry, "不是方案中的群众席", "it is not for a seat `public` of the plan")
        if mine is not None and entry.seq > mine.seq:
            raise at(entry, f"群众席已承诺（第 {mine.seq} 条）", f"that seat had committed, entry {mine.seq}")
        if entry.body["contribution"] in seen:
            raise at(entry, "重复的贡献", "the same contribution came before")
        seen.add(entry.body["contribution"])
    if len(given) > MAX_CONTRIBUTIONS:
        raise at(given[MAX_CONTRIBUTIONS], f"超过 {MAX_CONTRIBUTIONS} 份", f"more than {MAX_CONTRIBUTIONS}")
    if given and mine is not None:
        shares = [one.body["contribution"] for one in given]
        if mine.body["commit"] != public_commitment(attempt.plan["draw_id"], attempt.number, shares):
            raise at(mine, "群众席承诺的不是各份贡献合成的秘密", "it does not commit to what the contributions give")


def _check_closing(attempt: Attempt) -> None:
    closed = attempt.one(CLOSED)
    if closed is None:
        return
    if closed.body["seats"] != sorted(attempt.committed):
        wanted = ", ".join(sorted(attempt.committed)) or "-"
        raise at(closed, f"已承诺的席位为 {wanted}", f"the seats that committed are {wanted}")
    deadline = attempt.planned.body["commit_deadline"]
    if closed.at < deadline * 1000 and attempt.committed.keys() != attempt.seats.keys():
        raise at(closed, "截止之前尚有席位未承诺", "before the deadline, with seats that had not committed")
    if closed.body["reveal_deadline"] * 1000 <= closed.at:
        raise at(closed, "揭示截止早于本条目", "its deadline for reveals had passed")
    announced = attempt.one(ANNOUNCED)
    if announced is None:
        return
    spare = ROUND_SPARE + (DICE_BEFORE_SEAL if attempt.plan["entropy"] == "drand+dice" else 0)
    wanted_round = first_round_at(closed.body["reveal_deadline"] + attempt.plan["min_lead"] + spare)
    if announced.body["round"] != wanted_round:
        raise at(announced, f"按规则应为第 {wanted_round} 轮", f"the rule gives round {wanted_round}")


def _check_reveals(attempt: Attempt, register: Register, orgs: dict[str, str]) -> None:
    """Every secret is tried anew: none that opens its commitment in time was refused, none that does not was taken."""
    if not attempt.all(REVEALED) and not attempt.all(REFUSED):
        return
    deadline = attempt.needed(CLOSED).body["reveal_deadline"] * 1000
    seen: dict[str, Step] = {}
    refused: Counter[str] = Counter()
    for entry in sorted((*attempt.all(REVEALED), *attempt.all(REFUSED)), key=lambda one: one.seq):
        seat = entry.body["seat"]
        if seat not in attempt.committed:
            raise at(entry, f"席位 {seat} 没有承诺", f"seat {seat} had not committed")
        if entry.kind == REVEALED:
            if seat in seen:
                raise at(entry, f"席位 {seat} 已揭示过", f"seat {seat} had revealed")
            if not _opens(attempt, entry):
                raise at(entry, "与承诺不符，不是有效揭示", "it does not open the seat's commitment")
            if entry.at >= deadline:
                raise at(entry, f"晚于揭示截止 {deadline // 1000}", f"it came after the deadline {deadline // 1000}")
            seen[seat] = entry
            check_signed_by(register, entry, {orgs[seat]})
            continue
        if entry.body["reason"] == "WRONG" and _opens(attempt, entry):
            raise at(entry, "该秘密与承诺相符，不应拒绝", "it opens the commitment and was refused as wrong")
        if entry.body["reason"] == "LATE" and min(entry.at, entry.logged) < deadline:
            raise at(entry, f"并未晚于揭示截止 {deadline // 1000}", f"it was not after the deadline {deadline // 1000}")
        refused[seat] += 1
        if refused[seat] > MAX_REFUSED_REVEALS:
            raise at(entry, f"席位 {seat} 已用尽三次机会", f"seat {seat} had used up its three tries")


def _opens(attempt: Attempt, entry: Step) -> bool:
    seat = entry.body["seat"]
    made = commitment(attempt.plan["draw_id"], attempt.number, str(seat), str(entry.body["secret"]))
    return made == attempt.committed[str(seat)]
