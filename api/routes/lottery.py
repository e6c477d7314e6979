"""`/api/v1/draws/…`: a draw's life. What may be done when is said by `lottery`; here each command has its address.

Signed acts come as the bodies that the parties signed, with `signatures`; the draw in the address must be theirs.
"""

from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from api import dispatch, throttle
from api.dependencies import ACT, PROBLEMS, Do, Done, SiteDep
from api.documents import Document
from api.errors import OtherDraw, TooManyContributions
from api.routes.sign_in import client_address
from api.routing import APIRouter
from audit.act import Act
from audit.entry import SYSTEM
from audit.events import Signature
from lottery import commands
from lottery.events import (
    About,
    Avoided,
    Committed,
    Conditions,
    DiceThrown,
    Expert,
    ExpertsListed,
    Outcome,
    PlanBody,
    Removal,
    Revealed,
    StandingChanged,
    Topic,
    VoidReason,
)
from lottery.protocol.standing import Change
from lottery.rules import LISTERS, MAX_EXPERTS, NOTERS, REVEAL_SECONDS
from registry import documents

router = APIRouter(prefix="/api/v1/draws/{draw_id}", tags=["lottery"], responses=PROBLEMS)

OPERATOR = ("operator",)
SIGN_UP = ("agent", "registrar")
OBJECTORS = ("operator", "registrar", "tenderer", "agent", "notary", "supervisor")
SEATS = ("tenderer", "notary", "supervisor", "inspector", "operator", "registrar")
MAX_DOCUMENT = 24 * 1024 * 1024
"""Bytes of a request with a document in it."""

MAX_SCAN = 28 * 1024 * 1024
"""Bytes of a request with a scan or with minutes in it: 20 MB as base64."""
CONTRIBUTIONS_EACH = 200
"""From one address within `throttle.WINDOW`."""

