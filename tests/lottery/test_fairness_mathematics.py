"""The figures of the fairness page against what whoever counts every case finds, and against published values."""

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, isclose, prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lottery import fairness, inclusion
from lottery.coincidence import coincidence
from lottery.fairness import TINY, Wins, chi_square_9, holm, kolmogorov, spread, uniform_of
from lottery.protocol.draw import ranking


def by_every_order(balls: Sequence[int], winners: int) -> list[Fraction]:
    """Each agent's chance of being among the winners, by the urn, order by order."""
    found = [Fraction(0)] * len(balls)
    for order in permutations(range(len(balls)), winners):
        chance, left = Fraction(1), sum(balls)
        for agent in order:
            chance *= Fraction(balls[agent], left)
            left -= balls[agent]
        for agent in order:
            found[agent] += chance
    return found


def wins_of(chances: Sequence[Fraction], won: int = 0) -> Wins:
    found = Wins()
    for at, chance in enumerate(chances):
        found.add(chance, at < won)
    return found


# Chances


def test_the_protocols_own_example_comes_out() -> None:
    assert inclusion.inclusion([1, 2, 3], 2) == {1: Fraction(5, 12), 2: Fraction(11, 15), 3: Fraction(17, 20)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=5), st.integers(1, 5))
def test_chances_are_those_of_every_order_counted(balls: list[int], winners: int) -> None:
    found = inclusion.inclusion(balls, winners)
    assert [found[one] for one in balls] == by_every_order(balls, min(winners, len(balls)))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=2, max_size=60), st.integers(1, 12))
def test_chances_add_up_to_the_places_and_grow_with_balls_and_with_places(balls: list[int], winners: int) -> None:
    found = inclusion.inclusion(balls, winners)
    assert sum(found[one] for one in balls) == min(winners, len(balls))
    assert list(dict(sorted(found.items())).values()) == sorted(found.values())
    more = inclusion.inclusion(balls, winners + 1)
    assert all(found[one] <= more[one] <= 1 for one in balls)


def test_equal_balls_and_one_winner_are_plain_fractions_in_a_pool_of_any_size() -> None:
    assert inclusion.inclusion([7] * 10_000, 3_000) == {7: Fraction(3, 10)}
    assert inclusion.inclusion([1] * 9_999 + [1000], 1)[1000] == Fraction(1000, 10_999)


def test_many_different_sums_are_cut_after_places_that_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    source = random.Random(5)
    balls = [source.randint(1, 200) for _ in range(40)]
    inclusion._inclusion.cache_clear()
    cut = inclusion.inclusion(balls, 4)
    monkeypatch.setattr(inclusion, "EXACT", 10**9)
    inclusion._inclusion.cache_clear()
    exact = inclusion.inclusion(balls, 4)
    assert cut != exact
    assert max(abs(cut[one] - exact[one]) for one in balls) < Fraction(1, 2**100)


def test_a_pool_beyond_reach_is_said_to_be() -> None:
    with pytest.raises(inclusion.TooLarge):
        inclusion.inclusion(range(1, 1000), 100)


# Wins


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fractions(0, 1, max_denominator=50), min_size=1, max_size=7))
def test_the_distribution_of_wins_is_that_of_every_case_counted(chances: list[Fraction]) -> None:
    exact = [Fraction(0)] * (len(chances) + 1)
    for case in product((0, 1), repeat=len(chances)):
        exact[sum(case)] += prod(p if hit else 1 - p for p, hit in zip(chances, case, strict=True))
    found = wins_of(chances).pmf
    for k, probability in enumerate(exact):
        assert isclose(found[k] if k < len(found) else 0, probability, rel_tol=1e-13, abs_tol=1e-39)


def test_tails_of_equal_chances_are_the_binomials_to_twelve_digits_far_out_too() -> None:
    n, p = 300, Fraction(1, 18)
    exact = [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]
    for won in (0, 3, 16, 17, 40, 60):
        found = wins_of([p] * n, won)
        assert isclose(found.at_least, sum(exact[won:]), rel_tol=1e-12)
        assert isclose(found.at_most, sum(exact[: won + 1]), rel_tol=1e-12)
        assert isclose(found.p_value, min(1, 2 * min(sum(exact[won:]), sum(exact[: won + 1]))), rel_tol=1e-12)
    assert wins_of([p] * n, 150).p_value == TINY
    low, high = wins_of([p] * n).between()
    assert sum(exact[:low]) <= Fraction(1, 200) < sum(exact[: low + 1])
    assert sum(exact[high + 1 :]) <= Fraction(1, 200) < sum(exact[high:])


def test_holms_adjustment_is_the_published_one_and_never_helps_anybody() -> None:
    adjusted = holm([0.01, 0.04, 0.03, 0.005])
    assert adjusted == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 1.0]) == [1.0, 1.0]


