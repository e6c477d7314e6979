"""Deciding on an incident (监察决定) and on an appeal (复核决定): what will be public is shown first."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import cast

from api.routes.desk_forms import Field, Given
from api.routes.desk_registry_dossier import PUBLIC
from api.routes.desk_registry_words import SANCTIONS
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.desk_supervision_cases import DESK, PARAGRAPH, SHOWN, SUPERVISOR, case_facts, known_incident
from api.routing import APIRouter
from audit.act import Act
from registry import commands
from registry.errors import BadRuling, IncidentIsDecided, NoAppealWaits
from registry.events import Sanction
from registry.model.supervision import Incident, Ruling
from registry.working_days import end_of

router = APIRouter(prefix="/desk", include_in_schema=False)


def decide_incident(desk: Desk) -> Form:
    desk.roles(*SUPERVISOR)
    incident = known_incident(desk)
    if incident.decision is not None:
        raise IncidentIsDecided(incident=incident.number)

    def command(act: Act, given: Given) -> int:
        return commands.decide_incident(
            act,
            incident.code,
            incident.number,
            _ruling(given),
            given.text("ground"),
            given.text("decision_number"),
            "\n".join(given.list("reasons")),
        )

    fields = (_sanction(needed=True), *_terms(), *_grounds())
    return _form(desk, incident, "作出监察决定", "暂停和除名随决定同时生效。", fields, command)


def decide_appeal(desk: Desk) -> Form:
    desk.roles(*SUPERVISOR)
    incident = known_incident(desk)
    if not incident.appeal_waits:
        raise NoAppealWaits(incident=incident.number)

    def command(act: Act, given: Given) -> int:
        return commands.decide_appeal(
            act,
            incident.code,
            incident.number,
            _changed(given),
            given.text("ground"),
            given.text("decision_number"),
            "\n".join(given.list("reasons")),
        )

    fields = (_sanction(needed=False), *_terms(), *_grounds())
    note = "复核由原决定人以外的监管人员决定，不得比原决定更重。维持的，不选处理；变更的，选变更后的处理，写全。"
    return _form(desk, incident, "作出复核决定", note, fields, command)


def _form(
    desk: Desk,
    incident: Incident,
    title: str,
    note: str,
    fields: tuple[Field, ...],
    command: Callable[[Act, Given], object],
) -> Form:
    return Form(
        title=title,
        roles=SUPERVISOR,
        back=f"{DESK}/incidents/{incident.number}",
        note=note,
        fields=fields,
        command=command,
        blame={
            "registry.decision-recorded": "decision_number",
            "registry.agency-is-removed": "sanction",
            "registry.answer-awaited": "sanction",
            "registry.appeal-makes-worse": "sanction",
            "registry.unchanged": "sanction",
        },
        facts={"case": case_facts(desk, incident)},
        above="desk/supervision/for_case.html",
        warning="提交后即记入公开日志，不能修改或删除；届满后不再展示，条目仍在。",
    )


def _sanction(*, needed: bool) -> Field:
    return Field(
        name="sanction",
        label="处理",
        type="choice",
        needed=needed,
        public=True,
        visibility=PUBLIC,
        hint="" if needed else "不选即维持原决定。",
        choices=tuple(SANCTIONS.items()),
        group="处理",
    )


def _terms() -> tuple[Field, ...]:
    """Which of them a sanction needs, the rules say; each fault stands beside its field, by the label."""
    return (
        Field(
            name="points",
            label="记分",
            type="number",
            needed=False,
            least=1,
            most=100,
            public=True,
            visibility=PUBLIC,
            hint="仅记分，不超过条款所定。",
            group="处理",
        ),
        Field(
            name="ends",
            label="届满",
            type="day",
            needed=False,
            public=True,
            visibility=PUBLIC,
            hint="仅警告和记分：最后一天，至 24:00，最长 12 个月。",
            group="处理",
        ),
        Field(
            name="starts",
            label="起始时间",
            type="moment",
            needed=False,
            public=True,
            visibility=PUBLIC,
            hint="仅暂停：北京时间；不填为即时。",
            group="处理",
        ),
        Field(
            name="until",
            label="截止时间",
            type="moment",
            needed=False,
            public=True,
            visibility=PUBLIC,
            hint="仅暂停：北京时间。",
            group="处理",
        ),
    )


def _grounds() -> tuple[Field, ...]:
    return (
        Field(
            name="ground",
            label="依据",
            type="long",
            public=True,
            visibility=PUBLIC,
            hint="写法律条款即可；案情不写入，期满须能撤下。",
        ),
        Field(name="decision_number", label="决定书文号", most=60, public=True, visibility=PUBLIC),
        Field(
            name="reasons",
            label="决定理由",
            type="lines",
            most=PARAGRAPH,
            visibility=SHOWN,
            hint="可分段；不写姓名。",
        ),
    )


def _ruling(given: Given) -> Ruling:
    last = given.optional("ends")
    return Ruling(
        sanction=cast(Sanction, given.text("sanction") or "none"),
        points=given.optional_number("points") or 0,
        starts=given.optional_number("starts"),
        until=given.optional_number("until"),
        ends=None if last is None else _end_of(last),
    )


def _changed(given: Given) -> Ruling | None:
    """What an appeal changes the decision to; None where it stands. Raises BadRuling for terms without a sanction."""
    terms = ("points", "ends", "starts", "until")
    if given.text("sanction"):
        return _ruling(given)
    if any(given.values[name] for name in terms):
        raise BadRuling(field="处理", why_zh="变更的须选处理", why_en="what is changed needs a sanction")
    return None


def _end_of(day: str) -> int:
    return end_of(min(date.fromisoformat(day), date.max - timedelta(days=1)))  # the rules refuse it, in words


mount(router, "/supervision/incidents/{incident}/decide", decide_incident)
mount(router, "/supervision/incidents/{incident}/appeal", decide_appeal)
