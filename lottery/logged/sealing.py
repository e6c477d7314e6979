"""The dice and the seal: what nobody may choose any more once reveals are closed."""

from typing import Any, Final

from lottery.logged.attempt import ANNOUNCED, CLOSED, DICE, REVEALED, SEALED, Attempt
from lottery.logged.faults import EntryFault, as_document, at
from lottery.logged.forms import Step
from lottery.logged.register import Register, check_signed_by
from lottery.protocol import PROTOCOL
from lottery.protocol.canonical import doc_hash
from lottery.protocol.entropy import dice_of
from lottery.protocol.errors import DrawError

DICE_AFTER_SEAL: Final = 900
"""Seconds after the seal within which the last digit is logged, in mode `dice` (section 11.5)."""


def reveals_closed_at(attempt: Attempt) -> int:
    """When no reveal could come any more, Unix milliseconds: all had revealed, or the deadline."""
    closed = attempt.needed(CLOSED)
    if attempt.revealed.keys() == attempt.committed.keys():
        return max([closed.at, *(one.at for one in attempt.all(REVEALED))])
    return int(closed.body["reveal_deadline"]) * 1000


def check_dice(attempt: Attempt, register: Register, orgs: dict[str, str]) -> None:
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


def check_seal(attempt: Attempt) -> None:
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
