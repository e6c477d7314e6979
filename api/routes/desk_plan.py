"""The plan of an attempt as a form: whoever fills it in chooses, everything else of the document is computed."""

from dataclasses import replace
from typing import Any

import registry.queries
from api.routes.desk_forms import Field, Given, moment_text, wrong
from api.routes.desk_offers import form_of, offered
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from lottery import commands
from lottery.model import Draw, void_hash
from lottery.protocol import PROTOCOL
from lottery.protocol.beacon import PINNED
from lottery.protocol.plan import MAX_SEATS, MIN_DICE_DIGITS, Plan
from registry.model import Organisation

router = APIRouter(prefix="/desk", include_in_schema=False)

OPEN_ROWS = 5
"""Rows for seats that show at once; the others open when asked for."""
MODES = {
    "drand": "公共随机数（drand）",
    "drand+dice": "现场骰子和公共随机数",
    "dice": "只用现场骰子（无网络时）",
}
MIN_LEAD, MAX_LEAD = 60, 600
"""Seconds; what the protocol recommends (section 12, rule 7)."""
COMMITTING = 600
"""Seconds for which seats may commit, unless the operator says otherwise."""
NEXT_MEETING = 900
"""Seconds until the meeting of an attempt that follows a void at once, at least."""


def plan_draw(desk: Desk) -> Form:
    draw, action = offered(desk, "plan_draw")
    former = draw.attempt.plan if draw.attempt else None
    with desk.log.reading() as session:
        known = [one for one in registry.queries.organisations(session) if _may_sit(one)]

    def command(act: Act, given: Given) -> int:
        return commands.plan_draw(
            act, draw.draw_id, _plan(draw, given, known), given.number("draws_at"), given.number("commit_deadline")
        )

    return replace(
        form_of(draw, action),
        fields=(
            *_places(former),
            *_times(draw, desk.now // 1000),
            *_seats(former, known),
            *_entropy(former),
        ),
        command=command,
        blame={
            "lottery.lead-too-narrow": "max_lead",
            "lottery.working-day-missing": "draws_at",
            "lottery.seat-is-agency": "org_1",
        },
        warning="方案公布后不能修改；要改只能作废本次、另行编号。",
    )


def _may_sit(organisation: Organisation) -> bool:
    """No agency may hold a seat; of those who only bid there are many, and none has a part in it."""
    return "agency" not in organisation.capacities and bool({*organisation.capacities} - {"bidder"})


def _places(former: Plan | None) -> tuple[Field, ...]:
    asked = (
        ("winners", "中签家数", 1, 10_000, 1),
        ("alternates", "候补家数", 0, 10_000, 2),
        ("min_agents", "最少入池家数", 1, 10_000, 3),
    )
    values: dict[str, Any] = dict(former) if former else {}
    return tuple(
        Field(
            name=name,
            label=label,
            type="number",
            least=least,
            most=most,
            public=True,
            value=str(values.get(name, usual)),
            group="家数",
        )
        for name, label, least, most, usual in asked
    )


def _times(draw: Draw, now: int) -> tuple[Field, ...]:
    """By default the meeting begins when the call said, or soon if that is over, and commitments close ten minutes
    later. now: Unix seconds."""
    asked = draw.call or draw.experts
    assert asked is not None  # no plan before a call, or a list of experts
    at = asked.event.draws_at
    if at <= now:
        at = -(-(now + NEXT_MEETING) // 300) * 300
    return (
        Field(
            name="draws_at",
            label="摇号时间",
            type="moment",
            public=True,
            value=moment_text(at),
            hint="北京时间；与公布之间须隔至少一个完整工作日。",
            group="时间",
        ),
        Field(
            name="commit_deadline",
            label="承诺截止",
            type="moment",
            public=True,
            value=moment_text(at + COMMITTING),
            hint="北京时间；须晚于摇号时间。",
            group="时间",
        ),
    )


def _seats(former: Plan | None, known: list[Organisation]) -> tuple[Field, ...]:
    ids = {one.name: one.id for one in known}
    held = [(ids.get(one["org"], ""), one["seat"]) for one in former["seats"]] if former else []
    fields: list[Field] = []
    for row in range(1, MAX_SEATS + 1):
        organisation, seat = held[row - 1] if row <= len(held) else ("", "")
        is_open = row <= max(OPEN_ROWS, len(held))
        group = "席位" if is_open else "更多席位"
        fields += (
            Field(
                name=f"org_{row}",
                label=f"第 {row} 席的单位",
                type="choice",
                needed=False,
                choices=[(one.id, one.name) for one in known],
                value=organisation,
                group=group,
                folded=not is_open,
            ),
            Field(
                name=f"seat_{row}",
                label=f"第 {row} 席的名称",
                most=32,
                needed=False,
                value=seat,
                hint="小写字母、数字、连字符；不填用单位编号。" if row == 1 else "",
                group=group,
                folded=not is_open,
            ),
        )
    reveals = Field(
        name="min_reveals",
        label="至少揭示的席位数",
        type="number",
        least=2,
        most=MAX_SEATS,
        public=True,
        hint="建议为席位数减一，且至少为 2。",
        value=str(former["min_reveals"] if former else 2),
    )
    return (*fields, reveals)


def _entropy(former: Plan | None) -> tuple[Field, ...]:
    mode: str = former["entropy"] if former else "drand"
    digits = former["dice_digits"] if former and former["dice_digits"] else MIN_DICE_DIGITS
    return (
        Field(
            name="entropy",
            label="随机数来源",
            type="choice",
            public=True,
            choices=tuple(MODES.items()),
            value=mode,
            hint="只用骰子的，全部信任在现场一张桌上，不在场者无法核验。",
        ),
        Field(
            name="min_lead",
            label="封存至轮次最短提前（秒）",
            type="number",
            most=86_400,
            public=True,
            value=str((former and former["min_lead"]) or MIN_LEAD),
            hint="只用骰子的不适用。",
        ),
        Field(
            name="max_lead",
            label="封存至轮次最长提前（秒）",
            type="number",
            most=604_800,
            public=True,
            value=str((former and former["max_lead"]) or MAX_LEAD),
            hint="只用骰子的不适用。",
        ),
        Field(
            name="dice_digits",
            label="骰子点数位数",
            type="number",
            least=MIN_DICE_DIGITS,
            most=99,
            public=True,
            value=str(digits),
            hint="不用骰子的不适用。",
        ),
    )


def _plan(draw: Draw, given: Given, known: list[Organisation]) -> dict[str, Any]:
    """The document. What the mode has no use for has the value that the protocol wants there."""
    mode = given.text("entropy")
    decision = draw.decided.event
    former = draw.attempt
    uses_beacon, uses_dice = mode != "dice", mode != "drand"
    return {
        "v": PROTOCOL,
        "type": "plan",
        "draw_id": draw.draw_id,
        "attempt": len(draw.attempts) + 1,
        "prev_sha256": None if former is None else void_hash(former),
        "project_code": decision.project_code,
        "project_name": decision.project_name,
        "tenderer": decision.tenderer,
        "winners": given.number("winners"),
        "alternates": given.number("alternates"),
        "min_agents": given.number("min_agents"),
        "code_scheme": "opaque" if draw.is_committee else "gb32100",
        "entropy": mode,
        "seats": _seats_of(given, known),
        "min_reveals": given.number("min_reveals"),
        "beacon": dict(PINNED) if uses_beacon else None,
        "min_lead": given.number("min_lead") if uses_beacon else 0,
        "max_lead": given.number("max_lead") if uses_beacon else 0,
        "dice_digits": given.number("dice_digits") if uses_dice else 0,
    }


def _seats_of(given: Given, known: list[Organisation]) -> list[dict[str, str]]:
    """The rows that name an organisation, by seat. Raises BadField for a name without one."""
    names = {one.id: one.name for one in known}
    seats = []
    for row in range(1, MAX_SEATS + 1):
        organisation, seat = given.text(f"org_{row}"), given.text(f"seat_{row}")
        if organisation:
            seats.append({"seat": seat or organisation, "org": names[organisation]})
        elif seat:
            one = Field(name=f"org_{row}", label=f"第 {row} 席的单位")
            raise wrong(one, "有席位名称而没有选单位", "has a seat's name and no organisation")
    return sorted(seats, key=lambda one: one["seat"])


mount(router, "/draws/{draw_id}/plan", plan_draw)
