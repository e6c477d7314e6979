"""A draw's desk: what may be done now, by whoever asks, and nothing else (`lottery.rules.next_actions` says what).

An action that is not offered has no form either: its address answers with the rule's refusal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from fastapi import APIRouter
from sqlalchemy.orm import Session
from starlette.responses import Response

import registry.queries
from api import draw_wording
from api.routes.desk_forms import Field, Given, moment_text
from api.routes.desk_request import Desk, DeskDep
from api.routes.desk_steps import Form, mount
from api.routes.desk_waiting import waiting_for
from audit.act import Act
from lottery import authority, commands, queries, rules
from lottery.errors import NotNow
from lottery.events import About, Conditions, Outcome, VoidReason
from lottery.model import Attempt, Draw, State
from lottery.rules import Action

router = APIRouter(prefix="/desk", include_in_schema=False)

OPERATOR = rules.OPERATOR
DRAWS = "/desk/draws"
LIST_PAGE = 30


@dataclass(frozen=True)
class Words:
    """What an action is called on its button, and what it means. address: below the draw's desk."""

    title: str
    meaning: str
    address: str


ACTIONS: Mapping[str, Words] = {
    "publish_call": Words("发布征集公告", "写明条件、报名截止和摇号时间，所有在册机构均可报名。", "call"),
    "sign_up": Words("报名", "报名截止前可以撤回。", "sign-up"),
    "withdraw_sign_up": Words("撤回报名", "报名截止前可以再报。", "withdraw-sign-up"),
    "plan_draw": Words("公布摇号方案", "席位、中签和候补家数、随机数来源；公布后不能修改。", "plan"),
    "publish_roster": Words("公示候选名单", "名单由登记簿自动计算，未入池的逐一写明原因。", "roster"),
    "freeze_roster": Words("冻结名单", "摇号会议由此开始，名单不能再改。", "freeze"),
    "close_commitments": Words("结束承诺", "各席位均已承诺，或承诺截止时间已到。", "close"),
    "announce_round": Words("公布随机数轮次", "轮次由规则算出，不由任何人选择。", "announce"),
    "throw_dice": Words("录入骰子点数", "两人各自录入，由席位所属机构签名。", "dice"),
    "seal": Words("封存", "此后任何人不能再改变结果。", "seal"),
    "complete": Words("计算并公布结果", "随机数已经产生，结果唯一确定。", "complete"),
    "void": Words("作废本次摇号", "只能以此刻合法的原因作废；原因和全部记录永久公开。", "void"),
    "answer_objection": Words("答复异议", "答复写明处理结果和理由。", "answer"),
    "file_objection": Words("登记异议", "异议随时可以提出，全文公开。", "object"),
    "change_standing": Words("变更现行结果", "中签机构放弃、失联或被取消资格时，候补依次递补。", "standing"),
    "shadow_draw": Words("公布影子结果", "作废的一次本会得到的结果，仅供查考。", "shadow"),
}
"""Every action of `next_actions` but those of seats, which have a page of their own."""

ABOUT: dict[About, str] = {"plan": "摇号方案", "roster": "候选名单", "conduct": "摇号过程", "result": "摇号结果"}
OUTCOMES: dict[Outcome, str] = {"upheld": "成立", "rejected": "不成立", "withdrawn": "异议人撤回"}
VOID_REASONS: dict[VoidReason, str] = {
    "QUORUM": "承诺或揭示不足",
    "ROSTER_ERROR": "名单有误",
    "OBJECTION": "异议成立",
    "SEAT_ABSENT": "席位缺席",
    "NETWORK_BEFORE_SEAL": "封存前网络中断",
    "SEAL_LATE": "封存逾期",
    "BEACON_HALTED": "随机信标全网停摆",
    "DICE_IRREGULAR": "骰子异常",
    "FORCE_MAJEURE": "不可抗力",
}
assert set(VOID_REASONS) == set(get_args(VoidReason))


@dataclass(frozen=True)
class Offer:
    """An action that the account may take now."""

    name: str
    words: Words
    href: str
    automatic: bool = False


# Pages


@router.get("/draws")
def list_draws(desk: DeskDep) -> Response:
    before = desk.query("before")
    with desk.log.reading() as session:
        found = queries.draws(
            session,
            desk.now,
            drills=None,
            before=int(before) if before.isascii() and before.isdigit() else None,
            limit=LIST_PAGE + 1,
        )
    more = found[LIST_PAGE - 1].seq if len(found) > LIST_PAGE else None
    return desk.render("draws.html", draws=found[:LIST_PAGE], more=more, states=draw_wording.STATES)


