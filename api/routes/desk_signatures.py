"""What several organisations sign together: the dice, a void that two seats confirm, a changed standing (会签)."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

import registry.queries
from api import problems
from api.routes.desk_draws import ACTIONS, OPERATOR, VOID_REASONS, attempt_of, back_to, offered
from api.routes.desk_forms import Fault, Faults, Field, Given, moment_text, read
from api.routes.desk_request import Desk, DeskDep, PostedDep
from api.routes.desk_steps import Form, in_script, mount
from api.routes.desk_waiting import (
    ENOUGH,
    WaitingAct,
    draw_up,
    drop,
    owners,
    seat_organisations,
    sign,
    waiting_act,
    waiting_for,
)
from audit.act import Act
from audit.errors import Refusal
from lottery import commands, documents, errors, rules
from lottery.events import DiceThrown, Removal, StandingChanged, Voided, VoidReason
from lottery.model import Draw, subject
from lottery.protocol.entropy import dice_of
from lottery.protocol.errors import DrawError
from lottery.protocol.standing import Change

router = APIRouter(prefix="/desk", include_in_schema=False)

SIGNATURES = "/desk/signatures"
REMOVALS: dict[Removal, str] = {"DECLINED": "放弃", "DISQUALIFIED": "取消资格", "UNREACHABLE": "失联"}


# Signing


@router.get("/signatures")
def list_waiting(desk: DeskDep) -> Response:
    with desk.log.reading() as session:
        found = waiting_for(desk, session)
        signed = {one.id: owners(session, one) for one in found}
    return desk.render("signatures.html", waiting=found, signed=signed, enough=ENOUGH)


@router.get("/signatures/{waiting}")
def one_waiting(waiting: str, desk: DeskDep) -> Response:
    return _show(desk, waiting)


@router.post("/signatures/{waiting}")
def sign_waiting(waiting: str, desk: DeskDep, posted: PostedDep) -> Response:
    """Take a signature that was made in this browser."""
    try:
        sign(desk, waiting, posted.text("signed_body"))
    except Refusal as refusal:
        return _show(desk, waiting, refusal)
    return RedirectResponse(f"{SIGNATURES}/{waiting}", 303)


@router.post("/signatures/{waiting}/drop")
def drop_waiting(waiting: str, desk: DeskDep) -> Response:
    """Let an act that was drawn up wait no longer: nothing of it was ever of effect."""
    desk.roles(*OPERATOR)
    with desk.log.database.writing() as session:
        act = waiting_act(desk.log, session, waiting)
        drop(session, act.id)
    return RedirectResponse(f"/desk/draws/{act.draw_id}", 303)


def _show(desk: Desk, waiting: str, refusal: Refusal | None = None) -> Response:
    with desk.log.reading() as session:
        act = waiting_act(desk.log, session, waiting)
        own = {held.organisation for held in desk.user.holdings if held.organisation is not None}
        if not own & set(act.signers):
            desk.roles(*OPERATOR)
        signed = owners(session, act)
        named = {one: registry.queries.organisation(session, one) for one in act.signers}
    faults = [] if refusal is None else [Fault("", refusal.code, refusal.message(desk.lang))]
    return desk.render(
        "signature.html",
        200 if refusal is None else problems.status_of(refusal),
        act=act,
        signed=signed,
        signers=[one for one in named.values() if one is not None],
        own=[one for one in named.values() if one is not None and one.id in own and one.id not in signed],
        body=in_script(act.body),
        enough=len(signed) >= ENOUGH,
        faults=faults,
    )


def carry_out(desk: Desk) -> Form:
    """The operator's last step: the act itself, with the signatures that came in."""
    with desk.log.reading() as session:
        waiting = waiting_act(desk.log, session, desk.path("waiting"))
        signed = owners(session, waiting)

    return Form(
        title="提交已会签的事项",
        roles=OPERATOR,
        back=f"{SIGNATURES}/{waiting.id}",
        done=f"/desk/draws/{waiting.draw_id}",
        command=lambda act, given: _carry_out(act, waiting),
        facts={"act": waiting, "signed": signed},
        above="desk/for_signatures.html",
    )


def _carry_out(act: Act, waiting: WaitingAct) -> int:
    signatures = [one.model_dump() for one in waiting.signatures]
    if waiting.kind == DiceThrown.kind:
        entry = commands.throw_dice(act, DiceThrown.of(waiting.body | {"signatures": signatures}))
    elif waiting.kind == Voided.kind:
        record = Voided.of(waiting.body).void
        entry = commands.void(
            act,
            waiting.draw_id,
            record.reason,
            record.note,
            time=record.time,
            confirmations=waiting.signatures,
        )
    else:
        assert waiting.kind == StandingChanged.kind
        assert waiting.document is not None
        entry = commands.change_standing(
            act,
            StandingChanged.of(waiting.body | {"signatures": signatures}),
            waiting.terms["changes"],
            waiting.document,
            document_name=waiting.terms["name"],
            media_type=waiting.terms["media_type"],
            public=waiting.terms["public"],
        )
    drop(act.session, waiting.id)
    return entry


