"""How an agency fared against its chances: only results of pools that it was in."""

from fractions import Fraction

import pytest

from audit.act import Act
from audit.entry import SYSTEM
from lottery.public_queries import Chance, chances
from registry.events import CreditFactRecorded, FormulaPublished, Grade
from tests.lottery.hall import LATER_ROUND, Hall

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def of(hall: Hall, code: str, limit: int = 10) -> list[Chance]:
    with hall.log.reading() as session:
        return chances(session, hall.log.blobs, code, limit)


def favour(hall: Hall, code: str) -> None:
    """Three balls for this agency, one for every other."""
    grades = [Grade(grade="A", at_least=1, balls=3), Grade(grade="B", at_least=0, balls=1)]
    numbers = {"version": 1, "base": 0, "commission": 1, "commissions_at_most": 1, "point": 0, "objection": 0}
    formula = FormulaPublished(**numbers, window_months=0, grades=grades)
    fact = CreditFactRecorded(
        code=code, fact="commission_completed", project_code="XM-0", reference="验1号", day="2023-01-01"
    )

    def record(act: Act) -> None:
        act.lock(f"agency:{code}", "rule:credit")
        act.record(formula, "rule:credit")
        act.record(fact, f"agency:{code}")

    hall.do(SYSTEM, record)


def test_the_chances_of_a_pool_add_up_to_one_and_one_agency_was_first(hall: Hall) -> None:
    favour(hall, hall.codes[0])
    hall.prepare()
    assert of(hall, hall.codes[0]) == []
    hall.to_result()
    found = [of(hall, code) for code in hall.codes[:-1]]
    assert [len(one) for one in found] == [1] * 5
    assert [one[0].first for one in found] == [Fraction(3, 7), *[Fraction(1, 7)] * 4]
    assert sorted(one[0].rank for one in found) == [1, 2, 3, 4, 5]
    assert [one[0].is_winner for one in found] == [one[0].rank == 1 for one in found]
    assert of(hall, hall.codes[-1]) == []  # it did not answer


def test_a_void_attempt_counts_for_nothing_and_the_next_one_does(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    hall.void("FORCE_MAJEURE")
    assert of(hall, hall.codes[0]) == []
    hall.publish_plan("drand", LATER_ROUND)
    hall.publish_roster()
    hall.to_result()
    first, *more = of(hall, hall.codes[0])
    assert (first.draw_id, first.attempt, more) == (hall.draw_id, 2, [])
    assert of(hall, hall.codes[0], limit=0) == []


def test_a_rehearsal_counts_for_nothing(hall: Hall) -> None:
    hall.draw_id = "DRILL-MT-2023-0001"
    hall.prepare()
    hall.to_result()
    assert of(hall, hall.codes[0]) == []