@router.get("/draws/{draw_id}")
def one_draw(draw_id: str, desk: DeskDep) -> Response:
    """What may be done in a draw now, and what it waits for."""
    with desk.log.reading() as session:
        draw = queries.known_draw(session, draw_id)
        offers = offers_of(desk, session, draw)
        seats = own_seats(desk, session, draw)
        waiting = [one for one in waiting_for(desk, session) if one.draw_id == draw_id]
        signed_up = queries.sign_ups(session, draw_id)
    state = draw.state_at(desk.now)
    return desk.render(
        "draw.html",
        draw=draw,
        state=draw_wording.STATES[state],
        meaning=draw_wording.NOW[state],
        offers=offers,
        seats=seats,
        waiting=waiting,
        signed_up=len(signed_up),
        deadlines=deadlines(draw, desk.now),
        missing=_missing(draw, state),
        about=ABOUT,
        published=desk.log.published_size - 1,
    )


def offers_of(desk: Desk, session: Session, draw: Draw) -> list[Offer]:
    """The actions of this moment that the account's roles allow, in the order of a draw's life."""
    offered = rules.next_actions(draw, desk.now, published=desk.log.published_size)
    offers = []
    for action in offered:
        if action.name not in ACTIONS or not any(desk.user.holds(role) for role in action.roles):
            continue
        if action.name in ("sign_up", "withdraw_sign_up") and not _concerns_sign_up(desk, session, draw, action.name):
            continue
        words = ACTIONS[action.name]
        offers.append(Offer(action.name, words, f"{DRAWS}/{draw.draw_id}/{words.address}", action.automatic))
    return offers


def _concerns_sign_up(desk: Desk, session: Session, draw: Draw, name: str) -> bool:
    if desk.user.holds("registrar"):
        return True
    code = own_agency(desk, session)
    has_signed_up = code in queries.sign_ups(session, draw.draw_id)
    return code is not None and has_signed_up == (name == "withdraw_sign_up")


def own_agency(desk: Desk, session: Session) -> str | None:
    """The code of the agency for which the account acts."""
    organisation = desk.organisation("agent")
    found = registry.queries.agency_of(session, organisation) if organisation else None
    return None if found is None else found.code


def own_seats(desk: Desk, session: Session, draw: Draw) -> list[str]:
    """The seats of the present attempt that the account may act for."""
    if draw.attempt is None:
        return []
    own = {held.organisation for held in desk.user.holdings}
    seats = authority.seat_organisations(session, draw.attempt)
    return [seat for seat, organisation in seats.items() if organisation.id in own]


