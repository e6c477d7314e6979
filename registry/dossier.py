"""What is gathered about one agency, entry by entry, until it is a `Standing`.

Who reads the log adds facts in the order of the entries, who reads the tables one table after another: the standing is
the same, since only facts of one kind come after each other. No clock, no database.
"""

from dataclasses import dataclass, replace

from registry.events import Form, Ground, Sanction
from registry.model import Agency, Facts, Removal, Suspension
from registry.model.standing import AcceptedForm, CreditFact, Held, Penalty, Promise, Standing, Tie

FormKey = tuple[Form, str]
"""Form, and the practitioner whose it is, or nothing."""


@dataclass(frozen=True, slots=True)
class _Acceptance:
    entry: int
    version: int
    until: int


class Dossier:
    """The facts so far (卷宗)."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._facts: Facts | None = None
        self._recorded: int | None = None
        self._suspensions: tuple[Suspension, ...] = ()
        self._removal: Removal | None = None
        self._decisions: dict[str, int] = {}
        self._submitted: dict[tuple[FormKey, int], tuple[int, tuple[Held, ...]]] = {}
        self._accepted: dict[FormKey, _Acceptance] = {}
        self._left: dict[str, tuple[int, str]] = {}
        self._promise: Promise | None = None
        self._acknowledged: dict[int, int] = {}
        self._penalties: dict[str, Penalty] = {}
        self._credit: list[CreditFact] = []
        self._ties: dict[str, Tie] = {}

    @property
    def is_recorded(self) -> bool:
        return self._facts is not None

    def record(self, entry: int, facts: Facts) -> None:
        self._facts, self._recorded = facts, entry

    def suspend(self, entry: int, suspension: Suspension) -> None:
        self._suspensions = (*self._suspensions, suspension)
        self._decisions[suspension.decision_number] = entry

    def remove(self, entry: int, removal: Removal) -> None:
        self._removal = removal
        self._decisions[removal.decision_number] = entry

    def reinstate(self, ends: str | None) -> None:
        """End the decision of that number, or all there are."""
        self._suspensions = tuple(one for one in self._suspensions if ends not in (None, one.decision_number))
        if self._removal is not None and ends in (None, self._removal.decision_number):
            self._removal = None

    def submit(
        self, entry: int, form: Form, practitioner: str | None, version: int, certificates: tuple[Held, ...] = ()
    ) -> None:
        self._submitted[(form, practitioner or ""), version] = entry, certificates

    def accept(self, entry: int, form: Form, practitioner: str | None, version: int, until: int) -> None:
        self._accepted[form, practitioner or ""] = _Acceptance(entry, version, until)

    def leave(self, entry: int, practitioner: str, day: str) -> None:
        self._left[practitioner] = entry, day

    def promise(self, entry: int, version: int, until: int) -> None:
        self._promise = Promise(version, until, entry)

    def acknowledge(self, entry: int, version: int) -> None:
        self._acknowledged.setdefault(version, entry)

    def decide(self, entry: int, incident: str, sanction: Sanction, points: int, ends: int | None) -> None:
        """The newest decision on an incident, which takes the place of the one before."""
        self._penalties.pop(incident, None)
        if sanction == "points":
            self._penalties[incident] = Penalty(incident, points, ends, entry)

    def credit(self, fact: CreditFact) -> None:
        self._credit.append(fact)

    def tie(self, entry: int, finding: str, ground: Ground, key: bool, other: str) -> None:
        self._ties[finding] = Tie(finding, ground, key, other, entry)

    def untie(self, finding: str) -> None:
        self._ties.pop(finding, None)

    def standing(self) -> Standing:
        agency = None if self._facts is None else Agency(self._facts, self._suspensions, self._removal)
        return Standing(
            code=self.code,
            agency=agency,
            recorded=self._recorded,
            decisions=dict(self._decisions),
            forms=tuple(self._form(*one) for one in sorted(self._accepted.items(), key=lambda one: one[0])),
            promise=self._promise,
            acknowledged=dict(self._acknowledged),
            penalties=tuple(penalty for _, penalty in sorted(self._penalties.items())),
            credit_facts=tuple(self._credit),
            ties=tuple(sorted(self._ties.values(), key=lambda one: one.entry)),
        )

    def _form(self, key: FormKey, acceptance: _Acceptance) -> AcceptedForm:
        form, practitioner = key
        submitted, certificates = self._submitted[key, acceptance.version]
        accepted = AcceptedForm(
            form=form,
            practitioner=practitioner or None,
            version=acceptance.version,
            until=acceptance.until,
            submitted=submitted,
            accepted=acceptance.entry,
            certificates=certificates,
        )
        left, leaves = self._left.get(practitioner, (0, ""))
        return replace(accepted, leaves=leaves, left=left) if left > submitted else accepted
