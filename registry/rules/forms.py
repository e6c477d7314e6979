"""What the three forms may say: every field is checked, and every fault of a form is told at once.

A refusal's text names the field and never the value: half of the fields are private.
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import get_args

from registry.errors import BadFact, FieldFault
from registry.events import Certificate, Fault, Form, Premises
from registry.identity import check_identity_number
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    Contact,
    Facts,
    LegalPersonForm,
    LegalPersonPrivate,
    OrganisationTies,
    PractitionerForm,
    PractitionerPrivate,
)
from registry.names import check_name, check_text
from registry.rules.agencies import MAX_FIELDS, check_contact, facts_faults
from registry.rules.fields import (
    LABELS,
    check_amount,
    check_bank_account,
    check_choice,
    check_count,
    check_later_day,
    check_list,
    check_number,
    check_past_day,
    check_reason,
    faults_of,
    field_fault,
    parsed_day,
)
from registry.working_days import end_of

ENOUGH_PRACTITIONERS = 5
"""Full-time staff that a purchasing agency needs (财库〔2018〕2号); fewer are a finding, which keeps nobody out."""
REMINDED_BEFORE = 30
"""Days before a renewal is due from which the agency is reminded."""

MAX_SCOPE, MAX_TITLES, MAX_CERTIFICATES, MAX_KEY_PERSONS = 40, 10, 20, 40
MAX_AREA = 1_000_000
MAX_CAPITAL = 10**15
"""Fen."""

FIELDS: dict[Form, tuple[str, ...]] = {
    "agency": (
        "name",
        "legal_form",
        "founded",
        "region",
        "address",
        "premises",
        "premises_area",
        "capital",
        "scope",
        "fields",
        "recording_equipment",
        "office_equipment",
        "contact_name",
        "contact_phone",
        "bank_name",
        "bank_account",
        "controller_name",
        "controller_number",
        "licence",
        "reason",
    ),
    "legal_person": ("name", "identity_number", "phone", "term_from", "term_until", "reason"),
    "practitioner": (
        "name",
        "identity_number",
        "key",
        "titles",
        "certificates",
        "certificate_numbers",
        "employed_since",
        "insurance_months",
        "fields",
        "reason",
    ),
}
"""The fields of each form, public and private, in its order."""


def renewal_until(day: date) -> int:
    """The first second at which forms accepted on `day` must have been renewed: the end of the same day next year.

    Where that day does not exist, the month's last day counts (民法典 202). Unix seconds.
    """
    last = date(day.year + 1, day.month, min(day.day, monthrange(day.year + 1, day.month)[1]))
    return end_of(last)


def agency_form_faults(
    code: str, form: AgencyForm, private: AgencyPrivate, version: int, today: date
) -> list[FieldFault]:
    """Everything that is wrong with an agency form, in its order."""
    facts = Facts(code, form.name, None, form.region, form.address, form.fields, form.founded)
    found = [field_fault(member, refusal) for member, refusal in facts_faults(facts, today)]
    found += faults_of(
        (
            ("legal_form", lambda: check_name(form.legal_form, LABELS["legal_form"])),
            ("premises", lambda: check_choice(form.premises, get_args(Premises), "premises")),
            ("premises_area", lambda: check_amount(form.premises_area, 1, MAX_AREA, "premises_area")),
            ("capital", lambda: check_amount(form.capital, 0, MAX_CAPITAL, "capital")),
            ("scope", lambda: check_list(form.scope, 1, MAX_SCOPE, "scope", check_text)),
            ("recording_equipment", lambda: check_text(form.recording_equipment, LABELS["recording_equipment"])),
            ("office_equipment", lambda: check_text(form.office_equipment, LABELS["office_equipment"])),
            ("contact_name", lambda: check_contact(Contact(name=private.contact_name))),
            ("contact_phone", lambda: check_contact(Contact(phone=private.contact_phone))),
            ("bank_name", lambda: check_name(private.bank_name, LABELS["bank_name"])),
            ("bank_account", lambda: check_bank_account(private.bank_account)),
            ("controller_name", lambda: check_name(private.controller_name, LABELS["controller_name"])),
            ("controller_number", lambda: check_number(private.controller_number, "controller_number", today)),
            ("reason", lambda: check_reason(form.reason, version)),
        )
    )
    return in_order("agency", found)


def legal_person_form_faults(
    form: LegalPersonForm, private: LegalPersonPrivate, version: int, today: date
) -> list[FieldFault]:
    """Everything that is wrong with a legal person form, in its order."""
    found = faults_of(
        (
            ("name", lambda: check_name(private.name, "姓名")),
            ("identity_number", lambda: check_identity_number(private.identity_number, today)),
            ("phone", lambda: check_contact(Contact(phone=private.phone))),
            ("term_from", lambda: check_past_day(form.term_from, "term_from", today)),
            ("term_until", lambda: _check_term(form.term_from, form.term_until)),
            ("reason", lambda: check_reason(form.reason, version)),
        )
    )
    return in_order("legal_person", found)


def practitioner_form_faults(
    form: PractitionerForm, private: PractitionerPrivate, version: int, today: date
) -> list[FieldFault]:
    """Everything that is wrong with a practitioner form, in its order; `certificates.2` is the third of them."""
    single: list[tuple[str, Callable[[], object]]] = []
    for place, certificate in enumerate(form.certificates):
        single.append((f"certificates.{place}", partial(_check_certificate, certificate, today)))
    for place, number in enumerate(private.certificate_numbers):
        single.append((f"certificate_numbers.{place}", partial(check_name, number, LABELS["certificate_numbers"])))
    found = faults_of(
        (
            ("name", lambda: check_name(private.name, "姓名")),
            ("identity_number", lambda: check_identity_number(private.identity_number, today)),
            ("titles", lambda: check_list(form.titles, 0, MAX_TITLES, "titles", check_name)),
            ("certificates", lambda: check_count(form.certificates, 0, MAX_CERTIFICATES, "certificates")),
            ("certificate_numbers", lambda: _check_numbers(form.certificates, private.certificate_numbers)),
            ("employed_since", lambda: check_past_day(form.employed_since, "employed_since", today)),
            ("insurance_months", lambda: _check_insurance(form, today)),
            ("fields", lambda: check_list(form.fields, 0, MAX_FIELDS, "fields", check_name)),
            ("reason", lambda: check_reason(form.reason, version)),
            *single,
        )
    )
    return in_order("practitioner", found)


def ties_faults(ties: OrganisationTies, address: str | None, today: date) -> list[FieldFault]:
    """Everything that is wrong with an organisation's ties."""
    checks: list[tuple[str, Callable[[], object]]] = []
    if ties.legal_person_number is not None:
        number = ties.legal_person_number
        checks.append(("legal_person_number", lambda: check_identity_number(number, today)))
    if ties.controller_number is not None:
        controller = ties.controller_number
        checks.append(("controller_number", lambda: check_number(controller, "controller_number", today)))
    checks.append(("key_persons", lambda: _check_key_persons(ties.key_persons, today)))
    if address is not None:
        checks.append(("address", lambda: check_text(address, LABELS["address"])))
    return faults_of(checks)


