"""`rebuild-check` names every row of words that is not what the log says, on both databases."""

import pytest
from sqlalchemy import text

from audit.log import Log
from audit.note import parse_vkey
from audit.rebuild import rebuild_check
from tests.trading.noticed import correct, publish, register


@pytest.fixture
def places(log: Log) -> list[int]:
    """Of three versions of two notices: one by a project with an agent and of more words than are numbered."""
    register(log)
    return [
        publish(log, "XM-2025-A01", "gg-a1", title="取水泵房施工招标公告", text=["采用 PPP 模式。" * 2500]),
        publish(log, "XM-2025-D01", "gg-D1", title="食堂餐桌采购公告", text=["数量 500 张。", "市政养护另行采购。"]),
        correct(log, "XM-2025-D01", "gg-D1", 2, title="食堂餐桌、餐椅采购公告"),
    ]


def differences(log: Log) -> list[str]:
    return [str(one) for one in rebuild_check(log.database, log.folder, parse_vkey(log.vkey)).differences]


def change(log: Log, place: int, sqlite: str, postgresql: str) -> None:
    """Do to the row of a place's entry what no program of ours does."""
    with log.database.writing() as session:
        entry_id = session.scalar(text("SELECT id FROM entries WHERE seq = :seq"), {"seq": place})
        statement = sqlite if log.database.engine.dialect.name == "sqlite" else postgresql
        session.execute(text(statement), {"id": entry_id} if ":id" in statement else {})


def test_words_that_follow_from_the_log_are_no_difference(log: Log, places: list[int]) -> None:
    assert differences(log) == []


def test_a_word_more_a_word_less_and_a_row_of_nothing_are_named(log: Log, places: list[int]) -> None:
    change(
        log,
        places[0],
        "INSERT INTO notice_words (notice_words, rowid, words) VALUES ('delete', :id, '取水')",
        "UPDATE notice_words SET words = ts_delete(words, '取水') WHERE entry_id = :id",
    )
    change(
        log,
        places[2],
        "INSERT INTO notice_words (rowid, words) VALUES (:id, 't:a')",
        "UPDATE notice_words SET words = words || CAST('''t:a''' AS tsvector) WHERE entry_id = :id",
    )
    change(
        log,
        0,
        "INSERT INTO notice_words (rowid, words) VALUES (:id, '泵房')",
        "INSERT INTO notice_words (entry_id, words) VALUES (:id, CAST('泵房' AS tsvector))",
    )
    assert differences(log) == [
        f"DIFFERS notice_words seq={places[0]} words",
        f"DIFFERS notice_words seq={places[2]} words",
        "SURPLUS notice_words entry_id=1",
    ]


def test_rows_that_are_gone_are_named(log: Log, places: list[int]) -> None:
    change(log, 0, "INSERT INTO notice_words (notice_words) VALUES ('delete-all')", "DELETE FROM notice_words")
    with log.reading() as session:
        projects = session.scalars(text("SELECT e.seq FROM projects p JOIN entries e ON e.id = p.entry_id ORDER BY 1"))
        assert differences(log) == [f"MISSING notice_words seq={place}" for place in (*places, *projects)]
