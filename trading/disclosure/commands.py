"""A disclosure request is made by anyone, extended once and answered by a registrar."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from audit.act import Act
from audit.entry import File
from registry.authority import account_locks, check_role
from registry.names import check_text
from registry.working_days import day_of
from trading import queries as trading
from trading.disclosure import errors
from trading.disclosure.model import Disclosure, extended_due, first_due
from trading.disclosure.queries import SUBJECT, disclosure, numbers_of
from trading.errors import NoSuchProject
from trading.events import DisclosureAnswered, DisclosureExtended, DisclosureRequested

TEXT, ANSWER = 2000, 20_000
"""Characters of what is asked for, and of an answer that is sent."""

Outcome = Literal["published", "sent", "partly", "not_held", "refused"]
Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Asked:
    """What somebody asks; nothing of it is public but the project."""

    text: str
    """Which record, as exactly as it can be said."""
    name: str
    contact: str
    """Where the answer goes: post, telephone or e-mail."""
    project: str | None = None
    language: Language = "zh"
    """In which the answer is sent."""


def request_disclosure(act: Act, asked: Asked) -> DisclosureRequested:
    """Take a request and give it its number. By anyone, recorded by the program.

    Raises BadText, BadDisclosureText, NoSuchProject, CalendarUnknown where no calendar reaches the last day.
    """
    _check_long(asked.text, "所需信息", TEXT)
    check_text(asked.name, "申请人")
    check_text(asked.contact, "联系方式")
    act.lock("disclosures")
    if asked.project is not None and trading.project(act.session, asked.project, placed=True) is None:
        raise NoSuchProject(project=asked.project[:64])
    now = act.at // 1000
    year = day_of(now).year
    number = f"YK-{year}-{numbers_of(act.session, year) + 1:04d}"
    act.covers(f"{SUBJECT}{number}")  # nobody else knows it yet
    event = DisclosureRequested(number=number, project=asked.project, due_on=first_due(now))
    told = {"text": asked.text, "name": asked.name, "contact": asked.contact, "language": asked.language}
    private = {name: value.encode() for name, value in told.items()}
    act.record(event, f"{SUBJECT}{number}", private=private)
    return event


def extend_disclosure(act: Act, number: str, reason: str) -> int:
    """Take once more as many working days for the answer. By a registrar, before the time is over."""
    check_text(reason, "延长理由")
    known = _known(act, number)
    if known.answered is not None:
        raise errors.DisclosureIsAnswered(number=number)
    if known.extended is not None:
        raise errors.DisclosureIsExtended(number=number)
    if act.at // 1000 >= known.due_at or known.overdue is not None:
        raise errors.DisclosureExtendedLate(number=number, due_on=known.due_on)
    event = DisclosureExtended(number=number, due_on=extended_due(known.due_on), reason=reason)
    return act.record(event, f"{SUBJECT}{number}")


def answer_disclosure(
    act: Act,
    number: str,
    outcome: Outcome,
    legal_basis: str,
    abstract: str,
    files: Sequence[File] = (),
    sent: str | None = None,
) -> int:
    """Answer a request, once; also after the time, which stays written. By a registrar.

    files: published. sent: what only the one who asked gets; the entry holds a commitment.
    """
    check_text(legal_basis, "法律依据")
    check_text(abstract, "答复摘要")
    if sent is not None:
        _check_long(sent, "寄送内容", ANSWER)
    _check_record(outcome, bool(files), sent is not None)
    if _known(act, number).answered is not None:
        raise errors.DisclosureIsAnswered(number=number)
    event = DisclosureAnswered(number=number, outcome=outcome, legal_basis=legal_basis, abstract=abstract)
    private = {} if sent is None else {"sent": sent.encode()}
    return act.record(event, f"{SUBJECT}{number}", private=private, files=files)


def _check_record(outcome: Outcome, is_published: bool, is_sent: bool) -> None:
    """Raises AnswerWithoutRecord, AnswerWithRecord."""
    if outcome in ("not_held", "refused") and (is_published or is_sent):
        raise errors.AnswerWithRecord
    if outcome == "sent" and is_published:
        raise errors.AnswerWithRecord
    enough = {"published": is_published, "sent": is_sent, "partly": is_published or is_sent}
    if not enough.get(outcome, True):
        raise errors.AnswerWithoutRecord


def _known(act: Act, number: str) -> Disclosure:
    """Raises NoSuchDisclosure, NotPermitted, RoleMissing."""
    act.lock(f"{SUBJECT}{number}", shared=account_locks(act))
    check_role(act, "registrar")
    found = disclosure(act.session, number)
    if found is None:
        raise errors.NoSuchDisclosure(number=number[:64])
    return found


def _check_long(value: str, field: str, limit: int) -> None:
    """A text of paragraphs, which no entry holds. Raises BadDisclosureText."""
    is_plain = all(one == "\n" or unicodedata.category(one) not in ("Cc", "Cs", "Cn") for one in value)
    if not value.strip() or len(value) > limit or not is_plain:
        raise errors.BadDisclosureText(field=field, limit=limit)
