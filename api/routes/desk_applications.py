"""A bidder's desk: apply to be prequalified, or to take part in a sale, on a form that knows who applies for what."""

import orjson

import registry.queries
from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form
from audit.act import Act
from trading import queries as projects
from trading.bids import commands, queries
from trading.bids.applications import readers_keys
from trading.bids.errors import NotABidder
from trading.bids.qualified import NOTICE, judgements_of
from trading.errors import NoSuchLot
from trading.model import Project

MAX_LINE = 2000
"""Characters."""
MAX_FILE = 6 * 1024 * 1024
LETTER = """致：{tenderer}

申请人：{name}
统一社会信用代码：{code}
项目：{title}（{project}）
标段：{lot} {lot_title}

本单位申请参加上述标段的资格审查（竞买），所附材料真实、完整。"""
"""What an application says at least; its writer goes on from there."""

SEALED = Field(name="sealed", label="已封装的申请", type="file", visibility="不公开", hint="由上面的步骤在本机生成。")


def application(desk: Desk) -> Form:
    """One file of text and paper is stored; its entry tells neither who applied nor for what."""
    code, lot = desk.path("project"), desk.path("lot")
    desk.roles("bidder")
    with desk.log.reading() as session:
        project = None if "\0" in code + lot else projects.project(session, code, placed=True)
        state = None if project is None else queries.lot(session, code, lot)
        own = registry.queries.organisation(session, desk.organisation("bidder") or "")
        judged = None if state is None or own is None else judgements_of(session, state)
        recipients = [] if state is None or project is None else readers_keys(session, project, state)
    if project is None or state is None:
        raise NoSuchLot(project=code[:64], lot=lot[:64])
    if own is None or own.code is None:
        raise NotABidder
    result = next((one for one in judged or () if one.applicant_code == own.code), None)
    letter = desk.say(
        LETTER,
        tenderer=project.tenderer_name,
        name=own.name,
        code=own.code,
        title=project.title,
        project=code,
        lot=lot,
        lot_title=_title(project, lot),
    )

    def command(act: Act, given: Given) -> int:
        sealed = given.upload("sealed") if recipients else None
        if sealed is not None:
            return commands.apply_to_take_part(act, code, lot, act.blobs.put(sealed.data))
        paper = given.upload("file")
        stored = None
        if paper is not None:
            stored = {"name": paper.name, "media_type": paper.media_type, "sha256": act.blobs.put(paper.data)}
        written = {"format": "mingtang-application/1", "text": given.list("text"), "file": stored}
        return commands.apply_to_take_part(act, code, lot, act.blobs.put(orjson.dumps(written)))

    return Form(
        title="申请参加资格审查或竞买",
        roles=("bidder",),
        back="/desk/bids",
        note="公开日志只显示有一件密封事项，不显示标段和申请人。截止时间前可以再次申请，以最后一次为准。",
        fields=(SEALED,)
        if recipients
        else (
            Field(name="text", label="申请书", type="lines", most=MAX_LINE, value=letter, visibility="不公开"),
            Field(
                name="file", label="申请材料", type="file", needed=False, visibility="不公开", hint="每个至多 6 MB。"
            ),
        ),
        facts={"project": project, "lot": lot, "applicant": own, "until": state.open_until, "result": result}
        | {"recipients": recipients, "letter": letter, "is_bare": state.has(NOTICE) and not recipients},
        above="trading/apply_above.html",
        command=command,
        blame={"trading.application-unsealed": "sealed"},
        max_upload=MAX_FILE,
    )


def _title(project: Project, number: str) -> str:
    return next((one.title for one in project.lots if one.lot == number), "")
