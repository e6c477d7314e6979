"""All draws folded together: an honest history is left in peace, a rigged one is flagged, rehearsals never count."""

from fractions import Fraction
from pathlib import Path

import pytest

from audit.database import Database
from lottery import inclusion
from lottery.documents import DocumentMissing
from lottery.queries.fairness import Fairness, History
from tests.lottery.hall import Hall
from tests.lottery.many_draws import ACCOUNTS, KeptInMemory, ManyDraws, a_pool

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def many(database: Database, tmp_path: Path) -> ManyDraws:
    return ManyDraws(database, KeptInMemory(tmp_path))


def told(many: ManyDraws, history: History | None = None, size: int | None = None) -> Fairness:
    with many.database.reading() as session:
        return (history or History()).upto(session, many.blobs, many.size if size is None else size)


@SQLITE
def test_an_honest_history_of_two_hundred_draws_flags_nobody(many: ManyDraws) -> None:
    pool = a_pool(40, balls=(1, 2, 3))
    won = [code for at in range(200) for code in many.draw(pool, winners=1 + at % 2)]
    found = told(many)
    assert found.flagged == []
    assert found.results == 200
    assert {line.code: line.wins for line in found.agencies} == {code: won.count(code) for code in pool}
    assert sum(line.expected for line in found.agencies) == pytest.approx(300)
    chance = inclusion.inclusion(pool.values(), 1), inclusion.inclusion(pool.values(), 2)
    for line in found.agencies:
        assert line.draws == 200
        assert line.expected == pytest.approx(float(100 * (chance[0][pool[line.code]] + chance[1][pool[line.code]])))
    assert all(line.low <= line.wins <= line.high or line.p_value < 0.01 for line in found.agencies)
    assert found.first_tickets.p_distance > 0.01
    assert sum(found.first_tickets.counts) == 200


@SQLITE
def test_an_agency_that_wins_far_too_often_is_flagged_and_no_other(many: ManyDraws) -> None:
    pool = a_pool(40)
    favourite = list(pool)[7]
    for at in range(120):
        many.draw(pool, picked=favourite if at % 6 == 0 else None)
    found = told(many)
    assert [line.code for line in found.flagged] == [favourite]
    line = found.agencies[0]
    assert line.wins >= 20 > line.high
    assert line.expected == pytest.approx(float(Fraction(120, 40)))
    assert line.p_value < line.p_adjusted < 1e-6


def test_rehearsals_voids_and_what_is_not_published_count_for_no_agency(many: ManyDraws) -> None:
    pool = a_pool(5)
    many.draw(pool, drill=True, removed=(1,))
    many.void("OBJECTION", drill=True)
    before = told(many)
    assert (before.attempts, before.results, before.agencies, before.operators) == (0, 0, [], [])
    many.void("FORCE_MAJEURE", by=ACCOUNTS[1], sealed=True)
    many.void("QUORUM", by=ACCOUNTS[1])
    size = many.size
    many.draw(pool)
    found = told(many, size=size)
    assert (found.attempts, found.results, found.agencies) == (2, 0, [])
    assert found.voids == {"FORCE_MAJEURE": 1, "QUORUM": 1}
    assert [(one.actor, one.planned, one.voids_after_seal) for one in found.operators] == [(ACCOUNTS[1], 2, 1)]


@SQLITE
def test_removals_are_told_by_account_and_the_win_as_drawn_stays_a_win(many: ManyDraws) -> None:
    pool = a_pool(6)
    winners = many.draw(pool, winners=2, removed=(1, 3), removed_by=ACCOUNTS[1])
    many.draw(pool, winners=2)
    found = told(many)
    assert found.changed == 1
    assert found.removals == {"DECLINED": 2}
    planner, remover = found.operators
    assert (planner.actor, planner.drawn, planner.drawn_changed, planner.changed) == (ACCOUNTS[0], 2, 1, set())
    assert (remover.changed, remover.winners_removed, remover.promoted) == ({("MT-2023-0001", 1)}, 1, 1)
    lines = {line.code: line for line in found.agencies}
    assert lines[winners[0]].wins >= 1
    assert lines[winners[0]].removed == 1
    assert sum(line.promoted for line in found.agencies) == 1
    assert sum(line.wins for line in found.agencies) == 4


@SQLITE
def test_what_is_continued_is_what_is_read_at_once(many: ManyDraws) -> None:
    history = History()
    for at in range(8):
        many.draw(a_pool(4 + at, balls=(1, 3)), winners=2, removed=(1,) if at % 3 == 0 else ())
        many.void("OBJECTION")
        kept = told(many, history, many.size)
        assert told(many, history, 1) is kept  # less than was asked before
    assert kept == told(many)


@SQLITE
def test_a_pool_beyond_reach_is_named_and_counts_for_no_agency(
    many: ManyDraws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inclusion, "BUDGET", 10)
    inclusion._inclusion.cache_clear()
    many.draw(a_pool(6, balls=(1, 2)), winners=2)
    many.draw(a_pool(6), winners=2)
    found = told(many)
    assert found.too_large == [("MT-2023-0001", 1)]
    assert found.results == 2
    assert {line.draws for line in found.agencies} == {1}


@SQLITE
def test_a_missing_file_is_said_to_be_missing_and_counted_once_it_is_there(many: ManyDraws, tmp_path: Path) -> None:
    many.draw(a_pool(3))
    many.draw(a_pool(5))
    history, nothing = History(), KeptInMemory(tmp_path)
    with many.database.reading() as session, pytest.raises(DocumentMissing):
        history.upto(session, nothing, many.size)
    assert told(many, history) == told(many)


@SQLITE
def test_a_real_draw_counts_from_its_result_on(hall: Hall) -> None:
    history = History()

    def now() -> Fairness:
        size = hall.log.published_size
        with hall.log.reading() as session:
            return history.upto(session, hall.log.blobs, size)

    hall.prepare()
    assert (now().attempts, now().results) == (1, 0)
    hall.to_result()
    found = now()
    assert (found.attempts, found.results) == (1, 1)
    assert {line.code for line in found.agencies} == set(hall.codes[:-1])
    assert sum(line.wins for line in found.agencies) == 1
    assert [round(line.expected, 9) for line in found.agencies] == [0.2] * 5
