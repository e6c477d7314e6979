"""The desk of notices: published, corrected in whole new versions, withdrawn; nothing of them vanishes."""

from collections.abc import Sequence

from fastapi import APIRouter

from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_projects import EDITORS, PROJECTS, known_project
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from audit.act import Act
from audit.entry import File
from trading import commands, queries
from trading.errors import NoSuchNotice
from trading.events import NoticePublished, NoticeWithdrawn
from trading.model import NOTICE_KINDS, Content, Notice, Project

router = APIRouter(prefix="/desk", include_in_schema=False)

MAX_TEXT = 4000
"""Characters of a paragraph."""


def content_fields(now: int, content: Content | None) -> tuple[Field, ...]:
    return (
        Field(name="title", label="标题", public=True, value=content.title if content else ""),
        Field(
            name="text",
            label="正文",
            type="lines",
            most=MAX_TEXT,
            public=True,
            hint="每行一段。不得写入身份证号、电话等个人信息。",
            value="\n".join(content.text) if content else "",
        ),
        Field(
            name="valid_from",
            label="有效期自",
            type="moment",
            public=True,
            hint="北京时间。",
            value=moment_text(content.valid_from if content else now),
        ),
        Field(
            name="valid_until",
            label="有效期至",
            type="moment",
            needed=False,
            public=True,
            value=moment_text(content.valid_until) if content and content.valid_until is not None else "",
        ),
        Field(
            name="media",
            label="发布媒介",
            type="lines",
            needed=False,
            public=True,
            hint="每行一个；还在哪里发布。",
            value="\n".join(content.media) if content else "",
        ),
        Field(
            name="document",
            label="公告附件",
            type="file",
            needed=False,
            public=True,
            hint="至多 768 KB。",
        ),
    )


def _content(given: Given) -> Content:
    return Content(
        title=given.text("title"),
        text=tuple(given.list("text")),
        valid_from=given.number("valid_from"),
        valid_until=given.optional_number("valid_until"),
        media=tuple(given.list("media")),
    )


def _files(act: Act, given: Given) -> list[File]:
    upload = given.upload("document")
    return [] if upload is None else [act.blobs.put_file(upload.name, upload.media_type, upload.data)]


def new_notice(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))
    with desk.log.reading() as session:
        notices = queries.notices(session, project.code)

    def command(act: Act, given: Given) -> int:
        content = _content(given)
        event = NoticePublished.of(
            {
                "project": project.code,
                "lot": given.optional("lot"),
                "round": given.number("round"),
                "notice": given.text("notice"),
                "notice_kind": given.text("notice_kind"),
                "version": 1,
                "predecessor": given.optional("predecessor"),
                "title": content.title,
                "text": list(content.text),
                "valid_from": content.valid_from,
                "valid_until": content.valid_until,
                "media": list(content.media),
            }
        )
        return commands.publish_notice(act, event, _files(act, given))

    return Form(
        title="发布公告",
        roles=EDITORS,
        back=f"{PROJECTS}/{project.code}",
        fields=(
            Field(
                name="notice",
                label="公告编号",
                most=64,
                public=True,
                hint="3 至 64 位小写字母、数字和连字符。",
                value=_next_notice(project, notices),
            ),
            Field(
                name="notice_kind",
                label="公告类型",
                type="choice",
                public=True,
                choices=tuple(NOTICE_KINDS.items()),
            ),
            Field(
                name="lot",
                label="标段",
                type="choice",
                needed=False,
                public=True,
                hint="不选为整个项目。",
                choices=[(one.lot, f"{one.lot} {one.title}") for one in project.lots],
            ),
            Field(
                name="round",
                label="第几次招标",
                type="number",
                least=1,
                most=99,
                public=True,
                value="1",
            ),
            Field(
                name="predecessor",
                label="承接的公告",
                type="choice",
                needed=False,
                public=True,
                choices=[(one.id, one.content.title) for one in notices],
            ),
            *content_fields(desk.now // 1000, None),
        ),
        command=command,
        blame={"trading.notice-exists": "notice", "trading.bad-notice": "notice", "trading.no-such-lot": "lot"},
        facts={"project": project},
        above="desk/for_project.html",
    )


def _next_notice(project: Project, notices: Sequence[Notice]) -> str:
    stem = "".join(one if one.isascii() and one.isalnum() else "-" for one in project.code.lower()).strip("-")
    return f"{stem or 'notice'}-{len(notices) + 1:02}"[:64]


def correct_notice(desk: Desk) -> Form:
    project, former = _notice(desk)
    kept = tuple(file.name for file in former.files)

    def command(act: Act, given: Given) -> int:
        files = [one for one in former.files if one.name in given.list("keep")] if kept else []
        new = _files(act, given)
        names = {one.name for one in new}
        return commands.correct_notice(
            act,
            project.code,
            former.id,
            _content(given),
            given.text("reason"),
            [*(one for one in files if one.name not in names), *new],
        )

    keep = Field(
        name="keep",
        label="保留的附件",
        type="choices",
        needed=False,
        public=True,
        choices=[(name, name) for name in kept],
        value=kept,
    )
    return Form(
        title="更正公告",
        roles=EDITORS,
        back=f"{PROJECTS}/{project.code}",
        note="更正公告是完整的新版本，改动之处自动列出；原版本继续可读。",
        fields=(
            *content_fields(desk.now // 1000, former.content),
            *((keep,) if kept else ()),
            Field(name="reason", label="更正原因", type="long", public=True),
        ),
        command=command,
        facts={"project": project, "notice": former},
        above="desk/for_project.html",
    )


def withdraw_notice(desk: Desk) -> Form:
    project, former = _notice(desk)

    def command(act: Act, given: Given) -> int:
        return commands.withdraw_notice(
            act, project.code, NoticeWithdrawn(notice=former.id, reason=given.text("reason"))
        )

    return Form(
        title="撤回公告",
        roles=EDITORS,
        back=f"{PROJECTS}/{project.code}",
        fields=(Field(name="reason", label="撤回原因", type="long", public=True),),
        command=command,
        facts={"project": project, "notice": former},
        above="desk/for_project.html",
        warning="公告撤回后不能恢复；各版本和撤回记录永久可读。",
    )


def _notice(desk: Desk) -> tuple[Project, Notice]:
    project, notice_id = known_project(desk, desk.path("code")), desk.path("notice")
    with desk.log.reading() as session:
        found = queries.notice(session, notice_id)
    if found is None or found.project != project.code or found.withdrawn is not None:
        raise NoSuchNotice(project=project.code, notice=notice_id[:64])
    return project, found


mount(router, "/projects/{code}/notices/new", new_notice)
mount(router, "/projects/{code}/notices/{notice}/correct", correct_notice)
mount(router, "/projects/{code}/notices/{notice}/withdraw", withdraw_notice)
