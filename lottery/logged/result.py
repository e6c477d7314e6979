"""What the log says of results: the drawn one is the evidence's, its standings, and what voided attempts would give."""

import hashlib

from lottery.logged.attempt import DICE, DRAWN, FROZEN, SEALED, SHADOW, STANDING, VOIDED, Attempt
from lottery.logged.faults import LogFault, Remark, as_document, at
from lottery.logged.forms import Step
from lottery.logged.reading import History
from lottery.logged.register import not_signed
from lottery.logged.successors import roster_of
from lottery.protocol.beacon import verify_round
from lottery.protocol.canonical import decode, doc_hash, encode
from lottery.protocol.draw import Result, make_result
from lottery.protocol.entropy import Beacon, Dice
from lottery.protocol.errors import BlsMissingError, DrawError
from lottery.protocol.seal import check_seal
from lottery.protocol.standing import Standing, extends, standing_of
from lottery.protocol.verify import Evidence


class NoResult(LogFault):
    zh = "日志中没有 {draw_id} 第 {attempt} 次的结果"
    en = "the log holds no result of {draw_id}, attempt {attempt}"


class OtherStanding(LogFault):
    zh = "证据包的现行结果不在日志中"
    en = "the standing in the evidence is none that the log holds"


def check_drawn(attempt: Attempt, evidence: Evidence) -> None:
    """Check that the log drew from what the evidence holds, and what it says. Raises LogFault."""
    draw_id, number = attempt.plan["draw_id"], attempt.number
    drawn, sealed, frozen = attempt.one(DRAWN), attempt.one(SEALED), attempt.one(FROZEN)
    if voided := attempt.one(VOIDED):
        raise at(voided, "证据包所属的一次已作废", "the attempt of the evidence was voided")
    if drawn is None or sealed is None or frozen is None:
        raise NoResult(draw_id=draw_id, attempt=number)
    if attempt.plan != evidence["plan"]:
        raise at(attempt.planned, "方案与证据包中的不同", "not the plan of the evidence")
    if frozen.body["roster_sha256"] != doc_hash(evidence["roster"]):
        raise at(frozen, "冻结的名单与证据包中的不同", "not the roster of the evidence")
    if sealed.body["seal"] != evidence["seal"]:
        raise at(sealed, "封存与证据包中的不同", "not the seal of the evidence")
    if attempt.seal_time != evidence["seal_time"]:
        claimed, logged = evidence["seal_time"], attempt.seal_time
        raise at(sealed, f"证据包称封存于 {claimed}，日志为 {logged}", f"logged at {logged}, not at {claimed}")
    thrown = _dice_of(attempt)
    if thrown != evidence["dice"]:
        dice = attempt.one(DICE) or drawn
        raise at(dice, "骰子记录与证据包中的不同", "not the dice of the evidence")
    wanted = {
        "beacon": evidence["beacon"],
        "dice": evidence["dice"],
        "result_sha256": doc_hash(evidence["result"]),
        "seed": evidence["result"]["seed"],
    }
    for name, value in wanted.items():
        if drawn.body[name] != value:
            raise at(drawn, f"{name} 与证据包不同", f"its {name} is not that of the evidence")
    files = {
        "result.json": wanted["result_sha256"],
        "evidence.json": hashlib.sha256(encode({**evidence, "standing": None})).hexdigest(),
    }
    for name, digest in files.items():
        if [file.sha256 for file in drawn.files if file.name == name] != [digest]:
            raise at(drawn, f"文件 {name} 与证据包不同", f"its file {name} is not that of the evidence")
    if attempt.due is not None and drawn.logged < attempt.due * 1000:
        raise at(drawn, f"早于轮次时间 {attempt.due}", f"it came before its round was due, at {attempt.due}")


def _dice_of(attempt: Attempt) -> Dice | None:
    thrown = attempt.one(DICE)
    if thrown is None:
        return None
    body = thrown.body
    dice: Dice = {"digits": body["digits"], "time": body["time"], "confirmed_by": body["confirmed_by"]}
    return dice


