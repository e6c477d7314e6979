"""The moments of a lot's round that statutory times begin and end with, as its entries tell them. Pure.

Their names are those of `trading/law/clocks.json`. What is declared ahead, such as a deadline, is a moment as well as
what has happened. Nothing is declared to have begun before the entry that says so: a notice that is late would else
shorten the time that it must leave.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from audit.step import Step
from trading import events

_ALIKE = {
    "documents_from": "documents_from",
    "documents_until": "documents_until",
    "bid_deadline": "bid_deadline",
    "opening_at": "opening_at",
    "listing_from": "listing_from",
    "listing_until": "listing_until",
    "viewing_from": "viewing_from",
    "viewing_until": "viewing_until",
    "sign_up_until": "application_deadline",
}
_OF_TERMS: Mapping[str, Mapping[str, str]] = {
    "announcement": _ALIKE,
    "invitation": _ALIKE,
    "prequalification": {
        "documents_from": "prequalification_documents_from",
        "documents_until": "prequalification_documents_until",
        "sign_up_until": "application_deadline",
    },
    "disclosure": {
        "disclosure_from": "disclosure_from",
        "disclosure_until": "disclosure_until",
        "opening_at": "opening_at",
        "viewing_from": "viewing_from",
        "viewing_until": "viewing_until",
    },
    "pre_disclosure": {"disclosure_from": "pre_disclosure_from", "disclosure_until": "pre_disclosure_until"},
    "single_source": {"publicised_from": "single_source_from", "publicised_until": "single_source_until"},
    "result": {"publicised_from": "result_from", "publicised_until": "result_until"},
}
"""Kind of notice to its terms that are moments, and the moments."""
_PUBLISHED = ("intention", "announcement", "prequalification", "result", "contract")
_STAYS = {"announcement": "announcement_valid_until", "result": "result_valid_until"}
_CONDITIONS = frozenset({"asking_fen", "qualification", "payment"})
"""Terms of a disclosure whose change lets it begin anew."""

_DEADLINES = ("bid_deadline", "application_deadline", "disclosure_until", "listing_until")
"""What a moved deadline may be, the first first, as `trading.lots` takes it."""
HAPPENS = frozenset({"award_decided", "announcement_published"})
"""What ends a least time by happening, so that an earlier one of its kind does not; all else is declared ahead."""
LASTING = frozenset({"bond_returned_losers", "bond_returned_winner", "payment_made", "paid_in_full"})
"""What has happened for good: it also ends a term that begins later."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment."""

    name: str
    about: str
    """The notice, objection, complaint, contract or question that it belongs to; empty: the lot itself."""
    at: int
    """Unix seconds."""
    entry_id: int
    """Of the entry that says so."""


@dataclass(frozen=True)
class Told:
    """What the entries of one round of one lot tell."""

    moments: tuple[Moment, ...]
    """In the order of the entries; those of notices last."""
    asking_fen: int | None
    pinned: Mapping[str, str]
    """Rule to the version (`ID@DATE`) that a notice of this round was checked against."""
    stopped_at: int | None
    """When the round failed or was terminated."""
    revoked: tuple[int, ...]
    """When awards were revoked."""
    dissolved: Mapping[str, int]
    """Contract to when it was dissolved."""
    suspended: tuple[tuple[int, int | None], ...] = ()
    """From when until when nothing moved; None: it does not yet."""
    notices: frozenset[str] = frozenset()
    """Ids of the notices that stand."""

    def named(self, name: str) -> Sequence[Moment]:
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Moment]]:
        found: dict[str, list[Moment]] = {}
        for one in self.moments:
            found.setdefault(one.name, []).append(one)
        return found


def told(steps: Sequence[Step[Any]]) -> Told:
    """steps: of one round of one lot, oldest first; what concerns the whole project may be among them."""
    reader = _Reader()
    for step in steps:
        reader.take(step)
    return reader.told()


@dataclass
class _Version:
    """A notice in its present version."""

    event: events.NoticePublished
    first: Step[Any]
    since: dict[str, Step[Any]]
    """Each term's name to the entry that gave it its present value."""


