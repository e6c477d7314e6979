"""Who is in one draw, of all agencies: whether the time grows as their number, and what it is to reading the rows."""

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from audit.database import Base, Database
from audit.tables import EntryRow, PublicRow
from benchmarks.figures import Figure, heading, seconds, show
from benchmarks.sequencing import new_log, outbox_rows
from lottery.rules.pool import Pool
from registry import tables
from registry.events import FormulaPublished, Grade
from registry.model import Organisation
from registry.model.standing import Call, Conduct, Formula, Party, Rulebook
from registry.rules import In
from registry.standing import standings
from tests.ground import Cluster

SIZES = (1_000, 10_000)
PRACTITIONERS = 10
"""Of each agency, with a certificate each."""
CHUNK = 20_000
"""Rows inserted at once."""
FAR = 4_000_000_000
NOW = 1_763_949_600

Row = dict[str, Any]


def agency_rows(code: str, entry: int) -> Iterator[tuple[type[PublicRow], Row]]:
    """The rows of one agency that lacks nothing, from one entry id on. The last of them has the highest."""
    facts = {"code": code, "name": code, "name_key": code, "region": "210100", "address": "演示路 1 号"}
    yield tables.AgencyRow, {"entry_id": entry, **facts, "organisation": None, "founded": None, "reason": None}
    for position, field in enumerate(("工程建设", "政府采购")):
        yield tables.AgencyFieldRow, {"entry_id": entry, "position": position, "field": field}
    forms: list[tuple[str, str | None]] = [("agency", None), ("legal_person", None)]
    forms += [("practitioner", f"p{number}") for number in range(PRACTITIONERS)]
    accepted = entry + 1 + len(forms)
    for position, (form, who) in enumerate(forms):
        version = {"code": code, "form": form, "practitioner": who, "version": 1}
        given = entry + 1 + position
        yield tables.FormRow, {"entry_id": given, **version}
        yield tables.FormAcceptanceRow, {"entry_id": accepted, "position": position, **version, "until": FAR}
        if who is not None:
            yield tables.FormCertificateRow, {"entry_id": given, "position": 0, "name": "造价工程师", "until": None}
    yield tables.CommitmentRow, {"entry_id": accepted + 1, "code": code, "version": 1, "until": FAR, "on_paper": True}
    yield tables.AcknowledgementRow, {"entry_id": accepted + 2, "code": code, "version": 1}
    fact = {"code": code, "fact": "commission_completed", "project_code": "XM", "reference": "1", "day": "2025-06-01"}
    yield tables.CreditFactRow, {"entry_id": accepted + 3, **fact}


ENTRIES = 1 + 2 + PRACTITIONERS + 1 + 3
"""Entries of one agency."""


def fill(database: Database, first: int, last: int) -> None:
    """Agencies [first, last), whose entries follow the ones there are."""
    rows: dict[type[PublicRow], list[Row]] = {}
    for number in range(first, last):
        for table, row in agency_rows(f"91210100DEM{number:07d}", 2 + number * ENTRIES):
            rows.setdefault(table, []).append(row)
    entries: list[Row] = [
        {"id": 2 + first * ENTRIES + at, **row} for at, row in enumerate(outbox_rows((last - first) * ENTRIES))
    ]
    with database.writing() as session:
        _insert(session, EntryRow, entries)
        for table, values in rows.items():
            _insert(session, table, values)


def _insert(session: Session, table: type[Base], rows: list[Row]) -> None:
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(table), rows[start : start + CHUNK])


def decide_all(session: Session) -> int:
    """How many are in, of all."""
    formula = FormulaPublished(
        version=1,
        base=100,
        commission=5,
        commissions_at_most=10,
        point=10,
        objection=20,
        window_months=12,
        grades=[Grade(grade="A", at_least=100, balls=3), Grade(grade="B", at_least=0, balls=1)],
    )
    call = Call(
        entry=1,
        fields=("工程建设",),
        requires=("forms", "commitment", "code"),
        practitioners=5,
        certificates=("造价工程师",),
        rulebook=Rulebook((Conduct(1, 0, 0),), (Formula(formula, 0),)),
    )
    found = standings(session)
    parties = tuple(
        Party(seat, Organisation(id_, id_, None, ("tenderer",)), 1)
        for seat, id_ in ((None, "tenderer"), ("centre", "centre"), ("notary", "notary"))
    )
    pool = Pool(call, parties, dict.fromkeys(found, 1), NOW)
    return sum(isinstance(verdict, In) for verdict in pool.verdicts(found).values())


def read_rows(session: Session) -> int:
    """How many rows the same tables hold, all read."""
    count = 0
    for row in (
        tables.AgencyRow,
        tables.AgencyFieldRow,
        tables.AgencyDecisionRow,
        tables.FormRow,
        tables.FormCertificateRow,
        tables.FormAcceptanceRow,
        tables.PractitionerLeftRow,
        tables.CommitmentRow,
        tables.AcknowledgementRow,
        tables.IncidentDecisionRow,
        tables.CreditFactRow,
    ):
        table = row.__table__
        assert isinstance(table, Table)
        count += len(session.execute(select(table)).all())
    return count


def measure(name: str, url: str | None, sizes: tuple[int, ...]) -> None:
    each: dict[int, float] = {}
    with new_log(url) as log:
        filled = 0
        for size in sizes:
            fill(log.database, filled, size)
            filled = size
            with log.reading() as session:
                assert decide_all(session) == size
                each[size] = seconds(lambda: decide_all(session)) / size
                reading = seconds(lambda: read_rows(session)) / size
            means = f"of reading their rows; {each[size] * 1e6:,.0f} µs each, {each[size] * size:.2f} s for all"
            show(Figure(f"deciding on {size:,} agencies, {name}", each[size] / reading, "x", means))
    growth = each[sizes[-1]] / each[sizes[0]]
    show(Figure(f"time for one of {sizes[-1]:,}, {name}", growth, "x", f"of that for one of {sizes[0]:,}", "1"))


def run(cluster: Cluster, sizes: tuple[int, ...] = SIZES) -> None:
    heading("Who is in a draw, of all agencies")
    for name, url in (("SQLite", None), ("PostgreSQL", cluster.create())):
        begun = time.perf_counter()
        measure(name, url, sizes)
        print(f"  ({time.perf_counter() - begun:.0f} s with filling)")
