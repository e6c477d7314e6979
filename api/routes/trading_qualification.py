"""`/api/v1`: prequalification. Applications are read and judged by the project's own people once their time is over;
each applicant is told its own result, and nobody another's."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

import orjson
from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api import dispatch
from api.accounts import User
from api.dependencies import ACT, PROBLEMS, Do, Done, SignedIn, Site, SiteDep
from api.opened_bids import READERS, may_read
from api.routing import APIRouter
from audit.blobs import Blobs
from registry.queries import organisation
from trading import queries as projects
from trading.bids import queries
from trading.bids.applications import is_sealed
from trading.bids.errors import NoSuchBid
from trading.bids.qualified import judgements_of
from trading.bids.qualifying import judge_applicants
from trading.bids.tables import SealedActRow
from trading.errors import ApplicationsOpen, NoSuchLot, NotForThatTenderer
from trading.events import Judgement
from trading.lots import LotState

router = APIRouter(prefix="/api/v1", tags=["bids"], responses=PROBLEMS)
Code = Annotated[str, Path(max_length=200)]


@dataclass(frozen=True)
class Application:
    """What one applicant handed in."""

    row: SealedActRow
    text: list[str]
    file: str
    """Name of its paper; empty: none."""
    sha256: str
    """Of what is to be read: the paper, or whatever was sent in its place."""
    media_type: str
    is_sealed: bool = False
    """Whether only its reader's own device can open it."""


class JudgementsIn(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    judgements: list[Judgement] = Field(max_length=1000, description="Of everybody who applied, and of nobody else")


class OwnResult(BaseModel):
    """What became of one's own application."""

    judged: bool
    passed: bool | None = Field(description="Null while it is not judged")
    reason: str | None


def applications_to_judge(site: Site, user: User, code: str, lot: str) -> tuple[LotState, list[Application]]:
    """The applications of a lot, once no more are taken: for the project's tenderer and its engaged agent.

    Raises RoleNotYours, NoSuchLot, NotForThatTenderer, ApplicationsOpen.
    """
    role = dispatch.acting_role(user, READERS)
    with site.log.reading() as session:
        state = None if "\0" in code + lot else queries.lot(session, code, lot)
        project = None if state is None else projects.project(session, code)
        if state is None or project is None:
            raise NoSuchLot(project=code[:64], lot=lot[:64])
        if not may_read(session, user, project):
            raise NotForThatTenderer(actor=f"{role}:{user.account}", tenderer=project.tenderer_name)
        if state.applications_until is None or site.log.clock() // 1000 <= state.applications_until:
            raise ApplicationsOpen(lot=lot)
        rows = queries.applicants(session, code, lot, state.round)
        return state, [_application(site.log.blobs, one) for one in rows]


def _application(blobs: Blobs, row: SealedActRow) -> Application:
    """Forms of this centre hold text and paper; what another program sent is read as it is."""
    sha256 = row.sealed_sha256 or ""
    whole = Application(row, [], row.receipt, sha256, "application/octet-stream")
    data = blobs.get(sha256) or b""
    if is_sealed(data):
        return replace(whole, is_sealed=True)
    try:
        said: Any = orjson.loads(data)
    except orjson.JSONDecodeError:
        return whole
    if not isinstance(said, dict) or said.get("format") != "mingtang-application/1":
        return whole
    file = said["file"]
    if file is None:
        return Application(row, said["text"], "", "", "")
    return Application(row, said["text"], file["name"], file["sha256"], file["media_type"])


@router.post("/projects/{project}/lots/{lot}/applications/judgements", **ACT)
def judge(project: Code, lot: Code, body: JudgementsIn, do: Do) -> Done:
    """Judge the applications to be prequalified. The log commits to it; each applicant is told its own result."""
    return do(READERS, lambda act: judge_applicants(act, project, lot, body.judgements))


@router.get(
    "/projects/{project}/lots/{lot}/applications/{application}/content",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The applicant's paper"}},
)
def content(project: Code, lot: Code, application: Code, site: SiteDep, user: SignedIn) -> Response:
    """What an applicant handed in, once no more applications are taken: for the project's tenderer and its agent.

    What was sealed for their keys is an age file, which their own `age` opens.
    """
    _, found = applications_to_judge(site, user, project, lot)
    one = next((one for one in found if one.row.receipt == application and one.sha256), None)
    data = None if one is None else site.log.blobs.get(one.sha256)
    if one is None or data is None:
        raise NoSuchBid(receipt=application[:64])
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/projects/{project}/lots/{lot}/applications/own")
def own(
    project: Code,
    lot: Code,
    site: SiteDep,
    user: SignedIn,
    round: Annotated[int | None, Query(ge=1, le=99)] = None,
) -> OwnResult:
    """What became of the application of the organisation that this account bids for."""
    dispatch.acting_role(user, ("bidder",))
    found = None if "\0" in project + lot else own_judgement(site, user.organisations("bidder"), project, lot, round)
    if found is None:
        return OwnResult(judged=False, passed=None, reason=None)
    return OwnResult(judged=True, passed=found.passed, reason=found.reason)


def own_judgement(
    site: Site, organisations: set[str], project: str, lot: str, round_number: int | None = None
) -> Judgement | None:
    """What was judged of one of these organisations' applications."""
    with site.log.reading() as session:
        state = queries.in_round(queries.lot(session, project, lot), round_number)
        judged = None if state is None else judgements_of(session, state)
        found = (organisation(session, one) for one in organisations)
        codes = {one.code for one in found if one is not None and one.code is not None}
        return next((one for one in judged or () if one.applicant_code in codes), None)
