"""How money, moments and texts are written in a release. No float comes near an amount."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import orjson

Json = dict[str, Any]

BEIJING = timezone(timedelta(hours=8))
_LATEST = 253_402_271_999
"""The last second that has a year of four digits in Beijing."""


def yuan(fen: int | None) -> Decimal | None:
    """Yuan with two decimals, exactly."""
    return None if fen is None else Decimal(fen).scaleb(-2)


def money(fen: int | None) -> Json | None:
    """A value as releases have it."""
    return None if fen is None else {"amount": yuan(fen), "currency": "CNY"}


def fen(amount: Decimal) -> int | None:
    """Whole fen; None where the amount has parts of one."""
    scaled = amount.scaleb(2)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def moment(seconds: int | None) -> str | None:
    """RFC 3339, Beijing time, to the second. None also for what no calendar has."""
    if seconds is None or not 0 <= seconds <= _LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(BEIJING).isoformat(timespec="seconds")


def instant(milliseconds: int) -> str:
    """RFC 3339, Beijing time, to the millisecond: always of one length, so that texts sort as instants do."""
    whole, rest = divmod(milliseconds, 1000)
    local = datetime.fromtimestamp(whole, UTC).astimezone(BEIJING)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{rest:03d}+08:00"


def day_start(day: str) -> str:
    """The first second of an ISO date."""
    return f"{day}T00:00:00+08:00"


def day_end(day: str) -> str:
    """The last second of an ISO date."""
    return f"{day}T23:59:59+08:00"


_NESTED = (dict, list)
_NUMBERS = (int, float, Decimal)
"""Of which 0 and False say something."""


def pruned(value: Any) -> Any:
    """The same without what says nothing: nulls, empty texts, lists and objects."""
    if isinstance(value, dict):
        kept = {}
        for name, one in value.items():
            if isinstance(one, _NESTED):
                one = pruned(one)
            if one or isinstance(one, _NUMBERS):
                kept[name] = one
        return kept
    if isinstance(value, list):
        return [one for one in map(pruned, value) if one or isinstance(one, _NUMBERS)]
    return value


def encoded(value: Any) -> bytes:
    """JSON in UTF-8; amounts keep their two decimals."""
    return orjson.dumps(value, default=_number)


def _number(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f").encode())
    raise TypeError(type(value))
