"""What each market calls the project's owner, and the notice by which it invites everybody."""

from api.i18n import Lang, translate
from trading.events import NoticeKind, Trade
from trading.model import NOTICE_KINDS

OWNERS: dict[Trade, str] = {"A": "招标人", "B": "出让人", "C": "转让方", "D": "采购人"}
ANNOUNCEMENTS: dict[Trade, str] = {"A": "招标公告", "B": "出让公告", "C": "转让公告", "D": "采购公告"}


def owner_title(trade: Trade, lang: Lang) -> str:
    """Tendering and Bidding Law art. 8; Government Procurement Law art. 15; orders 39 and 32."""
    return translate(OWNERS[trade], lang)


def notice_title(kind: NoticeKind, trade: Trade, lang: Lang) -> str:
    return translate(ANNOUNCEMENTS[trade] if kind == "announcement" else NOTICE_KINDS[kind], lang)
