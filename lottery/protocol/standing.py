"""The standing (现行结果): winners and alternates after later removals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypedDict, cast, get_args

from lottery.protocol import PROTOCOL, canonical
from lottery.protocol.canonical import doc_hash
from lottery.protocol.draw import Result
from lottery.protocol.errors import Code, DrawError
from lottery.protocol.forms import Form, array, closed, equal_to, object_of_any_members, one_of, text
from lottery.protocol.plan import Plan

Kind = Literal["DECLINED", "DISQUALIFIED", "UNREACHABLE"]
"""放弃, 取消资格, 失联."""


class Change(TypedDict):
    """One removal; `seq` is 1, 2, 3 ... in the order in which they were decided."""

    seq: int
    code: str
    kind: Kind
    reason: str


class Standing(TypedDict):
    """`vacant`: places for which nobody is left; they need a new draw with its own name."""

    v: str
    type: str
    draw_id: str
    attempt: int
    result_sha256: str
    changes: list[Change]
    winners: list[str]
    alternates: list[str]
    vacant: int


_KIND: Final = one_of(*get_args(Kind))


def make_standing(plan: Plan, result: Result, changes: Sequence[Change]) -> Standing:
    """Return the standing after these removals. Alternates move up strictly in the order of the ranking.

    Raises DrawError E_STANDING, E_FORMAT or E_TEXT if a change is not one that the protocol knows.
    """
    canonical.check(list(changes))
    return _standing(plan, result, _changes_of(list(changes), result))


def standing_of(value: object, plan: Plan, result: Result) -> Standing | None:
    """Stage 8, for a value that has passed stage 1 and a result that has been recomputed."""
    if value is None:
        return None
    object_of_any_members(value, "E_STANDING", "standing")
    given = cast(dict[str, object], value)
    array(given.get("changes"), "E_STANDING", "standing.changes")
    computed = _standing(plan, result, _changes_of(cast(list[object], given["changes"]), result))
    # Both hold nothing but exact int, str, list and dict, so == is equality of the canonical bytes.
    if given != computed:
        differing = sorted(
            name for name in given.keys() | computed.keys() if given.get(name, _ABSENT) != computed.get(name, _ABSENT)
        )
        raise _refusal(f"{differing[0]} 与计算所得不同", f"{differing[0]} is not as computed")
    return computed


def extends(former: Standing | None, later: Standing) -> bool:
    """Whether a standing may replace the former one of the same result: its list begins with the old list."""
    if former is None:
        return True
    count = len(former["changes"])
    return (
        later["result_sha256"] == former["result_sha256"]
        and len(later["changes"]) > count
        and later["changes"][:count] == former["changes"]
    )


_ABSENT: Final = object()


def _changes_of(values: list[object], result: Result) -> list[Change]:
    code_form = _in_result(result)
    removed: set[str] = set()
    for index, value in enumerate(values):
        change = closed({"seq": equal_to(index + 1), "code": code_form, "kind": _KIND, "reason": text})
        change(value, "E_STANDING", f"standing.changes[{index}]")
        code = cast(Change, value)["code"]
        if code in removed:
            raise _refusal(f"{code} 被移除两次", f"{code} is removed twice")
        removed.add(code)
    return cast(list[Change], values)


def _in_result(result: Result) -> Form:
    """Take the code of a winner or an alternate: nobody else has a place to lose."""
    codes = {*result["winners"], *result["alternates"]}

    def form(value: object, code: Code, path: str) -> None:
        if type(value) is not str or value not in codes:
            raise DrawError(
                code, f"{path}：不是结果中的中签或候补机构", f"{path}: no winner or alternate of the result"
            )

    return form


def _standing(plan: Plan, result: Result, changes: list[Change]) -> Standing:
    removed = {change["code"] for change in changes}
    left = [code for code in (*result["winners"], *result["alternates"]) if code not in removed]
    places = plan["winners"]
    return {
        "v": PROTOCOL,
        "type": "standing",
        "draw_id": plan["draw_id"],
        "attempt": plan["attempt"],
        "result_sha256": doc_hash(result),
        "changes": changes,
        "winners": left[:places],
        "alternates": left[places:],
        "vacant": max(0, places - len(left)),
    }


def _refusal(zh: str, en: str) -> DrawError:
    return DrawError("E_STANDING", f"standing：{zh}", f"standing: {en}")
