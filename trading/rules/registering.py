"""What may be registered and published. No clock, no database."""

import re
from collections.abc import Sequence

from audit.entry import File
from registry.names import check_name, check_text
from registry.rules import check_organisation_id, check_region
from trading import errors
from trading.events import Field, NoticePublished, ProjectRegistered
from trading.model import CATEGORIES, TRADES, Content

MAX_LOTS = 100
MAX_MEDIA = 20
MAX_ROUND = 99

# Codes come in every form from other systems. What would break an address or a subject is refused, nothing else.
_PROJECT_CODE = re.compile(r"[^\s/\\?#%]{1,64}")
_NOTICE_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,62}[a-z0-9]")


def check_project(event: ProjectRegistered) -> None:
    """Raises BadProjectCode, BadText, BadFact, BadCategory, BadLots, BadAmount."""
    check_project_code(event.code)
    check_organisation_id(event.tenderer)
    check_name(event.title, "项目名称")
    check_text(event.legal_basis, "法律依据")
    optional = ((event.class_code, "交易分类代码"), (event.approval, "批准文号"), (event.funding, "资金来源"))
    for value, field in optional:
        if value is not None:
            check_text(value, field)
    check_region(event.region)
    if event.category not in CATEGORIES[event.trade]:
        raise errors.BadCategory(trade=TRADES[event.trade])
    numbers = {lot.lot for lot in event.lots}
    if not 1 <= len(event.lots) <= MAX_LOTS or len(numbers) < len(event.lots):
        raise errors.BadLots(limit=MAX_LOTS)
    for lot in event.lots:
        check_text(lot.lot, "标段编号", 64)
        check_name(lot.title, "标段名称")
    for amount in (event.estimate_fen, *(lot.estimate_fen for lot in event.lots)):
        if amount is not None and amount < 0:
            raise errors.BadAmount


def check_project_code(code: str) -> None:
    """Raises BadProjectCode, BadText. Asked before anything is locked or read by a code that someone sent."""
    if not _PROJECT_CODE.fullmatch(code):
        raise errors.BadProjectCode(project=code[:64])
    check_text(code, "项目编号")


def check_notice_id(notice: str) -> None:
    """Raises BadNotice."""
    if not _NOTICE_ID.fullmatch(notice):
        why_zh, why_en = "3 至 64 位小写字母、数字和连字符", "3 to 64 lower-case letters, digits and hyphens"
        raise errors.BadNotice(field="编号", why_zh=why_zh, why_en=why_en)


def check_notice(event: NoticePublished) -> None:
    """A first version. Raises BadNotice, BadText."""
    check_project_code(event.project)
    check_notice_id(event.notice)
    if event.predecessor is not None:
        check_notice_id(event.predecessor)
    if event.version != 1:
        raise errors.BadNotice(field="版本", why_zh="首次发布为第 1 版", why_en="the first version is 1")
    if not 1 <= event.round <= MAX_ROUND:
        raise errors.BadNotice(field="轮次", why_zh=f"1 至 {MAX_ROUND}", why_en=f"1 to {MAX_ROUND}")
    check_content(content_of(event))


def check_content(content: Content) -> None:
    """Raises BadNotice, BadText."""
    check_name(content.title, "标题")
    if not content.text or not all(content.text):
        raise errors.BadNotice(field="正文", why_zh="须有内容，且无空段", why_en="some text, and no empty paragraph")
    if content.valid_from < 0 or (content.valid_until is not None and content.valid_until <= content.valid_from):
        raise errors.BadNotice(field="有效期", why_zh="截止须晚于起始", why_en="its end must be later than its start")
    if len(content.media) > MAX_MEDIA or len(set(content.media)) < len(content.media):
        raise errors.BadNotice(
            field="发布媒介", why_zh=f"至多 {MAX_MEDIA} 个且不得重复", why_en=f"at most {MAX_MEDIA}, none twice"
        )
    for medium in content.media:
        check_text(medium, "发布媒介")


def content_of(event: NoticePublished) -> Content:
    return Content(
        event.title, tuple(event.text), event.valid_from, event.valid_until, tuple(event.media), tuple(event.terms)
    )


def changed_fields(old: Content, new: Content, old_files: Sequence[File], new_files: Sequence[File]) -> list[Field]:
    """What a correction changes, in the order in which a notice has it."""
    pairs: tuple[tuple[Field, object, object], ...] = (
        ("title", old.title, new.title),
        ("text", old.text, new.text),
        ("valid_from", old.valid_from, new.valid_from),
        ("valid_until", old.valid_until, new.valid_until),
        ("media", old.media, new.media),
        ("files", list(old_files), list(new_files)),
        ("terms", old.terms, new.terms),
    )
    return [field for field, before, after in pairs if before != after]
