"""How far an agency has come on its way into the pool, step by step, and the one thing to do next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from api.routes.desk_agency_fields import FORMS
from api.routes.desk_agency_own import DESK, Own
from registry import drafts, queries
from registry.events import CommitmentPublished, ConductPublished, Form
from registry.queries import forms, rulebook
from registry.queries.forms import FormKey, FormState

State = Literal["done", "waiting", "now", "wrong", "later", "none"]
"""`waiting`: for a registrar. `wrong`: something must be mended. `later`: another step first. `none`: not asked."""

Say = Callable[..., str]
"""A text in the reader's language."""


@dataclass(frozen=True)
class Step:
    """One step (入库步骤). `until`: Unix seconds, when what was done runs out."""

    name: str
    title: str
    state: State
    about: str = ""
    href: str = ""
    action: str = ""
    until: int | None = None


@dataclass(frozen=True)
class Next:
    """What to do now, in one sentence and one button."""

    title: str
    about: str = ""
    href: str = ""
    action: str = ""
    is_in: bool = False
    """Whether the agency is in the pool: it may answer any call whose conditions it meets."""


def steps_of(session: Session, own: Own, at: int, say: Say) -> list[Step]:
    """at: Unix seconds."""
    states = forms.states(session, own.code)
    begun = {(one.form, one.practitioner): one for one in drafts.all_of(session, own.owner)}
    single: tuple[tuple[Form, str], ...] = (("agency", "agency"), ("legal_person", "legal-person"))
    return [
        _admission(own, say),
        *(
            _form(form, f"{DESK}/forms/{slug}", states.get((form, None)), (form, None) in begun, at, say)
            for form, slug in single
        ),
        _practitioners(states, any(form == "practitioner" for form, _ in begun), at, say),
        *_rules(session, own, at, say),
    ]


def next_of(steps: Sequence[Step], own: Own, say: Say) -> Next:
    """The first step that the agency itself can take."""
    if own.refused is not None:
        return Next(say("入驻申请未通过"), own.refused, "/join", say("更正后重新申请"))
    open_ = [one for one in steps if one.state in ("wrong", "now")]
    if own.organisation is None:
        draft = next((one for one in open_ if one.name in FORMS), None)
        about = say("登记员核对后，这里会显示下一步。现在可以先填好登记表，随填随存。")
        return Next(
            say("等待核对营业执照"), about, draft.href if draft else "", say("填写：") + draft.title if draft else ""
        )
    if open_:
        first = open_[0]
        title = say("先处理：") if first.state == "wrong" else say("下一步：")
        return Next(title + first.title, first.about, first.href, first.action)
    if any(one.state in ("waiting", "later") for one in steps):
        return Next(say("等待登记员核对登记表"), say("已提交的登记表正在核对，无须办理其他事项。"))
    return Next(say("已入库"), say("可以参加摇号：有征集公告时报名即可。"), is_in=True)


def _admission(own: Own, say: Say) -> Step:
    title = say("核对营业执照")
    if own.organisation is not None:
        return Step("admission", title, "done")
    if own.refused is not None:
        return Step("admission", title, "wrong", own.refused, "/join", say("重新申请"))
    return Step("admission", title, "waiting")


def _form(form: Form, href: str, state: FormState | None, is_begun: bool, at: int, say: Say) -> Step:
    title = say(FORMS[form])
    if state is None:
        about = say("草稿已保存") if is_begun else ""
        return Step(form, title, "now", about, href, say("继续填写") if is_begun else say("填写"))
    in_force = state.until is not None and at < state.until
    if state.decided == "returned":
        about = say("退回补正；此前通过的版本仍有效") if in_force else say("退回补正，意见列在各栏旁")
        return Step(form, title, "wrong", about, href, say("补正"), state.until if in_force else None)
    if in_force:
        about = say("新版等待核对") if state.decided == "waiting" else ""
        return Step(form, title, "done", about, href, say("更新"), state.until)
    if state.decided == "waiting":
        return Step(form, title, "waiting", "", f"{href}/versions/{state.version}", say("查看"))
    return Step(form, title, "wrong", say("已到期，须年度更新"), href, say("更新"))


