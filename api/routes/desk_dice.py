"""The dice: two people type the digits, neither seeing what the other typed (录入骰子点数)."""

from collections.abc import Collection
from typing import Any

from starlette.responses import RedirectResponse, Response

from api import problems
from api.routes.desk_forms import Fault, Faults, Field, Given, moment_text, read
from api.routes.desk_offers import attempt_of, offered
from api.routes.desk_request import Desk, DeskDep, PostedDep
from api.routes.desk_waiting import draw_up, seat_organisations
from api.routing import APIRouter
from audit.errors import Refusal
from lottery import errors, rules
from lottery.events import DiceThrown
from lottery.model import Draw, subject
from lottery.protocol.entropy import dice_of
from lottery.protocol.errors import DrawError

router = APIRouter(prefix="/desk", include_in_schema=False)


@router.get("/draws/{draw_id}/dice")
def dice_first(draw_id: str, desk: DeskDep) -> Response:
    desk.roles(*rules.OPERATOR)
    draw, _ = offered(desk, "throw_dice")
    return _dice_page(desk, draw, 1, {"time": [moment_text(desk.now // 1000)], "invalid_throws": ["0"]})


@router.post("/draws/{draw_id}/dice")
def dice_next(draw_id: str, desk: DeskDep, posted: PostedDep) -> Response:
    desk.roles(*rules.OPERATOR)
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
    return propose_dice(
        desk,
        draw,
        digits=given.text("agreed" if stage == 3 else "first"),
        time=given.number("time"),
        confirmed_by=given.list("confirmed_by"),
        invalid_throws=given.number("invalid_throws"),
        first_entries=[given.text("first"), given.text("second")],
    )


def propose_dice(
    desk: Desk,
    draw: Draw,
    *,
    digits: str,
    time: int,
    confirmed_by: Collection[str],
    invalid_throws: int,
    first_entries: list[str],
) -> str:
    """Let the digits wait for signatures; returns where. Raises NotNow, BadDice, BadDocument."""
    attempt = attempt_of(draw)
    event = DiceThrown(
        draw_id=draw.draw_id,
        attempt=attempt.number,
        digits=digits,
        time=time,
        confirmed_by=sorted(confirmed_by),
        invalid_throws=invalid_throws,
        first_entries=first_entries,
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
    return draw_up(desk, event, subject(draw.draw_id, attempt.number), signers, {})


def _dice_page(
    desk: Desk, draw: Draw, stage: int, raw: Any, faults: list[Fault] | None = None, status: int | None = None
) -> Response:
    first, second = ("".join(next(iter(raw.get(name, [])), "").split()) for name in ("first", "second"))
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
    return [place for place, (one, other) in enumerate(zip(first, second, strict=False), start=1) if one != other]