# Void


def void(desk: Desk) -> Form:
    """With a reason that is legal now. Where two seats must confirm it, they sign first."""
    draw, action = offered(desk, "void")
    fields = (
        Field(
            name="reason",
            label="作废原因",
            type="choice",
            public=True,
            choices=[(one, VOID_REASONS[one]) for one in action.reasons],
            value=action.reasons[0] if len(action.reasons) == 1 else "",
        ),
        Field(
            name="note",
            label="说明",
            type="long",
            public=True,
            hint="中签或候补家数、号球如需在下一次改变，须在此写明，例如 winners 1→2。",
        ),
    )

    def reason_of(given: Given) -> VoidReason:
        return next(one for one in action.reasons if one == given.text("reason"))

    def command(act: Act, given: Given) -> int:
        return commands.void(act, draw.draw_id, reason_of(given), given.text("note"))

    def propose(given: Given) -> str:
        rules.check_text("note", given.text("note"))
        event = commands.void_to_sign(desk.log.blobs, draw, reason_of(given), given.text("note"), desk.now // 1000)
        about = subject(draw.draw_id, event.attempt)
        with desk.log.reading() as session:
            signers = set(seat_organisations(session, draw.draw_id).values())
        return f"{SIGNATURES}/{draw_up(desk, event, about, sorted(signers), {})}"

    note = "须由两个不同机构的席位确认并签名，十分钟内提交。" if action.confirmed else ACTIONS["void"].meaning
    return Form(
        title=ACTIONS["void"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note=note,
        fields=fields,
        command=None if action.confirmed else command,
        direct=propose if action.confirmed else None,
        facts={"draw": draw},
        above="desk/for_draw.html",
        warning="作废后不能恢复；原因、封存和全部记录永久公开，下一次摇号另行编号。",
    )


# Standing


def change_standing(desk: Desk) -> Form:
    draw, _ = offered(desk, "change_standing")
    attempt = attempt_of(draw)
    result = documents.result(desk.log.blobs, attempt)
    former = documents.standing(desk.log.blobs, attempt)
    assert result is not None  # the action is offered after the result only
    changes: list[Change] = list(former["changes"]) if former else []
    left = rules.removable(attempt, result, {one["code"] for one in changes})
    with desk.log.reading() as session:
        names = {one.code: one.name for one in registry.queries.agencies(session)}

    def propose(given: Given) -> str:
        upload = given.upload("document")
        assert upload is not None
        kind = next(one for one in REMOVALS if one == given.text("kind"))
        change: Change = {
            "seq": len(changes) + 1,
            "code": given.text("code"),
            "kind": kind,
            "reason": given.text("reason"),
        }
        rules.check_text("reason", change["reason"])
        event = commands.standing_to_sign(desk.log.blobs, draw, [*changes, change])
        terms: dict[str, Any] = {
            "changes": [*changes, change],
            "name": upload.name,
            "media_type": upload.media_type,
            "public": given.text("publicity") == "public",
        }
        with desk.log.reading() as session:
            signers = set(seat_organisations(session, draw.draw_id).values())
        own = desk.organisation("operator")
        signers |= {own} if own else set()
        about = subject(draw.draw_id, attempt.number)
        return f"{SIGNATURES}/{draw_up(desk, event, about, sorted(signers), terms, upload.data)}"

    return Form(
        title=ACTIONS["change_standing"].title,
        roles=OPERATOR,
        back=back_to(draw),
        note="由操作员所属机构和另一机构的席位会签后生效；候补严格按摇号次序递补，无人可以选择。",
        fields=(
            Field(
                name="code",
                label="移出的机构",
                type="choice",
                public=True,
                choices=[(code, f"{names.get(code, '')} {code}".strip()) for code in left],
            ),
            Field(name="kind", label="缘由", type="choice", public=True, choices=tuple(REMOVALS.items())),
            Field(name="reason", label="理由", type="long", public=True, hint="不得写入个人信息。"),
            Field(name="document", label="依据文件", type="file", hint="放弃声明、决定书等，至多 768 KB。"),
            Field(
                name="publicity",
                label="依据文件是否公开",
                type="choice",
                choices=(("private", "不公开，日志只记承诺"), ("public", "公开")),
                value="private",
                hint="含签字或个人信息的扫描件不得公开。",
            ),
        ),
        direct=propose,
        facts={"draw": draw},
        above="desk/for_draw.html",
    )


# Dice: two people type the digits, neither seeing what the other typed


@router.get("/draws/{draw_id}/dice")
def dice_first(draw_id: str, desk: DeskDep) -> Response:
    desk.roles(*OPERATOR)
    draw, _ = offered(desk, "throw_dice")
    return _dice_page(desk, draw, 1, {"time": [moment_text(desk.now // 1000)], "invalid_throws": ["0"]})


@router.post("/draws/{draw_id}/dice")
def dice_next(draw_id: str, desk: DeskDep, posted: PostedDep) -> Response:
    desk.roles(*OPERATOR)
    draw, _ = offered(desk, "throw_dice")
    stage = int(posted.step) if posted.step in ("1", "2", "3") else 1
    fields = [one for number in range(1, stage + 1) for one in dice_fields(draw, number)]
    try:
        given = read(fields, posted.raw, {}, desk.lang)
        if stage == 1:
            return _dice_page(desk, draw, 2, posted.raw)
        if stage == 2 and given.text("first") != given.text("second"):
            return _dice_page(desk, draw, 3, posted.raw)
        return RedirectResponse(_propose_dice(desk, draw, given, stage), 303)
    except Faults as found:
        shown = next(number for number in (1, 2, 3) if _has_fault(draw, number, found.faults))
        return _dice_page(desk, draw, shown, posted.raw, found.faults)
    except Refusal as refusal:
        faults = [Fault("", refusal.code, refusal.message(desk.lang))]
        return _dice_page(desk, draw, 1, posted.raw, faults, problems.status_of(refusal))


def dice_fields(draw: Draw, stage: int) -> tuple[Field, ...]:
    """What each of the three pages asks. The third comes only where the two entries differ."""
    attempt = attempt_of(draw)
    count = attempt.plan["dice_digits"]
    if stage == 1:
        return (
            Field(
                name="confirmed_by",
                label="在场确认的席位",
                type="choices",
                public=True,
                choices=[(seat, f"{seat} · {name}") for seat, name in sorted(attempt.seats.items())],
                hint="至少分属两个机构，各以其密钥签名。",
            ),
            Field(
                name="time",
                label="最后一位掷出的时刻",
                type="moment",
                public=True,
                hint="北京时间，精确到秒。",
            ),
            Field(
                name="invalid_throws",
                label="无效投掷次数",
                type="number",
                most=999,
                public=True,
                hint="骰子落地或斜立的，该位重掷。",
            ),
            Field(name="first", label="第一人录入的点数", type="digits", most=count, public=True),
        )
    if stage == 2:
        return (Field(name="second", label="第二人录入的点数", type="digits", most=count, public=True),)
    return (Field(name="agreed", label="共同核对后的点数", type="digits", most=count, public=True),)


def _has_fault(draw: Draw, stage: int, faults: list[Fault]) -> bool:
    return any(fault.field in [one.name for one in dice_fields(draw, stage)] for fault in faults)


def _propose_dice(desk: Desk, draw: Draw, given: Given, stage: int) -> str:
    attempt = attempt_of(draw)
    event = DiceThrown(
        draw_id=draw.draw_id,
        attempt=attempt.number,
        digits=given.text("agreed" if stage == 3 else "first"),
        time=given.number("time"),
        confirmed_by=sorted(given.list("confirmed_by")),
        invalid_throws=given.number("invalid_throws"),
        first_entries=[given.text("first"), given.text("second")],
        signatures=[],
    )
    rules.check_dice(draw, desk.now, event)
    try:
        dice_of({"digits": event.digits, "time": event.time, "confirmed_by": event.confirmed_by}, attempt.plan)
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    with desk.log.reading() as session:
        seats = seat_organisations(session, draw.draw_id)
    signers = sorted({seats[seat] for seat in event.confirmed_by})
    return f"{SIGNATURES}/{draw_up(desk, event, subject(draw.draw_id, attempt.number), signers, {})}"


def _dice_page(
    desk: Desk, draw: Draw, stage: int, raw: Any, faults: list[Fault] | None = None, status: int | None = None
) -> Response:
    first, second = (next(iter(raw.get(name, [])), "") for name in ("first", "second"))
    return desk.render(
        "dice.html",
        status or (422 if faults else 200),
        draw=draw,
        stage=stage,
        fields=dice_fields(draw, stage),
        earlier=[one for number in range(1, stage) for one in dice_fields(draw, number)],
        raw=raw,
        faults=faults or [],
        differing=differing(first, second) if stage == 3 else [],
        first=first,
        second=second,
    )


def differing(first: str, second: str) -> list[int]:
    """The places, from 1, at which two entries differ."""
    pairs = zip("".join(first.split()), "".join(second.split()), strict=False)
    return [place for place, (one, other) in enumerate(pairs, start=1) if one != other]


mount(router, "/draws/{draw_id}/void", void)
mount(router, "/draws/{draw_id}/standing", change_standing)
mount(router, "/signatures/{waiting}/submit", carry_out)
