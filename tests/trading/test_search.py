"""Notices are found by words of two characters, by Latin words and codes, and by every facet, on both databases."""

from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import literal_column, select, update

from audit.log import Log
from audit.note import parse_vkey
from audit.rebuild import rebuild_check
from tests.ground import FakeClock
from tests.test_migrations import ROOT
from tests.trading.noticed import AGENT, DAY, correct, publish, register, withdraw
from trading import search as searching
from trading import search_index as searching_index
from trading import search_tokens, search_upkeep
from trading.search import Wanted, search, search_page, tally
from trading.search_tables import NoticeIndexRow
from trading.search_upkeep import merge_words
from trading.words import phrases, tokens


def found(log: Log, text: str = "", **wanted: Any) -> list[str]:
    with log.reading() as session:
        return [hit.id for hit in search(session, Wanted(text, **wanted), log.published_size)]


@pytest.fixture
def notices(log: Log, clock: FakeClock) -> Log:
    register(log)
    publish(log, "XM-2025-A01", "gg-a1", title="取水泵房施工招标公告", text=["采用 PPP 模式，执行 GB50300 标准。"])
    clock.advance(DAY)
    publish(log, "XM-2025-D01", "gg-d1", title="食堂餐桌采购公告", text=["数量 500 张。", "市政养护另行采购。"])
    amount = [{"name": "amount_fen", "value": 9_000_000_00}]
    publish(log, "XM-2025-B01", "gg-b1", notice_kind="result", title="成交公示", terms=amount)
    return log


FINDS = {
    "养护": ["gg-d1"],
    "食堂": ["gg-d1"],
    "市政养护": ["gg-d1"],
    "政养": ["gg-d1"],
    "养市": [],
    "泵": ["gg-a1"],
    "桌采购 五百": [],
    "ppp": ["gg-a1"],
    "PPP 水厂": ["gg-a1"],
    "ＰＰＰ": ["gg-a1"],
    "gb50300": ["gg-a1"],
    "gb503": [],
    "XM-2025-A01": ["gg-a1"],
    "2025-D01": ["gg-d1"],
    "gg-b1": ["gg-b1"],
    "演示市教育局": ["gg-b1", "gg-d1"],
    "演示诚信招标代理": ["gg-a1"],
    AGENT: ["gg-a1"],
    "采购公告中小学": [],
    "500张": ["gg-d1"],
    "数量500": ["gg-d1"],
    "量5": [],
    "公告 采购": ["gg-d1"],
    "，。！": [],
    "'": [],
    "": ["gg-b1", "gg-d1", "gg-a1"],
    "t:a": [],
    "w0:0": [],
    '采购" OR "泵房': [],
    "食堂 & !餐桌": ["gg-d1"],
    "食堂' | '泵房": [],
    "食" * 200: [],
    "食堂 " * 60: ["gg-d1"],
}


def test_a_notice_is_found_by_what_it_says_and_by_nothing_else(notices: Log) -> None:
    assert {query: found(notices, query) for query in FINDS} == FINDS


def test_a_notice_is_found_by_its_facets(notices: Log) -> None:
    assert found(notices, trade="D") == ["gg-d1"]
    assert found(notices, kind="result") == ["gg-b1"]
    assert found(notices, region="21") == ["gg-b1", "gg-d1", "gg-a1"]
    assert found(notices, region="210102") == ["gg-d1", "gg-a1"]
    assert found(notices, "泵房", region="210103") == []
    assert found(notices, tenderer="school") == ["gg-b1", "gg-d1"]
    assert found(notices, agent=AGENT) == ["gg-a1"]
    for strange in ("'", '"', "a' | 't:a", ") OR (", "\\", "ǅ", "*"):
        assert found(notices, agent=strange) == found(notices, region=strange) == found(notices, tenderer=strange) == []
    assert found(notices, least_fen=2_000_000_01) == ["gg-b1"]
    assert found(notices, least_fen=2_000_000_00, most_fen=2_000_000_00) == ["gg-d1", "gg-a1"]
    assert found(notices, most_fen=1) == []
    assert found(notices, least_fen=2, most_fen=1) == []
    assert found(notices, band=search_tokens.band_of(9_000_000_00)) == ["gg-b1"]
    later = notices.clock() // 1000
    assert found(notices, until=later) == ["gg-a1"]
    assert found(notices, since=later) == ["gg-b1", "gg-d1"]
    assert found(notices, "招标", trade="A", since=later) == []
    assert found(notices, since=later + 1) == []


