"""What may be recorded of a lot, each kind of entry by a form made from its class (`api/forms_events.py`)."""

import re
from collections.abc import Mapping
from dataclasses import replace

from api import dispatch
from api.act_words import act_title
from api.forms_asked import asked_for, with_next_offer
from api.forms_events import Asked, body_of, fields_of, files_of
from api.routes.desk_forms import Field, Given
from api.routes.desk_lots import PROJECTS, acting_roles, method_words, rows_for
from api.routes.desk_lots_fit import committee_to_record
from api.routes.desk_projects import known_project
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from audit.entry import File
from audit.errors import Refusal
from audit.events import KINDS
from registry.queries import organisation
from trading import commands
from trading.bids.qualified import judgements_of
from trading.bids.queries import applicants
from trading.commands.steps import paddles_of
from trading.errors import NoSuchLot, NotForThatTenderer
from trading.events import (
    AwardDecided,
    BiddingClosed,
    BidOpened,
    CommitteeDrawn,
    LotEvent,
    PrequalificationDecided,
    ProjectLot,
)
from trading.history import history
from trading.law.procedures import Row
from trading.lots import LotState, check_kind, lot_states
from trading.model import Project

router = APIRouter(prefix="/desk", include_in_schema=False)

DOCUMENTS: Mapping[str, int] = {
    "trading.document_issued": 5,
    "trading.clarification_issued": 5,
    "trading.complaint_decided": 1,
    "trading.performance_reported": 2,
    "trading.lot_failed": 1,
    "trading.committee_named": 1,
}
"""Kinds whose documents are published with the entry, and how many a form takes."""
TEXTS: Mapping[str, str] = {
    "trading.committee_formed": "不在本系统抽取的成员姓名",
    "trading.objection_filed": "异议书全文",
    "trading.challenge_filed": "质疑函全文",
    "trading.complaint_filed": "投诉书全文",
    "trading.objection_replied": "答复全文",
    "trading.challenge_replied": "答复全文",
    "trading.complaint_decided": "处理决定书全文",
}
"""Kinds with a text that is not public, and what it is called."""
TEXT_HINTS: Mapping[str, str] = {
    "trading.committee_formed": "每行一人：代号 | 姓名。姓名随结果公告公布，在此之前日志里只有承诺。"
}
MAX_FILE = 6 * 1024 * 1024
MAX_FORM = 32 * 1024 * 1024
_EVENT = re.compile("[a-z_]{1,40}")


def known_lot(desk: Desk, project: Project) -> tuple[ProjectLot, LotState]:
    """The lot of the address, which says its position. Raises NoSuchLot."""
    text = desk.path("position")
    number = int(text) if re.fullmatch("[0-9]{1,3}", text) else 0
    if not 1 <= number <= len(project.lots):
        raise NoSuchLot(project=project.code, lot=text[:64])
    lot = project.lots[number - 1]
    with desk.log.reading() as session:
        return lot, lot_states(history(session, project.code))[lot.lot]


def acting(desk: Desk, project: Project) -> list[str]:
    """Raises NotForThatTenderer where the account has nothing to do with the project."""
    with desk.log.reading() as session:
        roles = acting_roles(desk, session, project)
    if not roles:
        raise NotForThatTenderer(actor=desk.user.account, tenderer=project.tenderer_name)
    return roles


def refusal(desk: Desk, project: Project, state: LotState, kind: str, facts: Mapping[str, object]) -> Refusal:
    """Why the account may not record this kind now: the table's reason, else that it is not for this account."""
    try:
        check_kind(state, kind, facts, desk.now // 1000)
    except Refusal as found:
        return found
    return NotForThatTenderer(actor=desk.user.account, tenderer=project.tenderer_name)


def record(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))
    lot, state = known_lot(desk, project)
    kind = f"trading.{desk.path('event')}"
    model = KINDS.get(kind) if _EVENT.fullmatch(desk.path("event")) else None
    roles = acting(desk, project)
    rows = [row for row in rows_for(desk, state, roles) if row.event == kind]
    if model is None or not issubclass(model, LotEvent) or not rows:
        raise refusal(desk, project, state, kind[:64], {})
    asked = _asked(desk, model, project, state, rows)
    title = act_title(kind, desk.lang)

    def command(act: Act, given: Given) -> int:
        event = model.of(body_of(model, given, asked))
        text = _private_text(given)
        recorded = commands.record_step(act, event, _files(act, model, given), {"text": text} if text else None)
        return dispatch.tell(act, recorded)

    back = f"{PROJECTS}/{project.code}"
    return Form(
        title=title,
        roles=tuple(dict.fromkeys(role for row in rows for role in row.by if role in roles)),
        back=back,
        fields=(*_ordered(fields_of(model, asked)), *_more_fields(desk, model)),
        command=command,
        blame=BLAME,
        facts={
            "project": project,
            "lot": lot,
            "state": state,
            "method": method_words(desk, state),
            "laws": list(dict.fromkeys(row.law for row in rows)),
        },
        above="desk/lot_above.html",
        bidders={step.event.receipt: step.event.bidder for step in state.all(BidOpened)},
        max_upload=MAX_FILE,
    )


