"""An agency's practitioners as its own desk lists them, and that one is no longer with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_agency_own import AGENT, DESK, admitted, own_agency
from api.routes.desk_agency_paper import NEW
from api.routes.desk_agency_sheets import day_in_beijing
from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, drafts
from registry.errors import NoSuchPractitioner
from registry.events import PractitionerFormSubmitted, PractitionerLeft
from registry.queries import forms
from registry.queries.forms import Decided
from registry.queries.persons import private_values

router = APIRouter(prefix="/desk", include_in_schema=False)

PEOPLE = f"{DESK}/practitioners"


@dataclass(frozen=True)
class Practitioner:
    """One of the agency's people, by the newest version of the form."""

    id: str
    name: str | None
    """None where it was erased."""
    key: bool
    version: int
    decided: Decided
    until: int | None
    """Unix seconds, of the version that counts."""
    certificates: Sequence[str]
    left: str | None
    """ISO date, the first day without."""


def practitioners(session: Session, code: str) -> list[Practitioner]:
    """PRIVATE: names as they were handed in. Those who left come last."""
    found = []
    for (form, who), state in forms.states(session, code).items():
        if form != "practitioner" or who is None:
            continue
        event = forms.version(session, state.entry_id)
        assert isinstance(event, PractitionerFormSubmitted)
        name = private_values(session, state.entry_id).get("name")
        found.append(
            Practitioner(
                id=who,
                name=None if name is None else name.decode(),
                key=event.key,
                version=state.version,
                decided=state.decided,
                until=state.until,
                certificates=[one.name for one in event.certificates],
                left=state.left,
            )
        )
    return sorted(found, key=lambda one: one.left is not None)


@router.get("/agency/practitioners")
def list_practitioners(desk: DeskDep) -> Response:
    own = own_agency(desk)
    with desk.log.reading() as session:
        people = practitioners(session, own.code)
        begun = drafts.load(session, own.owner, "practitioner", NEW)
    return desk.render("agency/practitioners.html", people=people, begun=None if begun is None else begun.saved_at)


def practitioner_leaves(desk: Desk) -> Form:
    own, _ = admitted(desk)
    with desk.log.reading() as session:
        person = next((one for one in practitioners(session, own.code) if one.id == desk.path("who")), None)
    if person is None or person.left is not None:
        raise NoSuchPractitioner(code=own.code, practitioner=desk.path("who")[:40])

    def command(act: Act, given: Given) -> int:
        return commands.practitioner_left(
            act, PractitionerLeft(code=own.code, practitioner=person.id, day=given.text("day"))
        )

    return Form(
        title="登记离职",
        roles=AGENT,
        back=PEOPLE,
        note="自该日起，此人不再计入本机构的从业人员。",
        fields=(
            Field(
                name="day",
                label="离职日期",
                type="day",
                public=True,
                visibility="将永久公开",
                hint="不再任职的第一天，不晚于今天。",
                value=day_in_beijing(desk.now),
            ),
        ),
        command=command,
        blame={"registry.bad-fact": "day"},
        facts={"person": person},
        above="desk/agency/for_person.html",
    )


mount(router, "/agency/practitioners/{who}/leave", practitioner_leaves)
