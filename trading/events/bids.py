"""Bids: sealed acts that say nothing, the closing that counts them, the opening that reads them out, open offers.

Neither the number nor the names of bidders may be known before the deadline (招标投标法 22), and a public log shows
every entry at once. So a sealed act has a subject of its own, `receipt:` and a random id, the actor `system` and a body
that says nothing: lot, bidder and account lie in the commitment of its envelope.
"""

from typing import Literal

from pydantic import Field

from audit.events import Event, Part
from trading.events.notices import LotEvent
from trading.events.relations import AgreementSignature, Member

Custody = Literal["bidder", "shares", "timelock"]
"""Who can open a bid: its bidder, the opening's seats together, and everybody once the round is there."""
BondForm = Literal["transfer", "guarantee", "insurance", "cheque", "other"]
"""转账, 保函, 保证保险, 支票或者汇票, 其他."""
Opened = Literal["opened", "unopened", "corrupt", "mismatch"]
"""What became of a bid: read; no key came; what came does not decrypt; it is not what was committed to."""


class BidSealed(Event):
    """A sealed bid is in (递交投标文件). Subject `receipt:ID`."""

    kind = "trading.bid_sealed"
    receipt: str
    """The subject's id: 32 random hexadecimal digits."""


class BidReplaced(Event):
    """A sealed bid takes the place of an earlier one (替换投标文件). Subject `receipt:ID`."""

    kind = "trading.bid_replaced"
    receipt: str
    """Of the new bid; which one it replaces lies in the commitment."""


class BidWithdrawn(Event):
    """A sealed bid is taken back before the deadline (撤回投标文件). Subject `receipt:ID`."""

    kind = "trading.bid_withdrawn"
    receipt: str
    """Of this act; which bid it takes back lies in the commitment."""


class BondRecorded(Event):
    """A bid bond has come in (投标保证金). Subject `receipt:ID`."""

    kind = "trading.bond_recorded"
    receipt: str
    """Of this act; lot, bidder, form and amount lie in the commitment."""


class PrequalificationApplied(Event):
    """An application to be prequalified, or to take part in a sale (资格预审申请、竞买申请). Subject `receipt:ID`."""

    kind = "trading.prequalification_applied"
    receipt: str
    """Of this act; lot and applicant lie in the commitment."""


class Judgement(Part):
    """What became of one applicant."""

    receipt: str
    applicant: str
    """Its name."""
    applicant_code: str
    """Its unified social credit code."""
    passed: bool
    reason: str | None
    """Why not."""


class PrequalificationDecided(LotEvent):
    """Who may bid (资格预审结果). Subject `project:CODE`."""

    kind = "trading.prequalification_decided"
    judgements: list[Judgement]


class OpeningSeat(Part):
    """A seat of an opening, which holds a share of each bid's key."""

    seat: str
    """Its name here: a lower-case letter, then letters, digits and hyphens, 32 at most."""
    organisation: str
    """Its organisation's id."""
    recipient: str
    """The seat's own age recipient, `age1…`, to which its shares are encrypted."""
    recorded: int
    """Place of the entry by which the organisation itself recorded that key (`registry.opening_key_recorded`)."""


class Sealing(LotEvent):
    """For whose keys bids or quotes are sealed."""

    seats: list[OpeningSeat]
    """Ascending by `seat`, of two organisations at least; empty: no shares are made."""
    threshold: int
    """How many seats' shares open a bid; 0 without seats."""
    round_number: int | None
    """The drand round of the opening time, for which each key is also timelocked; null: no timelock."""


class OpeningPlanned(Sealing):
    """How the bids of a lot can be opened, and by whom (开标方案). Subject `project:CODE`."""

    kind = "trading.opening_planned"


class BidClosed(LotEvent):
    """The deadline is there: these and no others were submitted (投标截止). Subject `project:CODE`.

    The entry's file `receipts.json` names the receipts: thousands of them would not fit into an entry.
    """

    kind = "trading.bid_closed"
    bids: int
    """How many bids stand: replaced and withdrawn ones are not among them."""
    root: str
    """RFC 6962 tree head over their receipts, ascending, each leaf its 16 bytes: 64 hexadecimal digits."""
    withdrawn: int
    """How many bids were replaced or taken back."""


class ShareGiven(LotEvent):
    """A seat gave its shares of the bids' keys (提交密钥份额). Subject `project:CODE`.

    The entry's file `shares.json` holds each share with the receipt of its bid, and whether it fits.
    """

    kind = "trading.share_given"
    seat: str
    good: int
    """How many shares fit the commitments that came with the bids."""
    bad: int
    """How many do not: the seat is named, not the bid."""


class Quote(Part):
    """What a bid says that is read out."""

    name: str
    """A field of the table of fields of `opening`."""
    value: bool | int | str | list[str]
    """As in a notice's terms."""


