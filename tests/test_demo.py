"""The demo's day from end to end, and that no hand in its database stays hidden."""

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import pytest
from sqlalchemy import Connection, Table, delete, insert, select, update

from api.cli.place import load_packages
from api.demo import stage
from api.demo.agencies import (
    APPEALED,
    BARE,
    FEW,
    FORMER_SUSPENDED,
    LAPSED,
    NEWCOMER,
    OBJECTED,
    OF_ONE_OWNER,
    OF_THE_TENDERER,
    REMOVED,
    SUSPENDED,
    UNACKNOWLEDGED,
    UNPROMISED,
    UNRENEWED_PROMISE,
    agencies,
    agency,
    owner_number,
)
from api.demo.city import BRIDGE, ORIGIN, SCHOOL, WATERWORKS
from audit.command import verify_log_command
from audit.database import Database
from audit.entry import Entry
from audit.folder import Folder
from audit.keys import load
from audit.log import LogExists, create_log, system_clock
from audit.migrate import upgrade
from audit.note import Signer, VerifierKey
from audit.reading import entries, log_size
from audit.rebuild import public_tables, rebuild_check
from audit.source import open_source
from audit.tables import EntryRow
from audit.transfer import import_log
from lottery.explain import explain, explain_all
from lottery.protocol.verify import verify_evidence
from registry.rules import Reason
from tests.demo_city import a_played_city
from tests.ground import Cluster

