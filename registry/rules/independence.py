"""Conflicts of interest (利害关系): whom an agency in a draw must be independent of, and what makes it dependent."""

from typing import Final

from registry.events import Ground
from registry.model import Agency, Organisation
from registry.model.standing import Text, Tie
from registry.names import name_key
from registry.rules.verdicts import Check, Question, failed, passed

CONFLICT_GROUNDS: Final[dict[Ground, Text]] = {
    "SAME_LEGAL_PERSON": Text("法定代表人为同一人", "one legal representative"),
    "SAME_CONTROLLER": Text("实际控制人相同", "one controller"),
    "SAME_PRACTITIONER": Text("主要从业人员相同", "a key practitioner in both"),
    "SAME_PERSON": Text("同一人在双方任要职或控制双方", "one person in charge in both"),
    "SAME_ADDRESS": Text("住所相同", "one address"),
}
"""What two share that makes them dependent on each other. A practitioner counts only where it is a key one."""
_PERSONS: Final = ("SAME_PRACTITIONER", "SAME_PERSON")


def is_same_body(agency: Agency, organisation: Organisation) -> bool:
    """Whether an agency and an organisation are one and the same, by record, by code or by name however spelt."""
    return (
        agency.facts.organisation == organisation.id
        or agency.code == organisation.code
        or name_key(agency.name) == name_key(organisation.name)
    )


def is_conflict(tie: Tie) -> bool:
    """Whether what two share makes one of them dependent on the other."""
    return tie.ground in CONFLICT_GROUNDS and (tie.key or tie.ground not in _PERSONS)


def independent(question: Question) -> Check:
    for party in question.parties:
        if is_same_body(question.agency, party.organisation):
            assert question.standing.recorded is not None
            text = Text("该机构即招标人或本次摇号的席位单位", "it is the tenderer or holds a seat itself")
            return failed("CONFLICT", text, (question.standing.recorded, party.entry))
    for tie in question.standing.ties:
        party_tied = next((party for party in question.parties if tie.other in party.names), None)
        if party_tied is not None and is_conflict(tie):
            seat, ground = party_tied.seat, CONFLICT_GROUNDS[tie.ground]
            who = (
                Text("招标人", "the tenderer")
                if seat is None
                else Text(f"席位 {seat} 的单位", f"who holds seat {seat}")
            )
            text = Text(f"与{who.zh}有利害关系：{ground.zh}", f"tied to {who.en}: {ground.en}")
            return failed("CONFLICT", text, (tie.entry, party_tied.entry))
    text = Text("与招标人和席位单位无利害关系", "independent of the tenderer and of all seats")
    return passed("CONFLICT", text, tuple(sorted({party.entry for party in question.parties})))