DrawId = Annotated[str, Path(max_length=100)]
Attempt = Annotated[int, Path(ge=1, le=1000)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class CallIn(Closed):
    conditions: Conditions
    sign_up_until: int
    draws_at: int


class ExpertIn(Closed):
    code: str
    name: str = Field(max_length=200, description="Private until the committee is named; the log holds a commitment")
    speciality: str


class ExpertsIn(Closed):
    experts: Annotated[list[ExpertIn], Field(max_length=MAX_EXPERTS)]
    avoided: Annotated[list[Avoided], Field(max_length=MAX_EXPERTS)]
    draws_at: int

    def to_event(self, draw_id: str) -> ExpertsListed:
        listed = [Expert(code=one.code, speciality=one.speciality) for one in self.experts]
        return ExpertsListed(draw_id=draw_id, experts=listed, avoided=self.avoided, draws_at=self.draws_at)


class MeetingIn(Closed):
    place: Annotated[str, Field(description="Where it is held; stays public for ever")]


class NoteIn(Closed):
    topic: Topic
    text: Annotated[str, Field(description="Stays public for ever")]
    seat: str | None = None
    scan: Annotated[Document | None, Field(description="Private: only a commitment to it is published")] = None


class ContributionIn(Closed):
    contribution: Annotated[str, Field(description="SHA-256 made on the visitor's own device, 64 hex digits")]


class MinutesIn(Closed):
    document: Annotated[Document, Field(description="A PDF; published as `minutes.pdf` whatever it is called here")]
    pages: int


class MeetingEndIn(Closed):
    video_sha256: Annotated[str | None, Field(description="Of the recording, 64 hex digits; null: none was made")] = (
        None
    )


class AgencyIn(Closed):
    code: str


class PlanIn(Closed):
    plan: PlanBody
    draws_at: int
    commit_deadline: int


class ObjectionIn(Closed):
    about: About
    text: str


class AnswerIn(Closed):
    objection: int
    outcome: Outcome
    reason: str


class CommitmentsIn(Closed):
    reveal_seconds: Annotated[int, Field(ge=1, le=86_400)] = REVEAL_SECONDS


class SignatureIn(Closed):
    signature: Annotated[str | None, Field(description="Of the drand round, 96 hex digits; null in mode dice")] = None


class VoidIn(Closed):
    reason: VoidReason
    note: str
    time: Annotated[int | None, Field(description="In the record that two seats confirmed, Unix seconds")] = None
    confirmations: list[Signature] = []


class RemovalIn(Closed):
    seq: int
    code: str
    kind: Removal
    reason: str


class StandingIn(Closed):
    event: StandingChanged
    changes: Annotated[list[RemovalIn], Field(description="All removals so far, the old list first", max_length=1000)]
    document: Document
    public: Annotated[bool, Field(description="Whether the document is published, or only a commitment to it")]


@router.post("/experts", **ACT)
def list_experts(draw_id: DrawId, body: ExpertsIn, do: Do) -> Done:
    """Say who may be drawn into an evaluation committee and who not, by codes that say nothing."""
    names = {one.code: one.name for one in body.experts}
    return do(LISTERS, lambda act: commands.list_experts(act, body.to_event(draw_id), names))


@router.post("/call", **ACT)
def publish_call(draw_id: DrawId, body: CallIn, do: Do) -> Done:
    """Call on every agency on record to answer."""
    return do(
        OPERATOR,
        lambda act: commands.publish_call(act, draw_id, body.conditions, body.sign_up_until, body.draws_at),
    )


@router.post("/sign-ups", **ACT)
def sign_up(draw_id: DrawId, body: AgencyIn, do: Do) -> Done:
    """An agency answers the call."""
    return do(SIGN_UP, lambda act: commands.sign_up(act, draw_id, body.code))


@router.post("/sign-ups/withdrawals", **ACT)
def withdraw_sign_up(draw_id: DrawId, body: AgencyIn, do: Do) -> Done:
    """An agency takes its answer back."""
    return do(SIGN_UP, lambda act: commands.withdraw_sign_up(act, draw_id, body.code))


@router.post("/plans", **ACT)
def plan_draw(draw_id: DrawId, body: PlanIn, do: Do) -> Done:
    """Publish the rules of the next attempt."""
    _check_draw(draw_id, body.plan.draw_id)
    plan = body.plan.model_dump(mode="json")
    return do(OPERATOR, lambda act: commands.plan_draw(act, draw_id, plan, body.draws_at, body.commit_deadline))


@router.post("/rosters", **ACT)
def publish_roster(draw_id: DrawId, do: Do) -> Done:
    """Compute the roster from the register and show it to all."""
    return do(OPERATOR, lambda act: commands.publish_roster(act, draw_id))


@router.post("/meeting", **ACT)
def open_meeting(draw_id: DrawId, body: MeetingIn, do: Do) -> Done:
    """Begin the meeting: the screens in the hall show the roster."""
    return do(OPERATOR, lambda act: commands.open_meeting(act, draw_id, body.place))


@router.post("/meeting/notes", max_body_size=MAX_SCAN, **ACT)
def note_meeting(draw_id: DrawId, body: NoteIn, do: Do) -> Done:
    """Put on record what happened at the meeting; the text stays public for ever."""

    def note(act: Act) -> int:
        scan = body.scan
        stored = None if scan is None else documents.store(act.blobs, scan.data, scan.name, scan.media_type)
        return commands.note_meeting(act, draw_id, body.topic, body.text, body.seat, stored)

    return do(NOTERS, note)


@router.post("/meeting/close", **ACT)
def close_meeting(draw_id: DrawId, do: Do, body: MeetingEndIn | None = None) -> Done:
    """End the meeting, after the result or the void record."""
    video_sha256 = None if body is None else body.video_sha256
    return do(OPERATOR, lambda act: commands.close_meeting(act, draw_id, video_sha256))


@router.post("/attempts/{attempt}/minutes", max_body_size=MAX_SCAN, **ACT)
def issue_minutes(draw_id: DrawId, attempt: Attempt, body: MinutesIn, do: Do) -> Done:
    """Publish the minutes of an attempt that is over. Persons' names belong on the paper, not in the file."""
    return do(OPERATOR, lambda act: commands.issue_minutes(act, draw_id, attempt, body.document.data, body.pages))


@router.post("/contributions", **ACT)
def contribute(draw_id: DrawId, body: ContributionIn, request: Request, site: SiteDep) -> Done:
    """A visitor's share in the secret of the seat `public`; needs no account. The same one is taken once."""
    log = site.log
    throttle.each(log, "contribute", client_address(request), CONTRIBUTIONS_EACH, TooManyContributions)
    with log.act(SYSTEM) as act:
        entry = commands.contribute(act, draw_id, body.contribution)
    return Done.of(dispatch.Outcome(entry, None))


@router.post("/rosters/freeze", **ACT)
def freeze_roster(draw_id: DrawId, do: Do) -> Done:
    """Fix the last published roster as the one that will be drawn from."""
    return do(OPERATOR, lambda act: commands.freeze_roster(act, draw_id))


@router.post("/objections", **ACT)
def file_objection(draw_id: DrawId, body: ObjectionIn, do: Do) -> Done:
    """Put an objection on record; its text stays public for ever."""
    return do(OBJECTORS, lambda act: commands.file_objection(act, draw_id, body.about, body.text))


@router.post("/objections/answers", **ACT)
def answer_objection(draw_id: DrawId, body: AnswerIn, do: Do) -> Done:
    """Answer an objection; the reason stays public for ever."""
    return do(
        ("operator", "supervisor"),
        lambda act: commands.answer_objection(act, draw_id, body.objection, body.outcome, body.reason),
    )


@router.post("/commitments", **ACT)
def commit(draw_id: DrawId, body: Committed, do: Do) -> Done:
    """A seat's commitment, signed with the key of its organisation."""
    _check_draw(draw_id, body.draw_id)
    return do(SEATS, lambda act: commands.commit(act, body))


@router.post("/commitments/close", **ACT)
def close_commitments(draw_id: DrawId, do: Do, body: CommitmentsIn | None = None) -> Done:
    """Fix the set of commitments; the seats then reveal."""
    seconds = REVEAL_SECONDS if body is None else body.reveal_seconds
    return do(OPERATOR, lambda act: commands.close_commitments(act, draw_id, seconds))


@router.post("/round", **ACT)
def announce_round(draw_id: DrawId, do: Do) -> Done:
    """Announce the drand round that the seal will name; it is computed, not chosen."""
    return do(OPERATOR, lambda act: commands.announce_round(act, draw_id))


@router.post("/reveals", **ACT)
def reveal(draw_id: DrawId, body: Revealed, do: Do) -> Done:
    """A seat's secret, signed with the key of its organisation."""
    _check_draw(draw_id, body.draw_id)
    return do(SEATS, lambda act: commands.reveal(act, body, do.log.published_size))


@router.post("/dice", **ACT)
def throw_dice(draw_id: DrawId, body: DiceThrown, do: Do) -> Done:
    """The digits of the dice, signed by the organisations that confirm them."""
    _check_draw(draw_id, body.draw_id)
    return do(SEATS, lambda act: commands.throw_dice(act, body))


@router.post("/seal", **ACT)
def seal(draw_id: DrawId, do: Do) -> Done:
    """Make the seal from the log. The program does it by itself as soon as it may."""
    return do(OPERATOR, lambda act: commands.seal(act, draw_id))


@router.post("/result", **ACT)
def complete(draw_id: DrawId, do: Do, body: SignatureIn | None = None) -> Done:
    """Compute the result. The program does it by itself; a signature may be brought where there is no network."""
    signature = None if body is None else body.signature
    return do(OPERATOR, lambda act: commands.complete(act, draw_id, signature))


@router.post("/void", **ACT)
def void(draw_id: DrawId, body: VoidIn, do: Do) -> Done:
    """End the present attempt without a result, for a reason that holds now."""
    return do(
        OPERATOR,
        lambda act: commands.void(
            act, draw_id, body.reason, body.note, time=body.time, confirmations=body.confirmations
        ),
    )


@router.post("/attempts/{attempt}/shadow", **ACT)
def shadow_draw(draw_id: DrawId, attempt: Attempt, body: SignatureIn, do: Do) -> Done:
    """Publish what a voided attempt with a seal would have given."""
    return do(OPERATOR, lambda act: commands.shadow_draw(act, draw_id, attempt, body.signature or ""))


@router.post("/standing", max_body_size=MAX_DOCUMENT, **ACT)
def change_standing(draw_id: DrawId, body: StandingIn, do: Do) -> Done:
    """Remove winners or alternates; alternates move up strictly in drawn order."""
    _check_draw(draw_id, body.event.draw_id)
    changes: list[Change] = [
        {"seq": one.seq, "code": one.code, "kind": one.kind, "reason": one.reason} for one in body.changes
    ]
    return do(
        OPERATOR,
        lambda act: commands.change_standing(
            act,
            body.event,
            changes,
            body.document.data,
            document_name=body.document.name,
            media_type=body.document.media_type,
            public=body.public,
        ),
    )


def _check_draw(draw_id: str, found: str) -> None:
    """Raises OtherDraw."""
    if found != draw_id:
        raise OtherDraw(draw_id=draw_id, found=found)
