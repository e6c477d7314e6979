"""Who may be drawn into an evaluation committee (评标专家抽取范围), by codes that say nothing."""

import re
from collections.abc import Mapping
from typing import Final

from lottery import errors, events
from lottery.model import Draw
from lottery.rules.moment import check_open, not_now
from lottery.rules.values import check_text

MAX_EXPERTS: Final = 200
"""With the avoided ones: more would not fit into an entry."""
_CODE: Final = re.compile("[0-9A-Z][0-9A-Z-]{0,31}")


def may_list_experts(draw: Draw, now: int) -> None:
    """A committee's draw has a list of experts in the place of a call; it may be listed anew until the freeze."""
    check_open(draw)
    attempt = draw.attempt
    frozen = attempt is not None and attempt.frozen is not None and attempt.voided is None
    if not draw.is_committee or frozen or (attempt is not None and attempt.drawn is not None):
        raise not_now(draw, now, "list_experts")


def check_experts(draw: Draw, now: int, event: events.ExpertsListed, names: Mapping[str, str]) -> None:
    """names: code to name, of all experts and no other. Raises NotNow, GivenUp, BadExperts, BadText, BadTime."""
    may_list_experts(draw, now)
    inside = [one.code for one in event.experts]
    outside = [one.code for one in event.avoided]
    if not inside or len(inside) + len(outside) > MAX_EXPERTS:
        raise errors.BadExperts(why_zh=f"须为 1 至 {MAX_EXPERTS} 名", why_en=f"1 to {MAX_EXPERTS}")
    if inside != sorted(set(inside)) or outside != sorted(set(outside)) or set(inside) & set(outside):
        raise errors.BadExperts(why_zh="须按编号排列，不得重复", why_en="ascending by code, none twice")
    if not all(_CODE.fullmatch(code) for code in (*inside, *outside)):
        raise errors.BadExperts(
            why_zh="编号为大写字母、数字和连字符，至多 32 位",
            why_en="codes are capitals, digits and hyphens, 32 at most",
        )
    if set(names) != set(inside):
        raise errors.BadExperts(why_zh="须提交每名专家的姓名", why_en="each expert's name is needed, and no other")
    for name in names.values():
        check_text("names", name)
    for one in event.experts:
        check_text("speciality", one.speciality)
    for avoided in event.avoided:
        check_text("note", avoided.note)
    if event.draws_at * 1000 <= now:
        raise errors.BadTime(member="draws_at", why_zh="须在将来", why_en="it must lie ahead")