def _practitioners(states: Mapping[FormKey, FormState], is_begun: bool, at: int, say: Say) -> Step:
    people = [one for one in states.values() if one.form == "practitioner" and one.left is None]
    title, href = say(FORMS["practitioner"]), f"{DESK}/practitioners"
    if not people:
        action = say("继续填写") if is_begun else say("填写")
        return Step("practitioner", title, "now", say("每人一张，至少一人"), f"{DESK}/forms/practitioner/new", action)
    counting = [one for one in people if one.counts_at(at)]
    waiting = sum(one.decided == "waiting" for one in people)
    returned = sum(one.decided == "returned" for one in people)
    about = say("{all} 人，有效 {counting} 人", all=len(people), counting=len(counting))
    until = min((one.until for one in counting if one.until is not None), default=None)
    if returned:
        return Step("practitioner", title, "wrong", f"{about} · " + say("退回 {n} 人", n=returned), href, say("补正"))
    if counting:
        about += " · " + say("等待核对 {n} 人", n=waiting) if waiting else ""
        return Step("practitioner", title, "done", about, href, say("管理"), until)
    if waiting:
        return Step("practitioner", title, "waiting", about, href, say("管理"))
    return Step("practitioner", title, "wrong", say("已到期，须年度更新"), href, say("更新"))


def _rules(session: Session, own: Own, at: int, say: Say) -> list[Step]:
    """The key, the promise signed with it, and the code of conduct."""
    key, promise, conduct = say("机构密钥"), say("入场服务承诺"), say("入场行为准则")
    if own.organisation is None:
        about = say("核对营业执照之后办理")
        return [
            Step(name, title, "later", about) for name, title in (("key", key), ("promise", promise), ("code", conduct))
        ]
    has_key = bool(queries.keys_in_force(session, own.organisation.id))
    about = "" if has_key else say("在浏览器中生成，用来签署承诺")
    return [
        Step(
            "key",
            key,
            "done" if has_key else "now",
            about,
            f"{DESK}/key",
            say("查看") if has_key else say("生成并登记"),
        ),
        _promise(session, own, promise, has_key, at, say),
        _conduct(session, own, conduct, at, say),
    ]


def _promise(session: Session, own: Own, title: str, has_key: bool, at: int, say: Say) -> Step:
    held = rulebook.promise(session, own.code)
    href = f"{DESK}/commitment"
    if held is not None and at < held.until:
        return Step("promise", title, "done", say("第 {n} 版", n=held.version), href, say("续签"), held.until)
    if rulebook.newest(session, CommitmentPublished) is None:
        return Step("promise", title, "none", say("交易中心尚未公布文本"))
    if not has_key:
        return Step("promise", title, "later", say("先登记机构密钥"))
    if held is not None:
        return Step("promise", title, "wrong", say("已到期，须重新签署"), href, say("重新签署"))
    return Step("promise", title, "now", say("阅读文本，用机构密钥签署"), href, say("阅读并签署"))


def _conduct(session: Session, own: Own, title: str, at: int, say: Say) -> Step:
    wanted = rulebook.conduct_at(session, at)
    done = {one.version for one in rulebook.acknowledgements(session, own.code)}
    newest = rulebook.newest(session, ConductPublished)
    href = f"{DESK}/conduct"
    if wanted is None:
        about = say("交易中心尚未公布文本") if newest is None else say("尚未生效")
        return Step("code", title, "none", about)
    about = say("第 {n} 版", n=wanted.event.version)
    if wanted.event.version in done:
        return Step("code", title, "done", about, href, say("查看"))
    return Step("code", title, "now", about, href, say("阅读并确认"))
