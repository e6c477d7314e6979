"""The texts of the three rules (三制) and of credit, promises and acknowledgements, and what credit rests on."""

from sqlalchemy.orm import Session

from audit.act import Act
from audit.entry import SYSTEM
from registry import documents, errors, queries
from registry.authority import CREDIT_FORMULA, agency_organisation, check_role, check_signed_by
from registry.commands.holding import known_agency, organisation_locks, shared
from registry.events import (
    CommitmentOnPaper,
    CommitmentPublished,
    CommitmentSigned,
    ConductAcknowledged,
    ConductPublished,
    CreditFactRecorded,
    FormulaPublished,
)
from registry.queries import rulebook
from registry.rules import rulebook as rules
from registry.uscc import check_uscc
from registry.working_days import day_of

COMMITMENT, CONDUCT = "rule:commitment", "rule:conduct"


# Texts


def publish_commitment(act: Act, event: CommitmentPublished) -> int:
    """Publish the next version of the admission commitment. Promises made under older ones hold to their term."""
    rules.check_commitment(event)
    act.lock(COMMITMENT, shared=shared(act))
    check_role(act, "registrar", SYSTEM)
    _check_next(act.session, event)
    return act.record(event, COMMITMENT)


def publish_conduct(act: Act, event: ConductPublished) -> int:
    """Publish the next version of the code of conduct, which takes effect now or later. By the supervisor."""
    act.lock(CONDUCT, shared=shared(act))
    check_role(act, "supervisor")
    rules.check_conduct(event, act.at // 1000)
    _check_next(act.session, event)
    return act.record(event, CONDUCT)


def publish_formula(act: Act, event: FormulaPublished) -> int:
    """Publish the next version of the credit formula, for calls made after it. By the supervisor."""
    rules.check_formula(event)
    act.lock(CREDIT_FORMULA, shared=shared(act))
    check_role(act, "supervisor")
    _check_next(act.session, event)
    return act.record(event, CREDIT_FORMULA)


def _check_next(session: Session, event: CommitmentPublished | ConductPublished | FormulaPublished) -> None:
    newest = rulebook.newest(session, type(event))
    rules.check_next_version(event.version, None if newest is None else newest.event.version)


# Promises and acknowledgements


def sign_commitment(act: Act, event: CommitmentSigned) -> int:
    """Promise what the newest commitment says (签署承诺): by the agency's account, signed with the agency's key.

    Raises NotThatAgency, NotCurrentVersion, NotSignedByIt, BadSignatures, WrongSignature.
    """
    _lock_agency(act, event.code, COMMITMENT, *organisation_locks(event.organisation))
    check_role(act, "agent")
    organisation = agency_organisation(act, event.code)
    if event.organisation != organisation.id:
        raise errors.NotThatAgency(code=event.code)
    rules.check_signed(event, _commitment(act.session), act.at // 1000)
    check_signed_by(act.session, event, _subject(event.code), event.signatures, organisation)
    return act.record(event, _subject(event.code))


def commitment_to_sign(session: Session, code: str, organisation: str, at: int) -> CommitmentSigned:
    """The body that an agency signs on that day, without its signature yet. at: Unix seconds. Raises NoSuchVersion."""
    text = _commitment(session)
    return CommitmentSigned(
        code=code,
        organisation=organisation,
        version=text.version,
        text_sha256=rules.text_sha256(text.text),
        until=rules.term_until(day_of(at), text.term_months),
        signatures=[],
    )


def commitment_on_paper(act: Act, event: CommitmentOnPaper, scan: bytes) -> int:
    """Record a promise on paper, by a registrar. scan: the private file's description (`documents.store`).

    Raises NoSuchAgency, NotCurrentVersion, BadRule, BadFact, DocumentMissing.
    """
    _lock_agency(act, event.code, COMMITMENT, documents.DOCUMENTS)
    check_role(act, "registrar")
    if queries.organisation_with_code(act.session, event.code) is None:  # admitted, and perhaps not on record yet
        known_agency(act, event.code)
    rules.check_on_paper(event, _commitment(act.session), act.at // 1000)
    documents.check_stored(act.blobs, scan)
    return act.record(event, _subject(event.code), private={"scan": scan})


def acknowledge_conduct(act: Act, event: ConductAcknowledged) -> int:
    """Acknowledge the code in force, or one that is yet to be (知悉确认), or let more practitioners do so.

    Raises NotThatAgency, NoSuchVersion, UnknownPractitioner, Unchanged.
    """
    _lock_agency(act, event.code, CONDUCT)
    check_role(act, "agent")
    agency_organisation(act, event.code)
    if rulebook.version(act.session, ConductPublished, event.version) is None:
        raise errors.NoSuchVersion(version=event.version)
    in_force = rulebook.conduct_at(act.session, act.at // 1000)
    if in_force is not None and event.version < in_force.event.version:
        raise errors.NotCurrentVersion(version=in_force.event.version)
    present = rulebook.present_practitioners(act.session, event.code)
    rules.check_acknowledged_by(event.practitioners, present, event.code)
    known = [one for one in rulebook.acknowledgements(act.session, event.code) if one.version == event.version]
    if known and known[0].practitioners >= set(event.practitioners):
        raise errors.Unchanged(what=event.code)
    return act.record(event, _subject(event.code))


def _commitment(session: Session) -> CommitmentPublished:
    newest = rulebook.newest(session, CommitmentPublished)
    if newest is None:
        raise errors.NoSuchVersion(version=1)
    return newest.event


# Credit


def commission_locks(code: str) -> list[str]:
    """What `record_commission` needs held, beside the register that it shares. Raises BadCode."""
    return [_subject(check_uscc(code))]


def record_commission(act: Act, event: CreditFactRecorded) -> int:
    """Record a completed commission for a caller that holds `commission_locks`, and knows who was engaged for what.

    Raises NoSuchAgency, BadText, BadRule, FactRecorded.
    """
    assert event.fact == "commission_completed"
    check_role(act, "tenderer")
    return _record_fact(act, event)


def record_objection_upheld(act: Act, event: CreditFactRecorded) -> int:
    """Record that an objection to an agency's work was upheld, with the decision's number. By the supervisor.

    Raises NoSuchAgency, BadText, BadRule, FactRecorded.
    """
    assert event.fact == "objection_upheld"
    _lock_agency(act, event.code)
    check_role(act, "supervisor")
    return _record_fact(act, event)


def _record_fact(act: Act, event: CreditFactRecorded) -> int:
    rules.check_credit_fact(event, act.at // 1000)
    known_agency(act, event.code)
    for one in rulebook.credit_facts(act.session, event.code, event.fact):
        if (one.project_code, one.reference) == (event.project_code, event.reference):
            raise errors.FactRecorded(code=event.code, reference=event.reference)
    return act.record(event, _subject(event.code))


# What they hold


def _lock_agency(act: Act, code: str, *also: str) -> None:
    """Raises BadCode, NoSuchAgency."""
    if code != check_uscc(code):
        raise errors.NoSuchAgency(code=code)
    act.lock(_subject(code), shared=[*shared(act), *also])


def _subject(code: str) -> str:
    return f"agency:{code}"
