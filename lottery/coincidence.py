"""How likely a coincidence is, for whoever wonders at one. No clock, no database, no network."""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import comb, exp, expm1, log1p
from typing import Final, Literal

_DROPPED: Final = 1e-40


@dataclass(frozen=True, slots=True)
class Coincidence:
    """How likely it is that an agency wins `wins` of `draws` draws or more, with `winners` of `agencies` in each."""

    agencies: int
    draws: int
    winners: int
    wins: int
    expected: Fraction
    """Wins of each agency."""
    named: Fraction
    """The probability for one agency that was named beforehand. Exact."""
    some: tuple[float, float]
    """Bounds of the probability that there is such an agency among all; the same number twice where it is known."""
    how: Literal["exact", "bounds"]


LARGEST: Final = 500
"""Most agencies, and most draws, that `coincidence` is asked about: a fifth of a second."""


@lru_cache(maxsize=256)
def coincidence(agencies: int, draws: int, winners: int, wins: int) -> Coincidence:
    """Every agency has one ball and is in every draw. 2 ≤ agencies, 1 ≤ winners < agencies, 1 ≤ wins ≤ draws.

    With one winner a draw, the probability that some agency wins so often is exact. With more it lies between two
    bounds: agencies take each other's places (their wins are negatively associated, Joag-Dev and Proschan 1983), so it
    is at least what it would be for independent ones, and never above the sum of all.
    """
    lost, all_ = agencies - winners, agencies**draws
    named = Fraction(sum(comb(draws, k) * winners**k * lost ** (draws - k) for k in range(wins, draws + 1)), all_)
    upper = float(min(Fraction(1), agencies * named))
    lower = -expm1(agencies * log1p(-float(named))) if float(named) < 1 else 1.0
    is_exact = winners == 1
    if is_exact and upper > 1e-6:  # below that the bounds agree to six digits, and the sum itself loses its own
        lower = upper = min(upper, max(lower, 1 - _nobody(agencies, draws, wins)))
    return Coincidence(
        agencies=agencies,
        draws=draws,
        winners=winners,
        wins=wins,
        expected=Fraction(draws * winners, agencies),
        named=named,
        some=(min(lower, upper), upper),
        how="exact" if is_exact else "bounds",
    )


def _nobody(agencies: int, draws: int, wins: int) -> float:
    """The probability that no agency wins so often, with one winner a draw.

    Numbers of wins are those of independent Poisson variables whose sum is the number of draws.
    """
    mean = draws / agencies
    one = [exp(-mean)]
    for k in range(1, wins):
        one.append(one[-1] * mean / k)
    return _power(one, agencies, draws)[draws] / _poisson(draws)


def _poisson(mean: int) -> float:
    """The probability of exactly the mean."""
    found = exp(-mean / 2)  # in two parts, which do not vanish
    for k in range(1, mean + 1):
        found *= mean / k
        if k == mean // 2:
            found *= exp(-(mean - mean / 2))
    return found if mean > 1 else exp(-1)


def _power(factor: list[float], exponent: int, degree: int) -> list[float]:
    """A power of a polynomial, up to a degree."""
    found = [1.0]
    while exponent:
        if exponent & 1:
            found = _product(found, factor, degree)
        exponent >>= 1
        if exponent:
            factor = _product(factor, factor, degree)
    return found + [0.0] * (degree + 1 - len(found))


def _product(one: list[float], other: list[float], degree: int) -> list[float]:
    length = min(degree + 1, len(one) + len(other) - 1)
    found = [0.0] * length
    for at, value in enumerate(one[:length]):
        if value > _DROPPED:
            for to, by in enumerate(other[: length - at], at):
                found[to] += value * by
    return found
