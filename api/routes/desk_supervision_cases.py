"""One incident (监察记录) at the supervisor's desk, whole, and recording a new one."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_registry_dossier import MAX_FILE, PRIVATE, PUBLIC, NoSuchFile, forgets, given_out, stored
from api.routes.desk_registry_words import SANCTIONS
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, documents, queries
from registry.errors import NoSuchAgency, NoSuchIncident
from registry.events import ConductPublished, CreditFactRecorded
from registry.model import Agency
from registry.model.supervision import Incident, Story
from registry.queries import forms, rulebook, supervision
from registry.queries.persons import private_values
from registry.rules.supervision import answer_until, appeal_until
from registry.working_days import CalendarUnknown

router = APIRouter(prefix="/desk", include_in_schema=False)

DESK = "/desk/supervision"
SUPERVISOR = ("supervisor",)
READERS = ("supervisor", "inspector")
SHOWN = "决定有效期内公开，届满撤下"
EVIDENCE = tuple(f"evidence_{number}" for number in range(1, 6))
EVIDENCE_TYPES = ".pdf,.png,.jpg,.jpeg,.mp4"
MAX_BODY = len(EVIDENCE) * MAX_FILE + 64 * 1024
PARAGRAPH = 2000
AGENCIES = 50

TEXTS = {
    "place": "地点",
    "course": "经过",
    "witnesses": "见证人",
    "answer": "陈述申辩",
    "appeal": "复核理由",
    "reasons": "决定理由",
}
"""What the private texts of a case are called."""


@dataclass(frozen=True)
class Piece:
    """A text or a file of an entry of the case. value: the text, or the file's name."""

    label: str
    value: str
    href: str = ""
    is_shown: bool = False
    """Whether everybody may read it while the decision is in force."""


def known_incident(desk: Desk) -> Incident:
    """The incident of the address. Raises NoSuchIncident."""
    number = desk.path("incident")
    with desk.log.reading() as session:
        found = supervision.incident(session, number)
    if found is None:
        raise NoSuchIncident(incident=number[:40])
    return found


def answer_by(incident: Incident) -> int | None:
    """Until when its agency may answer before anything is decided; None where the calendar is not known yet."""
    try:
        return answer_until(incident.at)
    except CalendarUnknown:
        return None


def case_facts(desk: Desk, incident: Incident) -> dict[str, object]:
    """What every page about a case shows of it. PRIVATE texts only while they may be shown."""
    at = desk.now // 1000
    with desk.log.reading() as session:
        agency = queries.agency(session, incident.code)
        conduct = rulebook.version(session, ConductPublished, incident.conduct_version)
        values = supervision.private_values(session, incident, at)
        person = None if incident.practitioner is None else _name(session, incident.code, incident.practitioner)
    articles = [] if conduct is None else conduct.event.articles
    return {
        "incident": incident,
        "agency": agency,
        "article": next((one for one in articles if one.article == incident.article), None),
        "pieces": {entry: _pieces(incident, entry, named) for entry, named in values.items()},
        "person": person,
        "is_over": not incident.is_shown_at(at),
        "answer_by": answer_by(incident),
        "appeal_by": None if incident.decision is None else appeal_until(incident.decision.at),
        "sanctions": SANCTIONS,
        "at": at,
    }


def _name(session: Session, code: str, practitioner: str) -> str | None:
    """PRIVATE. None where it was erased."""
    state = forms.states(session, code).get(("practitioner", practitioner))
    value = None if state is None else private_values(session, state.entry_id).get("name")
    return None if value is None else value.decode()


def _pieces(incident: Incident, entry: int, named: Mapping[str, bytes]) -> list[Piece]:
    texts = [
        Piece(label, named[name].decode(), is_shown=name in supervision.SHOWN)
        for name, label in TEXTS.items()
        if name in named
    ]
    files = [
        Piece("附件", documents.described(value).name, f"{DESK}/incidents/{incident.number}/files/{entry}/{name}")
        for name, value in named.items()
        if name not in TEXTS
    ]
    return texts + files