def check_standings(history: History, attempt: Attempt, evidence: Evidence) -> list[Remark]:
    """Check who signed each standing, that each extends the former, and which one the evidence holds.

    Raises LogFault, Unreadable.
    """
    changed = attempt.all(STANDING)
    seated = set(history.register.seats(attempt.planned, attempt.seats).values())
    former: Standing | None = None
    unseen: list[int] = []
    count = 0
    for entry in changed:
        signed = history.register.signers(entry)
        own = signed & {history.register.organisation_of(entry.actor, entry.seq)}
        if len(own) != 1 or len(signed) != 2 or not signed - own <= seated:
            raise not_signed(entry, own | seated)
        if entry.body["changes"] <= count:
            raise at(entry, "移除数没有增加", "it has no more removals than the one before")
        count = entry.body["changes"]
        data = history.blob(entry, "standing.json")
        standing = None if data is None else _standing(entry, data, attempt, evidence["result"])
        if standing is None:
            unseen.append(entry.seq)
            continue
        if len(standing["changes"]) != count or not extends(former, standing):
            raise at(entry, "文件没有延续上一份现行结果", "its file does not extend the standing before")
        former = standing
    remarks = _which(attempt, evidence)
    if unseen:
        places = ", ".join(map(str, unseen))
        zh, en = (
            f"未核：现行结果文件不在日志中（第 {places} 条）",
            f"not checked: standings without their files, {places}",
        )
        remarks.append(Remark(zh, en))
    return remarks


def _standing(entry: Step, data: bytes, attempt: Attempt, result: Result) -> Standing | None:
    """Raises EntryFault."""
    if hashlib.sha256(data).hexdigest() != entry.body["standing_sha256"]:
        raise at(entry, "文件不是所记的现行结果", "its file is not the standing whose hash it names")
    try:
        return standing_of(decode(data), attempt.plan, result)
    except DrawError as fault:
        raise as_document(entry, fault) from None


def _which(attempt: Attempt, evidence: Evidence) -> list[Remark]:
    """Which of the logged standings the evidence holds. Raises OtherStanding."""
    changed, held = attempt.all(STANDING), evidence["standing"]
    hashes = [one.body["standing_sha256"] for one in changed]
    if held is not None and doc_hash(held) not in hashes:
        raise OtherStanding
    if not changed or (held is not None and doc_hash(held) == hashes[-1]):
        return []
    seq = changed[-1].seq
    zh = f"证据包不含最新的现行结果：此后有中签机构变更，见日志第 {seq} 条"
    en = f"the evidence is older than the newest standing: winners or alternates changed, see log entry {seq}"
    return [Remark(zh, en, open=False)]


def check_voided_seal(history: History, attempt: Attempt) -> list[Remark]:
    """A voided attempt that was sealed: its seal, and what it would have given. Raises EntryFault, Unreadable."""
    sealed, shadow = attempt.one(SEALED), attempt.one(SHADOW)
    if sealed is None:
        return []
    roster = roster_of(history, attempt)
    if roster is not None:
        try:
            check_seal(sealed.body["seal"], attempt.plan, roster)
        except DrawError as fault:
            raise as_document(sealed, fault) from None
    if shadow is None:
        return _unpublished_shadow(history, attempt)
    beacon: Beacon = shadow.body["beacon"]
    try:
        value = verify_round(beacon["round"], beacon["signature"])
    except BlsMissingError:
        value = beacon["randomness"]
    except DrawError as fault:
        raise as_document(shadow, fault) from None
    if attempt.due is None or beacon["round"] != sealed.body["seal"]["round"] or beacon["randomness"] != value:
        raise at(shadow, "不是封存所定的轮次", "it is not of the round that the seal names")
    if roster is None or attempt.seal is None:
        zh = f"未核：第 {attempt.number} 次的影子结果，日志中没有名单文件"
        en = f"not checked: what attempt {attempt.number} would have given; its roster is not with the log"
        return [Remark(zh, en)]
    result = make_result(attempt.plan, roster, attempt.seal, beacon, _dice_of(attempt))
    if shadow.body["result_sha256"] != doc_hash(result):
        raise at(shadow, "影子结果与计算所得不同", "it is not what the seal would have given")
    return []


def _unpublished_shadow(history: History, attempt: Attempt) -> list[Remark]:
    if attempt.due is None or history.newest < attempt.due * 1000:
        return []
    zh = f"第 {attempt.number} 次封存后作废，应公布的影子结果尚不在日志中"
    en = f"attempt {attempt.number} was voided after its seal, and the log does not hold what it would have given"
    return [Remark(zh, en, open=False)]
