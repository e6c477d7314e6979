"""The credit formula (信用计分办法) at the supervisor's desk, and what each agency's balls would become by it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_dossier import PUBLIC
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routes.desk_supervision_cases import DESK, READERS, SUPERVISOR
from api.routing import APIRouter
from audit.act import Act
from registry import commands, rules
from registry.errors import BadRule
from registry.events import FormulaPublished, Grade
from registry.model.standing import Formula
from registry.queries import rulebook
from registry.rules.rulebook import MAX_BALLS, MAX_CREDIT, MAX_WINDOW_MONTHS
from registry.standing import standings

router = APIRouter(prefix="/desk", include_in_schema=False)

FORMULA = f"{DESK}/formula"
FLAT = "甲 | 0 | 1"
"""One grade for all, as it is without a formula."""
SHOWN = 200
"""Agencies that the preview names; all are counted."""


@dataclass(frozen=True)
class Change:
    """What a formula does to one agency."""

    code: str
    name: str
    score: int | None
    grade: str | None
    before: int
    after: int


@dataclass(frozen=True)
class Preview:
    """What a formula would do to all agencies on record, if a call were made now."""

    agencies: int
    changes: Sequence[Change]
    """Those whose balls change most first, the others after them; the first of them."""
    changed: int
    spread: Sequence[tuple[int, int, int]]
    """Balls, and how many agencies have them now and would have them, most balls first."""


def preview(session: Session, formula: FormulaPublished, at: int) -> Preview:
    """at: Unix seconds."""
    present = rulebook.newest(session, FormulaPublished)
    now = None if present is None else Formula(present.event, present.entry_id)
    changes = []
    for code, standing in standings(session).items():
        if standing.agency is None:
            continue
        new = rules.credit(standing, Formula(formula, 0), at)
        old = rules.credit(standing, now, at)
        changes.append(Change(code, standing.agency.name, new.score, new.grade, old.balls, new.balls))
    changes.sort(key=lambda one: (-abs(one.after - one.before), one.code))
    before, after = Counter(one.before for one in changes), Counter(one.after for one in changes)
    return Preview(
        agencies=len(changes),
        changes=changes[:SHOWN],
        changed=sum(one.before != one.after for one in changes),
        spread=[(balls, before[balls], after[balls]) for balls in sorted({*before, *after}, reverse=True)],
    )


@router.get("/supervision/formula")
def formula(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    with desk.log.reading() as session:
        versions = rulebook.versions(session, FormulaPublished)
    return desk.render("supervision/formula.html", versions=versions)


def publish_formula(desk: Desk) -> Form:
    desk.roles(*SUPERVISOR)
    with desk.log.reading() as session:
        newest = rulebook.newest(session, FormulaPublished)
    former = None if newest is None else newest.event
    version = 1 if former is None else former.version + 1

    def command(act: Act, given: Given) -> Preview:
        event = FormulaPublished(
            version=version,
            **{name: given.number(name) for name in NUMBERS},
            grades=grades_of(given.list("grades")),
        )
        shown = preview(act.session, event, desk.now // 1000)
        commands.publish_formula(act, event)
        return shown

    return Form(
        title="公布信用计分办法",
        roles=SUPERVISOR,
        back=FORMULA,
        note="只对公布以后的征集公告有效。下一页先列出各机构的号球将有何变化。",
        fields=(
            *(
                Field(
                    name=name,
                    label=label,
                    type="number",
                    most=most,
                    public=True,
                    visibility=PUBLIC,
                    hint=hint,
                    value=str(first if former is None else getattr(former, name)),
                    group="计分",
                )
                for name, (label, hint, most, first) in NUMBERS.items()
            ),
            Field(
                name="grades",
                label="等级",
                type="lines",
                most=60,
                public=True,
                visibility=PUBLIC,
                hint="每级一行，由高到低：名称 | 最低分 | 号球。最后一级的最低分为 0。",
                value=FLAT if former is None else "\n".join(map(line_of, former.grades)),
            ),
        ),
        command=command,
        facts={"next_version": version},
        above="desk/registry/for_version.html",
        before="desk/supervision/formula_preview.html",
    )


NUMBERS: dict[str, tuple[str, str, int, int]] = {
    "base": ("基础分", "每家机构的起点。", MAX_CREDIT, 100),
    "commission": ("每项委托加分", "计分期内每完成一项委托。", MAX_CREDIT, 0),
    "commissions_at_most": ("计分委托上限", "最多计多少项委托。", MAX_CREDIT, 0),
    "point": ("每一记分扣分", "每一分有效的记分。", MAX_CREDIT, 0),
    "objection": ("每项异议扣分", "计分期内每项成立的异议。", MAX_CREDIT, 0),
    "window_months": ("计分期", "月；0 为不限。", MAX_WINDOW_MONTHS, 24),
}
"""Members of the formula: label, hint, largest value, first value."""


def line_of(grade: Grade) -> str:
    return f"{grade.grade} | {grade.at_least} | {grade.balls}"


def grades_of(lines: list[str]) -> list[Grade]:
    """What lines say as grades; the separator may be the full-width one. Raises BadRule, which names the line."""
    grades = []
    for number, line in enumerate(lines, 1):
        name, *numbers = (part.strip(" \u3000") for part in line.replace("｜", "|").split("|"))
        if len(numbers) != 2 or not all(one.isascii() and one.isdigit() and len(one) <= 9 for one in numbers):
            raise BadRule(
                field="等级",
                why_zh=f"第 {number} 行须为：名称 | 最低分 | 号球（1 至 {MAX_BALLS}）",
                why_en=f"line {number} must be: name | credit at least | balls (1 to {MAX_BALLS})",
            )
        grades.append(Grade(grade=name, at_least=int(numbers[0]), balls=int(numbers[1])))
    return grades


mount(router, "/supervision/formula/new", publish_formula)
