"""What the texts of the three rules and the credit formula may be, and for how long a promise holds."""

import calendar
import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import date

from audit import canonical
from registry import errors
from registry.events import (
    CommitmentOnPaper,
    CommitmentPublished,
    CommitmentSigned,
    ConductPublished,
    CreditFactRecorded,
    FormulaPublished,
)
from registry.names import check_text
from registry.working_days import day_of, end_of

MAX_PARAGRAPHS = 200
MAX_PARAGRAPH = 2000
"""Code points."""
MAX_TERM_MONTHS = 60
MAX_ARTICLES = 200
MAX_POINTS = 100
MAX_GRADES = 20
MAX_CREDIT = 100_000
"""Of any number in the formula, so that no sum leaves what every JSON reader holds exactly."""
MAX_WINDOW_MONTHS = 120
MAX_BALLS = 1000
MAX_REFERENCE = 100

_ARTICLE = re.compile(r"[A-Z0-9]{1,8}(-[0-9]{1,4}){0,3}")


def check_commitment(event: CommitmentPublished) -> None:
    """Raises BadText, BadRule."""
    check_text(event.title, "承诺书名称")
    if not 1 <= len(event.text) <= MAX_PARAGRAPHS:
        raise _bad("承诺书正文", f"须有 1 至 {MAX_PARAGRAPHS} 段", f"1 to {MAX_PARAGRAPHS} paragraphs")
    for paragraph in event.text:
        check_paragraph(paragraph, "承诺书正文")
    _check_range(event.term_months, "有效月数", 1, MAX_TERM_MONTHS)


def check_conduct(event: ConductPublished, at: int) -> None:
    """Refuse a code that does not have its form, or would hold for what was done before it. at: Unix seconds.

    Raises BadText, BadRule.
    """
    if event.effective < at:
        raise _bad("生效时间", "不得早于公布之时", "it cannot be before the publication")
    codes = {article.article for article in event.articles}
    if not 1 <= len(event.articles) <= MAX_ARTICLES or len(codes) < len(event.articles):
        raise _bad("条款", f"须有 1 至 {MAX_ARTICLES} 条，编号不得重复", f"1 to {MAX_ARTICLES}, no two with one code")
    for article in event.articles:
        if not _ARTICLE.fullmatch(article.article):
            raise _bad("条款编号", "形如 A-3", "such as A-3")
        check_paragraph(article.text, f"条款 {article.article}")
        _check_range(article.points, f"条款 {article.article} 的记分", 0, MAX_POINTS)


def check_formula(event: FormulaPublished) -> None:
    """Raises BadText, BadRule. Who has more credit never has fewer balls."""
    numbers = (
        (event.base, "基础分"),
        (event.commission, "每项委托加分"),
        (event.commissions_at_most, "计分委托上限"),
        (event.point, "每一记分扣分"),
        (event.objection, "每项异议扣分"),
    )
    for number, field in numbers:
        _check_range(number, field, 0, MAX_CREDIT)
    _check_range(event.window_months, "计分期", 0, MAX_WINDOW_MONTHS)
    grades = event.grades
    if not 1 <= len(grades) <= MAX_GRADES or len({one.grade for one in grades}) < len(grades):
        raise _bad("等级", f"须有 1 至 {MAX_GRADES} 级，名称不得重复", f"1 to {MAX_GRADES}, no two with one name")
    for one in grades:
        check_text(one.grade, "等级名称", 20)
        _check_range(one.balls, f"等级 {one.grade} 的号球", 1, MAX_BALLS)
    bounds, balls = [one.at_least for one in grades], [one.balls for one in grades]
    if bounds[-1] != 0 or bounds != sorted(set(bounds), reverse=True):
        raise _bad("等级", "最低分须由高到低，最后一级为 0", "from the highest bound down, the last one 0")
    if balls != sorted(balls, reverse=True):
        raise _bad("等级", "等级低的号球不得多于等级高的", "a lower grade cannot have more balls than a higher one")


