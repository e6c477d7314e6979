"""A project's deadlines as a calendar has them: what its notices declare, and what the law's clocks make of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from api.calendar import Moment
from api.clock_lines import Line, lot_clocks, sentence
from api.i18n import Lang, translate
from api.notice_page import moments
from audit.step import Step
from trading.lots import lot_states
from trading.model import Notice, Project

AHEAD = frozenset({"running", "ahead"})


def deadlines(
    project: Project,
    notices: Iterable[Notice],
    steps: Sequence[Step[Any]],
    now: int,
    origin: str,
    base: str,
    lang: Lang,
) -> list[Moment]:
    """Each with its article, the first first. notices: in their newest versions. now: Unix milliseconds."""
    states, host = lot_states(steps), origin.replace("/", ".")
    found = [
        one
        for notice in notices
        if notice.withdrawn is None
        for one in moments(notice, project.trade, states, origin, f"{base}/notices/{notice.id}", lang)
    ]
    for clocks in lot_clocks(steps, now, lang):
        for line in clocks.open:
            if line.due_at is not None and line.state in AHEAD:
                name = f"{project.code}-{clocks.lot}-{clocks.round}-{line.clock.id}-{line.about}".rstrip("-")
                found.append(_of_clock(line, project, clocks.lot, f"{name}@{host}", base, lang))
    return sorted(found, key=lambda one: (one.at, one.uid))


def _of_clock(line: Line, project: Project, lot: str, uid: str, base: str, lang: Lang) -> Moment:
    bound = translate("不得早于" if line.clock.kind == "min" and line.state != "ahead" else "不得晚于", lang)
    article = f"{line.clock.law} {line.clock.article}"
    return Moment(
        uid=uid,
        at=line.due_at or 0,
        title=f"{line.words}（{bound}）：{project.title}"
        if lang == "zh"
        else f"{line.words} ({bound}): {project.title}",
        text=f"{article}\n{sentence(line.clock, lang)}\n{project.code} / {lot}\n{base}/law#{line.clock.ref}",
        link=f"{base}/law#{line.clock.ref}",
    )