def check_faults(form: Form, faults: Sequence[Fault]) -> None:
    """Refuse a return that gives no reason, or names a field that the form does not have. Raises BadFact, BadText."""
    if not faults:
        raise BadFact(field="退回理由", why_zh="须至少指出一个栏目", why_en="at least one field must be named")
    for fault in faults:
        if fault.field.partition(".")[0] not in FIELDS[form]:
            raise BadFact(field="退回理由", why_zh="这份表没有该栏目", why_en="the form has no such field")
        check_text(fault.reason, "退回理由")


def check_leaving(day: str, today: date) -> None:
    """Refuse a last day that is none, or is still to come. Raises BadFact."""
    check_past_day(day, "employed_since", today, "离职日期")


def in_order(form: Form, found: list[FieldFault]) -> list[FieldFault]:
    """The faults in the order of the form's fields."""
    order = {field: place for place, field in enumerate(("code", *FIELDS[form]))}
    return sorted(found, key=lambda fault: order[fault.field.partition(".")[0]])


def _check_term(first: str, last: str | None) -> None:
    check_later_day(last, first, LABELS["term_until"])


def _check_certificate(certificate: Certificate, today: date) -> None:
    check_name(certificate.name, "证书名称")
    check_past_day(certificate.issued, "certificates", today, "发证日期")
    check_later_day(certificate.until, certificate.issued, "证书有效期")


def _check_numbers(certificates: Sequence[Certificate], numbers: Sequence[str]) -> None:
    if len(certificates) != len(numbers) or len(set(numbers)) < len(numbers):
        raise BadFact(
            field=LABELS["certificate_numbers"],
            why_zh="每本证书须有一个编号，且不得重复",
            why_en="one number for each certificate, none twice",
        )


def _check_insurance(form: PractitionerForm, today: date) -> None:
    """The months paid by this agency are at most those since the person came, both ends counted."""
    since = parsed_day(form.employed_since)
    most = 600 if since is None else 12 * (today.year - since.year) + today.month - since.month + 1
    check_amount(form.insurance_months, 0, max(most, 0), "insurance_months")


def _check_key_persons(numbers: Sequence[str], today: date) -> None:
    check_count(numbers, 0, MAX_KEY_PERSONS, "key_persons")
    for number in numbers:
        check_identity_number(number, today)


def changed_fields(former: dict[str, object], present: dict[str, object]) -> Iterator[tuple[str, object, object]]:
    """What differs between two bodies of one form: field, before, after. What versions always differ in is left out."""
    for field, after in present.items():
        if field not in ("version", "reason", "organisation") and former.get(field) != after:
            yield field, former.get(field), after
