"""The desk of disclosure requests: what is asked, by whom, until when; extend and answer. For registrars only."""

from collections.abc import Mapping, Sequence
from typing import cast

from starlette.responses import Response

from api.following.keeping import queue_mail
from api.following.mail import is_email
from api.i18n import Lang, translate
from api.routes.desk_forms import Field, Given
from api.routes.desk_lots_record import MAX_FORM
from api.routes.desk_notices import files_given
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from audit.entry import File
from registry.queries.persons import private_values
from trading.disclosure.commands import ANSWER, Outcome, answer_disclosure, extend_disclosure
from trading.disclosure.errors import NoSuchDisclosure
from trading.disclosure.model import Disclosure
from trading.disclosure.queries import disclosure, open_disclosures

router = APIRouter(prefix="/desk/disclosure", include_in_schema=False)

ROLES = ("registrar",)
DESK = "/desk/disclosure"
OUTCOMES: dict[str, str] = {
    "published": "已公开",
    "sent": "已寄送申请人",
    "partly": "部分公开",
    "not_held": "信息不存在",
    "refused": "不予公开",
}
MAIL_SUBJECT = "关于公开申请 %(number)s 的答复"


def answer(
    act: Act,
    number: str,
    outcome: Outcome,
    legal_basis: str,
    abstract: str,
    files: Sequence[File] = (),
    sent: str | None = None,
) -> int:
    """Answer, and let a mail with what is sent go out with it, where a mail address was given: in its language."""
    recorded = answer_disclosure(act, number, outcome, legal_basis, abstract, files, sent)
    found = disclosure(act.session, number)
    assert found is not None
    told = private_values(act.session, found.requested.entry_id)
    contact, lang = told.get("contact", b"").decode(), language_of(told)
    if is_email(contact):
        subject = translate(MAIL_SUBJECT, lang) % {"number": number}
        queue_mail(
            act.session, act.at, contact, None, subject, _mail(outcome, legal_basis, abstract, files, sent, lang)
        )
    return recorded


def language_of(told: Mapping[str, bytes]) -> Lang:
    """In which somebody asked, by the private values of the request."""
    return "en" if told.get("language") == b"en" else "zh"


def _mail(
    outcome: Outcome, legal_basis: str, abstract: str, files: Sequence[File], sent: str | None, lang: Lang
) -> str:
    def line(label: str, value: str) -> str:
        return f"{translate(label, lang)}{'：' if lang == 'zh' else ': '}{value}"

    lines = [line("答复方式", translate(OUTCOMES[outcome], lang)), line("答复摘要", abstract)]
    lines += [line("法律依据", legal_basis), *(line("公开的文件", one.name) for one in files)]
    return "\n".join([*lines, *([] if sent is None else ["", sent])])


@router.get("")
def waiting(desk: DeskDep) -> Response:
    """Those that wait for an answer, with what is asked: the first to run out first."""
    desk.roles(*ROLES)
    with desk.log.reading() as session:
        found = open_disclosures(session)
        told = {one.number: private_values(session, one.requested.entry_id) for one in found}
    return desk.site.pages.render(
        desk.request,
        "disclosure/desk.html",
        desk=desk,
        found=sorted(found, key=lambda one: (one.due_on, one.number)),
        told={number: {name: value.decode() for name, value in values.items()} for number, values in told.items()},
        seconds=desk.now // 1000,
    )


def _known(desk: Desk) -> Disclosure:
    desk.roles(*ROLES)
    with desk.log.reading() as session:
        found = disclosure(session, desk.path("number"))
    if found is None:
        raise NoSuchDisclosure(number=desk.path("number")[:64])
    return found


def extend_request(desk: Desk) -> Form:
    known = _known(desk)

    def command(act: Act, given: Given) -> int:
        return extend_disclosure(act, known.number, given.text("reason"))

    return Form(
        title="延长答复期限",
        roles=ROLES,
        back=DESK,
        fields=(Field(name="reason", label="延长理由", type="long", public=True),),
        command=command,
    )


def answer_request(desk: Desk) -> Form:
    known = _known(desk)
    names = ("公开的文件一", "公开的文件二", "公开的文件三")
    files = [
        Field(name=f"document_{number}", label=label, type="file", needed=False, public=True)
        for number, label in enumerate(names, 1)
    ]

    def command(act: Act, given: Given) -> int:
        outcome = cast(Outcome, given.text("outcome"))
        basis, abstract = given.text("legal_basis"), given.text("abstract")
        return answer(act, known.number, outcome, basis, abstract, files_given(act, given), given.optional("sent"))

    return Form(
        title="答复公开申请",
        roles=ROLES,
        back=DESK,
        fields=(
            Field(name="outcome", label="答复方式", type="choice", public=True, choices=tuple(OUTCOMES.items())),
            Field(name="legal_basis", label="法律依据", public=True),
            Field(name="abstract", label="答复摘要", type="long", public=True),
            *files,
            Field(
                name="sent",
                label="寄送内容",
                type="long",
                most=ANSWER,
                needed=False,
                visibility="不公开",
                hint="不公开；申请人留有电子邮箱的，提交后发送。",
            ),
        ),
        command=command,
        max_upload=6 * 1024 * 1024,
    )


mount(router, "/{number}/extend", extend_request)
mount(router, "/{number}/answer", answer_request, max_body=MAX_FORM)
