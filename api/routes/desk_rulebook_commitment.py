"""The admission commitment (入场服务承诺书) at the registrar's desk: its versions, and publishing the next one."""

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_dossier import DESK, PUBLIC, READERS, REGISTRAR
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands
from registry.events import CommitmentPublished
from registry.queries import rulebook
from registry.queries.rulebook import Version
from registry.rules.rulebook import MAX_PARAGRAPH, MAX_TERM_MONTHS

router = APIRouter(prefix="/desk", include_in_schema=False)

COMMITMENT = f"{DESK}/commitment"


@router.get("/registry/commitment")
def commitment(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    at = desk.now // 1000
    with desk.log.reading() as session:
        versions = rulebook.versions(session, CommitmentPublished)
        promises = rulebook.newest_promises(session)
    held = [one.until > at for one in promises.values()]
    return desk.render("registry/commitment.html", versions=versions, in_force=sum(held), over=held.count(False))


def publish_commitment(desk: Desk) -> Form:
    desk.roles(*REGISTRAR)
    with desk.log.reading() as session:
        newest = _newest(session)
    former = None if newest is None else newest.event

    def command(act: Act, given: Given) -> int:
        event = CommitmentPublished(
            version=1 if former is None else former.version + 1,
            title=given.text("title"),
            text=given.list("text"),
            term_months=given.number("term_months"),
        )
        return commands.publish_commitment(act, event)

    return Form(
        title="公布入场服务承诺书",
        roles=REGISTRAR,
        back=COMMITMENT,
        note="公布后，机构即按新文本签署；已签的承诺在其期限内仍然有效。",
        fields=(
            Field(
                name="title",
                label="承诺书名称",
                public=True,
                visibility=PUBLIC,
                value="入场服务承诺书" if former is None else former.title,
            ),
            Field(
                name="text",
                label="承诺书正文",
                type="lines",
                most=MAX_PARAGRAPH,
                public=True,
                visibility=PUBLIC,
                hint="每段一行。",
                value="" if former is None else "\n".join(former.text),
            ),
            Field(
                name="term_months",
                label="有效月数",
                type="number",
                least=1,
                most=MAX_TERM_MONTHS,
                public=True,
                value="12" if former is None else str(former.term_months),
            ),
        ),
        command=command,
        facts={"next_version": 1 if former is None else former.version + 1},
        above="desk/registry/for_version.html",
    )


def _newest(session: Session) -> Version[CommitmentPublished] | None:
    return rulebook.newest(session, CommitmentPublished)


mount(router, "/registry/commitment/new", publish_commitment)