def check_next_version(version: int, newest: int | None) -> None:
    """Versions are counted without gaps, so that none can be left out of a list. Raises VersionNotNext."""
    wanted = (newest or 0) + 1
    if version != wanted:
        raise errors.VersionNotNext(wanted=wanted, version=version)


def text_sha256(text: Sequence[str]) -> str:
    """What a promise names the text by: SHA-256 of the canonical JSON of its list of paragraphs, in hex."""
    return hashlib.sha256(canonical.encode(list(text))).hexdigest()


def term_until(day: date, months: int) -> int:
    """The first second after a term of so many months from `day`: 24:00 in Beijing on its last day, Unix seconds.

    The last day is the same day of the month, or the month's last where it has none (民法典 art. 202).
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return end_of(last)


def check_signed(event: CommitmentSigned, text: CommitmentPublished, at: int) -> None:
    """Refuse a promise of another text, or for another term, than the present one's. Raises NotCurrentVersion."""
    _check_promised(event, text)
    if event.until != term_until(day_of(at), text.term_months):
        raise errors.NotCurrentVersion(version=text.version)


def check_on_paper(event: CommitmentOnPaper, text: CommitmentPublished, at: int) -> None:
    """A paper may have been signed earlier, so its term may end earlier. Raises NotCurrentVersion, BadRule."""
    _check_promised(event, text)
    if not at < event.until <= term_until(day_of(at), text.term_months):
        raise _bad(
            "承诺期限",
            f"须晚于现在，且不超过 {text.term_months} 个月",
            f"later than now, {text.term_months} months at most",
        )


def _check_promised(event: CommitmentSigned | CommitmentOnPaper, text: CommitmentPublished) -> None:
    if (event.version, event.text_sha256) != (text.version, text_sha256(text.text)):
        raise errors.NotCurrentVersion(version=text.version)


def check_acknowledged_by(practitioners: Sequence[str], present: Collection[str], code: str) -> None:
    """Raises BadRule, UnknownPractitioner."""
    if list(practitioners) != sorted(set(practitioners)):
        raise _bad("从业人员", "须按编号升序且不得重复", "ascending, none twice")
    for practitioner in practitioners:
        if practitioner not in present:
            raise errors.UnknownPractitioner(code=code, practitioner=practitioner[:40])


def check_credit_fact(event: CreditFactRecorded, at: int) -> None:
    """Raises BadText, BadRule."""
    check_text(event.project_code, "项目编号", 64)
    check_text(event.reference, "依据文号", MAX_REFERENCE)
    try:
        day = date.fromisoformat(event.day)
    except ValueError:
        day = date.max
    if event.day != day.isoformat() or day > day_of(at):
        raise _bad("日期", "须为已到的日期，形如 2025-03-01", "a day that has come, such as 2025-03-01")


def check_paragraph(value: str, field: str) -> None:
    """Refuse what no paragraph of a published text may hold. Raises BadRule."""
    if not 1 <= len(value) <= MAX_PARAGRAPH or value != value.strip(" \u3000"):
        why_zh, why_en = (
            f"每段 1 至 {MAX_PARAGRAPH} 字，首尾无空格",
            f"1 to {MAX_PARAGRAPH} characters, no blank at an end",
        )
        raise _bad(field, why_zh, why_en)
    try:
        canonical.encode(value)
    except canonical.BadValue as refusal:
        raise _bad(field, refusal.message("zh"), refusal.message("en")) from None


def _check_range(number: int, field: str, least: int, most: int) -> None:
    if not least <= number <= most:
        raise _bad(field, f"须为 {least} 至 {most} 的整数", f"a whole number from {least} to {most}")


def _bad(field: str, why_zh: str, why_en: str) -> errors.BadRule:
    return errors.BadRule(field=field, why_zh=why_zh, why_en=why_en)
