"""Drafts of the three forms (草稿): private, saved again and again while somebody types, gone when handed in.

Each saving counts. Whoever saves says which count it was made on: what another window saved meanwhile is never
overwritten unseen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from audit.act import Act
from registry.authority import account_locks, check_role, organisation_of
from registry.errors import BadFact, DraftMoved, NotThatAgency
from registry.events import Form
from registry.tables import FormDraftRow

MAX_BYTES = 64 * 1024
MAX_PRACTITIONER = 40

Content = Mapping[str, object]
"""Field name to what was typed, as the page has it: nothing is checked before it is handed in."""


@dataclass(frozen=True)
class Draft:
    """A form that is being filled in."""

    form: Form
    practitioner: str | None
    content: Content
    revision: int
    saved_at: int
    """Unix milliseconds."""
    saved_by: str
    """Account."""


def of_account(account: str) -> str:
    """Who owns the drafts of an applicant that is not admitted yet; admission hands them to its organisation."""
    return f"account:{account}"


def save(
    act: Act, owner: str, form: Form, practitioner: str | None, content: Content, revision: int, account: str
) -> int:
    """Keep what was typed; return the number of this saving. By an agent of the organisation, or by an applicant.

    owner: organisation id, or `of_account`. practitioner: an id, or what the page calls a form that has none yet.
    revision: the saving that was being worked on, 0 for the first. Raises DraftMoved, BadFact, NotThatAgency.
    """
    kept = orjson.dumps(content)
    if len(kept) > MAX_BYTES or len(practitioner or "") > MAX_PRACTITIONER:
        raise BadFact(field="草稿", why_zh="内容过长", why_en="too long")
    whose = practitioner or ""
    act.lock(f"draft:{owner}/{form}/{whose}", shared=account_locks(act))
    if owner != of_account(account):
        check_role(act, "agent")
        if organisation_of(act) != owner:
            raise NotThatAgency(code=owner)
    row = act.session.get(FormDraftRow, (owner, form, whose))
    if revision != (0 if row is None else row.revision):
        raise DraftMoved(revision=0 if row is None else row.revision)
    act.session.merge(
        FormDraftRow(
            organisation=owner,
            form=form,
            practitioner=whose,
            content=kept,
            revision=revision + 1,
            saved_at=act.at,
            saved_by=account,
        )
    )
    return revision + 1


def load(session: Session, owner: str, form: Form, practitioner: str | None = None) -> Draft | None:
    row = session.get(FormDraftRow, (owner, form, practitioner or ""))
    return None if row is None else _draft(row)


def all_of(session: Session, owner: str) -> list[Draft]:
    """Every draft of one owner, the one saved last first."""
    rows = select(FormDraftRow).where(FormDraftRow.organisation == owner)
    return [_draft(row) for row in session.scalars(rows.order_by(FormDraftRow.saved_at.desc()))]


def drop(session: Session, owner: str, form: Form, practitioner: str | None = None) -> None:
    """Forget a draft: it was handed in, thrown away, or holds what must be erased."""
    session.execute(
        delete(FormDraftRow).where(
            FormDraftRow.organisation == owner,
            FormDraftRow.form == form,
            FormDraftRow.practitioner == (practitioner or ""),
        )
    )


def hand_over(session: Session, account: str, organisation: str) -> None:
    """Give an applicant's drafts to the organisation it was admitted for, where that has none of its own."""
    for row in session.scalars(select(FormDraftRow).where(FormDraftRow.organisation == of_account(account))).all():
        if session.get(FormDraftRow, (organisation, row.form, row.practitioner)) is None:
            row.organisation = organisation
        else:
            session.delete(row)
    session.flush()


def _draft(row: FormDraftRow) -> Draft:
    return Draft(
        form=cast(Form, row.form),
        practitioner=row.practitioner or None,
        content=orjson.loads(row.content),
        revision=row.revision,
        saved_at=row.saved_at,
        saved_by=row.saved_by,
    )
