"""Verification of an evidence file (证据包): stages 1 to 8 in their total order, up to the first fault.

What one file cannot prove is not claimed here: that the seal was logged at `seal_time` and witnessed before the
round, that no reveal was left out, and what earlier attempts there were. That takes the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NoReturn, TypedDict, cast

from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.draw import Result, make_result
from lottery.protocol.entropy import Beacon, Bls, Dice, entropy_of
from lottery.protocol.errors import Code, DrawError
from lottery.protocol.forms import anything, closed, equal_to
from lottery.protocol.plan import Plan, plan_of
from lottery.protocol.roster import Roster, roster_of
from lottery.protocol.seal import Seal, seal_of
from lottery.protocol.standing import Standing, standing_of


class Evidence(TypedDict):
    """Everything needed to repeat the draw. `seal_time`: Unix seconds at which the log accepted the seal."""

    v: str
    type: str
    plan: Plan
    roster: Roster
    seal: Seal
    seal_time: int
    beacon: Beacon | None
    dice: Dice | None
    result: Result
    standing: Standing | None


@dataclass(frozen=True)
class Verified:
    """A file without fault.

    winners, alternates: codes in drawn order, those of the standing (现行结果) if the file holds one, else of the
    result. seed: 64 hexadecimal digits.
    """

    evidence: Evidence
    winners: list[str]
    alternates: list[str]
    seed: str
    bls: Bls

    @property
    def is_drill(self) -> bool:
        """Whether this was a rehearsal (演练), which every page has to say before anything else."""
        return self.evidence["plan"]["draw_id"].startswith("DRILL-")


_EVIDENCE: Final = closed(
    {
        "v": equal_to(PROTOCOL),
        "type": equal_to("evidence"),
        "plan": anything,
        "roster": anything,
        "seal": anything,
        "seal_time": anything,
        "beacon": anything,
        "dice": anything,
        "result": anything,
        "standing": anything,
    }
)


def verify_evidence(data: bytes) -> Verified:
    """Return what a file proves, or raise DrawError with the first fault. Whatever the bytes are, nothing else."""
    value = canonical.decode(data)
    _EVIDENCE(value, "E_FORMAT", "evidence")
    given = cast(dict[str, object], value)
    plan = plan_of(given["plan"])
    roster = roster_of(given["roster"], plan)
    seal = seal_of(given["seal"], plan, roster)
    beacon, dice, bls = entropy_of(given["seal_time"], given["beacon"], given["dice"], plan, seal)
    result = make_result(plan, roster, seal, beacon, dice)
    _check_result(given["result"], result)
    standing = standing_of(given["standing"], plan, result)
    current = standing or result
    return Verified(cast(Evidence, value), current["winners"], current["alternates"], result["seed"], bls)


# The members in the order in which they are compared, each with its code.
_COMPARED: Final[dict[str, Code]] = {
    "v": "E_RESULT",
    "type": "E_RESULT",
    "draw_id": "E_RESULT",
    "attempt": "E_RESULT",
    "seal_sha256": "E_HASH",
    "entropy": "E_RESULT",
    "seed": "E_SEED",
    "ranking": "E_RANKING",
    "winners": "E_WINNERS",
    "alternates": "E_WINNERS",
}
_RESULT: Final = closed(dict.fromkeys(_COMPARED, anything))


def _check_result(value: object, computed: Result) -> None:
    """Stage 7. Both hold nothing but exact int, str, list and dict, so == is equality of the canonical bytes."""
    _RESULT(value, "E_RESULT", "result")
    given = cast(dict[str, object], value)
    for (name, code), wanted in zip(_COMPARED.items(), computed.values(), strict=True):
        if given[name] != wanted:
            _refuse_member(name, code, given[name], wanted)


def _refuse_member(name: str, code: Code, given: object, wanted: object) -> NoReturn:
    path = f"result.{name}"
    if isinstance(wanted, list):
        # The first place that differs says more than ten thousand lines.
        items = given if isinstance(given, list) else []
        place = next(
            (i for i, (a, b) in enumerate(zip(items, wanted, strict=False)) if a != b), min(len(items), len(wanted))
        )
        raise DrawError(
            code, f"{path}：自第 {place + 1} 项起与计算所得不同", f"{path}: not as computed from item {place + 1} on"
        )
    raise DrawError(code, f"{path}：应为 {wanted}", f"{path}: not {wanted}")