class BidOpened(LotEvent):
    """One bid is opened and read out (开标、唱标). Subject `project:CODE`."""

    kind = "trading.bid_opened"
    receipt: str
    outcome: Opened
    custody: Custody | None
    """By which key it was opened; null where it was not."""
    bidder: str
    """Its name."""
    bidder_code: str
    """Its unified social credit code."""
    price_fen: int | None
    quotes: list[Quote]
    """Ascending by `name`."""
    sha256: str
    """Of the file as it was submitted, encrypted: 64 hexadecimal digits."""
    plain_sha256: str | None
    """Of what it opened to."""
    note: str | None
    """Why it could not be opened, or what was remarked."""
    bonds: list[BondForm] = Field(default_factory=list)
    """Forms of the bid bonds that came in for this bidder before the deadline, ascending."""
    members: list[Member] = Field(default_factory=list)
    """Of a consortium, which the bidder leads: all of them, the lead first; empty: it bids alone."""
    agreement_sha256: str | None = None
    """Of the consortium's agreement, which lies in the bid; null: none does (招标投标法 31)."""
    agreement_signatures: list[AgreementSignature] = Field(default_factory=list)
    """Of members who signed it with a key that they had on record, in the members' order."""


class QuotesAsked(Sealing):
    """Those still in are asked for another quote, sealed as bids are (再次报价、最后报价). Subject `project:CODE`.

    The program writes `receipts`, `seats`, `threshold` and `round_number`, and `quote` where it is 0.
    """

    kind = "trading.quotes_asked"
    quote: int
    """Which time, from 1."""
    last: bool
    """Whether this is the last one (最后报价), which the evaluation rests on."""
    receipts: list[str]
    """Of the bids whose bidders are asked, ascending: all who are still in."""
    quotes_until: int
    """Until when quotes are taken; all are opened then."""
    text: list[str]
    """What all of them are told: what was changed, what is to be quoted."""


class QuotesClosed(BidClosed):
    """The time for a quote is over: these and no others came (报价截止). Subject `project:CODE`."""

    kind = "trading.quotes_closed"
    quote: int
    """Which time it was asked for, from 1."""
    enough: bool
    """Whether they are as many as the law wants; else they stay closed, and the lot fails."""


class QuoteShareGiven(ShareGiven):
    """A seat gave its shares of the quotes' keys (提交报价密钥份额). Subject `project:CODE`.

    The entry's file `shares.json` is as that of `trading.share_given`.
    """

    kind = "trading.quote_share_given"
    quote: int
    """Which time it was asked for, from 1."""


class QuoteOpened(BidOpened):
    """One quote is opened and read out (报价开启). Subject `project:CODE`."""

    kind = "trading.quote_opened"
    quote: int
    """Which time it was asked for, from 1."""
    bid: str
    """Receipt of the bid in whose place of price and particulars it comes."""


class OpeningObjected(LotEvent):
    """An objection made on the spot (开标异议). Subject `project:CODE`."""

    kind = "trading.opening_objected"
    objection: str
    """Its id."""
    bidder: str
    text: list[str]


class OpeningReplied(LotEvent):
    """The answer, on the spot too (开标异议答复). Subject `project:CODE`."""

    kind = "trading.opening_replied"
    objection: str
    text: list[str]


class PaddleGiven(Event):
    """An applicant is admitted to open bidding and has its number (发放竞买号牌). Subject `receipt:ID`."""

    kind = "trading.paddle_given"
    receipt: str
    """Of this act; lot, bidder and number lie in the commitment."""


class BiddingOpened(LotEvent):
    """Open offers are taken from now on (开始挂牌报价、网上竞价). Subject `project:CODE`."""

    kind = "trading.bidding_opened"
    starting_fen: int
    step_fen: int
    """The least by which an offer must be over the one before (加价幅度)."""
    ends_at: int
    extension: int
    """Seconds that must pass after the last offer before it ends (延时竞价); 0: none."""
    reserve_commitment: str | None
    """SHA-256 of a sealed reserve price (底价): of 32 bytes of salt, then the fen in decimal digits; null: none."""


class OfferMade(LotEvent):
    """An open offer (报价), by `system`. Its order in the log is its order in the bidding. Subject `project:CODE`."""

    kind = "trading.offer_made"
    paddle: str
    """The bidder's number in this bidding (竞买号牌): names come with the result. Whose account it was, is private."""
    price_fen: int


class BiddingClosed(LotEvent):
    """Open bidding is over (竞价结束). Subject `project:CODE`.

    The entry's file `paddles.json` says whose paddles made offers, and opens what their giving committed to.
    """

    kind = "trading.bidding_closed"
    offers: int
    paddle: str | None
    """Of the highest offer; null: there was none."""
    bidder: str | None
    """Whose paddle that is."""
    bidder_code: str | None
    """Its unified social credit code."""
    price_fen: int | None
    reserve_fen: int | None
    """The reserve price, now that it may be known."""
    reserve_salt: str | None
    """32 bytes, hexadecimal: with the price it gives the commitment."""
    reached: bool
    """Whether the highest offer is at or above the reserve."""
