"""The evaluation committee: how it must be made up, and that nothing is evaluated without one."""

import re
from collections.abc import Sequence
from typing import Final

from audit.step import Step
from trading import errors
from trading.events import CommitteeDrawn, CommitteeFormed
from trading.law.committees import Size, wanted
from trading.lots import LotState
from trading.moves import law_day
from trading.rules.case import Case, checks

_CODE: Final = re.compile("[0-9A-Z][0-9A-Z-]{0,31}")


def size_wanted(lot: LotState, now: int) -> Size | None:
    """What the law demands of the committee of a lot; None: it demands none. now: Unix seconds."""
    budget = lot.term("budget_fen")
    fen = budget if type(budget) is int else 0
    return wanted(lot.trade, lot.method, lot.category, fen, law_day(lot.began, now))


@checks
def committee_lawful(case: Case) -> None:
    """Odd, large enough, with enough experts; those drawn; nobody who has to avoid it (招标投标法 37)."""
    event, lot = case.event, case.lot
    members: Sequence[str] = [*event.experts, *event.representatives]
    if not all(_CODE.fullmatch(code) for code in members):
        raise errors.BadCommittee(
            why_zh="代号为大写字母、数字和连字符，至多 32 位",
            why_en="codes are capitals, digits and hyphens, 32 at most",
        )
    if len(set(members)) < len(members):
        raise errors.BadCommittee(why_zh="成员代号重复", why_en="a member is named twice")
    earlier = [one for step in lot.all(CommitteeFormed) for one in step.event.avoided]
    avoided = {one.code for one in (*earlier, *event.avoided)}
    if found := sorted(avoided & set(members)):
        raise errors.BadCommittee(why_zh=f"{found[0]} 须回避", why_en=f"{found[0]} has to avoid it")
    drawn = lot.last(CommitteeDrawn)
    if event.selection == "drawn" and (drawn is None or sorted(drawn.event.experts) != sorted(event.experts)):
        raise errors.BadCommittee(why_zh="专家须为最近一次抽取的专家", why_en="its experts are those drawn last")
    if (event.selection == "drawn") != (event.reference is None):
        raise errors.BadCommittee(
            why_zh="不在本系统抽取的须写明抽取记录或者批准的文号，在本系统抽取的不写",
            why_en="where not drawn here, and only there, it names the record of the draw or the approval",
        )
    _check_size(case, event)


def _check_size(case: Case, formed: CommitteeFormed) -> None:
    size = size_wanted(case.lot, case.now)
    experts, others = len(formed.experts), len(formed.representatives)
    if size is not None and not size.fits(experts, others):
        raise errors.CommitteeUnlawful(
            lot=case.lot.lot, least=size.least, law=size.law, members=experts + others, experts=experts
        )


@checks
def committee_sits(case: Case) -> None:
    """Where the law demands a committee, nothing is evaluated without one (招标投标法 37, 政府采购法 38)."""
    size, formed, drawn = size_wanted(case.lot, case.now), case.lot.last(CommitteeFormed), case.lot.last(CommitteeDrawn)
    if size is None:
        return
    if formed is None or (drawn is not None and _was_drawn_anew(formed, drawn)):
        raise errors.NoCommittee(lot=case.lot.lot, least=size.least, law=size.law)
    _check_size(case, formed.event)


def _was_drawn_anew(formed: Step[CommitteeFormed], drawn: Step[CommitteeDrawn]) -> bool:
    return formed.event.selection == "drawn" and drawn.entry_id > formed.entry_id


@checks
def committee_known(case: Case) -> None:
    """Only of a committee that there is names can be public."""
    if case.lot.last(CommitteeFormed) is None and case.lot.last(CommitteeDrawn) is None:
        raise errors.NoCommittee(lot=case.lot.lot, least=1, law="招标投标法 37")
