"""Whether an attempt might end without a result, and whether the next one follows from it (protocol section 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from audit import canonical
from audit.checkpoint import Checkpoint
from audit.errors import Refusal
from lottery.logged.attempt import DICE, SEALED, VOIDED, Attempt
from lottery.logged.faults import Remark, as_document, at
from lottery.logged.reading import History
from lottery.logged.witnesses import in_force
from lottery.protocol.canonical import doc_hash
from lottery.protocol.errors import DrawError
from lottery.protocol.void import Void, check_void

BEACON_HALTED_AFTER: Final = 600
"""Seconds after a round's time before two seats may say that the network did not produce it (section 8.2, 4)."""


@dataclass(frozen=True)
class Sightings:
    """What those who check hold besides the log.

    seen: place of an entry to the time (Unix seconds) by which a quorum of the witnesses whom they named had signed.
    checkpoints: every signed head of this log at hand, with whatever cosignatures it bears.
    """

    seen: Mapping[int, int]
    checkpoints: tuple[Checkpoint, ...]


def check_voided(history: History, attempt: Attempt, sightings: Sightings) -> list[Remark]:
    """Check the void record and that it was allowed when it was logged (section 8.2). Raises EntryFault, Unreadable."""
    voided = attempt.needed(VOIDED)
    try:
        record = check_void(voided.body["void"])
        _check_documents(attempt, record)
    except DrawError as fault:
        raise as_document(voided, fault) from None
    if record["time"] * 1000 > max(voided.at, voided.logged):
        raise at(voided, "所记时间晚于入日志", "its time is later than when it was logged")
    if record["reason"] == "SEAL_LATE":
        return _check_late(history, attempt, sightings)
    if record["reason"] == "BEACON_HALTED":
        return _check_halted(history, attempt, record)
    due = attempt.due
    if due is not None and voided.logged >= due * 1000:
        raise at(
            voided,
            f"作废时公布轮次的时间 {due} 已到，结果已经确定，不得以 {record['reason']} 作废",
            f"the announced round was due at {due}: the outcome existed, and {record['reason']} is no ground then",
        )
    if attempt.one(SEALED) is None:
        return []
    if due is None:
        if attempt.one(DICE) is not None:
            raise at(voided, "骰子已掷，结果已经确定，不得作废", "the dice had been thrown: the outcome existed")
        return _check_confirmed(history, attempt)
    return _check_witnessed(attempt, due, sightings)


def _check_documents(attempt: Attempt, record: Void) -> None:
    """The record names the documents of this attempt, as far as it got. Raises DrawError."""
    seal = attempt.seal
    wanted = {
        "draw_id": attempt.plan["draw_id"],
        "attempt": attempt.number,
        "plan_sha256": doc_hash(attempt.plan),
        "roster_sha256": attempt.roster_sha256,
        "seal_sha256": None if seal is None else doc_hash(seal),
    }
    for name, value in wanted.items():
        if record.get(name) != value:
            raise DrawError("E_HASH", f"void.{name}：应为 {value}", f"void.{name}: not {value}")


