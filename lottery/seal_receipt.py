"""A draw's evidence together with the receipt of its seal: `log=partial`.

One evidence file only asserts when its seal was logged. The receipt of the `lottery.sealed` entry proves it, and with
a witness's cosignature before the round it proves that nobody could have known the outcome then. What it cannot show,
the log alone can: that no commitment or reveal was left out, and what former attempts there were (protocol stage 9).
Imports neither web nor database.
"""

from collections.abc import Sequence
from pathlib import Path

from audit.errors import Refusal
from audit.note import BadKey
from audit.receipt import Receipt, verify_receipt
from lottery.protocol import beacon
from lottery.protocol.command import FAULT, HOLDS, UNREADABLE, fault_line, ok_line, shown
from lottery.protocol.errors import DrawError
from lottery.protocol.verify import Evidence, Verified, verify_evidence

KIND = "lottery.sealed"


class LogFault(Refusal):
    """`E_LOG`: the log does not say what the evidence says. No evidence file alone can earn this code."""

    code = "lottery.log-fault"


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


def seal_time(logged: int) -> int:
    """Unix seconds of a seal logged at `logged` (milliseconds): rounded up, so never earlier than the truth."""
    return -(-logged // 1000)


def check_seal(evidence: Evidence, receipt: Receipt) -> None:
    """Check that the receipt's entry is this evidence's seal, logged when it says. Raises LogFault."""
    plan, entry = evidence["plan"], receipt.entry
    named = (entry.kind, entry.subject, entry.body.get("draw_id"), entry.body.get("attempt"))
    if named != (KIND, f"draw:{plan['draw_id']}/{plan['attempt']}", plan["draw_id"], plan["attempt"]):
        raise OtherEntry
    if entry.body.get("seal") != evidence["seal"]:
        raise OtherSeal
    if seal_time(receipt.logged) != evidence["seal_time"]:
        raise OtherTime(claimed=evidence["seal_time"], logged=seal_time(receipt.logged))
    chosen = evidence["seal"]["round"]
    if chosen is not None and receipt.cosigned is not None and receipt.cosigned >= beacon.round_time(chosen):
        raise WitnessedLate(cosigned=receipt.cosigned, round_time=beacon.round_time(chosen))


def verify_with_receipt(
    file: str,
    receipt: Path,
    entry: Path,
    vkey: str,
    witnesses: Sequence[str],
    quorum: int | None,
    lang: str = "zh",
) -> tuple[list[str], int]:
    """The line and the exit status of `mingtang verify draw FILE --receipt … --entry … --key …`."""
    read: list[bytes] = []
    for path in (Path(file), receipt, entry):
        try:
            read.append(path.read_bytes())
        except (OSError, ValueError) as fault:
            return [f"E_READ {shown(file)} {shown(str(path))}: {shown(str(fault))}"], UNREADABLE
    data, proof, item = read
    try:
        verified: Verified = verify_evidence(data)
        check_seal(verified.evidence, verify_receipt(proof, item, vkey, witnesses, quorum))
    except DrawError as fault:
        return [fault_line(file, fault, lang)], FAULT
    except BadKey:
        raise
    except Refusal as fault:
        return [f"E_LOG {shown(file)} {fault.message(lang)}"], FAULT
    return [ok_line(file, verified, "partial")], HOLDS
