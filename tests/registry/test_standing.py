"""The tables and the log tell the same standing of every agency, whatever happened and whenever it is asked."""

import random

import orjson
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from audit.events import KINDS
from audit.log import Log
from audit.reading import entries, log_size
from audit.source import Folder
from audit.tables import EntryRow
from registry.model import Organisation
from registry.model.standing import Call, Party, Rulebook, Standing
from registry.replay import Register
from registry.rules import In, eligibility, is_conflict
from registry.standing import rulebook, standing, standings
from tests.registry.builders import a_code
from tests.registry.happenings import Happenings


def folded(session: Session, before: int | None = None) -> Register:
    """The fold over the rows of the log, which go by their row ids."""
    register = Register()
    for row in session.scalars(select(EntryRow).order_by(EntryRow.id)):
        if before is None or row.id < before:
            register.add(row.id, KINDS[row.kind].of(orjson.loads(row.body)))
    return register


def published(log: Log) -> Register:
    """The fold over the published log, which goes by places."""
    register, source = Register(), Folder(str(log.data / "log"))
    for entry in entries(source, log_size(source)):
        register.add(entry.seq, KINDS[entry.kind].of(entry.body))
    return register


@pytest.mark.parametrize(
    ("database", "seed"), [("sqlite", 0), ("sqlite", 1), ("postgresql", 2), ("postgresql", 3)], indirect=["database"]
)
def test_tables_and_log_tell_the_same(log: Log, seed: int) -> None:
    happenings = Happenings(log, random.Random(seed))
    for _ in range(3):
        happenings.happen(60)
        with log.reading() as session:
            register, found = folded(session), standings(session)
            assert found == register.standings()
            assert rulebook(session) == register.rulebook
            for number in range(5):
                code = a_code(number)
                assert standing(session, code) == register.standing(code)
            newest = max(row for row in session.scalars(select(EntryRow.id)))
            earlier = newest - 25
            then = folded(session, earlier)
            assert standings(session, before=earlier) == then.standings()
            assert rulebook(session, before=earlier) == then.rulebook
    log.wait(newest, 20)
    with log.reading() as session:
        assert standings(session, placed=True) == found
    assert published(log).standings().keys() == found.keys()


def test_a_fact_shows_in_public_only_when_its_entry_has_its_place(log: Log) -> None:
    log.stop()
    Happenings(log, random.Random(1)).happen(40)
    with log.reading() as session:
        assert standings(session)
        assert standings(session, placed=True) == {}
        assert rulebook(session, placed=True) == Rulebook()


def test_the_number_of_statements_does_not_grow_with_the_agencies(log: Log) -> None:
    log.stop()  # whose sequencer asks for itself
    counts, happenings = [], Happenings(log, random.Random(1))
    for happenings.agencies in (2, 40):
        happenings.happen(100)
        statements: list[str] = []

        def count(*executed: object, into: list[str] = statements) -> None:
            into.append(str(executed[2]))

        event.listen(log.database.engine, "before_cursor_execute", count)
        with log.reading() as session:
            standings(session)
            rulebook(session)
        event.remove(log.database.engine, "before_cursor_execute", count)
        counts.append(len(statements))
    assert counts[0] == counts[1] < 16


# The rules over what happened


def plainly(one: Standing, call: Call, at: int) -> int:
    """The formula once more, in one line a term. The day is 24 November 2025."""
    formula = call.rulebook.formula_before(call.entry)
    if formula is None:
        return 1
    terms = formula.terms
    since = {0: "", 6: "2025-05-24", 12: "2024-11-24"}[terms.window_months]
    facts = [fact.fact for fact in one.credit_facts if since < fact.day <= "2025-11-24"]
    score = terms.base
    score += terms.commission * min(facts.count("commission_completed"), terms.commissions_at_most)
    score -= terms.point * sum(each.points for each in one.penalties if each.ends is None or each.ends > at)
    score -= terms.objection * facts.count("objection_upheld")
    return terms.grades[0].balls if score >= terms.grades[0].at_least else terms.grades[1].balls


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(4))
def test_balls_equal_the_formula_and_nobody_suspended_is_in(log: Log, seed: int) -> None:
    happenings = Happenings(log, random.Random(100 + seed), agencies=8)
    party = Party(None, Organisation("tenderer", "演示招标人", None, ("tenderer",)), 1)
    counted = {"in": 0, "suspended": 0}
    for _ in range(5):
        happenings.happen(40)
        at = log.clock() // 1000
        with log.reading() as session:
            found, book = standings(session), rulebook(session)
            newest = session.scalar(select(func.max(EntryRow.id))) or 0
        for one in found.values():
            call = Call(entry=happenings.pick.randrange(newest), rulebook=book)
            verdict = eligibility(one, call, [party], newest, at)
            struck = one.agency is not None and (
                one.agency.removal is not None or any(each.holds_at(at) for each in one.agency.suspensions)
            )
            tied = any(tie.other == "organisation:tenderer" and is_conflict(tie) for tie in one.ties)
            assert isinstance(verdict, In) == (one.agency is not None and not struck and not tied)
            if isinstance(verdict, In):
                assert verdict.balls == plainly(one, call, at)
            counted["in"] += isinstance(verdict, In)
            counted["suspended"] += struck
    assert all(counted.values())
