"""Counting kinds: each entry once, however the log grew in between."""

from api.counting import KindCounts
from audit import queries
from audit.log import Log
from tests.api.site import say


def test_the_counts_are_those_of_the_whole_log_at_every_size(log: Log) -> None:
    counts = KindCounts()
    for text in ("一", "二", "三"):
        with log.reading() as session:
            size = log.published_size
            assert counts.upto(session, size) == queries.kinds(session, size)
            assert counts.upto(session, size) == queries.kinds(session, size)
        say(log, text)


def test_a_reader_with_an_older_size_takes_nothing_away(log: Log) -> None:
    counts = KindCounts()
    say(log, "一")
    with log.reading() as session:
        newest = counts.upto(session, 2)
        assert counts.upto(session, 1) == newest == [("audit.log_opened", 1), ("test.said", 1)]
