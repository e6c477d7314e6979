"""What an agency and the registrar do at their desks for one agency: join, hand in, accept, promise, acknowledge."""

from dataclasses import replace

from api.demo.agencies import Agency
from api.demo.players import Players
from audit.entry import SYSTEM
from registry import commands as registry
from registry import documents, queries
from registry.events import (
    CommitmentOnPaper,
    ConductAcknowledged,
    Fault,
    FormReturned,
    FormVersion,
    KeyRecorded,
)
from registry.model import LegalPersonForm
from registry.queries import forms as known
from registry.queries import rulebook
from registry.sheets.forms import agency_form, legal_person_form, practitioner_form

SCAN = b"%PDF-1.7 \xe6\xbc\x94\xe7\xa4\xba "
"""How the demo's scans begin: a PDF file's first bytes, and 演示."""


def come(players: Players, one: Agency, *, returned: bool = False) -> None:
    """The whole way from asking to promising. returned: whether the registrar finds a fault first."""
    join(players, one)
    hand_in(players, one)
    if returned:
        give_back(players, one, 1, "address", "住所与营业执照不一致，请核对后重新提交")
        submit_agency_form(players, one, reason="按退回意见更正住所")
    accept(players, one)
    sign(players, one)


def join(players: Players, one: Agency) -> None:
    """An account asks to act for its agency, and the registrar lets it."""
    name = one.sign_in_name
    contact = one.agency["contact_name"], one.agency["contact_phone"]
    with players.log.act(SYSTEM) as act:
        account = players.new_account(act, name)
        registry.ask_admission(act, account, one.code, one.name, *contact)
    players.accounts[name], players.roles[name] = account, "agent"
    players.do("registrar", registry.admit, account)


def hand_in(players: Players, one: Agency) -> None:
    submit_agency_form(players, one)
    players.do(
        one.sign_in_name,
        registry.submit_legal_person_form,
        one.code,
        *legal_person_form(one.legal_person),
        key=players.digest_key,
    )
    for row in one.practitioners:
        form, private = practitioner_form(row)
        players.do(
            one.sign_in_name, registry.submit_practitioner_form, one.code, None, form, private, key=players.digest_key
        )


def submit_agency_form(players: Players, one: Agency, reason: str | None = None) -> None:
    form, private = agency_form(one.agency)
    scan = SCAN + one.code.encode()
    licence = documents.store(players.log.blobs, scan, "营业执照.pdf", "application/pdf")
    players.do(
        one.sign_in_name,
        registry.submit_agency_form,
        one.code,
        replace(form, reason=reason),
        replace(private, licence=licence),
        key=players.digest_key,
    )


def renew(players: Players, one: Agency) -> None:
    """Hand in all of last year's forms again, and have them accepted."""
    reason = "年度更新"
    submit_agency_form(players, one, reason)
    form, legal_person = legal_person_form(one.legal_person)
    renewed = LegalPersonForm(form.term_from, form.term_until, reason)
    players.do(
        one.sign_in_name, registry.submit_legal_person_form, one.code, renewed, legal_person, key=players.digest_key
    )
    for whose, row in zip(people(players, one), one.practitioners, strict=True):
        again, person = practitioner_form(row)
        players.do(
            one.sign_in_name,
            registry.submit_practitioner_form,
            one.code,
            whose,
            replace(again, reason=reason),
            person,
            key=players.digest_key,
        )
    accept(players, one)


def accept(players: Players, one: Agency) -> None:
    with players.log.reading() as session:
        waiting = [state for state in known.states(session, one.code).values() if state.decided == "waiting"]
    forms = [FormVersion(form=state.form, practitioner=state.practitioner, version=state.version) for state in waiting]
    players.do("registrar", registry.accept_forms, one.code, forms)


def give_back(players: Players, one: Agency, version: int, field: str, reason: str) -> None:
    """Return the agency form for a fault in one field."""
    event = FormReturned(
        code=one.code,
        form="agency",
        practitioner=None,
        version=version,
        faults=[Fault(field=field, reason=reason)],
    )
    players.do("registrar", registry.return_form, event)


def people(players: Players, one: Agency) -> list[str]:
    """Ids of an agency's practitioners, in the order in which their forms came."""
    with players.log.reading() as session:
        states = [state for (form, _), state in known.states(session, one.code).items() if form == "practitioner"]
    return [state.practitioner or "" for state in sorted(states, key=lambda state: state.entry_id)]


# Promises and acknowledgements


def sign(players: Players, one: Agency) -> None:
    """Promise with a key of its own, which it makes now."""
    organisation = organisation_of(players, one)
    key = players.new_key(organisation)
    players.do(one.sign_in_name, registry.record_key, KeyRecorded(organisation=organisation, key=key))
    with players.log.reading() as session:
        event = registry.commitment_to_sign(session, one.code, organisation, players.clock.second)
    signed = players.signed(event, f"agency:{one.code}", organisation)
    players.do(one.sign_in_name, registry.sign_commitment, signed)


def promise_on_paper(players: Players, one: Agency) -> None:
    with players.log.reading() as session:
        promised = registry.commitment_to_sign(session, one.code, organisation_of(players, one), players.clock.second)
    event = CommitmentOnPaper(
        code=one.code, version=promised.version, text_sha256=promised.text_sha256, until=promised.until
    )
    scan = documents.store(players.log.blobs, SCAN + one.name.encode(), "承诺书.pdf", "application/pdf")
    players.do("registrar", registry.commitment_on_paper, event, scan)


def acknowledge(players: Players, one: Agency, version: int) -> None:
    with players.log.reading() as session:
        people = sorted(rulebook.present_practitioners(session, one.code))
    event = ConductAcknowledged(code=one.code, version=version, practitioners=people)
    players.do(one.sign_in_name, registry.acknowledge_conduct, event)


def organisation_of(players: Players, one: Agency) -> str:
    with players.log.reading() as session:
        found = queries.organisation_with_code(session, one.code)
    assert found is not None  # it was admitted
    return found.id
