"""Between a form as it is typed and a form as the register takes it, in both directions. No database here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from api.i18n import Lang
from api.routes.desk_agency_fields import CERTIFICATE, MOST_ROWS, certificate_field, certificate_rows
from api.routes.desk_forms import Fault, Given, money_text
from registry.errors import FieldFault
from registry.events import Certificate, Premises
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    LegalPersonForm,
    LegalPersonPrivate,
    PractitionerForm,
    PractitionerPrivate,
)

Raw = dict[str, list[str]]


def agency_form(given: Given, reason: str | None, licence: bytes) -> tuple[AgencyForm, AgencyPrivate]:
    """licence: as `documents.store` described it."""
    content = AgencyForm(
        name=given.text("name"),
        legal_form=given.text("legal_form"),
        founded=given.text("founded"),
        region=given.text("region"),
        address=given.text("address"),
        premises=cast(Premises, given.text("premises")),
        premises_area=given.number("premises_area"),
        capital=given.number("capital"),
        scope=tuple(given.list("scope")),
        fields=tuple(given.list("fields")),
        recording_equipment=given.text("recording_equipment"),
        office_equipment=given.text("office_equipment"),
        reason=reason,
    )
    private = AgencyPrivate(
        contact_name=given.text("contact_name"),
        contact_phone=given.text("contact_phone"),
        bank_name=given.text("bank_name"),
        bank_account=given.text("bank_account"),
        controller_name=given.text("controller_name"),
        controller_number=given.text("controller_number"),
        licence=licence,
    )
    return content, private


def legal_person_form(given: Given, reason: str | None) -> tuple[LegalPersonForm, LegalPersonPrivate]:
    content = LegalPersonForm(given.text("term_from"), given.optional("term_until"), reason)
    return content, LegalPersonPrivate(given.text("name"), given.text("identity_number"), given.text("phone"))


def practitioner_form(given: Given, reason: str | None) -> tuple[PractitionerForm, PractitionerPrivate]:
    rows = [row for row in range(1, certificate_rows(given.raw) + 1) if _is_filled(given, row)]
    content = PractitionerForm(
        key=given.text("key") == "yes",
        titles=tuple(given.list("titles")),
        certificates=tuple(_certificate(given, row) for row in rows),
        employed_since=given.text("employed_since"),
        insurance_months=given.number("insurance_months"),
        fields=tuple(given.list("fields")),
        reason=reason,
    )
    numbers = tuple(given.text(certificate_field(row, "number")) for row in rows)
    return content, PractitionerPrivate(given.text("name"), given.text("identity_number"), numbers)


def _certificate(given: Given, row: int) -> Certificate:
    return Certificate(
        name=given.text(certificate_field(row, "name")),
        issued=given.text(certificate_field(row, "issued")),
        until=given.optional(certificate_field(row, "until")),
    )


def _is_filled(given: Given, row: int) -> bool:
    return any(given.text(certificate_field(row, part)) for part in CERTIFICATE)


def typed(body: Mapping[str, Any], private: Mapping[str, str]) -> Raw:
    """A version as the fields hold it, to begin the next one from. private: what of it may be shown to its agency."""
    raw: Raw = {}
    for name, value in body.items():
        if name == "capital":
            raw[name] = [money_text(value)]
        elif name == "key":
            raw[name] = ["yes" if value else "no"]
        elif name == "certificates":
            raw |= _typed_certificates(value, json.loads(private.get("certificate_numbers", "[]")))
        elif isinstance(value, list):
            raw[name] = ["\n".join(value)]
        elif isinstance(value, str | int):
            raw[name] = [str(value)]
    raw |= {name: [value] for name, value in private.items() if name not in ("certificate_numbers", "licence")}
    for name in ("code", "version", "organisation", "practitioner", "reason"):
        raw.pop(name, None)
    return raw


def _typed_certificates(certificates: Sequence[Mapping[str, Any]], numbers: Sequence[str]) -> Raw:
    raw: Raw = {}
    for row, one in enumerate(certificates[:MOST_ROWS], 1):
        values = {**one, "number": numbers[row - 1] if row <= len(numbers) else ""}
        raw |= {certificate_field(row, part): [values[part] or ""] for part in CERTIFICATE}
    return raw


def field_faults(faults: Sequence[FieldFault], raw: Mapping[str, Sequence[str]], lang: Lang) -> list[Fault]:
    """What the register found, beside the field where it was typed."""
    return [Fault(page_field(one.field, raw), one.code, one.zh if lang == "zh" else one.en) for one in faults]


def page_field(member: str, raw: Mapping[str, Sequence[str]]) -> str:
    """`certificates.2` is the third row that has anything in it: `certificate_3_name`."""
    name, dot, place = member.partition(".")
    if name not in ("certificates", "certificate_numbers"):
        return name
    part = "name" if name == "certificates" else "number"
    filled = [
        row
        for row in range(1, MOST_ROWS + 1)
        if any(any(raw.get(certificate_field(row, one), [])) for one in CERTIFICATE)
    ]
    at = int(place) if dot and place.isdigit() else 0
    return certificate_field(filled[at] if at < len(filled) else 1, part)