def deadlines(draw: Draw, now: int) -> list[tuple[str, int]]:
    """What the draw waits for by the clock: words and Unix seconds, those to come only."""
    found: list[tuple[str, int]] = []
    if draw.call is not None:
        found.append(("报名截止", draw.call.event.sign_up_until))
    attempt = draw.attempt
    if attempt is not None and attempt.is_running:
        found.append(("摇号时间", attempt.planned.event.draws_at))
        if attempt.closed is None:
            found.append(("承诺截止", attempt.planned.event.commit_deadline))
        elif attempt.sealed is None:
            found.append(("揭示截止", attempt.closed.event.reveal_deadline))
        if attempt.round_at is not None:
            found.append(("随机数轮次", attempt.round_at // 1000))
        if attempt.sealed is not None and not attempt.uses_beacon and attempt.seal_time is not None:
            found.append(("掷骰时限", attempt.seal_time + rules.DICE_AFTER_SEAL))
    return [(words, at) for words, at in found if at * 1000 > now]


def _missing(draw: Draw, state: State) -> list[str]:
    """The seats that are waited for."""
    attempt = draw.attempt
    if attempt is None:
        return []
    if state is State.COMMITTING:
        return [seat for seat in attempt.seats if seat not in attempt.committed]
    if state is State.REVEALING:
        return [seat for seat in attempt.committed if seat not in attempt.revealed]
    return []


# What the forms share


def offered(desk: Desk, name: str) -> tuple[Draw, Action]:
    """The draw of the address and the action, if it is one of this moment. Raises UnknownDraw, NotNow."""
    with desk.log.reading() as session:
        draw = queries.known_draw(session, desk.path("draw_id"))
    for action in rules.next_actions(draw, desk.now, published=desk.log.published_size):
        if action.name == name:
            return draw, action
    raise NotNow(draw_id=draw.draw_id, state=draw.state_at(desk.now), action=name)


def attempt_of(draw: Draw) -> Attempt:
    assert draw.attempt is not None  # no such action is offered before the first plan
    return draw.attempt


def back_to(draw: Draw) -> str:
    return f"{DRAWS}/{draw.draw_id}"


# Before the plan


def publish_call(desk: Desk) -> Form:
    draw, _ = offered(desk, "publish_call")
    with desk.log.reading() as session:
        known = sorted({field for one in registry.queries.agencies(session) for field in one.facts.fields})

    def command(act: Act, given: Given) -> int:
        conditions = Conditions(text=given.text("conditions"), fields=given.list("fields"))
        until, draws_at = given.number("sign_up_until"), given.number("draws_at")
        return commands.publish_call(act, draw.draw_id, conditions, until, draws_at)

    return Form(
        title=ACTIONS["publish_call"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS["publish_call"].meaning,
        fields=(
            Field(
                name="conditions",
                label="报名条件",
                type="long",
                most=rules.LONG_TEXT,
                public=True,
                hint="不得设置与项目无关的条件，不得限制地区。",
            ),
            Field(
                name="fields",
                label="须具备的业务范围",
                type="choices",
                needed=False,
                public=True,
                choices=[(one, one) for one in known],
            ),
            Field(name="sign_up_until", label="报名截止", type="moment", public=True, hint="北京时间。"),
            Field(
                name="draws_at",
                label="摇号时间",
                type="moment",
                public=True,
                hint="北京时间；方案和名单公布后须隔至少一个完整工作日。",
            ),
        ),
        command=command,
        facts={"draw": draw},
        above="desk/for_draw.html",
    )


def sign_up(desk: Desk) -> Form:
    return _sign_up(desk, "sign_up")


def withdraw_sign_up(desk: Desk) -> Form:
    return _sign_up(desk, "withdraw_sign_up")


def _sign_up(desk: Desk, name: str) -> Form:
    """By an agent for its own agency; by a registrar for any, on paper."""
    draw, action = offered(desk, name)
    with desk.log.reading() as session:
        own = None if desk.user.holds("registrar") else own_agency(desk, session)
        answered = set(queries.sign_ups(session, draw.draw_id))
        listed = [(one.code, one.name) for one in registry.queries.agencies(session) if one.removal is None]
    listed = [one for one in listed if (one[0] in answered) == (name == "withdraw_sign_up")]
    take = commands.sign_up if name == "sign_up" else commands.withdraw_sign_up

    def command(act: Act, given: Given) -> int:
        return take(act, draw.draw_id, given.text("code").upper() if own is None else own)

    code = Field(
        name="code",
        label="统一社会信用代码",
        most=18,
        public=True,
        choices=listed,
        hint="机构递交纸质报名材料的，由登记员代为录入。",
    )
    return Form(
        title=ACTIONS[name].title,
        roles=action.roles,
        back=back_to(draw),
        note=ACTIONS[name].meaning,
        fields=(code,) if own is None else (),
        command=command,
        blame={
            "lottery.unknown-agency": "code",
            "lottery.signed-up-already": "code",
            "lottery.not-signed-up": "code",
        },
        facts={"draw": draw, "own": own},
        above="desk/for_call.html",
        warning="报名情况记入公开日志。",
    )


# Roster


def publish_roster(desk: Desk) -> Form:
    draw, _ = offered(desk, "publish_roster")
    return Form(
        title=ACTIONS["publish_roster"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS["publish_roster"].meaning,
        command=lambda act, given: commands.publish_roster(act, draw.draw_id),
        facts={"draw": draw},
        above="desk/for_draw.html",
        before="desk/roster.html",
        warning="名单连同未入池的原因将永久公开；公示满一个完整工作日后方可冻结。",
    )


def freeze_roster(desk: Desk) -> Form:
    draw, _ = offered(desk, "freeze_roster")
    return Form(
        title=ACTIONS["freeze_roster"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS["freeze_roster"].meaning,
        command=lambda act, given: commands.freeze_roster(act, draw.draw_id),
        facts={"draw": draw},
        above="desk/for_draw.html",
        warning="冻结后名单不能再改。确认？",
    )


# The meeting


def close_commitments(desk: Desk) -> Form:
    draw, _ = offered(desk, "close_commitments")

    def command(act: Act, given: Given) -> int:
        return commands.close_commitments(act, draw.draw_id, given.number("reveal_seconds"))

    return Form(
        title=ACTIONS["close_commitments"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS["close_commitments"].meaning,
        fields=(
            Field(
                name="reveal_seconds",
                label="揭示时限（秒）",
                type="number",
                least=rules.MIN_REVEAL_SECONDS,
                most=rules.MAX_REVEAL_SECONDS,
                value=str(rules.REVEAL_SECONDS),
            ),
        ),
        command=command,
        facts={"draw": draw},
        above="desk/for_draw.html",
    )


def announce_round(desk: Desk) -> Form:
    return _plain(desk, "announce_round", commands.announce_round)


def seal(desk: Desk) -> Form:
    return _plain(desk, "seal", commands.seal)


def _plain(desk: Desk, name: str, take: Callable[[Act, str], int]) -> Form:
    """An action that asks for nothing."""
    draw, _ = offered(desk, name)
    return Form(
        title=ACTIONS[name].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS[name].meaning,
        command=lambda act, given: take(act, draw.draw_id),
        facts={"draw": draw},
        above="desk/for_draw.html",
    )


SIGNATURE = Field(
    name="signature",
    label="随机信标签名",
    type="hex",
    most=96,
    public=True,
    hint="96 位十六进制，可从任何手机抄录；空格不计。是否属实当场以 BLS 核验，来源不必可信。",
)


def complete(desk: Desk) -> Form:
    """The result. The signature of the round may come from anywhere: it is checked before anything is shown."""
    draw, _ = offered(desk, "complete")
    attempt = attempt_of(draw)

    def command(act: Act, given: Given) -> int:
        return commands.complete(act, draw.draw_id, given.text("signature") if attempt.uses_beacon else None)

    return Form(
        title=ACTIONS["complete"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS["complete"].meaning,
        fields=(SIGNATURE,) if attempt.uses_beacon else (),
        command=command,
        blame={"lottery.bad-document": "signature"},
        facts={"draw": draw, "attempt": attempt, "round_number": attempt.round},
        above="desk/for_round.html",
        before="desk/checked.html",
        hides_entries=True,
        warning="提交后立即公布结果。",
    )


def shadow_draw(desk: Desk) -> Form:
    draw, _ = offered(desk, "shadow_draw")
    attempt = next(one for one in draw.attempts if rules.owes_shadow(one, desk.now))

    def command(act: Act, given: Given) -> int:
        return commands.shadow_draw(act, draw.draw_id, attempt.number, given.text("signature"))

    return Form(
        title=ACTIONS["shadow_draw"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=ACTIONS["shadow_draw"].meaning,
        fields=(SIGNATURE,),
        command=command,
        blame={"lottery.bad-document": "signature"},
        facts={"draw": draw, "attempt": attempt, "round_number": attempt.round},
        above="desk/for_round.html",
    )


# Objections


def file_objection(desk: Desk) -> Form:
    draw, action = offered(desk, "file_objection")

    def command(act: Act, given: Given) -> int:
        about = next(one for one in ABOUT if one == given.text("about"))
        return commands.file_objection(act, draw.draw_id, about, given.text("text"))

    return Form(
        title=ACTIONS["file_objection"].title,
        roles=action.roles,
        back=back_to(draw),
        note=ACTIONS["file_objection"].meaning,
        fields=(
            Field(name="about", label="针对", type="choice", public=True, choices=tuple(ABOUT.items())),
            Field(
                name="text",
                label="异议内容",
                type="long",
                most=rules.LONG_TEXT,
                public=True,
                hint="不得写入身份证号、电话等个人信息。",
            ),
        ),
        command=command,
        facts={"draw": draw},
        above="desk/for_draw.html",
    )


def answer_objection(desk: Desk) -> Form:
    draw, action = offered(desk, "answer_objection")
    attempt = attempt_of(draw)
    texts = {one.number: one.filed.event.text for one in attempt.objections}

    def command(act: Act, given: Given) -> int:
        outcome = next(one for one in OUTCOMES if one == given.text("outcome"))
        return commands.answer_objection(act, draw.draw_id, int(given.text("objection")), outcome, given.text("reason"))

    return Form(
        title=ACTIONS["answer_objection"].title,
        roles=action.roles,
        back=back_to(draw),
        note=ACTIONS["answer_objection"].meaning,
        fields=(
            Field(
                name="objection",
                label="异议",
                type="choice",
                public=True,
                choices=[(str(number), f"{number}. {texts[number][:60]}") for number in rules.open_objections(draw)],
            ),
            Field(name="outcome", label="处理结果", type="choice", public=True, choices=tuple(OUTCOMES.items())),
            Field(name="reason", label="理由", type="long", most=rules.LONG_TEXT, public=True),
        ),
        command=command,
        blame={"lottery.unknown-objection": "objection"},
        facts={"draw": draw},
        above="desk/for_draw.html",
    )


def default_meeting(draw: Draw) -> tuple[str, str]:
    """When the meeting of the next plan begins, and when its commitments close, as fields hold them."""
    assert draw.call is not None  # no plan before a call
    at = draw.call.event.draws_at
    return moment_text(at), moment_text(at + 600)


for address, build in (
    ("call", publish_call),
    ("sign-up", sign_up),
    ("withdraw-sign-up", withdraw_sign_up),
    ("roster", publish_roster),
    ("freeze", freeze_roster),
    ("close", close_commitments),
    ("announce", announce_round),
    ("seal", seal),
    ("complete", complete),
    ("shadow", shadow_draw),
    ("object", file_objection),
    ("answer", answer_objection),
):
    mount(router, f"/draws/{{draw_id}}/{address}", build)
