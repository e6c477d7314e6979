"""The desk of notices: published, corrected in whole new versions, withdrawn; nothing of them vanishes."""

from collections.abc import Sequence

from api.forms_terms import blaming_terms, differences, fields_of_terms, terms_of
from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_projects import EDITORS, PROJECTS, known_project
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from audit.entry import File
from trading import commands, queries
from trading.errors import NoSuchNotice
from trading.events import NoticePublished, NoticeWithdrawn, Term
from trading.history import history
from trading.law.fields import fields
from trading.lots import LotState, lot_states
from trading.model import NOTICE_KINDS, Content, Notice, Project

router = APIRouter(prefix="/desk", include_in_schema=False)

MAX_TEXT = 2000
"""Characters of a paragraph."""
DOCUMENTS = 5
MAX_FILE = 6 * 1024 * 1024
MAX_FORM = 32 * 1024 * 1024


def content_fields(now: int, content: Content | None, group: str = "") -> tuple[Field, ...]:
    """Title and text first; the others stand together under `group`, where it is named."""
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
            group=group,
            label="有效期自",
            type="moment",
            public=True,
            hint="北京时间。",
            value=moment_text(content.valid_from if content else now),
        ),
        Field(
            name="valid_until",
            group=group,
            label="有效期至",
            type="moment",
            needed=False,
            public=True,
            value=moment_text(content.valid_until) if content and content.valid_until is not None else "",
        ),
        Field(
            name="media",
            group=group,
            label="发布媒介",
            type="lines",
            needed=False,
            public=True,
            hint="每行一个；还在哪里发布。",
            value="\n".join(content.media) if content else "",
        ),
    )


def document_fields(desk: Desk) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=f"document_{number}",
            label=desk.say("附件 {number}", number=number),
            type="file",
            needed=False,
            public=True,
            group=desk.say("公告附件"),
            hint=desk.say("每个至多 6 MB。") if number == 1 else "",
        )
        for number in range(1, DOCUMENTS + 1)
    )


def content_of(given: Given, terms: Sequence[Term] = ()) -> Content:
    return Content(
        title=given.text("title"),
        text=tuple(given.list("text")),
        valid_from=given.number("valid_from"),
        valid_until=given.optional_number("valid_until"),
        media=tuple(given.list("media")),
        terms=tuple(terms),
    )


def files_given(act: Act, given: Given) -> list[File]:
    """The documents that came with the form, in their order; of two with one name the later."""
    uploads = (given.upload(f"document_{number}") for number in range(1, DOCUMENTS + 1))
    found = {one.name: act.blobs.put_file(one.name, one.media_type, one.data) for one in uploads if one is not None}
    return list(found.values())


def new_notice(desk: Desk) -> Form:
    project = known_project(desk, desk.path("code"))
    with desk.log.reading() as session:
        notices = queries.notices(session, project.code)

    def command(act: Act, given: Given) -> int:
        content = content_of(given)
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
        return commands.publish_notice(act, event, files_given(act, given))

    return Form(
        title="发布其他公告",
        roles=EDITORS,
        back=f"{PROJECTS}/{project.code}",
        note="法律要求载明特定事项的公告，从各标段“此刻可办”发布。",
        max_upload=MAX_FILE,
        fields=(
            number_field(project, notices),
            Field(
                name="notice_kind",
                label="公告类型",
                type="choice",
                public=True,
                choices=[(kind, words) for kind, words in NOTICE_KINDS.items() if not fields(kind, project.trade)],
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
            predecessor_field(notices),
            *content_fields(desk.now // 1000, None),
            *document_fields(desk),
        ),
        command=command,
        blame={"trading.notice-exists": "notice", "trading.bad-notice": "notice", "trading.no-such-lot": "lot"},
        facts={"project": project},
        above="desk/for_project.html",
    )


def number_field(project: Project, notices: Sequence[Notice]) -> Field:
    """The new notice's id, with one that is free filled in."""
    stem = "".join(one if one.isascii() and one.isalnum() else "-" for one in project.code.lower()).strip("-")
    return Field(
        name="notice",
        label="公告编号",
        most=64,
        public=True,
        hint="3 至 64 位小写字母、数字和连字符。",
        value=f"{stem or 'notice'}-{len(notices) + 1:02}"[:64],
    )


def predecessor_field(notices: Sequence[Notice], group: str = "") -> Field:
    return Field(
        name="predecessor",
        label="承接的公告",
        type="choice",
        needed=False,
        public=True,
        group=group,
        choices=[(one.id, one.content.title) for one in notices],
    )


def correct_notice(desk: Desk) -> Form:
    project, former = _notice(desk)
    kept = tuple(file.name for file in former.files)
    lot = _state_of(desk, project, former)
    method = former.method or (None if lot is None else lot.method)
    category = None if lot is None else lot.category
    known = {one.name: one.value for one in former.content.terms}
    particulars = fields_of_terms(former.kind, project.trade, method, category, known, desk.lang, desk.say("法定事项"))

    def command(act: Act, given: Given) -> int:
        files = [one for one in former.files if one.name in given.list("keep")] if kept else []
        new = files_given(act, given)
        names = {one.name for one in new}
        with blaming_terms():
            return commands.correct_notice(
                act,
                project.code,
                former.id,
                content_of(given, terms_of(former.kind, project.trade, method, category, given)),
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
            *content_fields(desk.now // 1000, former.content)[:2],
            *particulars,
            *content_fields(desk.now // 1000, former.content, group=desk.say("发布"))[2:],
            *((keep,) if kept else ()),
            *document_fields(desk),
            Field(name="reason", label="更正原因", type="long", public=True),
        ),
        command=command,
        facts={"project": project, "notice": former, "differences": lambda body: differences(former.content, body)},
        above="desk/for_project.html",
        before="desk/lot_differences.html",
        max_upload=MAX_FILE,
    )


def _state_of(desk: Desk, project: Project, notice: Notice) -> LotState | None:
    """The lot that a notice concerns, or the first of the project."""
    with desk.log.reading() as session:
        states = lot_states(history(session, project.code))
    return states.get(notice.lot or (project.lots[0].lot if project.lots else ""))


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


mount(router, "/projects/{code}/notices/new", new_notice, max_body=MAX_FORM)
mount(router, "/projects/{code}/notices/{notice}/correct", correct_notice, max_body=MAX_FORM)
mount(router, "/projects/{code}/notices/{notice}/withdraw", withdraw_notice)