def test_counts_by_facet_are_those_of_what_is_found(notices: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    with notices.reading() as session:
        everything = tally(session, Wanted(), notices.published_size)
        some = tally(session, Wanted("教育局"), notices.published_size)
        monkeypatch.setattr(searching, "COUNTED", 2)
        newest = tally(session, Wanted(), notices.published_size)
    assert (everything.total, everything.is_all) == (3, True)
    assert everything.facets["region"] == [("210102", 2), ("210103", 1)]
    assert everything.facets["band"] == [("2", 2), ("3", 1)]
    assert some.facets["trade"] == [("B", 1), ("D", 1)]
    assert some.facets["tenderer"] == [("school", 2)]
    assert (newest.total, newest.is_all, newest.facets["trade"]) == (2, False, [("B", 1), ("D", 1)])


def test_a_corrected_notice_is_found_once_by_its_newest_text_and_comes_first(notices: Log) -> None:
    correct(notices, "XM-2025-A01", "gg-a1", 2, title="取水头部施工招标公告")
    assert found(notices) == ["gg-a1", "gg-b1", "gg-d1"]
    assert found(notices, "泵房") == []
    assert found(notices, "头部") == ["gg-a1"]
    withdraw(notices, "XM-2025-A01", "gg-a1")
    with notices.reading() as session:
        (hit,) = search(session, Wanted("头部"), notices.published_size)
    assert (hit.version, hit.withdrawn, hit.project_title) == (2, "项目终止", "演示市第三水厂扩建工程")


def test_pages_go_on_where_the_last_one_ended(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that a page takes several of them, and several levels."""
    register(log)
    for module in (search_tokens, searching_index):
        monkeypatch.setattr(module, "BLOCKS", (2, 4, 8))
        monkeypatch.setattr(module, "WINDOW", 2)
    wanted = [f"gg-{number:02}" for number in range(24)]
    for number, notice in enumerate(wanted):
        publish(log, "XM-2025-A01", notice, text=["偶数" if number % 2 == 0 else "奇数", "全部"])
    for asked, ids in (
        (Wanted("偶数"), wanted[::2]),
        (Wanted("全部"), wanted),
        (Wanted(), wanted),
        (Wanted(tenderer="water"), wanted),
        (Wanted(tenderer="school"), []),
    ):
        seen: list[str] = []
        before = None
        while True:
            with log.reading() as session:
                hits = search(session, asked, log.published_size, before=before, limit=5)
            if not hits:
                break
            seen += [hit.id for hit in hits]
            before = hits[-1].place.seq
        assert seen == ids[::-1]


def test_common_words_that_are_hardly_ever_together_are_looked_for_in_steps_that_miss_none(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(log)
    for module in (search_tokens, searching_index):
        monkeypatch.setattr(module, "BLOCKS", (2, 4, 8))
        monkeypatch.setattr(module, "WINDOW", 2)
    monkeypatch.setattr(searching_index, "COMMON", 2)
    publish(log, "XM-2025-A01", "gg-both", text=["偶数", "奇数", "罕见"])
    publish(log, "XM-2025-A01", "gg-rare", text=["罕见", "偶然"])
    for number in range(40):
        publish(log, "XM-2025-A01", f"gg-{number:02}", text=["偶数" if number % 2 == 0 else "奇数"])
    with log.reading() as session:
        size, wanted = log.published_size, Wanted("偶数 奇数")
        page, pages = search_page(session, wanted, size), 1
        counted = tally(session, wanted, size)
        assert (page.hits, counted.total, counted.is_all) == ([], 0, False)
        seen = list(page.hits)
        while page.further is not None:
            page, pages = search_page(session, wanted, size, before=page.further), pages + 1
            seen += page.hits
        assert [hit.id for hit in seen] == ["gg-both"] == [hit.id for hit in search(session, wanted, size)]
        assert 2 < pages < 10
        rare = search_page(session, Wanted("偶数 罕见"), size)
        assert ([hit.id for hit in rare.hits], rare.further) == (["gg-both"], None)
        rare = search_page(session, Wanted("罕见", trade="A"), size)
        assert ([hit.id for hit in rare.hits], rare.further) == (["gg-rare", "gg-both"], None)
        assert search_page(session, Wanted("罕见", trade="B"), size).hits == []


def test_what_has_no_place_yet_is_not_found(notices: Log) -> None:
    with notices.reading() as session:
        seq = search(session, Wanted("食堂"), notices.published_size)[0].place.seq
        assert search(session, Wanted("食堂"), seq) == []
        assert tally(session, Wanted("食堂"), seq).total == 0


def test_the_index_follows_from_the_log_also_after_its_parts_were_merged(
    notices: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (merge_words(notices.database) > 0) == notices.database.is_sqlite
    assert merge_words(notices.database) == 0
    assert {query: found(notices, query) for query in FINDS} == FINDS
    report = rebuild_check(notices.database, notices.folder, parse_vkey(notices.vkey))
    assert report.differences == []
    with notices.database.writing() as session:
        session.execute(update(NoticeIndexRow).values(tenderer="water").where(NoticeIndexRow.notice == "gg-d1"))
    report = rebuild_check(notices.database, notices.folder, parse_vkey(notices.vkey))
    (difference,) = report.differences
    assert (difference.table, difference.columns) == ("notice_index", ("tenderer",))
    publish(notices, "XM-2025-D01", "gg-d2", title="食堂餐桌更正公告")
    monkeypatch.setattr(search_upkeep, "_MERGE", select(literal_column("nothing")))
    assert merge_words(notices.database) == 0  # a night that fails harms nothing
    assert found(notices, "餐桌更正") == ["gg-d2"]


def test_an_older_database_gets_its_index_by_the_migration(notices: Log) -> None:
    """The rows are those that the projection wrote, but for amounts that older notices could not state."""
    rows = select(NoticeIndexRow.notice, NoticeIndexRow.month, NoticeIndexRow.agent, NoticeIndexRow.region)
    with notices.reading() as session:
        before = session.execute(rows.order_by(NoticeIndexRow.entry_id)).all()
    with notices.database.engine.connect() as connection:
        alembic = Config(toml_file=ROOT / "pyproject.toml")
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, "0010")
        command.upgrade(alembic, "head")
        connection.commit()
    with notices.reading() as session:
        assert session.execute(rows.order_by(NoticeIndexRow.entry_id)).all() == before
    assert {query: found(notices, query) for query in FINDS} == FINDS


def test_a_very_long_text_is_found_to_its_end(log: Log) -> None:
    register(log)
    publish(log, "XM-2025-A01", "gg-long", text=["甲乙丙丁" * 240] * 18 + ["末尾独有词语"])
    assert found(log, "末尾") == ["gg-long"]
    assert found(log, "丁甲") == ["gg-long"]


@given(st.text(alphabet="公告采购ab1 -，", max_size=12), st.text(alphabet="公告采购ab1 -，", max_size=12))
@settings(max_examples=200)
def test_every_pair_of_characters_of_a_text_finds_it(before: str, after: str) -> None:
    text = f"{before}养护{after}"
    held = tokens(text)
    for query in ("养护", f"养护{after}".split()[0]):
        for phrase in phrases(query):
            assert any(tuple(held[at : at + len(phrase)]) == phrase for at in range(len(held)))