load_packages()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the day has been played."""
    data, lines = a_played_city(tmp_path_factory)
    assert len(lines) == 6
    assert all(line.startswith("OK ") for line in lines)
    assert lines[-1] == "OK 4 rosters, 240 agencies"
    return data


@pytest.fixture
def city(played: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(played, tmp_path / "city"))


def key(data: Path) -> VerifierKey:
    return Signer(ORIGIN, load(data / "keys")).key


def evidence(data: Path, draw: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((data / stage.EVIDENCE / f"{draw}.json").read_bytes())
    return found


def test_each_of_the_three_modes_was_drawn(played: Path) -> None:
    modes = {draw: evidence(played, draw)["plan"]["entropy"] for draw in (p.draw for p in (WATERWORKS, SCHOOL, BRIDGE))}
    assert modes == {WATERWORKS.draw: "drand", SCHOOL.draw: "dice", BRIDGE.draw: "drand+dice"}
    for draw in modes:
        verify_evidence((played / stage.EVIDENCE / f"{draw}.json").read_bytes())


def test_the_voided_attempt_was_drawn_again_and_names_the_void(played: Path) -> None:
    plan = evidence(played, BRIDGE.draw)["plan"]
    assert plan["attempt"] == 2
    assert plan["prev_sha256"] is not None


def test_the_winner_declined_and_the_first_alternate_moved_up(played: Path) -> None:
    found = evidence(played, WATERWORKS.draw)
    (winner,) = found["result"]["winners"]
    assert found["standing"]["changes"] == [
        {"seq": 1, "code": winner, "kind": "DECLINED", "reason": "项目负责人另有在建项目，书面放弃"}
    ]
    assert found["standing"]["winners"] == found["result"]["alternates"][:1]


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        ("NOT_RECORDED", NEWCOMER),
        ("REMOVED", REMOVED),
        ("SUSPENDED", SUSPENDED),
        ("CONFLICT", OF_THE_TENDERER),
        ("FORM_NOT_ACCEPTED", BARE),
        ("FORM_EXPIRED", LAPSED),
        ("COMMITMENT_MISSING", UNPROMISED),
        ("COMMITMENT_EXPIRED", UNRENEWED_PROMISE),
        ("CODE_NOT_ACKNOWLEDGED", UNACKNOWLEDGED),
        ("OUT_OF_SCOPE", 4),
        ("CONDITION_NOT_MET", FEW),
        ("DID_NOT_ANSWER", 1),
    ],
)
def test_every_reason_keeps_one_out_of_the_waterworks_and_is_explained(played: Path, reason: str, number: int) -> None:
    code = agency(number).code
    excluded = {one["code"]: one["reason"] for one in evidence(played, WATERWORKS.draw)["roster"]["excluded"]}
    assert excluded[code] == reason
    lines, status = explain(str(played / "log"), code, f"{WATERWORKS.draw}/1")
    assert status == 0
    assert lines[0].startswith(f"OK {WATERWORKS.draw}/1 {code} {reason} ")


def test_no_reason_is_left_out() -> None:
    (mark,) = test_every_reason_keeps_one_out_of_the_waterworks_and_is_explained.pytestmark  # type: ignore[attr-defined] # pytest's own
    assert {reason for reason, _ in mark.args[1]} == set(get_args(Reason))


def test_balls_follow_the_formula_where_the_call_came_after_it_and_are_flat_before(played: Path) -> None:
    balls = {
        draw.draw: {one["code"]: one["balls"] for one in evidence(played, draw.draw)["roster"]["agents"]}
        for draw in (WATERWORKS, SCHOOL, BRIDGE)
    }
    assert set(balls[SCHOOL.draw].values()) == set(balls[BRIDGE.draw].values()) == {1}
    waterworks = balls[WATERWORKS.draw]
    assert (waterworks[agency(APPEALED).code], waterworks[agency(OBJECTED).code]) == (1, 2)
    assert waterworks[agency(FORMER_SUSPENDED).code] == 3  # its suspension ended by itself
    assert set(waterworks.values()) == {1, 2, 3}


def test_a_changed_appeal_and_the_agencies_of_one_owner_stand_in_the_log(played: Path) -> None:
    found = {(one.kind, one.subject): one for one in logged(played)}
    appealed = found["registry.appeal_decided", f"agency:{agency(APPEALED).code}"]
    assert body(appealed)["result"] == "changed"
    made = [body(one) for one in found.values() if one.kind == "registry.finding_made"]
    assert ["SAME_CONTROLLER", [f"agency:{agency(number).code}" for number in OF_ONE_OWNER]] in [
        [one["ground"], one["parties"]] for one in made
    ]
    assert {one["ground"] for one in made} >= {"SAME_PRACTITIONER", "CERTIFICATE_EXPIRED", "TOO_FEW_PRACTITIONERS"}


def test_sixty_agencies_handed_in_forms_of_four_hundred_practitioners(played: Path) -> None:
    kinds = Counter(one.kind for one in logged(played))
    people = {body(one)["practitioner"] for one in logged(played) if one.kind == "registry.practitioner_form_submitted"}
    assert (len(agencies()), len(people)) == (60, 400)
    assert kinds["registry.form_returned"] == 2
    assert kinds["registry.incident_decided"] == 5


def test_a_roster_that_somebody_wrote_anew_is_named(city: Path) -> None:
    frozen = next(one for one in logged(city) if one.kind == "lottery.roster_frozen")
    sha256 = body(frozen)["roster_sha256"]
    file = city / "log" / "blob" / sha256
    file.write_bytes(file.read_bytes().replace(b"REMOVED", b"SUSPENDED"))
    (line,), status = explain_all(str(city / "log"), "en")
    assert status == 1
    assert line.startswith("FAIL ")
    assert sha256 in line


def body(one: Entry) -> Any:
    """With members of whatever type the entry's kind has."""
    return one.body


def logged(data: Path) -> list[Entry]:
    source = open_source(str(data / "log"))
    return list(entries(source, log_size(source)))


def test_a_folder_with_a_log_is_not_played_over(city: Path, tmp_path: Path) -> None:
    with pytest.raises(LogExists):
        stage.play(city, lambda _words: None)


def test_a_real_log_is_never_served_with_the_demos_clock(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'mingtang.db'}")
    upgrade(database)
    create_log(tmp_path, database, "log.example.org/real", system_clock)
    database.dispose()
    with pytest.raises(stage.NotTheDemo):
        stage.has_demo(tmp_path)


