"""What two parties must not share unseen: keyed digests of persons, telephones, addresses, accounts; who is then tied.

A digest never leaves the server. Identity numbers and credit codes are digested as `identity.identity_digest` does it,
whatever office the person holds, so that a legal representative here who is a practitioner there shows; everything else
is digested under its own name, so that a telephone never equals an account.

Agencies that share a digest are tied as a star to the one that has had it longest, since all pairs of a thousand
tenants of one office tower would be half a million findings that say no more. An agency and an organisation of a draw
are tied each by themselves: whether the agency may be in that draw rests on it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry.events import Ground
from registry.identity import identity_digest
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    LegalPersonPrivate,
    OrganisationTies,
    PractitionerForm,
    PractitionerPrivate,
)
from registry.names import name_key
from registry.rules.fields import check_number

Tie = Literal[
    "legal_person",
    "controller",
    "key_practitioner",
    "practitioner",
    "phone",
    "address",
    "account",
    "contact",
    "name",
]
Ties = frozenset[tuple[Tie, str]]
"""Tie and digest."""
Found = tuple[Ground, tuple[str, ...]]
"""A ground and the parties it concerns, ascending."""

_OFFICES: dict[Tie, Ground] = {
    "legal_person": "SAME_LEGAL_PERSON",
    "controller": "SAME_CONTROLLER",
    "key_practitioner": "SAME_PRACTITIONER",
    "practitioner": "SAME_PRACTITIONER",
}
_THINGS: dict[Tie, Ground] = {
    "phone": "SAME_PHONE",
    "address": "SAME_ADDRESS",
    "account": "SAME_ACCOUNT",
    "contact": "SAME_CONTACT",
    "name": "SAME_NAME",
}

_BRACKETS = re.compile(r"\([^()]*\)")
_BRANCH = re.compile(r"(公司|事务所|集团).{0,12}分(公司|所|部)$")
_LEGAL_FORM = re.compile(r"(股份有限公司|有限责任公司|有限公司|公司)$")


@dataclass(frozen=True)
class Holder:
    """That a party has a digest, under one tie. since: row id of the entry since which it has it under any."""

    party: str
    tie: Tie
    digest: str
    since: int


def agency_ties(key: bytes, code: str, form: AgencyForm, private: AgencyPrivate, today: date) -> Ties:
    """Of an agency form. It counts as its own controller, so that whoever it controls is tied to it."""
    phone, contact = phone_key(private.contact_phone), name_key(private.contact_name)
    return frozenset(
        {
            ("name", _digest(key, "name", firm_key(form.name))),
            ("address", _digest(key, "address", address_key(form.address))),
            ("phone", _digest(key, "phone", phone)),
            # A name alone would for ever name two agencies in public because of two namesakes.
            ("contact", _digest(key, "contact", f"{contact}\n{phone}")),
            ("account", _digest(key, "account", _digits(private.bank_account))),
            ("controller", person_digest(key, private.controller_number, today)),
            ("controller", person_digest(key, code, today)),
        }
    )


def legal_person_ties(key: bytes, private: LegalPersonPrivate, today: date) -> Ties:
    return frozenset(
        {
            ("legal_person", person_digest(key, private.identity_number, today)),
            ("phone", _digest(key, "phone", phone_key(private.phone))),
        }
    )


def practitioner_ties(key: bytes, form: PractitionerForm, private: PractitionerPrivate, today: date) -> Ties:
    tie: Tie = "key_practitioner" if form.key else "practitioner"
    return frozenset({(tie, person_digest(key, private.identity_number, today))})


def bare_ties(key: bytes, name: str, address: str) -> Ties:
    """Of an agency on record that has handed in no form."""
    return frozenset(
        {
            ("name", _digest(key, "name", firm_key(name))),
            ("address", _digest(key, "address", address_key(address))),
        }
    )


def organisation_ties(key: bytes, code: str | None, ties: OrganisationTies, address: str | None, today: date) -> Ties:
    """Of a tenderer or a seat's holder, which is tied to the agencies that it controls itself, too."""
    found: set[tuple[Tie, str]] = set()
    if code is not None:
        found.add(("controller", person_digest(key, code, today)))
    if ties.legal_person_number is not None:
        found.add(("legal_person", person_digest(key, ties.legal_person_number, today)))
    if ties.controller_number is not None:
        found.add(("controller", person_digest(key, ties.controller_number, today)))
    found.update(("key_practitioner", person_digest(key, number, today)) for number in ties.key_persons)
    if address is not None:
        found.add(("address", _digest(key, "address", address_key(address))))
    return frozenset(found)


