"""What the console shows on the screens: changed by the member, counted, and never more than the screens can show."""

import threading
from typing import Any

import pytest

from audit.database import Database
from audit.rebuild import public_tables
from lottery import presentation
from lottery.errors import BadPresentation
from lottery.presentation import Presentation
from lottery.tables import PresentationRow

DRAW = "MT-2023-0001"


def change(database: Database, attempt: int = 1, **members: Any) -> Presentation:
    with database.writing() as session:
        return presentation.change(session, DRAW, attempt, **members)


def read(database: Database, attempt: int = 1) -> Presentation:
    with database.reading() as session:
        return presentation.read(session, DRAW, attempt)


def test_each_change_counts_and_changes_nothing_else(database: Database) -> None:
    assert read(database) == Presentation()
    assert change(database, page=2) == Presentation(page=2, version=1)
    assert change(database, shown=1, message="DIGITS_DIFFER:7") == read(database)
    assert change(database, digits="0123", second=True, invalid_throws=1).version == 3
    assert change(database, digits="0123", second=True) == read(database)  # as it is: no change
    wanted = Presentation(2, 1, "0123", 1, True, "DIGITS_DIFFER:7", 3)
    assert read(database) == wanted
    assert change(database, attempt=2, message="") == Presentation()
    assert change(database, attempt=2, shown=5).version == 1
    assert read(database) == wanted


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "members",
    [
        {"page": -1},
        {"page": True},
        {"page": 10_001},
        {"shown": "1"},
        {"shown": -1},
        {"shown": 20_001},
        {"invalid_throws": -1},
        {"invalid_throws": 10_001},
        {"second": 1},
        {"digits": "12a"},
        {"digits": "\u0663"},
        {"digits": "1\n"},
        {"digits": "1" * 100},
        {"digits": None},
        {"message": "<b>"},
        {"message": "DIGITS_DIFFER:0"},
        {"message": "DIGITS_DIFFER:100"},
        {"message": "DIE_INVALID\n"},
        {"version": 7},
        {"winner": "A"},
    ],
)
def test_what_the_screens_cannot_show_is_refused_whole(database: Database, members: dict[str, Any]) -> None:
    change(database, page=1)
    with pytest.raises(BadPresentation) as refused:
        change(database, **{"shown": 3} | members)
    assert refused.value.facts == {"member": next(iter(members))}
    assert read(database) == Presentation(page=1, version=1)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "members",
    [
        {"page": 10_000, "shown": 20_000, "invalid_throws": 10_000, "digits": "9" * 99},
        *({"message": one} for one in ("RELAYS_BEFORE_SEAL", "NETWORK_AFTER_SEAL", "AWAITING_ROUND", "BEACON_HALTED")),
        *({"message": one} for one in ("LOG_DOWN", "DIE_INVALID", "BAD_SIGNATURE", "DIGITS_DIFFER:99")),
    ],
)
def test_what_the_screens_can_show_is_taken(database: Database, members: dict[str, Any]) -> None:
    assert change(database, **members) == Presentation(**members, version=1)


def test_changes_at_once_are_all_counted(database: Database) -> None:
    names = [{"page": number} if number % 2 else {"shown": number} for number in range(1, 9)]
    threads = [threading.Thread(target=change, args=(database,), kwargs=members) for members in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read(database).version == len(names)


def test_no_rebuild_and_no_outsider_asks_for_it() -> None:
    assert PresentationRow.__tablename__ not in {table.name for table in public_tables()}