def _check_late(history: History, attempt: Attempt, sightings: Sightings) -> list[Remark]:
    """SEAL_LATE is a duty, never a choice: only where the seal truly was too late (section 8.2, 5)."""
    voided, sealed, due = attempt.needed(VOIDED), attempt.one(SEALED), attempt.due
    if due is None:
        raise at(voided, "没有公布轮次，封存不存在逾期", "no round was announced, so no seal could be late")
    is_due = voided.logged >= due * 1000
    if sealed is None:
        if not is_due:
            raise at(voided, f"公布轮次的时间 {due} 未到", f"the announced round was not due before {due}")
        return []
    if is_late(attempt):
        return []
    witnesses = in_force(history, attempt.planned.seq)
    if not witnesses.keys:
        raise at(voided, f"封存（第 {sealed.seq} 条）并未逾期", f"the seal, entry {sealed.seq}, was not late")
    seen = witnesses.saw(sealed.seq, sightings.checkpoints)
    if seen is not None and seen < due:
        raise at(
            voided,
            f"见证人已于 {seen} 联署封存（第 {sealed.seq} 条），早于轮次时间 {due}",
            f"the witnesses had cosigned the seal, entry {sealed.seq}, at {seen}, before the round's time {due}",
        )
    if not is_due:
        raise at(voided, f"公布轮次的时间 {due} 未到", f"the announced round was not due before {due}")
    return [
        Remark(
            f"第 {attempt.number} 次因见证逾期作废：任一见证人若持有 {due} 之前对封存（第 {sealed.seq} 条）的联署，"
            f"即可推翻",
            f"attempt {attempt.number} was voided for want of witnesses: a cosignature of its seal (entry "
            f"{sealed.seq}) from before {due}, held by any of them, would refute that",
            open=False,
        )
    ]


def is_late(attempt: Attempt) -> bool:
    """Whether the log accepted the seal outside the lead of the plan."""
    due, sealed = attempt.due, attempt.seal_time
    return (
        due is not None
        and sealed is not None
        and not attempt.plan["min_lead"] <= due - sealed <= attempt.plan["max_lead"]
    )


def _check_halted(history: History, attempt: Attempt, record: Void) -> list[Remark]:
    voided, due = attempt.needed(VOIDED), attempt.due
    if due is None or attempt.one(SEALED) is None:
        raise at(voided, "没有封存，不得以 BEACON_HALTED 作废", "there was no seal that waited for the beacon")
    if is_late(attempt):
        raise at(voided, "封存逾期，应以 SEAL_LATE 作废", "the seal was late, and SEAL_LATE the reason")
    earliest = due + BEACON_HALTED_AFTER
    if min(record["time"], voided.logged // 1000) < earliest:
        raise at(
            voided,
            f"早于轮次时间之后十分钟（{earliest}）",
            f"it came before ten minutes had passed since the round's time, at {earliest}",
        )
    return _check_confirmed(history, attempt)


def _check_confirmed(history: History, attempt: Attempt) -> list[Remark]:
    """Two organisations that hold seats signed the void record."""
    voided = attempt.needed(VOIDED)
    data = history.blob(voided, "confirmations.json")
    if data is None:
        return [
            Remark(
                f"未核：作废（第 {voided.seq} 条）的两家确认签名，日志中没有该文件",
                f"not checked: the two confirmations of the void, entry {voided.seq}; the file is not with the log",
            )
        ]
    try:
        signatures = canonical.decode(data)
    except Refusal as refusal:
        raise at(voided, refusal.message("zh"), refusal.message("en")) from None
    signed = history.register.signers(voided, signatures)
    seated = set(history.register.seats(attempt.planned, attempt.seats).values())
    if len(signed) < 2 or not signed <= seated:
        raise at(voided, "没有两家持席机构的确认签名", "not confirmed by two organisations that hold seats")
    return []


def _check_witnessed(attempt: Attempt, due: int, sightings: Sightings) -> list[Remark]:
    """Mode with a beacon, after the seal: a witness saw the void record before the round (section 8.2, 2)."""
    voided = attempt.needed(VOIDED)
    seen = sightings.seen.get(voided.seq)
    if seen is not None and seen >= due:
        raise at(
            voided,
            f"见证达到法定数的时间为 {seen}，不早于轮次时间 {due}",
            f"the quorum of witnesses saw it at {seen}, which is not before the round's time {due}",
        )
    if seen is not None:
        return []
    return [
        Remark(
            f"未核：第 {attempt.number} 次封存之后的作废（第 {voided.seq} 条）在 {due} 之前已有见证，可用其回执补核",
            f"not checked: that a witness saw the void of attempt {attempt.number} (entry {voided.seq}) before {due}; "
            f"its receipt shows it",
        )
    ]