def person_digest(key: bytes, number: str, today: date) -> str:
    """The digest of a checked identity number or credit code. Raises BadFact."""
    return identity_digest(key, check_number(number, "controller_number", today))


def _digest(key: bytes, kind: Tie, value: str) -> str:
    return identity_digest(key, f"{kind}\n{value}")


def firm_key(name: str) -> str:
    """What names of one firm share: no region in brackets, no branch, no legal form, as well as what `name_key` drops.

    沈阳甲乙咨询有限公司, 沈阳甲乙咨询（辽宁）有限责任公司 and 沈阳甲乙咨询有限公司大连分公司 share 沈阳甲乙咨询.
    """
    key = name_key(name).casefold()
    bare = _LEGAL_FORM.sub("", _BRANCH.sub(r"\1", _BRACKETS.sub("", key)))
    return bare or key


def address_key(address: str) -> str:
    """Letters and digits of an address, in NFKC: blanks, dashes and brackets make no other office."""
    plain = unicodedata.normalize("NFKC", address).casefold()
    return "".join(character for character in plain if unicodedata.category(character)[0] in "LNM") or plain


def phone_key(phone: str) -> str:
    """The digits of a telephone number as it is dialled inside China: no 86, an area code with its 0."""
    digits = _digits(phone)
    bare = re.sub(r"^(00)?86(?=1[0-9]{10}$)", "", digits)
    if phone.startswith(("+86", "0086")) and bare == digits:
        return "0" + re.sub(r"^(00)?860?", "", digits)
    return bare


def _digits(text: str) -> str:
    return "".join(character for character in text if character in "0123456789")


def grounds(left: Collection[Tie], right: Collection[Tie]) -> dict[Ground, bool]:
    """What ties two parties of which each has one and the same digest, under these ties.

    The value is the finding's `key`: the person stands behind both, as legal representative, controller or key
    practitioner. What is no person is never key.
    """
    found: dict[Ground, bool] = {}
    for one in left:
        for other in right:
            if one in _THINGS or other in _THINGS:
                if one == other:
                    found[_THINGS[one]] = False
                continue
            ground = _OFFICES[one] if _OFFICES[one] == _OFFICES[other] else "SAME_PERSON"
            found[ground] = found.get(ground, False) or "practitioner" not in (one, other)
    if any(key >= found.get("SAME_PERSON", True) for ground, key in found.items() if ground != "SAME_PERSON"):
        found.pop("SAME_PERSON", None)  # the other ground says it better
    return found


def pairs(holders: Iterable[Holder]) -> Iterator[tuple[str, ...]]:
    """Which parties that have one and the same digest are tied, each pair ascending and once."""
    since: dict[str, int] = {}
    for holder in holders:
        since[holder.party] = min(holder.since, since.get(holder.party, holder.since))
    agencies = sorted((entry, party) for party, entry in since.items() if party.startswith("agency:"))
    for _, other in agencies[1:]:
        first = agencies[0][1]
        yield (first, other) if first < other else (other, first)
    for organisation in sorted(party for party in since if party.startswith("organisation:")):
        for _, agency in agencies:
            yield agency, organisation


def found_between(holders: Iterable[Holder]) -> dict[Found, bool]:
    """Every finding about two parties that these rows give: ground and parties, and whether it is key."""
    by_digest: dict[str, list[Holder]] = {}
    for holder in holders:
        by_digest.setdefault(holder.digest, []).append(holder)
    found: dict[Found, bool] = {}
    for same in by_digest.values():
        ties: dict[str, set[Tie]] = {}
        for holder in same:
            ties.setdefault(holder.party, set()).add(holder.tie)
        for pair in pairs(same):
            for ground, key in grounds(ties[pair[0]], ties[pair[1]]).items():
                found[ground, pair] = found.get((ground, pair), False) or key
    return found
