"""`/api/v1/registry`: on-site supervision (入场行为监察). Inspectors read what supervisors read, and change nothing."""

from typing import Annotated

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import ACT, MAX_INTEGER, PROBLEMS, Do, Done, SignedIn, SiteDep
from api.documents import Document
from api.routes.desk_registry_dossier import NoSuchFile, attachment
from api.routes.desk_supervision_cases import TEXTS
from api.routes.registry_intake import reads
from api.routing import APIRouter
from audit.act import Act
from registry import commands, documents
from registry.errors import NoSuchIncident
from registry.events import Sanction
from registry.model.supervision import Decided, Incident, Ruling, Story
from registry.queries import supervision

router = APIRouter(prefix="/api/v1/registry", tags=["registry"], responses=PROBLEMS)

SUPERVISOR = ("supervisor",)
READERS = ("supervisor", "inspector")
MAX_BODY = 24 * 1024 * 1024
AT_MOST = 1000

Number = Annotated[str, Path(max_length=20, pattern="^[A-Z0-9-]+$")]
Moment = Annotated[int, Field(ge=0, le=MAX_INTEGER, description="Unix seconds")]
Code = Annotated[str, Field(max_length=18)]
Text = Annotated[str, Field(max_length=200)]
Long = Annotated[str, Field(max_length=10_000)]


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class IncidentIn(Closed):
    """What was seen. The entry holds agency, article, practitioner and moment; the rest is private."""

    code: Code
    article: Text
    happened: Moment
    practitioner: Text | None = None
    place: Text
    course: Long
    witnesses: Long
    evidence: Annotated[list[Document], Field(max_length=20)] = Field(default_factory=list)


class RulingIn(Closed):
    """What is decided. warning: `ends`; points: `points` and `ends`; suspension: `until`, and `starts` if not now."""

    sanction: Sanction
    points: Annotated[int, Field(ge=0, le=MAX_INTEGER)] = 0
    starts: Moment | None = None
    until: Moment | None = None
    ends: Moment | None = None

    def to_model(self) -> Ruling:
        return Ruling(self.sanction, self.points, self.starts, self.until, self.ends)


class DecisionIn(Closed):
    """The decision on an incident. The reasons are private, and shown only while it is in force."""

    code: Code
    ruling: RulingIn
    ground: Text
    decision_number: Text
    reasons: Long


class ReviewIn(Closed):
    """The decision on an appeal. ruling: null where the decision stands, else what it is changed to, in full."""

    code: Code
    ruling: RulingIn | None = None
    ground: Text
    decision_number: Text
    reasons: Long


class DecidedOut(BaseModel):
    sanction: Sanction
    points: int
    starts: int | None
    until: int | None
    ends: int | None
    ground: str
    decision_number: str
    result: str | None = Field(description="`stands` or `changed`, of the decision on an appeal")
    at: int
    actor: str

    @classmethod
    def of(cls, one: Decided) -> "DecidedOut":
        return cls(
            **vars(one.ruling),
            ground=one.ground,
            decision_number=one.decision_number,
            result=one.result,
            at=one.at,
            actor=one.actor,
        )


class IncidentOut(BaseModel):
    """An incident with what followed. Moments are Unix seconds."""

    incident: str
    code: str
    article: str
    conduct_version: int
    practitioner: str | None
    happened: int
    at: int
    answered: bool
    appealed: bool
    appeal_waits: bool
    decisions: list[DecidedOut]

    @classmethod
    def of(cls, one: Incident) -> "IncidentOut":
        return cls(
            incident=one.number,
            code=one.code,
            article=one.article,
            conduct_version=one.conduct_version,
            practitioner=one.practitioner,
            happened=one.happened,
            at=one.at,
            answered=one.is_answered,
            appealed=one.appeal is not None,
            appeal_waits=one.appeal_waits,
            decisions=[DecidedOut.of(each) for each in one.decisions],
        )


