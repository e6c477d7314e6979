"""What a search finds as Atom (RFC 4287) and JSON Feed 1.1. Pure: hits in, bytes out.

A notice has one id for ever (a tag URI, as in `api.feeds`); `updated` moves when it is corrected.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

import orjson

from api.feeds import ATOM, Feed
from api.i18n import Lang, translate
from trading.search import Hit

PAGE = 50
"""Notices in one document; `next` leads to older ones (RFC 5005 section 3)."""


def atom(feed: Feed, title: str, path: str, hits: Sequence[Hit]) -> bytes:
    """The Atom document at this path. feed: where it is, and of which log."""
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN" if feed.lang == "zh" else "en"})
    _add(root, "id", feed.tag(f"notices{feed.url(path).removeprefix(feed.base_url).partition('&lang=')[0]}"))
    _add(root, "title", f"{title} · {feed.origin}")
    _add(root, "updated", _rfc3339(hits[0].place.logged if hits else feed.opened))
    _add(_add(root, "author"), "name", feed.origin)
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url(path, feed.before))
    _add(root, "link", rel="alternate", type="text/html", href=f"{feed.base_url}/notices")
    if next_url := feed.next_url(path):
        _add(root, "link", rel="next", type="application/atom+xml", href=next_url)
    for hit in hits:
        entry = _add(root, "entry")
        _add(entry, "id", feed.tag(f"notice/{hit.id}"))
        _add(entry, "title", _title(hit, feed.lang))
        _add(entry, "updated", _rfc3339(hit.place.logged))
        _add(entry, "category", term=hit.kind)
        _add(entry, "summary", _text(hit), type="text")
        _add(entry, "link", rel="alternate", type="text/html", href=f"{feed.base_url}/notices/{hit.id}")
        _add(entry, "link", rel="related", type="application/json", href=f"{feed.base_url}/log/entry/{hit.place.seq}")
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def json_feed(feed: Feed, title: str, path: str, hits: Sequence[Hit]) -> bytes:
    """The JSON Feed document. `_mingtang.seq` is the cursor that webhooks name."""
    document: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{title} · {feed.origin}",
        "home_page_url": f"{feed.base_url}/notices",
        "feed_url": feed.url(path, feed.before),
        "language": "zh-CN" if feed.lang == "zh" else "en",
        "authors": [{"name": feed.origin}],
        "items": [
            {
                "id": feed.tag(f"notice/{hit.id}"),
                "url": f"{feed.base_url}/notices/{hit.id}",
                "title": _title(hit, feed.lang),
                "content_text": _text(hit),
                "date_modified": _rfc3339(hit.place.logged),
                "tags": [hit.trade, hit.kind],
                "_mingtang": {"seq": hit.place.seq, "version": hit.version, "withdrawn": hit.withdrawn is not None},
            }
            for hit in hits
        ],
    }
    if next_url := feed.next_url(path):
        document["next_url"] = next_url
    return orjson.dumps(document)


def _title(hit: Hit, lang: Lang) -> str:
    return hit.title if hit.withdrawn is None else f"{translate('已撤回', lang)} · {hit.title}"


def _text(hit: Hit) -> str:
    return f"{hit.project_title} · {hit.tenderer_name}\n{hit.text[:500]}"


def _add(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = text
    return child


def _rfc3339(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
