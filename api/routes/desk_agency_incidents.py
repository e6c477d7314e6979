"""What the supervisor saw of an agency, as the agency reads it: it answers, and appeals against what is decided."""

from collections.abc import Callable, Sequence

from starlette.responses import Response

from api.routes.desk_agency_own import AGENT, DESK, admitted
from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, documents
from registry.errors import NoSuchIncident
from registry.events import ConductPublished
from registry.model.supervision import Incident
from registry.queries import rulebook, supervision
from registry.rules.supervision import answer_until, appeal_until
from registry.working_days import CalendarUnknown

router = APIRouter(prefix="/desk", include_in_schema=False)

INCIDENTS = f"{DESK}/incidents"
FILES = 3
"""That one page takes; more go with a further answer."""
PARAGRAPH = 2000
"""Characters of one."""
MAX_BODY = 16 * 1024 * 1024
MAX_FILE = 5 * 1024 * 1024


@router.get("/agency/incidents/{incident}")
def one_incident(incident: str, desk: DeskDep) -> Response:
    desk.roles(*AGENT)
    found = own_incident(desk)
    at = desk.now // 1000
    return desk.render("agency/incident.html", facts=told(desk, found) | {"may_appeal": may_appeal(found, at)})


def own_incident(desk: Desk) -> Incident:
    """The incident of the address. Raises NoSuchIncident for another agency's too."""
    own, _ = admitted(desk)
    with desk.log.reading() as session:
        found = supervision.incident(session, desk.path("incident"))
    if found is None or found.code != own.code:
        raise NoSuchIncident(incident=desk.path("incident")[:40])
    return found


def may_appeal(incident: Incident, at: int) -> bool:
    decision = incident.decision
    if decision is None or incident.appeal is not None or decision.ruling.sanction == "none":
        return False
    return at < appeal_until(decision.at)


def told(desk: Desk, incident: Incident) -> dict[str, object]:
    """What its agency may read of an incident: the article, the story while it is shown, and until when it may act."""
    with desk.log.reading() as session:
        conduct = rulebook.version(session, ConductPublished, incident.conduct_version)
        values = supervision.private_values(session, incident, desk.now // 1000)
    articles = [] if conduct is None else conduct.event.articles
    decision = incident.decision
    return {
        "incident": incident,
        "article": next((one for one in articles if one.article == incident.article), None),
        "texts": {entry: _texts(named) for entry, named in values.items()},
        "answer_by": _answer_until(incident),
        "appeal_by": None if decision is None else appeal_until(decision.at),
    }


def _answer_until(incident: Incident) -> int | None:
    try:
        return answer_until(incident.at)
    except CalendarUnknown:  # of next year, before it is announced
        return None


def _texts(named: dict[str, bytes]) -> dict[str, str]:
    """Files by their names, texts as they are."""
    return {
        name: documents.described(value).name if name.startswith(("evidence", "file")) else value.decode()
        for name, value in named.items()
    }


def answer_incident(desk: Desk) -> Form:
    incident = own_incident(desk)

    def command(act: Act, given: Given) -> int:
        return commands.answer_incident(
            act, incident.code, incident.number, _told(given, "answer"), _stored(act, given)
        )

    return _form(
        desk,
        incident,
        "陈述申辩",
        "answer",
        "陈述申辩",
        "说明事实和理由；不公开，由监管人员阅读。决定之前可以补充。",
        command,
    )


def file_appeal(desk: Desk) -> Form:
    incident = own_incident(desk)

    def command(act: Act, given: Given) -> int:
        return commands.file_appeal(act, incident.code, incident.number, _told(given, "appeal"), _stored(act, given))

    return _form(
        desk,
        incident,
        "申请复核",
        "appeal",
        "复核理由",
        "写明不服的决定、请求和理由；不公开。复核由另一监管人员决定，不得加重。",
        command,
    )


def _form(
    desk: Desk,
    incident: Incident,
    title: str,
    name: str,
    label: str,
    hint: str,
    command: Callable[[Act, Given], object],
) -> Form:
    return Form(
        title=title,
        roles=AGENT,
        back=f"{INCIDENTS}/{incident.number}",
        fields=(
            Field(name=name, label=label, type="lines", most=PARAGRAPH, visibility="不公开", hint=hint),
            *_file_fields(),
        ),
        command=command,
        facts=told(desk, incident),
        above="desk/agency/for_incident.html",
        max_upload=MAX_FILE,
        warning="提交后即记入公开日志：日志中只有监察记录号和加盐承诺，没有内容。",
    )


def _told(given: Given, name: str) -> str:
    return "\n".join(given.list(name))


def _file_fields() -> tuple[Field, ...]:
    return tuple(
        Field(
            name=f"file_{number}",
            label="附件",
            type="file",
            needed=False,
            visibility="不公开",
            hint="PDF、JPEG 或 PNG，至多 5 MB。",
            accept=".pdf,.png,.jpg,.jpeg",
        )
        for number in range(1, FILES + 1)
    )


def _stored(act: Act, given: Given) -> Sequence[bytes]:
    sent = [given.upload(f"file_{number}") for number in range(1, FILES + 1)]
    return [documents.store(act.blobs, one.data, one.name, one.media_type) for one in sent if one is not None]


mount(router, "/agency/incidents/{incident}/answer", answer_incident, max_body=MAX_BODY)
mount(router, "/agency/incidents/{incident}/appeal", file_appeal, max_body=MAX_BODY)
