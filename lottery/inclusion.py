"""The chance of being among the winners, exactly (protocol, section 7.1). No clock, no database, no network.

Tickets are independent uniform numbers, so a draw is the urn in which a ball drawn removes its owner's other balls.
With one winner, or equal balls, the chance is a plain fraction. For the rest let every agent come at an exponential
time whose rate is its balls: the order of coming is the order of the draw. With `u = e^-t`, agent i of b balls comes at
`t` while at most w-1 others have come before, and

    P(i wins) = integral over u from 0 to 1 of  b u^(b-1) P(at most w-1 of the others came before t) du

The others' part is a polynomial in u, since one of b' balls has not come with probability u^b'. Written out by how many
sets of t of the others hold s balls together, N_i(t, s), and integrated term by term, this is a finite sum:

    P(i wins) = sum over t < w, s of  (-1)^(w-1-t) C(n-2-t, w-1-t) N_i(t, s) b / (K-s)

with n agents and K balls in all. Its terms are whole numbers over K-s. Where they are few they are added exactly; where
there are many, each is cut after `PLACES` binary places, so that the sum is wrong by less than its number of terms in
the last place: below 2^-100.
"""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from math import comb, gcd, lcm
from typing import Final

BUDGET: Final = 10_000_000_000
"""Steps on single bits, some seconds. 1,000 agents of 1 to 10 balls with 50 winners need 8,500,000,000."""
EXACT: Final = 256
"""Sums of balls for which the terms are added as fractions."""
PLACES: Final = 128


class TooLarge(Exception):  # noqa: N818 - an answer, not a fault
    """The sum has more terms than `BUDGET` allows."""


def inclusion(balls: Iterable[int], winners: int) -> dict[int, Fraction]:
    """Number of balls to the chance of who holds so many; balls: of every agent in the pool. Raises TooLarge."""
    counts = Counter(balls)
    unit = gcd(*counts)  # twice the balls for everyone are the same chances
    chances = _inclusion(tuple(sorted((weight // unit, count) for weight, count in counts.items())), winners)
    return {weight * unit: chance for weight, chance in chances.items()}


@lru_cache(maxsize=1024)
def _inclusion(counts: tuple[tuple[int, int], ...], winners: int) -> dict[int, Fraction]:
    agents = sum(count for _, count in counts)
    if winners >= agents:
        return {weight: Fraction(1) for weight, _ in counts}
    if len(counts) == 1:
        return {weight: Fraction(winners, agents) for weight, _ in counts}
    total = sum(weight * count for weight, count in counts)
    if winners == 1:
        return {weight: Fraction(weight, total) for weight, _ in counts}
    # The sets of each size are a polynomial whose exponents are sums of balls, packed into one whole number: a slot of
    # `bits` for each sum, wide enough for all sets that there are, and whole bytes.
    bits = (comb(agents, min(winners, agents // 2)).bit_length() + 7) // 8 * 8
    largest = [weight for weight, count in reversed(counts) for _ in range(min(count, winners))]
    sums = sum(largest[: winners - 1]) + 1
    if sums * winners * (bits * (agents + len(counts)) + 6_000 * len(counts)) > BUDGET:
        raise TooLarge
    sets = [1] + [0] * (winners - 1)
    for weight, count in counts:
        for _ in range(count):
            for size in range(winners - 1, 0, -1):
                sets[size] += sets[size - 1] << (weight * bits)
    return {weight: _chance(sets, weight, bits, agents, total) for weight, _ in counts}


def _chance(sets: list[int], weight: int, bits: int, agents: int, total: int) -> Fraction:
    """sets: those of all agents by size, of which the ones without this agent are worked out."""
    winners = len(sets)
    others = sets[:1]
    for size in range(1, winners):
        others.append(sets[size] - (others[-1] << (weight * bits)))
    width = bits // 8
    numerators = [0] * (max(packed.bit_length() for packed in others) // bits + 1)
    for size, packed in enumerate(others):
        rest = winners - 1 - size
        factor = (-1) ** rest * comb(agents - 2 - size, rest) * weight
        slots = packed.to_bytes((packed.bit_length() + 7) // 8, "little")
        for balls, start in enumerate(range(0, len(slots), width)):
            if found := int.from_bytes(slots[start : start + width], "little"):
                numerators[balls] += factor * found
    terms = [(number, total - balls) for balls, number in enumerate(numerators) if number]
    common = lcm(*(below for _, below in terms)) if len(terms) <= EXACT else 1 << PLACES
    return Fraction(sum(number * common // below for number, below in terms), common)
