"""One agency before the registrar: what waits, every form, findings, key and promise; and what he does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session
from starlette.responses import Response

from api.routes.desk_agency_fields import FORMS
from api.routes.desk_agency_sheets import day_in_beijing
from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_dossier import (
    DESK,
    PUBLIC,
    READERS,
    REGISTRAR,
    dossier,
    forgets,
    scan_field,
    stored,
)
from api.routes.desk_registry_words import DECIDED, GROUNDS
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from registry import commands, queries
from registry.errors import NoSuchPractitioner, NoSuchVersion
from registry.events import CommitmentOnPaper, CommitmentPublished, FormVersion, PractitionerLeft
from registry.events import Form as FormName
from registry.queries import findings, forms, intake, rulebook
from registry.queries.findings import Finding
from registry.queries.forms import FormState
from registry.queries.persons import private_values
from registry.rules.rulebook import term_until, text_sha256

router = APIRouter(prefix="/desk", include_in_schema=False)

SLUGS: dict[FormName, str] = {"agency": "agency", "legal_person": "legal-person", "practitioner": "practitioner"}
ENDED = 50
"""Findings that hold no longer, of one agency, that its page lists."""
MAX_BODY = 6 * 1024 * 1024


def form_path(code: str, form: FormName, practitioner: str | None, version: int) -> str:
    """Where the registrar reads one version of one form."""
    whose = "" if practitioner is None else f"/{practitioner}"
    return f"{DESK}/agencies/{code}/forms/{SLUGS[form]}{whose}/{version}"


@dataclass(frozen=True)
class Row:
    """A form of the agency, as its page lists it."""

    state: FormState
    title: str
    """In the reader's language; of a practitioner with the name, where that was not erased."""
    decided: str
    path: str

    @property
    def waits(self) -> bool:
        return self.state.decided == "waiting" and self.state.left is None


def rows_of(desk: Desk, session: Session, code: str) -> list[Row]:
    """PRIVATE: names of persons. What waits comes first, who left last."""
    found = []
    for (form, practitioner), state in forms.states(session, code).items():
        title = desk.say(FORMS[form])
        if form != "agency":
            name = private_values(session, state.entry_id).get("name")
            title += "" if name is None else f" · {name.decode()}"
        path = form_path(code, form, practitioner, state.version)
        found.append(Row(state, title, DECIDED[state.decided], path))
    order = list(FORMS)
    return sorted(found, key=lambda row: (not row.waits, row.state.left is not None, order.index(row.state.form)))


@dataclass(frozen=True)
class Told:
    """A finding as a page tells it. others: names and addresses of the other parties."""

    finding: Finding
    ground: str
    """In Chinese; pages translate it."""
    others: Sequence[tuple[str, str]]


def told_findings(session: Session, found: Sequence[Finding], own: str = "") -> list[Told]:
    """own: the party whose page it is, which is not told again."""
    parties = {party for one in found for party in one.parties}
    names = intake.party_names(session, parties)
    return [
        Told(
            one,
            GROUNDS[one.ground],
            [(names.get(party, party), _party_path(party)) for party in one.parties if party != own],
        )
        for one in found
    ]


def _party_path(party: str) -> str:
    kind, _, name = party.partition(":")
    return f"{DESK}/agencies/{name}" if kind == "agency" else f"{DESK}/ties/{name}"


@router.get("/registry/agencies/{code}")
def registry_agency(desk: DeskDep) -> Response:
    desk.roles(*READERS)
    known = dossier(desk)
    at, party = desk.now // 1000, f"agency:{known.code}"
    with desk.log.reading() as session:
        rows = rows_of(desk, session, known.code)
        every = findings.findings(session, party, open_only=False, limit=4 * ENDED)
        promise = rulebook.promise(session, known.code)
        acknowledged = rulebook.acknowledgements(session, known.code)
        organisation = known.organisation
        keys = [] if organisation is None else queries.keys_in_force(session, organisation.id)
        held = told_findings(session, [one for one in every if one.ended is None], party)
        ended = told_findings(session, [one for one in every if one.ended is not None][:ENDED], party)
    return desk.render(
        "registry/agency.html",
        known=known,
        rows=rows,
        findings=held,
        ended=ended,
        promise=promise,
        acknowledged=acknowledged,
        keys=keys,
        at=at,
    )


# Accepting


