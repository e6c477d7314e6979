"""A draw's evidence together with the receipt of its seal.

One evidence file only asserts when its seal was logged. The receipt of the `lottery.sealed` entry proves it, and with
a witness's cosignature before the round it proves that nobody could have known the outcome then. What it cannot show,
the log alone can: that no commitment or reveal was left out, and what former attempts there were (`lottery.logged`).
Imports neither web nor database.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from audit.checkpoint import Checkpoint, open_checkpoint
from audit.note import parse_vkey
from audit.proof import parse_proof
from audit.receipt import Receipt, verify_receipt
from lottery.logged.faults import LogFault
from lottery.protocol import beacon
from lottery.protocol.verify import Evidence

SEALED = "lottery.sealed"
VOIDED = "lottery.voided"


class OtherEntry(LogFault):
    zh = "该条目不是本次摇号的封存条目"
    en = "the entry is not the sealing of this attempt"


class OtherSeal(LogFault):
    zh = "条目中的封存与证据包中的不同"
    en = "the seal in the entry is not the one in the evidence"


class OtherTime(LogFault):
    zh = "证据包称封存于 {claimed}，日志记为 {logged}"
    en = "the evidence says that the seal was logged at {claimed}, the log says {logged}"


class WitnessedLate(LogFault):
    zh = "见证达到法定数的时间为 {cosigned}，不早于该轮随机数的时间 {round_time}"
    en = "the quorum of witnesses was reached at {cosigned}, which is not before the round's time {round_time}"


@dataclass(frozen=True)
class Sighting:
    """A receipt that holds, with the signed head that it rests on and the bytes of its entry."""

    receipt: Receipt
    checkpoint: Checkpoint
    data: bytes


def read_receipt(
    proof: bytes, entry: bytes, vkey: str, witnesses: Sequence[str] = (), quorum: int | None = None
) -> Sighting:
    """Check a receipt as `verify_receipt` does, and raise what it raises."""
    receipt = verify_receipt(proof, entry, vkey, witnesses, quorum)
    return Sighting(receipt, open_checkpoint(parse_proof(proof).checkpoint, parse_vkey(vkey)), entry)


def seal_time(logged: int) -> int:
    """Unix seconds of a seal logged at `logged` (milliseconds): rounded up, so never earlier than the truth."""
    return -(-logged // 1000)


def check_receipts(evidence: Evidence, sightings: Sequence[Sighting]) -> None:
    """Check that one receipt is of this evidence's seal, and the others of how its draw's attempts before went.

    Raises LogFault.
    """
    plan = evidence["plan"]
    seals = [one.receipt for one in sightings if _is_seal_of(one.receipt, plan["draw_id"], plan["attempt"])]
    if not seals:
        raise OtherEntry
    for one in sightings:
        about = one.receipt.entry.subject.rpartition("/")[0]
        if one.receipt.entry.kind not in (SEALED, VOIDED) or about != f"draw:{plan['draw_id']}":
            raise OtherEntry
    for receipt in seals:
        check_seal(evidence, receipt)


def _is_seal_of(receipt: Receipt, draw_id: str, attempt: int) -> bool:
    entry = receipt.entry
    named = (entry.kind, entry.subject, entry.body.get("draw_id"), entry.body.get("attempt"))
    return named == (SEALED, f"draw:{draw_id}/{attempt}", draw_id, attempt)


def check_seal(evidence: Evidence, receipt: Receipt) -> None:
    """Check that the receipt's entry, of this attempt's seal, holds this one, logged when it says. Raises LogFault."""
    if receipt.entry.body.get("seal") != evidence["seal"]:
        raise OtherSeal
    if seal_time(receipt.logged) != evidence["seal_time"]:
        raise OtherTime(claimed=evidence["seal_time"], logged=seal_time(receipt.logged))
    chosen = evidence["seal"]["round"]
    if chosen is not None and receipt.cosigned is not None and receipt.cosigned >= beacon.round_time(chosen):
        raise WitnessedLate(cosigned=receipt.cosigned, round_time=beacon.round_time(chosen))
