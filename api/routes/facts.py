"""`/api/v1`: what stands on record, for reading. Only what has its place in the log is shown."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from api.dependencies import PROBLEMS, SiteDep
from api.routes.feeds import Before
from api.routing import APIRouter
from lottery import queries as lottery
from lottery.model import State
from registry import queries as registry
from registry.errors import NoSuchAgency, NoSuchOrganisation
from registry.events import Capacity
from registry.model import Agency
from registry.model.opening_keys import KeyEnd
from trading import queries as trading
from trading.errors import NoSuchProject
from trading.events import Trade

router = APIRouter(prefix="/api/v1", tags=["facts"], responses=PROBLEMS)

Limit = Annotated[int, Query(ge=1, le=200)]
Words = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$", description="Part of a code or name")]
Id = Annotated[str, Path(max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class Out(BaseModel):
    """Made from a plain value of the package below, by the names of its members."""

    model_config = ConfigDict(from_attributes=True)


class OrganisationOut(Out):
    id: str
    name: str
    code: str | None
    capacities: list[Capacity]


class KeyOut(Out):
    key: str
    revoked: bool


class EndedOut(Out):
    how: KeyEnd = Field(description="`compromised`: somebody else may have what opens its files")
    reason: str | None
    seq: int


class OpeningKeyOut(Out):
    recipient: str = Field(description="age recipient to which shares of bids' keys are encrypted")
    seq: int = Field(description="Place of the entry by which the organisation itself recorded it, signed")
    ends: list[EndedOut] = Field(description="What was said of it later, oldest first; none: it is in force")


class OrganisationWithKeysOut(OrganisationOut):
    keys: list[KeyOut]
    opening_keys: list[OpeningKeyOut] = Field(description="Oldest first")


class SuspensionOut(Out):
    starts: int = Field(description="Unix seconds")
    until: int | None = Field(description="The first second after it; null until a decision ends it")
    ground: str
    decision_number: str


class RemovalOut(Out):
    ground: str
    decision_number: str


class AgencyOut(Out):
    code: str
    name: str
    organisation: str | None
    region: str
    address: str
    fields: list[str]
    founded: str | None
    suspensions: list[SuspensionOut] = Field(description="Since it was last reinstated, past ones too")
    removal: RemovalOut | None

    @classmethod
    def of(cls, agency: Agency, at: int) -> "AgencyOut":
        """at: Unix seconds. A suspension that is over is told no more (信用修复)."""
        facts = agency.facts
        return cls(
            code=facts.code,
            name=facts.name,
            organisation=facts.organisation,
            region=facts.region,
            address=facts.address,
            fields=list(facts.fields),
            founded=facts.founded,
            suspensions=[SuspensionOut.model_validate(one) for one in agency.suspensions if not one.is_over_at(at)],
            removal=None if agency.removal is None else RemovalOut.model_validate(agency.removal),
        )


class PlaceOut(Out):
    seq: int
    logged: int = Field(description="Unix milliseconds")


class LotOut(Out):
    lot: str
    title: str
    estimate_fen: int | None


class ProjectOut(Out):
    code: str
    trade: Trade
    class_code: str | None
    title: str
    tenderer: str
    tenderer_name: str
    legal_basis: str
    approval: str | None
    funding: str | None
    estimate_fen: int | None
    region: str
    lots: list[LotOut]
    place: PlaceOut | None


class DrawOut(Out):
    draw_id: str
    project_code: str
    project_name: str
    tenderer: str
    is_drill: bool
    attempts: int
    state: State
    draws_at: int | None = Field(description="Unix seconds")
    seq: int = Field(description="Place of the decision to draw")
    logged: int = Field(description="Of that decision, Unix milliseconds")


@router.get("/organisations")
def list_organisations(site: SiteDep, capacity: Capacity | None = None) -> list[OrganisationOut]:
    """Organisations on record, by id."""
    with site.log.reading() as session:
        found = registry.organisations(session, capacity, placed=True)
    return [OrganisationOut.model_validate(one) for one in found]


@router.get("/organisations/{organisation}")
def organisation(organisation: Id, site: SiteDep) -> OrganisationWithKeysOut:
    """An organisation with every key it ever had."""
    with site.log.reading() as session:
        found = registry.organisation(session, organisation, placed=True)
        if found is None:
            raise NoSuchOrganisation(organisation=organisation)
        keys = registry.key_history(session, organisation)
        opening_keys = registry.opening_keys(session, organisation, placed=True)
    return OrganisationWithKeysOut(
        id=found.id,
        name=found.name,
        code=found.code,
        capacities=list(found.capacities),
        keys=[KeyOut.model_validate(one) for one in keys],
        opening_keys=[OpeningKeyOut.model_validate(one) for one in opening_keys],
    )


@router.get("/agencies")
def list_agencies(
    site: SiteDep, text: Words = "", after: Annotated[str, Query(max_length=18)] = "", limit: Limit = 50
) -> list[AgencyOut]:
    """Agencies on record, by code; `after` is the last code of the page before."""
    with site.log.reading() as session:
        found = registry.find_agencies(session, text, after, limit)
    return [AgencyOut.of(one, site.log.clock() // 1000) for one in found]


@router.get("/agencies/{code}")
def agency(code: Id, site: SiteDep) -> AgencyOut:
    """An agency as it stands on record. Its history are the entries with subject `agency:CODE`."""
    with site.log.reading() as session:
        found = registry.agency(session, code, placed=True)
    if found is None:
        raise NoSuchAgency(code=code)
    return AgencyOut.of(found, site.log.clock() // 1000)


@router.get("/projects")
def list_projects(
    site: SiteDep, text: Words = "", trade: Trade | None = None, before: Before = None, limit: Limit = 50
) -> list[ProjectOut]:
    """Projects, newest first; `before` is the `seq` of the last one of the page before."""
    with site.log.reading() as session:
        found = trading.projects(session, text=text, trade=trade, before=before, limit=limit)
    return [ProjectOut.model_validate(one) for one in found]


@router.get("/projects/{code}")
def project(code: Id, site: SiteDep) -> ProjectOut:
    """A project as registered. Its notices are the entries with subject `project:CODE`."""
    with site.log.reading() as session:
        found = trading.project(session, code, placed=True)
    if found is None:
        raise NoSuchProject(project=code)
    return ProjectOut.model_validate(found)


@router.get("/draws")
def list_draws(
    site: SiteDep,
    text: Words = "",
    state: State | None = None,
    drills: Annotated[bool, Query(description="Rehearsals instead of draws")] = False,
    before: Before = None,
    limit: Limit = 50,
) -> list[DrawOut]:
    """Draws, newest first. Every step of one is an entry with subject `draw:ID/…`."""
    states = () if state is None else (state,)
    with site.log.reading() as session:
        found = lottery.draws(
            session, site.log.clock(), text=text, states=states, drills=drills, before=before, limit=limit
        )
    return [DrawOut.model_validate(one) for one in found]
