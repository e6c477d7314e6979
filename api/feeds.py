"""The newest entries as Atom (RFC 4287) and JSON Feed 1.1. Pure: entries in, bytes out.

An item's id is a tag URI (RFC 4151) made of the log's name, the day it was opened and the entry's place, so it is the
same in both feeds, in both languages, and at whatever address the pages are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import orjson

from api import wording
from api.i18n import Lang
from audit.entry import Entry

ATOM = "http://www.w3.org/2005/Atom"
PAGE = 50
"""Entries in one document; `next` leads to older ones (RFC 5005 section 3)."""


@dataclass(frozen=True)
class Feed:
    """What one document is made of."""

    origin: str
    opened: int
    """When the log was opened, Unix milliseconds: its day is in every id."""
    base_url: str
    lang: Lang
    filters: dict[str, str]
    """`kind` and `subject` as asked for."""
    entries: Sequence[Entry]
    """Newest first, without what is over (`api.endings`)."""
    before: int | None
    """The place that this document's entries precede; None for the newest."""
    older: int | None
    """The place that the next document's entries precede; None where there are none."""

    def url(self, path: str, before: int | None = None) -> str:
        query = self.filters | {"lang": self.lang} | ({} if before is None else {"before": str(before)})
        return f"{self.base_url}{path}?{urlencode(query)}"

    def next_url(self, path: str) -> str | None:
        return None if self.older is None else self.url(path, self.older)

    @property
    def title(self) -> str:
        name = "明堂日志" if self.lang == "zh" else "Mingtang log"
        shown = [
            wording.kind_title(value, self.lang) if what == "kind" else wording.subject_title(value, self.lang)
            for what, value in self.filters.items()
        ]
        return " · ".join([f"{name} {self.origin}", *shown])

    @property
    def updated(self) -> int:
        return self.entries[0].logged if self.entries else self.opened

    def tag(self, what: str) -> str:
        """A URI for `what` within this log that never changes."""
        authority, _, rest = self.origin.partition("/")
        return f"tag:{quote(authority)},{_moment(self.opened):%Y-%m-%d}:{quote(f'{rest}/{what}'.lstrip('/'))}"


def atom(feed: Feed) -> bytes:
    """The Atom document."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN" if feed.lang == "zh" else "en"})
    filters = urlencode(feed.filters)
    _add(root, "id", feed.tag(f"feed?{filters}" if filters else "feed"))
    _add(root, "title", feed.title)
    _add(root, "updated", _rfc3339(feed.updated))
    _add(_add(root, "author"), "name", feed.origin)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url("/feed.atom", feed.before))
    _add(root, "link", rel="alternate", type="text/html", href=f"{feed.base_url}/entries")
    if next_url := feed.next_url("/feed.atom"):
        _add(root, "link", rel="next", type="application/atom+xml", href=next_url)
    for item in feed.entries:
        entry = _add(root, "entry")
        _add(entry, "id", feed.tag(f"entry/{item.seq}"))
        _add(entry, "title", _title(item, feed.lang))
        _add(entry, "updated", _rfc3339(item.logged))
        _add(entry, "published", _rfc3339(item.logged))
        _add(entry, "category", term=item.kind, label=wording.kind_title(item.kind, feed.lang))
        _add(entry, "summary", _text(item, feed.lang), type="text")
        _add(entry, "link", rel="alternate", type="text/html", href=f"{feed.base_url}/entries/{item.seq}")
        _add(entry, "link", rel="related", type="application/json", href=f"{feed.base_url}/log/entry/{item.seq}")
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def json_feed(feed: Feed) -> bytes:
    """The JSON Feed document."""
    document: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": f"{feed.base_url}/entries",
        "feed_url": feed.url("/feed.json", feed.before),
        "language": "zh-CN" if feed.lang == "zh" else "en",
        "authors": [{"name": feed.origin}],
        "items": [
            {
                "id": feed.tag(f"entry/{item.seq}"),
                "url": f"{feed.base_url}/entries/{item.seq}",
                "title": _title(item, feed.lang),
                "content_text": _text(item, feed.lang),
                "date_published": _rfc3339(item.logged),
                "tags": [item.kind, item.subject],
            }
            for item in feed.entries
        ],
    }
    if next_url := feed.next_url("/feed.json"):
        document["next_url"] = next_url
    return orjson.dumps(document)


def _title(item: Entry, lang: Lang) -> str:
    return f"{wording.kind_title(item.kind, lang)} · {wording.subject_title(item.subject, lang)}"


def _text(item: Entry, lang: Lang) -> str:
    actor = wording.actor_title(item.actor, lang)
    if lang == "zh":
        return f"第 {item.seq} 条：{_title(item, lang)}。经办：{actor}。"
    return f"Entry {item.seq}: {_title(item, lang)}, by {actor}."


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = text
    return child


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _rfc3339(milliseconds: int) -> str:
    return f"{_moment(milliseconds):%Y-%m-%dT%H:%M:%SZ}"
