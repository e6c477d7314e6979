"""The two feeds: purchases, which the standard is for, and sales in the same form at an address of their own.

Who sums up awards must not add a city's revenue to its spending: so sales never stand among purchases.
"""

from dataclasses import dataclass

from trading.events import Trade

PLACEHOLDER = "ocds-000000"
"""Stands for the prefix that the Open Contracting Partnership assigns on request. It is no registered one."""


@dataclass(frozen=True)
class Feed:
    name: str
    trades: tuple[Trade, ...]
    address: str
    """Where its releases, records and packages are, under the site's own address."""

    @property
    def is_sale(self) -> bool:
        return self.name == "sales"


PURCHASES = Feed("purchases", ("A", "D"), "/ocds")
SALES = Feed("sales", ("B", "C"), "/ocds-like/sales")
FEEDS = (PURCHASES, SALES)


@dataclass(frozen=True)
class Publication:
    """Who publishes where."""

    base_url: str
    """Without a slash at its end."""
    publisher: str
    prefix: str = PLACEHOLDER


def feed_of(trade: Trade) -> Feed:
    return next(feed for feed in FEEDS if trade in feed.trades)


def ocid(prefix: str, feed: Feed, project: str, round_number: int) -> str:
    """The id of one contracting process: a project in one of its rounds.

    The round always stands at the end, so that no code of another project can look like it.
    """
    return f"{'sale' if feed.is_sale else prefix}-{project}-r{round_number}"


def read_ocid(prefix: str, feed: Feed, text: str) -> tuple[str, int] | None:
    """Project and round of an ocid of this feed, None where it is none."""
    beginning = "sale-" if feed.is_sale else f"{prefix}-"
    rest, mark, number = text.rpartition("-r")
    if not text.startswith(beginning) or not mark or not number.isascii() or not number.isdecimal() or number[0] == "0":
        return None
    code = rest.removeprefix(beginning)
    return (code, int(number)) if code and len(number) <= 2 else None


def read_release_id(text: str) -> tuple[str, int] | None:
    """The ocid and the log's place in a release's id, `OCID-SEQ`."""
    known, mark, seq = text.rpartition("-")
    if not mark or not seq.isascii() or not seq.isdecimal() or len(seq) > 15 or (seq[0] == "0" and seq != "0"):
        return None
    return known, int(seq)
