"""What bidding by invitation must be: every list committed to before is opened, and nobody else's bid is read out."""

from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from audit.entry import Entry, commitment
from trading.bids.logged.closing import About, document, fault

INVITED: Final = "trading.bidders_invited"
NAMED: Final = "trading.invited_named"
FILE: Final = "invited.json"
VALUE: Final = "invited"


@dataclass
class Invitations:
    """Of one round of a lot."""

    commitments: set[str] = field(default_factory=set)
    """Of the lists whose invitations came before the naming."""
    named: dict[str, str] | None = None
    """Code to name, once they are named."""


def take_invitation(entry: Entry, found: Invitations) -> None:
    """Raises BidFault."""
    made = entry.private.get(VALUE)
    if made is None or found.named is not None:
        raise fault(entry, "E_INVITED", "没有承诺值，或在名单公布之后", "it commits to nobody, or is late")
    found.commitments.add(made)


def take_names(entry: Entry, about: About, found: Invitations, data: bytes) -> None:
    """Raises BidFault."""
    lists = document(entry, FILE, data, "E_INVITED").get("lists")
    if found.named is not None or not isinstance(lists, list):
        raise fault(entry, "E_INVITED", "名单重复公布，或不合格式", "named twice, or not of the form")
    named: dict[str, str] = {}
    opened: set[str] = set()
    for one in lists:
        digest, said = _opened(one)
        if digest is None or digest not in found.commitments or digest in opened:
            raise fault(entry, "E_INVITED", "名单与邀请时的承诺不符", "a list is none that was committed to")
        if (said.get("project"), said.get("lot"), said.get("round")) != about[:3]:
            raise fault(entry, "E_INVITED", "名单属于其他标段", "a list is of another lot")
        opened.add(digest)
        named |= {party["bidder_code"]: party["bidder"] for party in said["invited"]}
    if opened != found.commitments:
        raise fault(entry, "E_INVITED", "有邀请没有公布名单", "the list of an invitation is left out")
    if entry.body.get("invited") != len(named):
        raise fault(entry, "E_INVITED", "所记家数与名单不符", "its number is not that of its lists")
    found.named = named


def check_bidder(entry: Entry, found: Invitations) -> None:
    """Whether a bid that is opened is of one who was invited. Raises BidFault."""
    if found.named is None:
        raise fault(entry, "E_INVITED", "尚未公布受邀名单就开标", "a bid is opened before those invited are named")
    if entry.body.get("bidder_code") not in found.named:
        bidder = entry.body.get("bidder")
        raise fault(entry, "E_INVITED", f"“{bidder}”不在受邀之列", f"{bidder!r} was not invited")


def _opened(one: Any) -> tuple[str | None, dict[str, Any]]:
    """The commitment that one list opens, and what it says."""
    try:
        salt, text = bytes.fromhex(one["salt"]), one["invited"].encode()
        said = orjson.loads(text)
        parties = [(party["bidder"], party["bidder_code"]) for party in said["invited"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None, {}
    if len(salt) != 32 or not all(isinstance(text, str) for party in parties for text in party):
        return None, {}
    return commitment(salt, text), said
