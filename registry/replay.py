"""The register as the log alone tells it: a fold over entries, for whoever trusts no table. No clock, no database."""

from audit.events import Event
from registry.dossier import Dossier
from registry.events import (
    AgencyFormSubmitted,
    AgencyRecorded,
    AgencyReinstated,
    AgencyRemoved,
    AgencySuspended,
    CommitmentOnPaper,
    CommitmentSigned,
    ConductAcknowledged,
    ConductPublished,
    CreditFactRecorded,
    Decision,
    FindingEnded,
    FindingMade,
    FormsAccepted,
    FormulaPublished,
    LegalPersonFormSubmitted,
    OrganisationRecorded,
    PractitionerFormSubmitted,
    PractitionerLeft,
)
from registry.model import Facts, Organisation, Removal, Suspension
from registry.model.standing import Conduct, CreditFact, Formula, Held, Rulebook, Standing
from registry.names import name_key

_AGENCY = "agency:"


class Register:
    """What the entries so far have put on record."""

    def __init__(self) -> None:
        self.rulebook = Rulebook()
        self._dossiers: dict[str, Dossier] = {}
        self._organisations: dict[str, Organisation] = {}
        self._findings: dict[str, list[str]] = {}
        """The codes of the agencies whose dossiers hold a finding in force."""

    def standings(self) -> dict[str, Standing]:
        """Everyone of whom the register holds anything, by code."""
        return {code: dossier.standing() for code, dossier in sorted(self._dossiers.items())}

    def standing(self, code: str) -> Standing:
        return (self._dossiers.get(code) or Dossier(code)).standing()

    def organisation(self, organisation_id: str) -> Organisation | None:
        return self._organisations.get(organisation_id)

    def organisation_named(self, name: str) -> Organisation | None:
        """The organisation that is called so now, however the name is spelt."""
        key = name_key(name)
        return next((one for one in self._by_id() if name_key(one.name) == key), None)

    def organisation_with_code(self, code: str) -> Organisation | None:
        return next((one for one in self._by_id() if one.code == code), None)

    def _by_id(self) -> list[Organisation]:
        return [one for _, one in sorted(self._organisations.items())]

    def add(self, entry: int, event: Event) -> None:
        """Take up the next entry. One that says nothing of the register changes nothing."""
        match event:
            case OrganisationRecorded():
                capacities = tuple(event.capacities)
                organisation = Organisation(event.organisation, event.name, event.code, capacities)
                self._organisations[event.organisation] = organisation
            case ConductPublished():
                conduct = Conduct(event.version, event.effective, entry)
                self.rulebook = Rulebook((*self.rulebook.conduct, conduct), self.rulebook.formulas)
            case FormulaPublished():
                formula = Formula(event, entry)
                self.rulebook = Rulebook(self.rulebook.conduct, (*self.rulebook.formulas, formula))
            case FindingMade():
                self._tie(entry, event)
            case FindingEnded():
                for code in self._findings.pop(event.finding, ()):
                    self._of(code).untie(event.finding)
            case _:
                self._add_to_dossier(entry, event)

    def _add_to_dossier(self, entry: int, event: Event) -> None:
        match event:
            case AgencyRecorded():  # or amended
                self._of(event.code).record(entry, _facts(event))
            case AgencySuspended():
                suspension = Suspension(event.starts, event.until, event.ground, event.decision_number)
                self._of(event.code).suspend(entry, suspension)
            case AgencyRemoved():
                self._of(event.code).remove(entry, Removal(event.ground, event.decision_number))
            case AgencyReinstated():
                self._of(event.code).reinstate(event.ends)
            case AgencyFormSubmitted():
                self._of(event.code).submit(entry, "agency", None, event.version)
            case LegalPersonFormSubmitted():
                self._of(event.code).submit(entry, "legal_person", None, event.version)
            case PractitionerFormSubmitted():
                held = tuple(Held(one.name, one.until) for one in event.certificates)
                self._of(event.code).submit(entry, "practitioner", event.practitioner, event.version, held)
            case FormsAccepted():
                for one in event.forms:
                    self._of(event.code).accept(entry, one.form, one.practitioner, one.version, event.until)
            case PractitionerLeft():
                self._of(event.code).leave(entry, event.practitioner, event.day)
            case CommitmentSigned() | CommitmentOnPaper():
                self._of(event.code).promise(entry, event.version, event.until)
            case ConductAcknowledged():
                self._of(event.code).acknowledge(entry, event.version)
            case Decision():
                self._of(event.code).decide(entry, event.incident, event.sanction, event.points, event.ends)
            case CreditFactRecorded():
                self._of(event.code).credit(CreditFact(event.fact, event.day, entry))

    def _tie(self, entry: int, event: FindingMade) -> None:
        for party in event.parties:
            others = [one for one in event.parties if one != party]
            if others and party.startswith(_AGENCY):
                code = party.removeprefix(_AGENCY)
                self._of(code).tie(entry, event.finding, event.ground, event.key, others[0])
                self._findings.setdefault(event.finding, []).append(code)

    def _of(self, code: str) -> Dossier:
        dossier = self._dossiers.get(code)
        if dossier is None:
            dossier = self._dossiers[code] = Dossier(code)
        return dossier


def _facts(event: AgencyRecorded) -> Facts:
    return Facts(
        event.code, event.name, event.organisation, event.region, event.address, tuple(event.fields), event.founded
    )
