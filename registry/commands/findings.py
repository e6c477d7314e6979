"""Comparing what the forms say: in the act that changes it, and the whole register each night.

A comparison needs only the rows of digests, so whoever changes these holds `FINDINGS` for itself: two forms that are
handed in at once would else not see each other.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete

from audit import canonical
from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries
from registry.authority import REGISTRY, check_role
from registry.commands.holding import known_organisation, organisation_locks, shared
from registry.events import FindingEnded, FindingMade, TiesRecorded
from registry.model import OrganisationTies
from registry.queries import findings as found
from registry.rules import forms as rules
from registry.tables import TieRow
from registry.ties import Found, Holder, Ties, bare_ties, found_between, organisation_ties, pairs
from registry.working_days import day_of

FINDINGS = "findings"
NOBODY: Ties = frozenset()


def record_ties(act: Act, organisation: str, ties: OrganisationTies, address: str | None, *, key: bytes) -> int:
    """Put on record who stands behind a tenderer or a seat's holder (利害关系), whole. By a registrar.

    key: of the digests. Raises FormFaults, NoSuchOrganisation, NoTies.
    """
    act.lock(*organisation_locks(organisation), FINDINGS, shared=shared(act))
    check_role(act, "registrar", SYSTEM)
    code = known_organisation(act, organisation).code
    today = day_of(act.at // 1000)
    faults = rules.ties_faults(ties, address, today)
    if faults:
        raise errors.FormFaults(faults)
    numbers = {
        "legal_person_number": ties.legal_person_number,
        "controller_number": ties.controller_number,
        "key_persons": canonical.encode(list(ties.key_persons)).decode() if ties.key_persons else None,
    }
    private = {name: value.encode() for name, value in numbers.items() if value is not None}
    if not private and address is None:
        raise errors.NoTies
    party = f"organisation:{organisation}"
    entry_id = act.record(TiesRecorded(organisation=organisation, address=address), party, private=private)
    replace_ties(act, entry_id, party, "ties", organisation_ties(key, code, ties, address, today))
    return entry_id


def review_findings(act: Act, *, key: bytes) -> list[int]:
    """Compare the whole register anew and look at what time alone changes; return the entries that this wrote.

    By the system, each night: it finds by itself what was put on record without a form (an imported list), and what
    ran out. key: of the digests.
    """
    act.lock(REGISTRY, FINDINGS)
    check_role(act, SYSTEM)
    _tie_bare_records(act, key)
    target: dict[Found, bool] = dict(_not_of_one_body(act, found_between(found.all_shared(act.session))))
    target |= dict.fromkeys(_lacking(act, None), False)
    return _settle(act, target, found.open_findings(act.session))


def review_agency(act: Act, code: str) -> None:
    """Look anew at what one agency lacks by itself, in the act that may have changed it."""
    party = f"agency:{code}"
    alone = {one: state for one, state in found.open_findings(act.session, [party]).items() if one[1] == (party,)}
    _settle(act, dict.fromkeys(_lacking(act, code), False), alone)


def replace_ties(act: Act, entry_id: int, party: str, source: str, ties: Ties, *, compare: bool = True) -> None:
    """Let `ties` take the place of what the party had by one form, and make and end the findings that follow.

    entry_id: the entry it comes from. compare: False where the whole register is reviewed afterwards.
    """
    held = found.held_by(act.session, party)
    former = {(row.tie, row.digest) for row in held if row.source == source}
    changed = {digest for _, digest in former ^ ties}
    if not changed:
        return
    before = found.holders_of(act.session, changed) if compare else []
    since: dict[str, int] = {}
    for row in held:
        since[row.digest] = min(row.since, since.get(row.digest, row.since))
    if former:
        act.session.execute(delete(TieRow).where(TieRow.party == party, TieRow.source == source))
    act.session.add_all(
        TieRow(party=party, source=source, tie=tie, digest=digest, since=since.get(digest, entry_id))
        for tie, digest in sorted(ties)
    )
    act.session.flush()
    if compare:
        _compare(act, before, found.holders_of(act.session, changed))


def tie_controller(act: Act, number: str, key: bytes) -> None:
    """Tie whoever may be in a draw under this code to the agencies that it controls, whoever recorded its ties or not.

    number: of an agency's controller, checked; an identity number is nobody's code. Whoever asks holds `FINDINGS`.
    """
    for one in found.bare_organisations(act.session, number):
        _tie_organisation(act, one, key, compare=True)


def _tie_organisation(act: Act, one: found.BareOrganisation, key: bytes, *, compare: bool) -> None:
    ties = organisation_ties(key, one.code, OrganisationTies(), None, day_of(act.at // 1000))
    replace_ties(act, one.first, f"organisation:{one.id}", "record", ties, compare=compare)


def _compare(act: Act, before: Collection[Holder], after: Collection[Holder]) -> None:
    """Look anew at every pair that some changed digest ties now, or tied before."""
    touched = _pairs(before) | _pairs(after)
    if not touched:
        return
    parties = {party for pair in touched for party in pair}
    had: dict[str, set[str]] = {}
    for holder in found.holders_among(act.session, parties):
        had.setdefault(holder.digest, set()).add(holder.party)
    common = [digest for digest, holders in had.items() if len(holders) > 1]
    target = {
        one: key for one, key in found_between(found.holders_of(act.session, common)).items() if one[1] in touched
    }
    open_now = {one: state for one, state in found.open_findings(act.session, parties).items() if one[1] in touched}
    _settle(act, dict(_not_of_one_body(act, target)), open_now)


def _pairs(holders: Iterable[Holder]) -> set[tuple[str, ...]]:
    by_digest: dict[str, list[Holder]] = {}
    for holder in holders:
        by_digest.setdefault(holder.digest, []).append(holder)
    return {pair for same in by_digest.values() for pair in pairs(same)}


def _settle(act: Act, target: Mapping[Found, bool], open_now: Mapping[Found, tuple[str, bool]]) -> list[int]:
    """End what holds no longer and say what holds now, in an order that chance has no part in."""
    entries = []
    for one, (finding, key) in sorted(open_now.items()):
        if target.get(one) != key:
            subject = f"finding:{finding}"
            act.covers(subject)  # nobody else ends a finding while FINDINGS is held
            entries.append(act.record(FindingEnded(finding=finding), subject, actor=SYSTEM))
    for one, key in sorted(target.items()):
        if one not in open_now or open_now[one][1] != key:
            finding = secrets.token_hex(8)
            subject = f"finding:{finding}"
            act.covers(subject)
            ground, parties = one
            event = FindingMade(finding=finding, ground=ground, parties=list(parties), key=key)
            entries.append(act.record(event, subject, actor=SYSTEM))
    return entries


def _not_of_one_body(act: Act, target: Mapping[Found, bool]) -> Iterable[tuple[Found, bool]]:
    """Leave out an agency and its own organisation record, which share everything, being one."""
    codes: dict[str, str | None] = {}
    for (ground, parties), key in target.items():
        other = parties[-1]
        if other.startswith("organisation:"):
            if other not in codes:
                known = queries.organisation(act.session, other.removeprefix("organisation:"))
                codes[other] = None if known is None else known.code
            if parties[0] == f"agency:{codes[other]}":
                continue
        yield (ground, parties), key


def _lacking(act: Act, code: str | None) -> set[Found]:
    at = act.at // 1000
    return found.lacking(act.session, day_of(at).isoformat(), at, rules.ENOUGH_PRACTITIONERS, code)


def _tie_bare_records(act: Act, key: bytes) -> None:
    """Give whoever is on record the ties that its record has: an agency without a form its name and its address, an
    organisation of draws its code, since it may control an agency before anybody has recorded its ties."""
    recorded = found.held_from(act.session, "record")
    for organisation in found.bare_organisations(act.session):
        recorded.pop(f"organisation:{organisation.id}", None)
        _tie_organisation(act, organisation, key, compare=False)
    for one in found.bare_records(act.session):
        party, ties = f"agency:{one.code}", bare_ties(key, one.name, one.address)
        if ties != recorded.pop(party, NOBODY):
            replace_ties(act, one.first, party, "record", ties, compare=False)
    for party in recorded:  # which has handed in a form since, so that nothing is taken from an entry
        replace_ties(act, 0, party, "record", NOBODY, compare=False)