def test_no_private_value_stands_in_a_public_file(played: Path) -> None:
    """The rows of the forms are canaries: nothing private of them may be anywhere under `log/`."""
    private = ("contact_name", "contact_phone", "bank_account", "controller_name", "controller_number")
    canaries = {
        "024-555",
        "219999",
        "198504120",
        "演示第",
        "值守人员",
        "口头说明",
        "承诺书.pdf",
        "%PDF-",
        owner_number(7),
    }
    canaries |= {one.agency[name] for one in agencies() for name in private}
    canaries |= {one.legal_person[name] for one in agencies() for name in ("name", "phone")}
    canaries |= {row["name"] for one in agencies() for row in one.practitioners}
    issued = {one.body["sha256"] for one in logged(played) if one.kind == "lottery.minutes_issued"}  # public papers
    for path in (played / "log").rglob("*"):
        if path.is_file():
            text = path.read_bytes()
            found = {canary for canary in canaries if canary.encode() in text}
            assert found <= ({"%PDF-"} if path.name in issued else set()), path


# An insider's hand


@pytest.fixture(scope="module")
def imported(played: Path, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a PostgreSQL database with the played day, to be copied."""
    data = Path(shutil.copytree(played, tmp_path_factory.mktemp("imported") / "city"))
    database = Database(cluster.create_migrated())
    import_log(data / "log", data, database, key(data))
    database.dispose()
    assert database.url.database is not None
    return database.url.database


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, city: Path) -> Iterator[Database]:
    """The played day in a database of each kind."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{city / 'mingtang.db'}")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        database = Database(cluster.create(request.getfixturevalue("imported")))
    yield database
    database.dispose()


def other(value: Any) -> Any:
    """A value of the same type that is not the same."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case bytes():
            return value + b"x"
        case None:
            return None
        case list() | dict():
            return [value]
        case _:
            return f"{value}x"


def test_a_hand_in_any_public_table_is_named_and_nothing_else(city: Path, database: Database) -> None:
    """One entry; then, in every table that the demo fills, one row changed in every column, one removed, one added."""
    folder, signer = Folder(city / "log"), key(city)
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.seq == 4).values(actor="operator:x"))
    wanted = {"entries": {"DIFFERS actor"}}
    with without_foreign_keys(database) as connection:
        for table in public_tables():
            rows = connection.execute(select(table)).mappings().all()
            if not rows:
                continue
            first, *others = rows
            changed = {
                column.name: other(first[column.name])
                for column in table.columns
                if not column.primary_key and first[column.name] is not None
            }
            surplus = dict(first) | changed | {"entry_id": first["entry_id"] + 1_000_000}
            wanted[table.name] = {"SURPLUS"}
            if changed:
                connection.execute(update(table).where(*_this(table, first)).values(changed))
                wanted[table.name].add(f"DIFFERS {','.join(sorted(changed))}")
            if others:
                connection.execute(delete(table).where(*_this(table, others[-1])))
                wanted[table.name].add("MISSING")
            unique = {name: other(value) for name, value in surplus.items() if name in changed}
            connection.execute(insert(table).values(surplus | unique))
    differences = rebuild_check(database, folder, signer).differences
    assert [str(item) for item in differences if item.table == "entries"] == ["DIFFERS entries seq=4 actor"]
    found: dict[str, set[str]] = {}
    for item in differences:
        found.setdefault(item.table, set()).add(f"{item.what} {','.join(sorted(item.columns))}".strip())
    assert found == wanted
    assert len(wanted) >= 10


def _this(table: Table, row: Any) -> list[Any]:
    return [column == row[column.name] for column in table.primary_key.columns]


@contextmanager
def without_foreign_keys(database: Database) -> Iterator[Connection]:
    """A connection that the database lets do anything, as somebody who owns it could."""
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        yield connection
        connection.commit()


def test_verify_log_holds_for_the_folder_as_it_is_served(city: Path) -> None:
    line, status = verify_log_command(str(city / "log"), str(key(city)), blobs=True)
    assert (status, line.split()[0]) == (0, "OK")
