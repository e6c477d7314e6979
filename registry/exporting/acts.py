"""Lines of what was promised, acknowledged, decided, published and found."""

from collections.abc import Iterator

from sqlalchemy import func, select

from registry.events import FormulaPublished, Ground, Sanction
from registry.exporting.scope import Cell, Line, Scope, last_day, moment
from registry.model import Agency
from registry.queries import findings, rulebook, supervision
from registry.tables import AcknowledgedByRow, AcknowledgementRow, CommitmentRow, IncidentRow

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


def promises(scope: Scope) -> Iterator[Line]:
    names = scope.names()
    for row, at, seq in scope.rows(CommitmentRow, CommitmentRow.code):
        how = "纸质" if row.on_paper else "电子签名"
        yield row.code, names.get(row.code), row.version, how, moment(at // 1000), last_day(row.until), seq


def acknowledgements(scope: Scope) -> Iterator[Line]:
    names = scope.names()
    people = (
        select(func.count())
        .where(AcknowledgedByRow.entry_id == AcknowledgementRow.entry_id)
        .correlate(AcknowledgementRow)
        .scalar_subquery()
    )
    for row, at, seq, count in scope.rows(AcknowledgementRow, AcknowledgementRow.code, people):
        yield row.code, names.get(row.code), row.version, count, moment(at // 1000), seq


def decisions(scope: Scope) -> Iterator[Line]:
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


def formulas(scope: Scope) -> Iterator[Line]:
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


def found(scope: Scope) -> Iterator[Line]:
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
