"""Finds which saved searches new entries concern, and queues what to send, once for each search.

What is new is read without holding anybody up; then, in one transaction, what to send is queued and the mark moved on
from where it was read. Two processes may do this at once: the mark of the second is no longer where it read it. A
process that ends in between has queued nothing and moved nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.following import asked, keys
from api.following.keeping import Following, following_of, outgoing
from api.following.tables import FollowedRow, FollowingRow, OutgoingRow
from api.i18n import translate
from audit import database
from audit.log import Log
from audit.tables import EntryRow
from trading.events import NoticeCorrected, NoticePublished, NoticeWithdrawn
from trading.search import Hit, search
from trading.search_tables import NoticeIndexRow

AT_ONCE = 2000
"""Entries looked through in one go."""
HITS = 200
_MARK = "following"
_KINDS = (NoticePublished.kind, NoticeCorrected.kind, NoticeWithdrawn.kind)


@dataclass(frozen=True)
class Changed:
    """A notice that something happened to."""

    notice: str
    seq: int
    """Of what happened."""
    logged: int
    """Of its newest version, Unix seconds: where to find it."""


def notice_new(log: Log, base_url: str) -> int:
    """Look through what was published since the last time; return how many mails and calls were queued."""
    size = log.published_size
    with log.reading() as session:
        mark = session.get(FollowedRow, 1)
        low = None if mark is None else mark.size
        high = size if low is None else min(size, low + AT_ONCE)
        if low is not None and high <= low:
            return 0
        changes = _changes(session, low, high) if low is not None else []
        found = list(_concerned(session, changes, size)) if changes else []
    with log.database.writing() as session:
        database.lock(session, [_MARK])
        mark = session.get(FollowedRow, 1)
        if (None if mark is None else mark.size) != low:
            return 0  # another process was first
        if mark is None:
            session.add(FollowedRow(id=1, size=high))
        else:
            mark.size = high
        rows = [row for one, hits, seq in found for row in _to_send(log, one, hits, seq, base_url)]
        session.add_all(rows)
    return len(rows)


def _changes(session: Session, low: int, high: int) -> list[Changed]:
    rows = session.execute(
        select(EntryRow.seq, EntryRow.body)
        .where(EntryRow.kind.in_(_KINDS), EntryRow.seq >= low, EntryRow.seq < high)
        .order_by(EntryRow.seq)
    ).all()
    last = {str(orjson.loads(body)["notice"]): seq for seq, body in rows if seq is not None}
    if not last:
        return []
    newest = session.execute(
        select(NoticeIndexRow.notice, EntryRow.logged)
        .join(EntryRow, EntryRow.id == NoticeIndexRow.entry_id)
        .where(NoticeIndexRow.notice.in_(last), EntryRow.seq < high)
        .order_by(NoticeIndexRow.version)
    ).all()
    logged = {notice: at // 1000 for notice, at in newest if at is not None}
    return [Changed(notice, seq, logged[notice]) for notice, seq in last.items() if notice in logged]


def _concerned(session: Session, changes: Sequence[Changed], size: int) -> Iterator[tuple[Following, list[Hit], int]]:
    """Each search in force that finds some of these notices, with them, and the last place of what happened."""
    places = {one.notice: one.seq for one in changes}
    seconds = sorted({one.logged for one in changes})
    rows = session.scalars(select(FollowingRow).where(FollowingRow.confirmed.is_not(None)).order_by(FollowingRow.id))
    found: dict[str, list[Hit]] = {}  # many look for the same
    for row in rows.all():
        hits = found.get(row.query)
        if hits is None:
            hits = [hit for at in _spans(seconds) for hit in _within(session, row.query, at, size) if hit.id in places]
            found[row.query] = hits
        if hits:
            yield following_of(row), hits, max(places[hit.id] for hit in hits)


def _spans(seconds: Sequence[int]) -> list[tuple[int, int]]:
    """Seconds that lie close together as one span each: the notices that are new do, one that was withdrawn may not."""
    spans: list[tuple[int, int]] = []
    for second in seconds:
        if spans and second - spans[-1][1] <= 60:
            spans[-1] = (spans[-1][0], second)
        else:
            spans.append((second, second))
    return spans


def _within(session: Session, query: str, span: tuple[int, int], size: int) -> list[Hit]:
    """What the search finds among the notices whose newest version was logged in these seconds."""
    wanted = asked.wanted_of(query)
    since = span[0] if wanted.since is None else max(wanted.since, span[0])
    until = span[1] + 1 if wanted.until is None else min(wanted.until, span[1] + 1)
    return search(session, replace(wanted, since=since, until=until), size, limit=HITS) if since < until else []


def _to_send(log: Log, one: Following, hits: Sequence[Hit], seq: int, base_url: str) -> Iterator[OutgoingRow]:
    now, site = log.clock(), base_url.rstrip("/")
    if one.email is not None:
        stop = f"{site}/following/{one.id}/stop?key={keys.owner_key(log, one.id)}"
        text = {"subject": _subject(one, hits), "text": _text(log, one, hits, base_url), "stop": stop}
        yield outgoing("mail", one.email, one.id, orjson.dumps(text), now)
    if one.webhook is not None:
        # Thin on purpose: what was sent may be late or come twice, the feed and the log are what holds.
        data = {"following": one.id, "cursor": seq, "feed": f"{site}/following/{one.id}.json"}
        body = {"type": "notices.found", "timestamp": _iso(now), "data": data}
        yield outgoing("webhook", one.webhook, one.id, orjson.dumps(body), now)


def _subject(one: Following, hits: Sequence[Hit]) -> str:
    first = " ".join(hits[0].title.split())[:80]
    return (
        first if len(hits) == 1 else translate("{title} 等 {count} 件", one.lang).format(title=first, count=len(hits))
    )


def _text(log: Log, one: Following, hits: Sequence[Hit], base_url: str) -> str:
    site = base_url.rstrip("/")
    lines = [asked.told(one.query, one.lang), ""]
    for hit in hits:
        state = translate("已撤回", one.lang) if hit.withdrawn else translate("第 {version} 版", one.lang)
        lines += [hit.title, f"    {hit.project_title} · {state.format(version=hit.version)}"]
        lines += [f"    {site}/notices/{hit.id}", ""]
    lines += [translate("修改或停止订阅：", one.lang), f"    {one.address(log, base_url)}"]
    return "\n".join(lines)


def _iso(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