def test_of_many_honest_histories_few_show_a_small_adjusted_value() -> None:
    """The promise of the page: at a level of 1 in 20, at most about 1 in 20 of honest histories shows anybody."""
    source, shown, runs = random.Random(11), 0, 200
    for _ in range(runs):
        counts = [0] * 20
        for _ in range(100):
            counts[source.randrange(20)] += 1
        pmf = wins_of([Fraction(1, 20)] * 100).pmf
        p_values = [Wins(100, 5.0, won, pmf).p_value for won in counts]
        shown += min(holm(p_values)) < 0.05
    assert shown <= 18  # of a binomial with 1/20, more has a probability below 1 in 100


# First tickets


def test_the_smallest_ticket_of_a_draw_is_spread_evenly_once_its_balls_are_counted_in() -> None:
    source = random.Random(3)
    values = []
    for _ in range(400):
        agents = [{"code": f"A{n}", "name": "", "balls": source.randint(1, 4)} for n in range(source.randint(2, 12))]
        first = ranking(source.randbytes(32).hex(), agents)[0]  # type: ignore[arg-type]  # as a roster holds them
        values.append(uniform_of(first["ticket"], sum(int(str(one["balls"])) for one in agents)))
    found = spread(values)
    assert sum(found.counts) == 400
    assert found.p_distance > 0.01
    assert found.p_chi_square is not None
    assert found.p_chi_square > 0.01
    crowded = spread([value**1.5 for value in values])
    assert crowded.p_distance < 0.001
    assert crowded.p_chi_square is not None
    assert crowded.p_chi_square < 0.001
    assert uniform_of("f" * 64, 3) == 1.0
    assert uniform_of("8" + "0" * 63, 2) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("count", "distance", "within"), [(10, 0.274, 0.6284796154565043), (1, 0.7, 0.4), (2, 0.9, 0.98)]
)
def test_the_exact_distribution_of_the_distance_is_the_published_one(
    count: int, distance: float, within: float
) -> None:
    assert 1 - kolmogorov(count, distance) == pytest.approx(within, abs=1e-12)


@pytest.mark.parametrize("distance", [0.05, 0.08, 0.11, 0.14])
def test_beyond_the_exact_law_the_limit_is_as_near_as_it_says(distance: float) -> None:
    count = fairness.EXACT_UP_TO + 1
    assert kolmogorov(count, distance) == pytest.approx(1 - fairness._within(count, distance), abs=1e-3)


def test_the_edges_of_the_distance_are_sure() -> None:
    assert kolmogorov(5, 0.1) == 1.0
    assert kolmogorov(5, 1.0) == 0.0
    assert 0 < kolmogorov(140, 0.3) < 1e-9
    assert spread([]).p_distance == 1.0


@pytest.mark.parametrize(("value", "probability"), [(16.919, 0.05), (21.666, 0.01), (27.877, 0.001), (8.343, 0.5)])
def test_chi_square_is_as_in_the_tables(value: float, probability: float) -> None:
    assert chi_square_9(value) == pytest.approx(probability, rel=2e-3)
    assert chi_square_9(0) == 1.0


# Coincidences


def some_wins(agencies: int, draws: int, winners: int, wins: int) -> Fraction:
    """The probability that some agency wins so often, every case counted."""
    cases = list(product(combinations(range(agencies), winners), repeat=draws))
    lucky = sum(max(sum(agent in one for one in case) for agent in range(agencies)) >= wins for case in cases)
    return Fraction(lucky, len(cases))


@pytest.mark.parametrize(
    ("agencies", "draws", "wins"), [(3, 4, 3), (2, 5, 3), (4, 5, 2), (5, 1, 1), (6, 4, 2), (3, 7, 7)]
)
def test_a_coincidence_with_one_winner_is_exact(agencies: int, draws: int, wins: int) -> None:
    found = coincidence(agencies, draws, 1, wins)
    p = Fraction(1, agencies)
    assert found.named == sum(comb(draws, k) * p**k * (1 - p) ** (draws - k) for k in range(wins, draws + 1))
    assert found.some[0] == found.some[1] == pytest.approx(float(some_wins(agencies, draws, 1, wins)), rel=1e-9)


@pytest.mark.parametrize(
    ("agencies", "draws", "winners", "wins"), [(4, 3, 2, 3), (5, 3, 2, 2), (4, 4, 3, 4), (5, 3, 3, 3)]
)
def test_a_coincidence_with_several_winners_lies_within_its_bounds(
    agencies: int, draws: int, winners: int, wins: int
) -> None:
    low, high = coincidence(agencies, draws, winners, wins).some
    assert low - 1e-12 <= some_wins(agencies, draws, winners, wins) <= high + 1e-12
    assert low < high or high == 1


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 40), st.integers(1, 40), st.data())
def test_coincidences_grow_rarer_with_more_wins(agencies: int, draws: int, data: st.DataObject) -> None:
    winners = data.draw(st.integers(1, agencies - 1))
    wins = data.draw(st.integers(1, draws))
    found = coincidence(agencies, draws, winners, wins)
    assert 0 <= found.some[0] <= found.some[1] <= 1
    assert float(found.named) <= found.some[1] + 1e-9
    if wins < draws:
        rarer = coincidence(agencies, draws, winners, wins + 1)
        assert rarer.named < found.named
        assert rarer.some[1] <= found.some[1] + 1e-9