class _Reader:
    def __init__(self) -> None:
        self.found: list[Moment] = []
        self.notices: dict[str, _Version] = {}
        self.pinned: dict[str, str] = {}
        self.issued: dict[str, Moment] = {}
        self.moves: list[tuple[events.DeadlineMoved, int]] = []
        self.paid: dict[str, int] = {}
        self.amounts: dict[str, int] = {}
        self.stopped_at: int | None = None
        self.revoked: list[int] = []
        self.dissolved: dict[str, int] = {}
        self.suspended: dict[tuple[str, str], int] = {}
        self.stood: list[tuple[int, int | None]] = []

    def take(self, step: Step[Any]) -> None:
        event = step.event
        if isinstance(event, events.NoticePublished):
            self._notice(step, event)
        elif isinstance(event, events.NoticeWithdrawn):
            self.notices.pop(event.notice, None)
        elif isinstance(event, events.LotEvent):
            self._happened(step, event)

    def told(self) -> Told:
        for version in self.notices.values():
            self._declared(version)
        for name in ("documents_from", "documents_until", "listing_from", "listing_until"):
            if name in self.issued:  # what was done counts, and not what was announced
                self.found = [one for one in self.found if one.name != name] + [self.issued[name]]
        for event, entry_id in self.moves:
            self._move(event, entry_id)
        asking = None
        for version in self.notices.values():
            value = {term.name: term.value for term in version.event.terms}.get("asking_fen")
            asking = value if isinstance(value, int) else asking
        return Told(
            moments=tuple(self.found),
            asking_fen=asking,
            pinned=self.pinned,
            stopped_at=self.stopped_at,
            revoked=tuple(self.revoked),
            dissolved=self.dissolved,
            suspended=(*self.stood, *((since, None) for since in self.suspended.values())),
            notices=frozenset(self.notices),
        )

    # Notices

    def _notice(self, step: Step[Any], event: events.NoticePublished) -> None:
        former = self.notices.get(event.notice)
        values, before = _values(event), {} if former is None else _values(former.event)
        since = {
            name: former.since[name] if former is not None and before.get(name) == value else step
            for name, value in values.items()
        }
        self.notices[event.notice] = _Version(event, step if former is None else former.first, since)
        for ref in event.rules:
            self.pinned.setdefault(ref.partition("@")[0], ref)
        if former is None:
            if event.notice_kind in _PUBLISHED:
                self._add(step, f"{event.notice_kind}_published", _about(event))
            if event.notice_kind == "disclosure":
                self._add(step, "announcement_published", _about(event))
        else:
            if event.notice_kind == "disclosure" and any(values.get(name) != before.get(name) for name in _CONDITIONS):
                self._add(step, "disclosure_changed")
        if values.get("affects_bids") is True and (former is None or event.notice_kind != "clarification"):
            is_prequalification = event.notice_kind == "prequalification"
            self._add(step, "prequalification_clarification_issued" if is_prequalification else "clarification_issued")

    def _declared(self, version: _Version) -> None:
        event = version.event
        for term in event.terms:
            name = _OF_TERMS.get(event.notice_kind, {}).get(term.name)
            if name is None or not isinstance(term.value, int) or isinstance(term.value, bool):
                continue
            step = version.since[term.name]
            at = max(term.value, step.at // 1000) if name.endswith("_from") else term.value
            self.found.append(Moment(name, event.notice, at, step.entry_id))
            if name == "opening_at" and (event.method == "auction" or event.notice_kind == "disclosure"):
                self.found.append(Moment("auction_at", event.notice, at, step.entry_id))
        if event.valid_until is not None and event.notice_kind in _STAYS:
            step = version.since["valid_until"]
            self.found.append(Moment(_STAYS[event.notice_kind], event.notice, event.valid_until, step.entry_id))

    def _move(self, event: events.DeadlineMoved, entry_id: int) -> None:
        """Let what was declared for the old deadline be at the new one, and the opening as long after it as before.

        A notice that was corrected since declares another deadline than the old one, and that is the newest word.
        """
        old, declared = event.old, {one.name for one in self.found}
        name = next((one for one in _DEADLINES if any((it.name, it.at) == (one, old) for it in self.found)), None)
        if name is None and not declared & set(_DEADLINES):
            self.found.append(Moment("bid_deadline", "", event.new, entry_id))
        for at, one in enumerate(self.found):
            if (one.name, one.at) == (name, old):
                self.found[at] = replace(one, at=event.new, entry_id=entry_id)
            elif one.name == "opening_at" and name == "bid_deadline":
                self.found[at] = replace(one, at=event.new + max(0, one.at - old), entry_id=entry_id)

    # What happens

    def _happened(self, step: Step[Any], event: events.LotEvent) -> None:
        match event:
            case events.DocumentIssued():
                self._issued(step, event)
            case events.ClarificationIssued():
                if event.affects_bids:
                    early = "prequalification_" if event.document == "prequalification" else ""
                    self._add(step, f"{early}clarification_issued")
                for question in event.questions:
                    self._add(step, "question_answered", question)
            case events.QuestionAsked():
                self._add(step, "question_asked", event.question)
            case events.DeadlineMoved():
                self.moves.append((event, step.entry_id))
            case events.BiddingOpened():
                self.issued["listing_from"] = Moment("listing_from", "", step.at // 1000, step.entry_id)
                self.issued["listing_until"] = Moment("listing_until", "", event.ends_at, step.entry_id)
            case events.BiddingClosed():
                self._add(step, "sale_ended")
            case events.OpeningObjected():
                self._add(step, "opening_objected", event.objection)
            case events.OpeningReplied():
                self._add(step, "opening_replied", event.objection)
            case events.EvaluationCompleted():
                self._add(step, "evaluation_completed")
                self._add(step, "evaluation_reported", at=step.at // 1000)
            case events.CandidatesPublicised():
                self._add(step, "candidates_publicised")
                self._add(step, "candidates_from", at=max(event.publicised_from, step.at // 1000))
                self._add(step, "candidates_until", at=event.publicised_until)
            case events.ObjectionFiled() | events.ObjectionReplied() | events.ProcessSuspended():
                self._disputed(step, event)
            case events.ComplaintFiled() | events.ComplaintAccepted() | events.ComplaintRefused():
                self._complained(step, event)
            case events.ComplaintDecided():
                self._add(step, "complaint_closed", event.complaint)
            case events.ProcessResumed():
                since = self.suspended.pop((event.cause, event.reference), None)
                if since is not None:
                    self.stood.append((since, step.at // 1000))
                if event.cause == "complaint":
                    self._add(step, "complaint_resumed", event.reference)
            case _:
                self._ended(step, event)

    def _issued(self, step: Step[Any], event: events.DocumentIssued) -> None:
        prefix = {"tender": "", "prequalification": "prequalification_"}.get(event.document)
        if prefix is None:
            return
        for name, at in (
            (f"{prefix}documents_from", max(event.issued_from, step.at // 1000)),
            (f"{prefix}documents_until", event.issued_until),
        ):
            self.issued.setdefault(name, Moment(name, "", at, step.entry_id))

    def _disputed(self, step: Step[Any], event: events.LotEvent) -> None:
        match event:
            case events.ChallengeFiled():
                self._add(step, "challenge_filed", event.objection)
                self._add(step, "challenge_due", event.objection, event.due_at)
                if event.stage == "result":
                    self._add(step, "challenge_result")
            case events.ChallengeReplied():
                self._add(step, "challenge_replied", event.objection)
            case events.ObjectionFiled():
                if event.stage != "opening":
                    self._add(step, f"objection_{event.stage}", event.objection)
            case events.ObjectionReplied():
                self._add(step, "objection_replied", event.objection)
            case events.ProcessSuspended():
                self.suspended.setdefault((event.cause, event.reference), step.at // 1000)
                if event.cause == "complaint":
                    self._add(step, "complaint_suspended", event.reference)

    def _complained(self, step: Step[Any], event: events.LotEvent) -> None:
        match event:
            case events.ComplaintFiled():
                self._add(step, "complaint_filed", event.complaint)
                if event.objection is not None:
                    self._add(step, "complaint_followed", event.objection)
            case events.ComplaintAccepted():
                self._add(step, "complaint_answered", event.complaint)
                self._add(step, "complaint_accepted", event.complaint)
            case events.ComplaintRefused():
                self._add(step, "complaint_answered", event.complaint)
                self._add(step, "complaint_closed", event.complaint)

    def _ended(self, step: Step[Any], event: events.LotEvent) -> None:
        match event:
            case events.AwardDecided():
                if not any(one.name == "sale_ended" for one in self.found):
                    self._add(step, "sale_ended")
                self._add(step, "award_decided")
            case events.AwardNotified():
                self._add(step, "award_notified", at=event.sent_at)
            case events.AwardRevoked():
                self.revoked.append(step.at // 1000)
            case events.ReportSubmitted():
                self._add(step, "report_submitted")
            case events.LotFailed() | events.LotTerminated():
                self.stopped_at = step.at // 1000
            case events.ContractSigned():
                self.amounts[event.contract] = event.amount_fen
                self._add(step, "contract_signed", event.contract, event.signed_at)
            case events.ContractAmended():
                self.amounts[event.contract] = event.new_fen
            case events.ContractFiled():
                self._add(step, "contract_filed", event.contract)
            case events.ContractEnded():
                self._add(step, "contract_ended", event.contract)
                if event.outcome == "dissolved":
                    self.dissolved[event.contract] = step.at // 1000
            case events.BondReturned():
                self._add(step, f"bond_returned_{event.whose}", at=event.returned_at)
            case events.PerformanceReported():
                if event.milestone == "payment":
                    self._paid(step, event)

    def _paid(self, step: Step[Any], event: events.PerformanceReported) -> None:
        if event.contract not in self.paid:
            self._add(step, "payment_made", event.contract)
        self.paid[event.contract] = self.paid.get(event.contract, 0) + (event.amount_fen or 0)
        whole = self.amounts.get(event.contract)
        if whole is not None and self.paid[event.contract] >= whole:
            self._add(step, "paid_in_full", event.contract)

    def _add(self, step: Step[Any], name: str, about: str = "", at: int | None = None) -> None:
        if at is None:
            occurred = getattr(step.event, "occurred_at", None)
            at = step.at // 1000 if occurred is None else occurred
        self.found.append(Moment(name, about, at, step.entry_id))


def _values(event: events.NoticePublished) -> dict[str, object]:
    """What a notice declares, by name."""
    return {term.name: term.value for term in event.terms} | {"valid_until": event.valid_until}


def _about(event: events.NoticePublished) -> str:
    """What a notice is about: of a contract its number, else itself."""
    number = next((term.value for term in event.terms if term.name == "contract_number"), None)
    return number if event.notice_kind == "contract" and isinstance(number, str) else event.notice
