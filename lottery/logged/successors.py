"""Whether the next attempt follows from the one that was voided, and changes nothing that was not announced (8.3)."""

from lottery.logged.attempt import PUBLISHED, VOIDED, Attempt
from lottery.logged.faults import Remark, as_document, at
from lottery.logged.forms import Step
from lottery.logged.reading import History
from lottery.protocol.canonical import decode
from lottery.protocol.errors import DrawError
from lottery.protocol.roster import Roster, check_roster
from lottery.protocol.void import Void, check_successor, check_void


def check_next(history: History, former: Attempt, later: Attempt) -> list[Remark]:
    """The next attempt follows from the void record of this one (section 8.3). Raises EntryFault, Unreadable."""
    voided = former.one(VOIDED)
    if voided is None or voided.seq > later.planned.seq:
        raise at(later.planned, f"第 {former.number} 次并未作废", f"attempt {former.number} had not been voided")
    record = check_void(voided.body["void"])
    try:
        check_successor(later.plan, record)
    except DrawError as fault:
        raise as_document(later.planned, fault) from None
    before, after = former.plan, later.plan
    for name, old, new in (
        ("winners", before["winners"], after["winners"]),
        ("alternates", before["alternates"], after["alternates"]),
    ):
        _check_in_note(later.planned, record, name, old, new)
    if later.roster_sha256 is None or former.roster_sha256 is None:
        return []
    rosters = roster_of(history, former), roster_of(history, later)
    if rosters[0] is None or rosters[1] is None:
        return [
            Remark(
                f"未核：第 {later.number} 次的号球数与上次相同，日志中没有名单文件",
                f"not checked: that no ball changed in attempt {later.number}; the rosters are not with the log",
            )
        ]
    balls = {agent["code"]: agent["balls"] for agent in rosters[0]["agents"]}
    published = later.all(PUBLISHED)[-1]
    for agent in rosters[1]["agents"]:
        code, count = agent["code"], agent["balls"]
        _check_in_note(published, record, code, balls.get(code, count), count)
    return []


def _check_in_note(entry: Step, record: Void, what: str, old: int, new: int) -> None:
    change = f"{what} {old}→{new}"
    if old != new and change not in record["note"]:
        raise at(entry, f"作废记录未写明 {change}", f"the void note does not list {change}")


def roster_of(history: History, attempt: Attempt) -> Roster | None:
    """The last roster of an attempt; None if its file is not with the log. Raises EntryFault, Unreadable."""
    published = attempt.all(PUBLISHED)[-1]
    data = history.blob(published, "roster.json")
    if data is None:
        return None
    try:
        return check_roster(decode(data), attempt.plan)
    except DrawError as fault:
        raise as_document(published, fault) from None
