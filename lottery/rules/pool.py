"""Whom the rules of the register are asked about for one attempt, and with what: the same for every agency.

Entries are named by numbers that order them, as in `registry.model.standing`: row ids, or places in the log.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lottery.model import Draw
from registry.model import Organisation
from registry.model.standing import Call, Party, Rulebook, Standing
from registry.rules import Check, In, Out, checks, eligibility


@dataclass(frozen=True)
class Pool:
    """The call, the parties, the answers and the moment. answers: code to the entry by which it signed up."""

    call: Call
    parties: tuple[Party, ...]
    answers: Mapping[str, int]
    at: int
    """Unix seconds."""

    def verdict(self, standing: Standing) -> In | Out:
        return eligibility(standing, self.call, self.parties, self.answers.get(standing.code), self.at)

    def checks(self, standing: Standing) -> list[Check]:
        """Every rule asked of one agency, also those behind one that failed."""
        return list(checks(standing, self.call, self.parties, self.answers.get(standing.code), self.at))

    def verdicts(self, standings: Mapping[str, Standing]) -> dict[str, In | Out]:
        """Of every agency on record and every other that answered all the same, by code."""
        recorded = {code for code, one in standings.items() if one.agency is not None}
        empty = {code: Standing(code, None, None) for code in self.answers if code not in standings}
        return {
            code: self.verdict(standings[code] if code in standings else empty[code])
            for code in sorted(recorded | self.answers.keys())
        }


def asked_for(draw: Draw, rulebook: Rulebook) -> Call:
    """What the call asks for, with the rules published so far."""
    assert draw.call is not None  # no question without a call
    conditions = draw.call.event.conditions
    return Call(
        entry=draw.call.entry_id,
        fields=tuple(conditions.fields),
        requires=tuple(conditions.requires),
        practitioners=conditions.practitioners,
        certificates=tuple(conditions.certificates),
        rulebook=rulebook,
    )


def parties_of(
    draw: Draw, tenderer: Organisation, planned: int, seats: Mapping[str, Organisation]
) -> tuple[Party, ...]:
    """Whom everyone in the pool must be independent of. planned: the plan's entry, which names the seats."""
    return (
        Party(None, tenderer, draw.decided.entry_id),
        *(Party(seat, organisation, planned) for seat, organisation in sorted(seats.items())),
    )


def moment(draws_at: int, now: int) -> int:
    """The one second at which all are judged: now, or at the meeting where that is still to come. now: Unix ms."""
    return max(now // 1000, draws_at)
