"""Random sequences of commands, mostly refused, never leave the register's rules."""

import random
from contextlib import suppress
from itertools import combinations
from typing import Any

import pytest

from audit.errors import Refusal
from audit.rebuild import rebuild_check
from registry import commands, queries, rules
from registry.events import (
    AgencyAmended,
    AgencyReinstated,
    AgencyRemoved,
    KeyRecorded,
    KeyRevoked,
    OrganisationRecorded,
    Role,
    RoleGranted,
    RoleRevoked,
)
from registry.model.standing import Call
from registry.names import name_key
from registry.rules import In, eligibility
from registry.standing import standings
from tests.registry.builders import (
    ADMIN,
    REGISTRAR,
    SUPERVISOR,
    Register,
    a_code,
    a_digest,
    a_key,
    a_suspension,
    an_agency,
)
from tests.sampled import sampled

NAMES = ["明远招标", "明远 招标", "明達招标", "（甲）招标", "(甲)招标", "乙招标"]
ORGANISATIONS = ["org-a", "org-b", "org-c"]
ROLES: list[Role] = ["operator", "supervisor", "registrar", "inspector", "bidder", "tenderer", "notary"]
PEOPLE = {"x1": "甲", "x2": "甲", "x3": "乙", "x4": "丙"}


def one_command(register: Register, pick: random.Random) -> None:
    number, name, organisation = pick.randrange(4), pick.choice(NAMES), pick.choice(ORGANISATIONS)
    tied = pick.choice([None, organisation])
    code, decision = a_code(number), f"{pick.randrange(1000)}号"
    account, role = pick.choice(sorted(PEOPLE)), pick.choice(ROLES)
    key = a_key(pick.randrange(1, 4))
    now = register.log.clock() // 1000
    facts = an_agency(number, name=name, organisation=tied)
    recorded = OrganisationRecorded(
        organisation=organisation,
        name=name,
        code=pick.choice([None, code]),
        capacities=list(pick.choice([("agency", "bidder"), ("tenderer", "agency"), ("notary", "bidder")])),
    )
    choices: list[tuple[Any, ...]] = [
        (REGISTRAR, commands.record_organisation, recorded),
        (REGISTRAR, commands.amend_organisation, recorded),
        (REGISTRAR, commands.record_key, KeyRecorded(organisation=organisation, key=key)),
        (REGISTRAR, commands.revoke_key, KeyRevoked(organisation=organisation, key=key, reason="遗失")),
        (ADMIN, commands.grant_role, RoleGranted(account=account, role=role, organisation=tied), PEOPLE[account]),
        (ADMIN, commands.revoke_role, RoleRevoked(account=account, role=role, reason="调离")),
        (REGISTRAR, commands.record_agency, facts),
        (REGISTRAR, commands.amend_agency, AgencyAmended.of(facts.body() | {"reason": "变更"})),
        (
            SUPERVISOR,
            commands.suspend_agency,
            a_suspension(
                number,
                starts=now + pick.randrange(-50, 50),
                until=pick.choice([None, now + pick.randrange(100)]),
                decision_number=decision,
            ),
        ),
        (
            SUPERVISOR,
            commands.reinstate_agency,
            AgencyReinstated(code=code, reason="复核", decision_number=decision),
        ),
        (SUPERVISOR, commands.remove_agency, AgencyRemoved(code=code, ground="条款", decision_number=decision)),
    ]
    actor, command, event, *person = pick.choice(choices)
    with suppress(Refusal):
        register.do(actor, command, event, *map(a_digest, person))


def check_register(register: Register) -> None:
    now = register.log.clock() // 1000
    with register.log.reading() as session:
        agencies, organisations = queries.agencies(session), queries.organisations(session)
        found = standings(session)
        roles, owners = queries.all_roles(session), [queries.keys_in_force(session, one) for one in ORGANISATIONS]
    for left, right in combinations(agencies, 2):
        assert name_key(left.name) != name_key(right.name)
        assert left.facts.organisation is None or left.facts.organisation != right.facts.organisation
    for one, other in combinations(organisations, 2):
        assert name_key(one.name) != name_key(other.name)
        assert one.code is None or one.code != other.code
    for agency in agencies:
        for organisation in organisations:
            if name_key(agency.name) == name_key(organisation.name):
                assert agency.facts.organisation == organisation.id or agency.code == organisation.code
        out = agency.removal is not None or any(suspension.holds_at(now) for suspension in agency.suspensions)
        assert isinstance(eligibility(found[agency.code], Call(entry=1), [], 1, now), In) is not out
    for person in set(PEOPLE.values()):
        held = {holding.role for holding in roles if PEOPLE.get(holding.account) == person}
        assert not (held & rules.OPERATING and held & rules.SUPERVISING)
        assert not ("notary" in held and held & rules.PARTIES)
    keys = [key for owned in owners for key in owned]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(("database", "seed"), [("sqlite", 1), ("postgresql", 2)], indirect=["database"])
def test_no_sequence_of_commands_leaves_the_rules(register: Register, seed: int) -> None:
    pick = random.Random(seed)
    steps = sampled(250)
    for _ in range(steps):
        one_command(register, pick)
        register.log.clock.advance(pick.randrange(30))  # type: ignore[attr-defined] # the test's own clock
        if pick.random() < 0.2:
            check_register(register)
    register.publish()
    check_register(register)
    report = rebuild_check(register.log.database, register.log.folder, register.log.signer.key)
    assert report.differences == []
    assert report.entries > steps // 9