class ToldOut(BaseModel):
    """A private text or file of a case."""

    entry: int
    name: str
    text: str = Field(description="Of a file its name")
    is_file: bool


class CaseOut(BaseModel):
    """An incident with what is told of it, which is nothing once its decision has ended."""

    incident: IncidentOut
    told: list[ToldOut]


@router.get("/incidents")
def list_incidents(
    site: SiteDep,
    user: SignedIn,
    code: Annotated[str | None, Query(max_length=18)] = None,
    waiting: Annotated[bool, Query(description="Only those that wait for a decision, or for one on an appeal")] = False,
) -> list[IncidentOut]:
    """Incidents, newest first: all, or one agency's."""
    reads(user, READERS)
    with site.log.reading() as session:
        found = supervision.incidents(session, code)[::-1]
    chosen = [one for one in found if not waiting or one.decision is None or one.appeal_waits]
    return [IncidentOut.of(one) for one in chosen[:AT_MOST]]


@router.get("/incidents/{incident}")
def one_incident(incident: Number, site: SiteDep, user: SignedIn) -> CaseOut:
    """One incident with everything told of it."""
    reads(user, READERS)
    with site.log.reading() as session:
        found = _known(supervision.incident(session, incident), incident)
        values = supervision.private_values(session, found, site.log.clock() // 1000)
    told = [
        ToldOut(
            entry=entry,
            name=name,
            text=value.decode() if name in TEXTS else documents.described(value).name,
            is_file=name not in TEXTS,
        )
        for entry, named in values.items()
        for name, value in named.items()
    ]
    return CaseOut(incident=IncidentOut.of(found), told=told)


@router.get(
    "/incidents/{incident}/files/{entry}/{name}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file"}},
)
def incident_evidence(
    incident: Number,
    entry: Annotated[int, Path(ge=0, le=MAX_INTEGER)],
    name: Annotated[str, Path(max_length=40, pattern="^[a-z0-9_]+$")],
    site: SiteDep,
    user: SignedIn,
) -> Response:
    """A file of a case, while its story may be shown."""
    reads(user, READERS)
    with site.log.reading() as session:
        found = _known(supervision.incident(session, incident), incident)
        values = supervision.private_values(session, found, site.log.clock() // 1000)
    named = values.get(entry, {})
    if name not in named or name in TEXTS:
        raise NoSuchFile
    return attachment(site.log, documents.described(named[name]))


@router.post("/incidents", max_body_size=MAX_BODY, **ACT)
def record_incident(body: IncidentIn, do: Do) -> Done:
    """Record what was seen, under the next number of the year."""

    def command(act: Act) -> int:
        evidence = [documents.store(act.blobs, one.data, one.name, one.media_type) for one in body.evidence]
        return commands.record_incident(
            act,
            body.code,
            body.article,
            body.happened,
            Story(body.place, body.course, body.witnesses),
            practitioner=body.practitioner,
            evidence=evidence,
        )

    return do(SUPERVISOR, command)


@router.post("/incidents/{incident}/decision", **ACT)
def decide_incident(incident: Number, body: DecisionIn, do: Do) -> Done:
    """Decide on an incident; a suspension or removal takes effect in the same act."""
    ruling = body.ruling.to_model()
    return do(
        SUPERVISOR,
        lambda act: commands.decide_incident(
            act, body.code, incident, ruling, body.ground, body.decision_number, body.reasons
        ),
    )


@router.post("/incidents/{incident}/review", **ACT)
def decide_appeal(incident: Number, body: ReviewIn, do: Do) -> Done:
    """Decide on an appeal, as someone else than the first decider."""
    ruling = None if body.ruling is None else body.ruling.to_model()
    return do(
        SUPERVISOR,
        lambda act: commands.decide_appeal(
            act, body.code, incident, ruling, body.ground, body.decision_number, body.reasons
        ),
    )


def _known(found: Incident | None, incident: str) -> Incident:
    if found is None:
        raise NoSuchIncident(incident=incident)
    return found
