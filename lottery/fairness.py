"""What an honest history of draws would look like, and how far from it this one is. No clock, no database, no network.

The chances are fractions (`inclusion`). Sums of them are floats, and every step on the way is a product or a sum of
numbers that are not negative, so that each probability is right to a relative `(4 d + 8) 2^-53` after d draws: ten
digits and more for any number of draws that there can be. What lies below `TINY` is only said to lie below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from math import ceil, erfc, exp, expm1, fsum, log1p, pi, sqrt
from typing import Final

LEVEL: Final = 0.01
"""Below this, an adjusted p-value calls for an inspection; of a hundred honest centres one shows such a one."""
TINY: Final = 1e-30
_DROPPED: Final = 1e-40
DECILES: Final = 10
ENOUGH: Final = 50
"""Draws from which on the chi-square test is one: five in each decile."""
EXACT_UP_TO: Final = 140
"""Draws up to which the Kolmogorov-Smirnov test is exact."""


@dataclass
class Wins:
    """How often an agency may have won in independent draws of different chances (Poisson-binomial distribution)."""

    draws: int = 0
    expected: float = 0.0
    won: int = 0
    pmf: list[float] = field(default_factory=lambda: [1.0])
    """Of 0, 1, 2 … wins. What is more than `_DROPPED` unlikely at the upper end is left out."""

    def add(self, chance: Fraction, has_won: bool) -> None:
        """One more draw."""
        hit, miss = float(chance), float(1 - chance)
        longer = [same * miss + fewer * hit for same, fewer in zip([*self.pmf, 0.0], [0.0, *self.pmf], strict=True)]
        while longer[-1] < _DROPPED:
            longer.pop()
        self.pmf = longer
        self.draws += 1
        self.expected += hit
        self.won += has_won

    @property
    def at_least(self) -> float:
        """The probability of as many wins or more."""
        return min(1.0, fsum(self.pmf[self.won :]))

    @property
    def at_most(self) -> float:
        """The probability of as many wins or fewer."""
        return min(1.0, fsum(self.pmf[: self.won + 1]))

    @property
    def p_value(self) -> float:
        """Two-sided: twice the smaller of the two, 1 at most; `TINY` where it is below that."""
        return max(TINY, min(1.0, 2 * min(self.at_least, self.at_most)))

    def between(self, outside: float = LEVEL) -> tuple[int, int]:
        """Fewest and most wins so that fewer, and more, each have a probability of at most half of `outside`."""
        below, low = 0.0, 0
        while low < len(self.pmf) - 1 and below + self.pmf[low] <= outside / 2:
            below += self.pmf[low]
            low += 1
        above, high = 0.0, len(self.pmf) - 1
        while high > low and above + self.pmf[high] <= outside / 2:
            above += self.pmf[high]
            high -= 1
        return low, high


def holm(p_values: Sequence[float]) -> list[float]:
    """Each p-value adjusted for their number (Holm 1979), in the order given.

    Where every draw was honest, the probability that any adjusted value lies below x is at most x, however many
    there are and however they depend on one another: of many agencies there is always one that looks lucky.
    """
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for place, at in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[at] = largest
    return adjusted


# First tickets


def uniform_of(ticket: str, balls: int) -> float:
    """Where the smallest of `balls` tickets stands among all that it might have been, from 0 to 1, evenly spread.

    ticket: 64 hexadecimal digits. The smallest of K uniform numbers is below t with probability 1-(1-t)^K.
    """
    value = int(ticket, 16) / (1 << 256)
    return -expm1(balls * log1p(-value)) if value < 1 else 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly numbers between 0 and 1 are spread."""

    counts: tuple[int, ...]
    """In each tenth."""
    distance: float
    """The largest between their distribution and the even one (Kolmogorov-Smirnov)."""
    p_distance: float
    is_exact: bool
    """Whether `p_distance` is; otherwise it is the limit law with a correction, right to 0.001."""
    chi_square: float
    p_chi_square: float | None
    """With nine degrees of freedom; None below `ENOUGH` numbers."""


def spread(values: Sequence[float]) -> Spread:
    """values: each from 0 to 1."""
    count = len(values)
    counts = [0] * DECILES
    for value in values:
        counts[min(DECILES - 1, int(value * DECILES))] += 1
    ordered = sorted(values)
    gaps = (max((at + 1) / count - value, value - at / count) for at, value in enumerate(ordered))
    distance = max(gaps, default=0.0)
    each = count / DECILES
    chi_square = fsum((found - each) ** 2 / each for found in counts) if count else 0.0
    return Spread(
        counts=tuple(counts),
        distance=distance,
        p_distance=kolmogorov(count, distance) if count else 1.0,
        is_exact=count <= EXACT_UP_TO,
        chi_square=chi_square,
        p_chi_square=chi_square_9(chi_square) if count >= ENOUGH else None,
    )


def chi_square_9(value: float) -> float:
    """The probability of a chi-square of nine degrees of freedom at or above `value`; the sum is the whole of it."""
    if value <= 0:
        return 1.0
    root = sqrt(value)
    terms = root * (1 + value / 3 + value**2 / 15 + value**3 / 105)
    return min(1.0, erfc(sqrt(value / 2)) + sqrt(2 / pi) * exp(-value / 2) * terms)


@lru_cache(maxsize=256)
def kolmogorov(count: int, distance: float) -> float:
    """The probability that the distance of `count` even numbers is as large or larger.

    Below a ten-millionth, what is returned is Massart's bound on it.
    """
    if distance <= 1 / (2 * count):
        return 1.0
    if distance >= 1:
        return 0.0
    if count * distance**2 > 8:
        return 2 * exp(-2 * count * distance**2)
    if count > EXACT_UP_TO:
        root = sqrt(count)
        # Vrbik 2018: with this argument the limit law is right to the order 1/n.
        x = root * distance + 1 / (6 * root) + (root * distance - 1) / (4 * count)
        return min(1.0, max(0.0, 2 * fsum((-1) ** (k - 1) * exp(-2 * k * k * x * x) for k in range(1, 101))))
    return min(1.0, max(0.0, 1 - _within(count, distance)))


def _within(count: int, distance: float) -> float:
    """The probability of a smaller distance: a power of a matrix (Durbin; Marsaglia, Tsang and Wang 2003)."""
    steps = ceil(count * distance)
    size = 2 * steps - 1
    rest = steps - count * distance
    matrix = [[1.0 if row - column + 1 >= 0 else 0.0 for column in range(size)] for row in range(size)]
    for at in range(size):
        matrix[at][0] -= rest ** (at + 1)
        matrix[size - 1][at] -= rest ** (size - at)
    matrix[size - 1][0] += (2 * rest - 1) ** size if 2 * rest > 1 else 0.0
    for row in range(size):
        for column in range(row + 1):
            for divisor in range(1, row - column + 2):
                matrix[row][column] /= divisor
    # Only one entry of the power is wanted: the matrix is applied `count` times to the one column that leads to it.
    column_ = [1.0 if row == steps - 1 else 0.0 for row in range(size)]
    for step in range(1, count + 1):
        column_ = [fsum(a * b for a, b in zip(row, column_, strict=True)) * step / count for row in matrix]
    return column_[steps - 1]
