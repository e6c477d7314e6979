"""Notices of a lot: what the law wants in this kind, by trade and method, asked where it wants it, and checked."""

from datetime import UTC, date, datetime
from typing import cast, get_args

from starlette.responses import RedirectResponse, Response

from api.forms_terms import blaming_terms, fields_of_terms, terms_of
from api.forms_words import value_words
from api.pages import SHANGHAI
from api.party_words import notice_title
from api.routes.desk_forms import Field, Given
from api.routes.desk_lots import PROJECTS, method_words, methods_for, rows_for
from api.routes.desk_lots_record import MAX_FORM, acting, known_lot, refusal
from api.routes.desk_notices import (
    content_fields,
    content_of,
    document_fields,
    files_given,
    number_field,
    predecessor_field,
)
from api.routes.desk_projects import EDITORS, known_project
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from trading import commands, queries
from trading.events import Method, NoticeKind, NoticePublished, ProjectLot, Term
from trading.law.procedures import Row
from trading.lots import LotState
from trading.model import Project
from trading.rules.publishing import on_record

router = APIRouter(prefix="/desk", include_in_schema=False)

OF_CORRECTIONS = "term-affects_bids"
"""A particular that only a correction of such a notice has, or a clarification."""
NO_METHOD = "none"
"""In an address: of a notice that chooses no method."""


@router.get("/projects/{code}/lots/{position}/notice/{notice_kind}")
def choose_method(code: str, desk: DeskDep) -> Response:
    """The methods by which such a notice may begin a procedure; the form itself where there is nothing to choose."""
    project = known_project(desk, code)
    lot, state = known_lot(desk, project)
    kind, rows = _rows(desk, project, lot, state)
    methods = methods_for(state, kind, rows, _day(desk))
    address = f"{PROJECTS}/{project.code}/lots/{desk.path('position')}/notice/{kind}"
    if len(methods) < 2:
        return RedirectResponse(f"{address}/{methods[0] if methods else NO_METHOD}", 303)
    return desk.render(
        "lot_methods.html",
        project=project,
        lot=lot,
        state=state,
        method="",
        laws=list(dict.fromkeys(row.law for row in rows)),
        title=notice_title(kind, project.trade, desk.lang),
        choices=[(f"{address}/{one}", value_words("method", one, desk.lang)) for one in methods],
    )


def _rows(desk: Desk, project: Project, lot: ProjectLot, state: LotState) -> tuple[NoticeKind, list[Row]]:
    """The kind of notice of the address, and the rows by which it may be published now. Raises NotInThisStage."""
    kind = desk.path("notice_kind")
    if kind in get_args(NoticeKind):
        rows = rows_for(desk, state, acting(desk, project))
        found = [row for row in rows if row.event == NoticePublished.kind and row.notice_kind == kind]
        if found:
            return cast(NoticeKind, kind), found
    raise refusal(desk, project, state, NoticePublished.kind, {"notice_kind": kind})


def _day(desk: Desk) -> date:
    return datetime.fromtimestamp(desk.now / 1000, UTC).astimezone(SHANGHAI).date()


def publish(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))
    lot, state = known_lot(desk, project)
    kind, rows = _rows(desk, project, lot, state)
    methods = methods_for(state, kind, rows, _day(desk))
    chosen = desk.path("method")
    begins = cast(Method, chosen) if chosen in methods else None
    method = begins if methods else state.method
    again = state.stage == "failed" and any(row.begins for row in rows)
    with desk.log.reading() as session:
        notices = queries.notices(session, project.code)
    known = {} if again else {one.name: one.value for one in _known_terms(state)} | on_record(kind, state)
    several = len(project.lots) > 1
    group = desk.say("法定事项")
    terms = fields_of_terms(kind, project.trade, method, state.category, known, desk.lang, group)
    if kind != "clarification":
        terms = [one for one in terms if one.name != OF_CORRECTIONS]
    concerns = Field(
        name="concerns",
        label="适用标段",
        type="choice",
        public=True,
        choices=[("this", f"{desk.say('标段')} {lot.lot}"), ("all", desk.say("本项目全部标段"))],
        value="this",
    )

    def command(act: Act, given: Given) -> int:
        content = content_of(given, terms_of(kind, project.trade, method, state.category, given))
        event = NoticePublished(
            project=project.code,
            lot=None if several and given.text("concerns") == "all" else lot.lot,
            round=state.round + again,
            notice=given.text("notice"),
            notice_kind=kind,
            version=1,
            predecessor=given.optional("predecessor"),
            title=content.title,
            text=list(content.text),
            valid_from=content.valid_from,
            valid_until=content.valid_until,
            media=list(content.media),
            method=begins,
            terms=list(content.terms),
        )
        with blaming_terms():
            return commands.publish_notice(act, event, files_given(act, given))

    return Form(
        title=f"{desk.say('发布')}{'' if desk.lang == 'zh' else ' '}{notice_title(kind, project.trade, desk.lang)}",
        roles=EDITORS,
        back=f"{PROJECTS}/{project.code}",
        note="列出的是法律要求此类公告载明的内容；标“选填”的可以不填。",
        fields=(
            number_field(project, notices),
            *((concerns,) if several else ()),
            *content_fields(desk.now // 1000, None)[:2],
            *terms,
            predecessor_field(notices, desk.say("发布")),
            *content_fields(desk.now // 1000, None, group=desk.say("发布"))[2:],
            *document_fields(desk),
        ),
        command=command,
        blame={"trading.notice-exists": "notice", "trading.bad-notice": "notice", "trading.no-such-lot": "concerns"},
        facts={
            "project": project,
            "lot": lot,
            "state": state,
            "method": value_words("method", begins, desk.lang) if begins else method_words(desk, state),
            "laws": list(dict.fromkeys(row.law for row in rows)),
        },
        above="desk/lot_above.html",
        max_upload=MAX_FORM // 5,
    )


def _known_terms(state: LotState) -> list[Term]:
    """The particulars of this round's notices, the newest word on each."""
    found: dict[str, Term] = {}
    for step in state.notices.values():
        found |= {term.name: term for term in step.event.terms}
    return list(found.values())


mount(router, "/projects/{code}/lots/{position}/notice/{notice_kind}/{method}", publish, max_body=MAX_FORM)