BLAME = {
    "trading.not-a-later-deadline": "new",
    "trading.too-few-bids": "bids",
    "trading.bids-miscounted": "bids",
    "trading.failure-does-not-fit": "failure",
    "trading.rank-reason-missing": "winners-0-reason",
    "trading.not-to-win": "winners-0-bidder",
    "trading.bad-candidates": "candidates-0-bidder",
    "trading.not-as-awarded": "amount_fen",
    "trading.not-the-winner": "supplier",
    "trading.old-amount-differs": "old_fen",
    "trading.above-ten-percent": "new_fen",
    "trading.security-too-high": "amount_fen",
    "trading.security-held": "security",
    "trading.no-security": "security",
    "trading.interest-untold": "interest_fen",
    "trading.interest-unexplained": "interest_reason",
    "trading.text-missing": "private_text",
    "trading.committee-names-wrong": "private_text",
    "trading.committee-unlawful": "experts",
    "trading.bad-committee": "experts",
    "trading.not-that-party": "party",
    "trading.party-must-be-hidden": "party",
    "trading.objection-first": "objection",
    "trading.not-an-opened-bid": "receipt",
    "trading.bad-ranking": "scores",
    "trading.occurs-later": "occurred_at",
    "trading.bad-period": "issued_until",
}


def _asked(desk: Desk, model: type[LotEvent], project: Project, state: LotState, rows: list[Row]) -> Asked:
    asked = asked_for(model, project.code, state, rows, desk.now // 1000, desk.lang, _party(desk))
    if model is AwardDecided and state.last(BiddingClosed) is not None:
        return with_next_offer(asked, state, paddles_of(desk.log.blobs, state))
    if model is CommitteeDrawn:
        with desk.log.reading() as session:
            drawn = committee_to_record(session, project, state)
        choices = {**asked.choices, "draw_id": [(drawn, drawn)] if drawn else []}
        return replace(asked, choices=choices, values={**asked.values, "draw_id": drawn})
    if model is not PrequalificationDecided:
        return asked
    with desk.log.reading() as session:  # which the table lets be recorded once bids are closed, and not before
        applied = applicants(session, project.code, state.lot, state.round)
        judged = judgements_of(session, state)
    known = [one.model_dump() for one in judged or ()] or [
        {"receipt": one.receipt, "applicant": one.bidder, "applicant_code": one.bidder_code, "passed": True}
        for one in applied
    ]
    return replace(asked, values={**asked.values, "judgements": known}, rows={**asked.rows, "judgements": len(known)})


def _party(desk: Desk) -> str:
    """The name of the organisation for which the account bids."""
    own = desk.organisation("bidder")
    with desk.log.reading() as session:
        found = organisation(session, own) if own else None
    return "" if found is None else found.name


def _ordered(fields: tuple[Field, ...]) -> list[Field]:
    """What was reported later is asked last."""
    return sorted(fields, key=lambda one: one.name == "occurred_at")


def _more_fields(desk: Desk, model: type[LotEvent]) -> list[Field]:
    found = []
    if model.kind in TEXTS:
        found.append(
            Field(
                name="private_text",
                label=desk.say(TEXTS[model.kind]),
                type="lines" if model.kind in TEXT_HINTS else "long",
                most=20_000,
                needed=model.kind.endswith("_filed"),
                hint=desk.say(TEXT_HINTS.get(model.kind, "日志里只有其加盐承诺，可依法删除。")),
                visibility="不公开",
            )
        )
    if model.kind == "trading.contract_signed":
        choices = [("no", "不公开，只记校验码"), ("yes", "公开合同文本")]
        name, title = "publish_text", "合同文本是否公开"
        found.append(Field(name=name, label=title, type="choice", choices=choices, public=True, value="no"))
    for number in range(1, DOCUMENTS.get(model.kind, 0) + 1):
        found.append(
            Field(
                name=f"document_{number}",
                label=desk.say("文件 {number}", number=number),
                type="file",
                needed=False,
                public=True,
                group=desk.say("公开的文件"),
                hint=desk.say("每个至多 6 MB。") if number == 1 else "",
            )
        )
    return found


def _private_text(given: Given) -> bytes:
    said = given.values.get("private_text") or ""
    return (said if isinstance(said, str) else "\n".join(given.list("private_text"))).encode()


def _files(act: Act, model: type[LotEvent], given: Given) -> list[File]:
    """The files that are published with the entry; what is only named by its SHA-256 is kept and not published."""
    found = []
    for number in range(1, DOCUMENTS.get(model.kind, 0) + 1):
        upload = given.upload(f"document_{number}")
        if upload is not None:
            found.append(act.blobs.put_file(upload.name, upload.media_type, upload.data))
    for name in files_of(model):
        upload = given.upload(name)
        if upload is not None and given.values.get("publish_text") == "yes":
            found.append(act.blobs.put_file(upload.name, upload.media_type, upload.data))
        elif upload is not None:
            act.blobs.put(upload.data)
    return found


mount(router, "/projects/{code}/lots/{position}/{event}", record, max_body=MAX_FORM)
