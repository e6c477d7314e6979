"""Who was invited to bid. While bids are taken it is a secret that the log only commits to (招标投标法 22)."""

from typing import Literal

from trading.events.notices import LotEvent

HowChosen = Literal["drawn", "recommended", "qualified", "decided"]
"""随机抽取, 书面推荐, 资格预审合格, 招标人（采购人）确定."""


class BiddersInvited(LotEvent):
    """Some are invited to bid (邀请投标人). Subject `project:CODE`.

    Neither their names nor their number is in it: both lie in the commitment `invited`, until bids are opened.
    """

    kind = "trading.bidders_invited"
    chosen: HowChosen
    """How they were chosen."""


class InvitedNamed(LotEvent):
    """Who was invited, now that bids are opened (公布受邀名单). Subject `project:CODE`.

    The entry's file `invited.json` opens the commitment of every invitation of the round.
    """

    kind = "trading.invited_named"
    invited: int
    """How many were invited."""
