"""What can be exported of the register: a table each, of facts that the log shows.

Private values have no place here but what pages show too: the names and the certificates' numbers of practitioners, as
long as they are with the agency and nobody has erased them. Findings are for the registrar and the inspectors.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import orjson
from sqlalchemy import func, select

from audit.tables import EntryRow
from registry import rules
from registry.dossier import Dossier
from registry.events import FormulaPublished, Ground, PractitionerFormSubmitted, Sanction
from registry.exporting.scope import Cell, Line, Scope, last_day, listed, moment
from registry.model import Agency
from registry.model.standing import CreditFact, Fact, Formula
from registry.queries import findings, forms, rulebook, supervision
from registry.queries.persons import all_shown_persons
from registry.standing import rulebook as published_rules
from registry.tables import (
    AcknowledgedByRow,
    AcknowledgementRow,
    CommitmentRow,
    CreditFactRow,
    IncidentDecisionRow,
    IncidentRow,
)

SANCTIONS: dict[Sanction, str] = {
    "none": "不予处理",
    "warning": "警告",
    "points": "记分",
    "suspension": "暂停",
    "removal": "除名",
}
GROUNDS: dict[Ground, str] = {
    "SAME_LEGAL_PERSON": "法定代表人相同",
    "SAME_CONTROLLER": "实际控制人相同",
    "SAME_PRACTITIONER": "从业人员相同",
    "SAME_PERSON": "有人在两处任职",
    "SAME_PHONE": "电话相同",
    "SAME_ADDRESS": "地址相同",
    "SAME_ACCOUNT": "银行账户相同",
    "SAME_CONTACT": "联系人相同",
    "SAME_NAME": "名称近似",
    "CERTIFICATE_EXPIRED": "证书过期",
    "TOO_FEW_PRACTITIONERS": "从业人员不足",
}
ERASED = "（已删除）"


@dataclass(frozen=True)
class Table:
    what: str
    """How it is asked for."""
    title: str
    """Of the sheet."""
    columns: tuple[str, ...]
    lines: Callable[[Scope], Iterator[Line]]
    is_public: bool = True


def _agencies(scope: Scope) -> Iterator[Line]:
    formulas = published_rules(scope.session, placed=True).formulas
    formula = formulas[-1] if formulas else None
    for page in scope.pages():
        codes = [agency.code for agency in page]
        accepted = forms.all_states(scope.session, codes, placed=True)
        credits = _credits(scope, codes, formula)
        for agency in page:
            form = accepted.get(agency.code, {}).get(("agency", None))
            credit = credits[agency.code]
            yield (
                agency.code,
                agency.name,
                agency.facts.region,
                agency.facts.address,
                listed(agency.facts.fields),
                agency.facts.founded,
                _status(agency, scope.at),
                None if form is None else last_day(form.until),
                credit.score,
                credit.grade,
                credit.balls,
            )


def _status(agency: Agency, at: int) -> str:
    if agency.removal is not None:
        return SANCTIONS["removal"]
    return "在册" if agency.suspension_at(at) is None else SANCTIONS["suspension"]


def _credits(scope: Scope, codes: Sequence[str], formula: Formula | None) -> dict[str, rules.Credit]:
    """What each would have in a call made now."""
    dossiers = {code: Dossier(code) for code in codes}
    decisions = select(IncidentDecisionRow).join(EntryRow, EntryRow.id == IncidentDecisionRow.entry_id)
    decisions = decisions.where(EntryRow.seq.is_not(None), IncidentDecisionRow.code.in_(codes))
    for row in scope.session.scalars(decisions.order_by(IncidentDecisionRow.entry_id)):
        sanction = cast(Sanction, row.sanction)
        dossiers[row.code].decide(row.entry_id, row.incident, sanction, row.points, row.ends)
    facts = select(CreditFactRow).join(EntryRow, EntryRow.id == CreditFactRow.entry_id)
    facts = facts.where(EntryRow.seq.is_not(None), CreditFactRow.code.in_(codes))
    for fact in scope.session.scalars(facts.order_by(CreditFactRow.entry_id)):
        dossiers[fact.code].credit(CreditFact(cast(Fact, fact.fact), fact.day, fact.entry_id))
    return {code: rules.credit(one.standing(), formula, scope.at) for code, one in dossiers.items()}


def _practitioners(scope: Scope) -> Iterator[Line]:
    """Those who are with their agency, by the newest accepted version of their form."""
    for page in scope.pages():
        codes = [agency.code for agency in page]
        states = forms.all_states(scope.session, codes, placed=True)
        persons = all_shown_persons(scope.session, codes)
        for agency in page:
            people = {
                state.accepted_entry: state
                for state in states.get(agency.code, {}).values()
                if state.form == "practitioner" and state.accepted_entry is not None and state.left is None
            }
            for entry_id, form in _bodies(scope, list(people)).items():
                shown = persons[agency.code].practitioners[form.practitioner]
                yield (
                    agency.code,
                    agency.name,
                    form.practitioner,
                    ERASED if shown.name is None else shown.name.value,
                    "是" if form.key else "否",
                    listed(form.titles),
                    _certificates(form, None if shown.certificate_numbers is None else shown.numbers),
                    form.employed_since,
                    form.insurance_months,
                    listed(form.fields),
                    last_day(people[entry_id].until),
                )


def _bodies(scope: Scope, entry_ids: Sequence[int]) -> dict[int, PractitionerFormSubmitted]:
    statement = select(EntryRow.id, EntryRow.body).where(EntryRow.id.in_(entry_ids)).order_by(EntryRow.id)
    return {one: PractitionerFormSubmitted.of(orjson.loads(body)) for one, body in scope.session.execute(statement)}


def _certificates(form: PractitionerFormSubmitted, numbers: Sequence[str] | None) -> str:
    known = [ERASED] * len(form.certificates) if numbers is None else numbers
    return "；".join(
        f"{one.name} {number} {one.issued} 至 {one.until or '长期'}"
        for one, number in zip(form.certificates, known, strict=True)
    )


def _promises(scope: Scope) -> Iterator[Line]:
    names = scope.names()
    for row, at, seq in scope.rows(CommitmentRow, CommitmentRow.code):
        how = "纸质" if row.on_paper else "电子签名"
        yield row.code, names.get(row.code), row.version, how, moment(at // 1000), last_day(row.until), seq


def _acknowledgements(scope: Scope) -> Iterator[Line]:
    names = scope.names()
    people = (
        select(func.count())
        .where(AcknowledgedByRow.entry_id == AcknowledgementRow.entry_id)
        .correlate(AcknowledgementRow)
        .scalar_subquery()
    )
    for row, at, seq, count in scope.rows(AcknowledgementRow, AcknowledgementRow.code, people):
        yield row.code, names.get(row.code), row.version, count, moment(at // 1000), seq


def _decisions(scope: Scope) -> Iterator[Line]:
    """Those in force: of incidents, and what was decided without one. Never the story."""
    heard = set(scope.session.scalars(select(IncidentRow.code).distinct()))
    for page in scope.pages():
        for agency in page:
            told = supervision.in_force(scope.session, agency.code, scope.at) if agency.code in heard else []
            numbers = {number for one in told for number in (one.decision.decision_number, one.incident.holding_number)}
            for one in told:
                ruling, place = one.decision.ruling, one.decision.place
                yield (
                    agency.code,
                    agency.name,
                    one.incident.number,
                    one.incident.article,
                    SANCTIONS[ruling.sanction],
                    ruling.points,
                    moment(ruling.starts),
                    moment(ruling.until),
                    moment(ruling.ends),
                    one.decision.ground,
                    one.decision.decision_number,
                    None if place is None else place.seq,
                )
            yield from _other_decisions(agency, scope.at, numbers)


def _other_decisions(agency: Agency, at: int, numbers: set[str | None]) -> Iterator[Line]:
    def line(sanction: Sanction, starts: int | None, until: int | None, ground: str, number: str) -> Line:
        what: tuple[Cell, ...] = (SANCTIONS[sanction], 0, moment(starts), moment(until), moment(until))
        return agency.code, agency.name, None, None, *what, ground, number, None

    for one in agency.suspensions:
        if not one.is_over_at(at) and one.decision_number not in numbers:
            yield line("suspension", one.starts, one.until, one.ground, one.decision_number)
    removal = agency.removal
    if removal is not None and removal.decision_number not in numbers:
        yield line("removal", None, None, removal.ground, removal.decision_number)


def _formulas(scope: Scope) -> Iterator[Line]:
    for one in rulebook.versions(scope.session, FormulaPublished, placed=True):
        terms = one.event
        yield (
            terms.version,
            moment(one.at),
            terms.base,
            terms.commission,
            terms.commissions_at_most,
            terms.point,
            terms.objection,
            terms.window_months,
            "；".join(f"{grade.grade}：≥{grade.at_least} 分，{grade.balls} 球" for grade in terms.grades),
            None if one.place is None else one.place.seq,
        )


def _findings(scope: Scope) -> Iterator[Line]:
    names = scope.names()
    party = None if scope.code is None else f"agency:{scope.code}"
    for one in findings.findings(scope.session, party, placed=True):
        parties = [*one.parties, ""][:2]
        known = [names.get(each.removeprefix("agency:"), "") for each in parties]
        yield (
            one.ground,
            GROUNDS[one.ground],
            "是" if one.key else "否",
            parties[0],
            known[0],
            parties[1],
            known[1],
            moment(one.made // 1000),
        )


_WHO = ("统一社会信用代码", "机构名称")
TABLES: dict[str, Table] = {
    table.what: table
    for table in (
        Table(
            "agencies",
            "机构",
            (
                *(*_WHO, "行政区划代码", "住所", "业务范围", "成立日期", "状态", "登记表有效期至"),
                *("信用分", "信用等级", "号球数"),
            ),
            _agencies,
        ),
        Table(
            "practitioners",
            "从业人员",
            (
                *(*_WHO, "人员编号", "姓名", "主要从业人员", "职称", "证书", "入职日期", "社会保险缴纳月数"),
                *("业务范围", "登记表有效期至"),
            ),
            _practitioners,
        ),
        Table(
            "promises",
            "入场服务承诺",
            (*_WHO, "承诺书版本", "方式", "时间（北京时间）", "有效期至", "日志序号"),
            _promises,
        ),
        Table(
            "acknowledgements",
            "行为准则知悉",
            (*_WHO, "准则版本", "确认人数", "时间（北京时间）", "日志序号"),
            _acknowledgements,
        ),
        Table(
            "decisions",
            "有效监察决定",
            (
                *(*_WHO, "监察记录编号", "准则条款", "决定", "记分", "起（北京时间）", "止（北京时间）"),
                *("公示至（北京时间）", "依据", "决定书文号", "日志序号"),
            ),
            _decisions,
        ),
        Table(
            "formulas",
            "信用计分办法",
            (
                *(
                    "版本",
                    "公布时间（北京时间）",
                    "基础分",
                    "每次完成委托",
                    "委托次数上限",
                    "每记一分扣",
                    "每次异议成立扣",
                ),
                *("计算月数（0 为不限）", "等级与号球", "日志序号"),
            ),
            _formulas,
        ),
        Table(
            "findings",
            "比对发现",
            ("代码", "说明", "涉及主要从业人员", "甲方", "甲方名称", "乙方", "乙方名称", "时间（北京时间）"),
            _findings,
            is_public=False,
        ),
    )
}
PUBLIC = tuple(what for what, table in TABLES.items() if table.is_public)
