"""What an attempt's entries must hold up to the seal: who signed, in time, and that the seal leaves nothing out."""

from collections import Counter
from typing import Any, Final

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
    SEALED,
    Attempt,
)
from lottery.logged.faults import EntryFault, as_document, at
from lottery.logged.forms import Step
from lottery.logged.register import Register, check_signed_by
from lottery.protocol import PROTOCOL
from lottery.protocol.beacon import first_round_at
from lottery.protocol.canonical import doc_hash
from lottery.protocol.commitment import commitment
from lottery.protocol.contributions import MAX_CONTRIBUTIONS, PUBLIC_SEAT, public_commitment
from lottery.protocol.entropy import dice_of
from lottery.protocol.errors import DrawError

ROUND_SPARE: Final = 30
"""Seconds between the reveal deadline with the plan's lead and the round (section 12, rule 6)."""
DICE_BEFORE_SEAL: Final = 900
"""Seconds more in mode `drand+dice`, for the throws."""
DICE_AFTER_SEAL: Final = 900
"""Seconds after the seal within which the last digit is logged, in mode `dice` (section 11.5)."""
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
    _check_dice(attempt, register, orgs)
    _check_seal(attempt)


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


def reveals_closed_at(attempt: Attempt) -> int:
    """When no reveal could come any more, Unix milliseconds: all had revealed, or the deadline."""
    closed = attempt.needed(CLOSED)
    if attempt.revealed.keys() == attempt.committed.keys():
        return max([closed.at, *(one.at for one in attempt.all(REVEALED))])
    return int(closed.body["reveal_deadline"]) * 1000


def _check_dice(attempt: Attempt, register: Register, orgs: dict[str, str]) -> None:
    entry = attempt.one(DICE)
    if entry is None:
        return
    body: dict[str, Any] = entry.body
    try:
        dice_of({name: body[name] for name in ("digits", "time", "confirmed_by")}, attempt.plan)
    except DrawError as fault:
        raise as_document(entry, fault) from None
    check_signed_by(register, entry, {orgs[seat] for seat in body["confirmed_by"]})
    typed = body["first_entries"]
    if len(typed) != 2 or {len(one) for one in typed} != {len(body["digits"])}:
        raise at(entry, "首次录入须为两份", "it does not hold both people's first entries")
    for place, (digit, one, other) in enumerate(zip(body["digits"], *typed, strict=True), start=1):
        if one == other != digit:
            raise at(entry, f"第 {place} 位与两人录入不同", f"digit {place} is not what both people entered")
    if body["time"] * 1000 > entry.logged:
        raise at(entry, "掷出时间晚于入日志", "thrown later than it was logged")
    if attempt.beacon:
        if entry.at < reveals_closed_at(attempt) or body["time"] < reveals_closed_at(attempt) // 1000:
            raise at(entry, "早于揭示结束", "thrown before reveals were closed")
        return
    sealed = attempt.seal_time
    assert sealed is not None  # the order of the entries
    if body["time"] <= sealed:
        raise at(entry, "不晚于封存", "not thrown after the seal")
    if entry.logged > (sealed + DICE_AFTER_SEAL) * 1000:
        raise at(entry, "晚于封存后十五分钟", "logged more than fifteen minutes after the seal")


def _check_seal(attempt: Attempt) -> None:
    """The seal is no choice: it is what the log holds, and nothing else."""
    entry = attempt.one(SEALED)
    if entry is None:
        return
    seal = entry.body["seal"]
    wanted = _seal_of(attempt)
    if entry.at < reveals_closed_at(attempt):
        raise at(entry, "封存时揭示尚未结束", "sealed while seats could still reveal")
    listed = seal.get("seats")
    items = listed if type(listed) is list else []
    given = {one["seat"]: one for one in items if type(one) is dict and type(one.get("seat")) is str}
    for seat in wanted["seats"]:
        found = given.get(seat["seat"])
        if found is None or found.get("commit") != seat["commit"]:
            raise at(entry, f"封存缺少席位 {seat['seat']} 的承诺", f"it lacks the commitment of seat {seat['seat']}")
        if found.get("secret") != seat["secret"]:
            raise _other_secret(attempt, entry, seat["seat"], found.get("secret"))
    for name, value in wanted.items():
        if seal.get(name) != value:
            raise at(entry, f"封存的 {name} 与日志所记不同", f"{name} of the seal is not what the log holds")
    if seal.keys() != wanted.keys():
        raise at(entry, "封存的成员不合规定", "the seal has other members than a seal")


def _seal_of(attempt: Attempt) -> dict[str, Any]:
    """The seal that follows from the log."""
    dice, announced = attempt.one(DICE), attempt.one(ANNOUNCED)
    return {
        "v": PROTOCOL,
        "type": "seal",
        "draw_id": attempt.plan["draw_id"],
        "attempt": attempt.number,
        "plan_sha256": doc_hash(attempt.plan),
        "roster_sha256": attempt.roster_sha256,
        "seats": [
            {"seat": seat, "commit": commit, "secret": attempt.revealed.get(seat)}
            for seat, commit in sorted(attempt.committed.items())
        ],
        "dice": dice.body["digits"] if dice is not None and attempt.beacon else None,
        "round": None if announced is None else announced.body["round"],
    }


def _other_secret(attempt: Attempt, sealed: Step, seat: str, found: object) -> EntryFault:
    revealed = next((one for one in attempt.all(REVEALED) if one.body["seat"] == seat), None)
    if revealed is None:
        return at(sealed, f"席位 {seat} 的揭示不在日志中", f"the log holds no reveal of seat {seat}")
    if found is None:
        zh, en = (
            f"遗漏席位 {seat} 的揭示（第 {revealed.seq} 条）",
            f"it drops the reveal of {seat}, entry {revealed.seq}",
        )
    else:
        zh, en = f"席位 {seat} 的秘密与第 {revealed.seq} 条不同", f"the secret of {seat} is not that of {revealed.seq}"
    return at(sealed, zh, en)
