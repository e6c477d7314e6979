"""Release packages and record packages: releases with who publishes them, under what policy."""

from collections.abc import Sequence

from trading.ocds.feed import Feed, Publication
from trading.ocds.merge import compiled
from trading.ocds.releases import Release
from trading.ocds.values import Json, instant

VERSION = "1.1"


def release_package(
    publication: Publication, feed: Feed, path: str, found: Sequence[Release], upto: int, after: str | None = None
) -> Json:
    """Releases at an address of the feed. upto: when what it tells of was published, Unix milliseconds, if it is empty.

    after: the address of the next package of a feed that is read page by page.
    """
    published = max((one.published for one in found), default=upto)
    package = _head(publication, feed, path, published) | {"releases": [one.body for one in found]}
    if after is not None:
        package["links"] = {"next": f"{publication.base_url}{after}"}
    return package


def record_package(publication: Publication, feed: Feed, ocid: str, found: Sequence[Release]) -> Json:
    """The record of one contracting process: what all its releases come to, and where each of them is."""
    linked = [
        {
            "url": f"{release_address(publication, feed, one)}#{one.id}",
            "date": instant(one.published),
            "tag": one.body["tag"],
        }
        for one in found
    ]
    record = {"ocid": ocid, "releases": linked, "compiledRelease": compiled(one.body for one in found)}
    return _head(publication, feed, f"/records/{ocid}", found[-1].published) | {"records": [record]}


def release_address(publication: Publication, feed: Feed, release: Release) -> str:
    return f"{publication.base_url}{feed.address}/releases/{release.id}"


def _head(publication: Publication, feed: Feed, path: str, published: int) -> Json:
    return {
        "uri": f"{publication.base_url}{feed.address}{path}",
        "version": VERSION,
        "extensions": [f"{publication.base_url}/ocds/extension/extension.json"],
        "publishedDate": instant(published),
        "publisher": {"name": publication.publisher, "uri": publication.base_url},
        "publicationPolicy": f"{publication.base_url}/ocds/policy",
    }