def accept_forms(desk: Desk) -> Form:
    """All that waits of the agency at once, or what is ticked; `only` ticks one."""
    desk.roles(*REGISTRAR)
    known, only = dossier(desk), desk.query("only")
    with desk.log.reading() as session:
        waiting = [row for row in rows_of(desk, session, known.code) if row.waits]
    choices = [
        (_named(row.state), desk.say("{title}，第 {n} 版", title=row.title, n=row.state.version)) for row in waiting
    ]
    values = [value for value, _ in choices if only in ("", value)]

    def command(act: Act, given: Given) -> int:
        return commands.accept_forms(act, known.code, [_version(one) for one in given.list("forms")])

    return Form(
        title="通过登记表",
        roles=REGISTRAR,
        back=known.path,
        note="通过即登记，一年内有效。机构情况登记表通过时，机构名录随之登记或变更。",
        fields=(
            Field(
                name="forms",
                label="通过哪些",
                type="choices",
                choices=choices,
                value=values,
                hint="逐份核对后勾选；未勾选的仍待办。",
            ),
        ),
        command=command,
        blame={"registry.form-not-waiting": "forms", "registry.no-such-form": "forms"},
        facts={"known": known, "rows": waiting},
        above="desk/registry/for_dossier.html",
    )


def _named(state: FormState) -> str:
    return f"{state.form}:{state.practitioner or ''}:{state.version}"


def _version(text: str) -> FormVersion:
    """What `_named` called; only such values come here."""
    form, practitioner, version = text.split(":")
    return FormVersion.model_validate({"form": form, "practitioner": practitioner or None, "version": int(version)})


# Who leaves


def practitioner_leaves(desk: Desk) -> Form:
    desk.roles(*REGISTRAR)
    known, who = dossier(desk), desk.path("who")
    with desk.log.reading() as session:
        row = next((one for one in rows_of(desk, session, known.code) if one.state.practitioner == who), None)
    if row is None or row.state.left is not None:
        raise NoSuchPractitioner(code=known.code, practitioner=who[:40])

    def command(act: Act, given: Given) -> int:
        event = PractitionerLeft(code=known.code, practitioner=who, day=given.text("day"))
        return commands.practitioner_left(act, event)

    return Form(
        title="登记从业人员离职",
        roles=REGISTRAR,
        back=known.path,
        note="自该日起，此人不再计入该机构的从业人员；据此作出的比对发现随之消除。",
        fields=(
            Field(
                name="day",
                label="离职日期",
                type="day",
                public=True,
                visibility=PUBLIC,
                hint="不再任职的第一天，不晚于今天。",
                value=day_in_beijing(desk.now),
            ),
        ),
        command=command,
        blame={"registry.bad-fact": "day"},
        facts={"known": known, "rows": [row]},
        above="desk/registry/for_dossier.html",
    )


# The promise on paper


def commitment_on_paper(desk: Desk) -> Form:
    desk.roles(*REGISTRAR)
    known = dossier(desk)
    with desk.log.reading() as session:
        text = rulebook.newest(session, CommitmentPublished)
    if text is None:
        raise NoSuchVersion(version=1)
    event = text.event

    def command(act: Act, given: Given) -> int:
        scans = stored(act, given, ("scan",))
        until = term_until(date.fromisoformat(given.text("signed_on")), event.term_months)
        promised = CommitmentOnPaper(
            code=known.code, version=event.version, text_sha256=text_sha256(event.text), until=until
        )
        return commands.commitment_on_paper(act, promised, scans[0])

    return Form(
        title="登记纸质入场服务承诺",
        roles=REGISTRAR,
        back=known.path,
        note="机构不能在线签名时，交来签字盖章的纸质承诺书。文本须与现行版本逐字一致。",
        fields=(
            Field(
                name="signed_on",
                label="签署日期",
                type="day",
                hint="期限自签署之日起算；日志中只写届满之时。",
                value=day_in_beijing(desk.now),
            ),
            scan_field("scan", "承诺书扫描件"),
        ),
        command=command,
        after=forgets(desk, ("scan",)),
        max_upload=MAX_BODY,
        blame={"registry.bad-rule": "signed_on", "registry.bad-fact": "scan", "registry.document-missing": "scan"},
        facts={"known": known, "rows": [], "text": event},
        above="desk/registry/for_paper.html",
    )


mount(router, "/registry/agencies/{code}/accept", accept_forms)
mount(router, "/registry/agencies/{code}/practitioners/{who}/leave", practitioner_leaves)
mount(router, "/registry/agencies/{code}/commitment", commitment_on_paper, max_body=MAX_BODY)