@router.get("/supervision/incidents/{incident}")
def show_incident(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    return desk.render("supervision/incident.html", case=case_facts(desk, known_incident(desk)))


@router.get("/supervision/incidents/{incident}/files/{entry}/{name}")
def incident_file(entry: str, name: str, desk: DeskDep) -> Response:
    """A file of the case, while its story may be shown."""
    desk.roles(*READERS)
    incident = known_incident(desk)
    with desk.log.reading() as session:
        values = supervision.private_values(session, incident, desk.now // 1000)
    found = {str(number): named for number, named in values.items()}.get(entry, {})
    if name not in found or name in TEXTS:
        raise NoSuchFile
    return given_out(desk, documents.described(found[name]))


# Recording


@router.get("/supervision/agencies")
def choose_agency(desk: DeskDep) -> Response:
    """The agencies on record, to find the one that something is to be recorded of."""
    desk.roles(*READERS)
    text, after = desk.query("q").replace("\0", ""), desk.query("after").replace("\0", "")
    with desk.log.reading() as session:
        found = queries.find_agencies(session, text, after, AGENCIES + 1)
    more = found[AGENCIES - 1].code if len(found) > AGENCIES else None
    return desk.render("supervision/agencies.html", agencies=found[:AGENCIES], more=more, text=text)


def known_agency(desk: Desk) -> Agency:
    """The agency of the address. Raises NoSuchAgency."""
    code = desk.path("code")
    with desk.log.reading() as session:
        found = queries.agency(session, code)
    if found is None:
        raise NoSuchAgency(code=code[:18])
    return found


def record_incident(desk: Desk) -> Form:
    desk.roles(*SUPERVISOR)
    agency, now = known_agency(desk), desk.now // 1000
    with desk.log.reading() as session:
        conduct = rulebook.conduct_at(session, now)
        people = [
            (who, _name(session, agency.code, who) or who)
            for who in sorted(rulebook.present_practitioners(session, agency.code))
        ]
    articles = [] if conduct is None else conduct.event.articles

    def command(act: Act, given: Given) -> int:
        return commands.record_incident(
            act,
            agency.code,
            given.text("article"),
            given.number("happened"),
            Story(given.text("place"), "\n".join(given.list("course")), given.text("witnesses")),
            practitioner=given.optional("practitioner"),
            evidence=stored(act, given, EVIDENCE),
        )

    return Form(
        title="记录监察事项",
        roles=SUPERVISOR,
        back=f"{DESK}/agencies",
        done=DESK,
        note="先记录，再由机构陈述申辩，然后才作决定。",
        fields=(
            Field(
                name="article",
                label="条款",
                type="choice",
                public=True,
                visibility=PUBLIC,
                hint="现行的入场行为准则。",
                choices=[(one.article, f"{one.article} {one.text[:60]}") for one in articles],
                group="事项",
            ),
            Field(
                name="happened",
                label="发生时间",
                type="moment",
                public=True,
                visibility=PUBLIC,
                hint="北京时间。",
                value=moment_text(now),
                group="事项",
            ),
            Field(
                name="practitioner",
                label="从业人员",
                type="choice",
                needed=False,
                public=True,
                visibility=PUBLIC,
                hint="公开的只有其编号。",
                choices=people,
                group="事项",
            ),
            Field(name="place", label="地点", visibility=SHOWN, hint="如：第三开标室。", group="情况"),
            Field(
                name="course",
                label="经过",
                type="lines",
                most=PARAGRAPH,
                visibility=SHOWN,
                hint="只写事实，不写姓名；可分段。",
                group="情况",
            ),
            Field(name="witnesses", label="见证人", type="long", most=1000, visibility=PRIVATE, group="情况"),
            *(
                Field(
                    name=name,
                    label=f"证据 {number}",
                    type="file",
                    needed=False,
                    visibility=PRIVATE,
                    hint="PDF、JPEG、PNG 或 MP4，至多 5 MB。",
                    accept=EVIDENCE_TYPES,
                    group="证据",
                )
                for number, name in enumerate(EVIDENCE, 1)
            ),
        ),
        command=command,
        after=forgets(desk, EVIDENCE),
        max_upload=MAX_FILE,
        blame={"registry.no-such-article": "article", "registry.unknown-practitioner": "practitioner"},
        facts={"agency": agency, "has_conduct": conduct is not None},
        above="desk/supervision/for_agency.html",
        warning="提交后即记入公开日志：日志里只有机构、条款、人员编号和时间，其余只有加盐承诺。",
    )


def record_objection(desk: Desk) -> Form:
    """That an objection to an agency's work was upheld, which counts in its credit."""
    desk.roles(*SUPERVISOR)
    agency = known_agency(desk)

    def command(act: Act, given: Given) -> int:
        event = CreditFactRecorded(
            code=agency.code,
            fact="objection_upheld",
            project_code=given.text("project_code"),
            reference=given.text("reference"),
            day=given.text("day"),
        )
        return commands.record_objection_upheld(act, event)

    return Form(
        title="登记异议成立",
        roles=SUPERVISOR,
        back=f"{DESK}/agencies",
        done=DESK,
        note="对该机构代理行为的异议或投诉，经处理成立的；按信用计分办法扣分。",
        fields=(
            Field(name="project_code", label="项目编号", most=64, public=True, visibility=PUBLIC),
            Field(
                name="reference",
                label="依据文号",
                most=100,
                public=True,
                visibility=PUBLIC,
                hint="处理决定书的文号。",
            ),
            Field(name="day", label="日期", type="day", public=True, visibility=PUBLIC, hint="处理决定之日。"),
        ),
        command=command,
        blame={"registry.fact-recorded": "reference"},
        facts={"agency": agency, "has_conduct": True},
        above="desk/supervision/for_agency.html",
    )


mount(router, "/supervision/agencies/{code}/incident", record_incident, max_body=MAX_BODY)
mount(router, "/supervision/agencies/{code}/objection", record_objection)
