"""Each command on both databases: what it records, and what it refuses at its boundary."""

from typing import Any

import pytest
from sqlalchemy import func, select

from audit.errors import Refusal
from audit.tables import EntryRow
from registry import commands, errors, queries
from registry.events import (
    AgencyAmended,
    AgencyReinstated,
    AgencyRemoved,
    KeyRecorded,
    KeyRevoked,
    OrganisationRecorded,
    RoleGranted,
    RoleRevoked,
)
from registry.model import Contact, Organisation
from registry.names import BadText
from registry.uscc import BadCode
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


def entries(register: Register) -> int:
    with register.log.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


class Refused:
    """Asserts that a command is refused and leaves nothing behind."""

    def __init__(self, register: Register, refusal: type[Exception]) -> None:
        self.register, self.refusal = register, refusal

    def __call__(self, actor: str, command: Any, *arguments: Any, **named: Any) -> None:
        before = entries(self.register)
        with pytest.raises(self.refusal):
            self.register.do(actor, command, *arguments, **named)
        assert entries(self.register) == before


def recorded(**changed: Any) -> OrganisationRecorded:
    members = {"organisation": "notary-1", "name": "演示公证处", "code": None, "capacities": ["notary"]}
    return OrganisationRecorded.of(members | changed)


# Organisations


def test_an_organisation_is_recorded_with_its_capacities_in_order(register: Register) -> None:
    register.organisation("centre-1", "演示交易中心", "centre", "tenderer", code=a_code(9).lower())
    with register.log.reading() as session:
        found = queries.organisation(session, "centre-1")
        assert found == Organisation("centre-1", "演示交易中心", a_code(9), ("centre", "tenderer"))
        assert queries.organisation_named(session, "演示 交易中心") == found
        assert queries.organisations(session, "centre") == [found]
        assert queries.organisations(session, "notary") == []
        assert queries.organisation(session, "centre-2") is None


def test_what_is_wrong_about_an_organisation_is_refused(register: Register) -> None:
    register.organisation("notary-1", "演示公证处", "notary", code=a_code(1))
    for refusal, changed in (
        (errors.OrganisationExists, {"code": a_code(1)}),
        (errors.BadOrganisationId, {"organisation": "Notary"}),
        (errors.NameTaken, {"organisation": "notary-2", "name": "演示（公证）处".replace("（公证）", "公证 ")}),
        (errors.CodeTaken, {"organisation": "notary-2", "name": "另一公证处", "code": a_code(1)}),
        (errors.BadCapacities, {"organisation": "notary-2", "name": "另一公证处", "capacities": []}),
        (errors.BadCapacities, {"organisation": "notary-2", "name": "另一公证处", "capacities": ["notary", "notary"]}),
        (BadText, {"organisation": "notary-2", "name": "另一公证处 "}),
        (BadCode, {"organisation": "notary-2", "name": "另一公证处", "code": "9"}),
    ):
        Refused(register, refusal)(REGISTRAR, commands.record_organisation, recorded(**changed))
    Refused(register, errors.NotPermitted)("operator:o1", commands.record_organisation, recorded())


def test_an_organisation_is_amended_but_its_code_stays(register: Register) -> None:
    register.organisation("notary-1", "演示公证处", "notary")
    register.do(REGISTRAR, commands.amend_organisation, recorded(name="新演示公证处", code=a_code(1)))
    Refused(register, errors.CodeFixed)(REGISTRAR, commands.amend_organisation, recorded(name="又一名称"))
    unchanged = recorded(name="新演示公证处", code=a_code(1))
    Refused(register, errors.Unchanged)(REGISTRAR, commands.amend_organisation, unchanged)
    Refused(register, errors.NoSuchOrganisation)(
        REGISTRAR, commands.amend_organisation, recorded(organisation="nobody")
    )
    with register.log.reading() as session:
        assert queries.organisation_named(session, "演示公证处") is None
        assert queries.organisation_named(session, "新演示公证处") is not None
    register.organisation("notary-2", "演示公证处", "notary")  # the former name is free again


def test_an_agency_and_its_own_organisation_bear_one_name_and_others_may_not(register: Register) -> None:
    register.organisation("agency-1", "演示代理机构1号", "agency", code=a_code(1))
    Refused(register, errors.NameTaken)(REGISTRAR, commands.record_agency, an_agency(2, name="演示代理机构 1号"))
    register.agency(1, organisation="agency-1")
    other = recorded(organisation="tenderer-1", name="演示代理机构１号")
    Refused(register, errors.NameTaken)(REGISTRAR, commands.record_organisation, other)
    register.agency(3)
    register.do(
        REGISTRAR,
        commands.record_organisation,
        recorded(organisation="agency-3", name="演示代理机构3号", code=a_code(3), capacities=["agency"]),
    )


def test_an_agency_is_tied_only_to_its_own_organisation(register: Register) -> None:
    register.organisation("agency-9", "另一代理机构", "agency", code=a_code(9))
    register.organisation("notary-1", "演示公证处", "notary")
    register.organisation("agency-8", "演示代理机构单位", "agency")
    for refusal, organisation in (
        (errors.NotAnAgency, "agency-9"),
        (errors.NotAnAgency, "notary-1"),
        (errors.NoSuchOrganisation, "nobody"),
    ):
        Refused(register, refusal)(REGISTRAR, commands.record_agency, an_agency(1, organisation=organisation))
    register.agency(1, organisation="agency-8")
    Refused(register, errors.OrganisationHasAgency)(
        REGISTRAR, commands.record_agency, an_agency(2, organisation="agency-8")
    )
    with register.log.reading() as session:
        found = queries.agency_of(session, "agency-8")
        assert found is not None
        assert found.code == a_code(1)
        assert queries.agency_of(session, "agency-9") is None


# Keys


def test_a_key_belongs_to_one_organisation_for_ever(register: Register) -> None:
    register.organisation("notary-1", "演示公证处", "notary", key=1)
    register.organisation("centre-1", "演示交易中心", "centre")
    key = a_key(1)
    for organisation in ("notary-1", "centre-1"):
        event = KeyRecorded(organisation=organisation, key=key)
        Refused(register, errors.KeyTaken)(REGISTRAR, commands.record_key, event)
    register.do(REGISTRAR, commands.revoke_key, KeyRevoked(organisation="notary-1", key=key, reason="遗失"))
    for organisation in ("notary-1", "centre-1"):
        event = KeyRecorded(organisation=organisation, key=key)
        Refused(register, errors.KeyTaken)(REGISTRAR, commands.record_key, event)
    register.do(REGISTRAR, commands.record_key, KeyRecorded(organisation="notary-1", key=a_key(2)))
    with register.log.reading() as session:
        assert queries.keys_in_force(session, "notary-1") == [a_key(2)]
        state = queries.key_owner(session, key)
        assert state is not None
        assert (state.organisation, state.revoked) == ("notary-1", True)
        assert queries.key_owner(session, a_key(3)) is None


def test_an_admitted_agency_records_its_own_first_key_and_no_other(register: Register) -> None:
    register.organisation("agency-1", "演示代理机构单位", "agency", code=a_code(1))
    register.organisation("agency-2", "另一代理机构", "agency", code=a_code(2))
    register.grant("g1", "agent", "agency-1")
    Refused(register, errors.FirstKeyOnly)(
        "agent:g1", commands.record_key, KeyRecorded(organisation="agency-2", key=a_key(1))
    )
    register.do("agent:g1", commands.record_key, KeyRecorded(organisation="agency-1", key=a_key(1)))
    second = KeyRecorded(organisation="agency-1", key=a_key(2))
    Refused(register, errors.FirstKeyOnly)("agent:g1", commands.record_key, second)
    register.do(REGISTRAR, commands.revoke_key, KeyRevoked(organisation="agency-1", key=a_key(1), reason="遗失"))
    Refused(register, errors.FirstKeyOnly)("agent:g1", commands.record_key, second)
    register.do(REGISTRAR, commands.record_key, second)


def test_wrong_keys_are_refused(register: Register) -> None:
    register.organisation("notary-1", "演示公证处", "notary", key=1)
    register.organisation("centre-1", "演示交易中心", "centre")
    Refused(register, errors.BadKey)(REGISTRAR, commands.record_key, KeyRecorded(organisation="notary-1", key="00"))
    Refused(register, errors.NoSuchOrganisation)(
        REGISTRAR, commands.record_key, KeyRecorded(organisation="nobody", key=a_key(2))
    )
    Refused(register, errors.NotPermitted)(
        "notary:n1", commands.record_key, KeyRecorded(organisation="notary-1", key=a_key(2))
    )
    for organisation, key in (("centre-1", a_key(1)), ("notary-1", a_key(2))):
        Refused(register, errors.NoSuchKey)(
            REGISTRAR, commands.revoke_key, KeyRevoked(organisation=organisation, key=key, reason="遗失")
        )


# Roles


def test_a_role_is_granted_and_taken_back(register: Register) -> None:
    register.organisation("tenderer-1", "演示招标人", "tenderer")
    register.grant("t1", "tenderer", "tenderer-1")
    Refused(register, errors.RoleHeld)(
        ADMIN, commands.grant_role, RoleGranted(account="t1", role="tenderer", organisation="tenderer-1")
    )
    with register.log.reading() as session:
        assert [(held.role, held.organisation) for held in queries.roles(session, "t1")] == [("tenderer", "tenderer-1")]
    revoked = RoleRevoked(account="t1", role="tenderer", reason="调离")
    register.do(ADMIN, commands.revoke_role, revoked)
    Refused(register, errors.RoleNotHeld)(ADMIN, commands.revoke_role, revoked)
    with register.log.reading() as session:
        assert queries.roles(session, "t1") == []
    register.grant("t1", "tenderer", "tenderer-1")
    with register.log.reading() as session:
        assert [held.account for held in queries.all_roles(session) if held.role == "tenderer"] == ["t1"]


def test_a_role_needs_the_organisation_that_it_acts_for(register: Register) -> None:
    register.organisation("notary-1", "演示公证处", "notary")
    for refusal, role, organisation in (
        (errors.RoleNeedsOrganisation, "tenderer", None),
        (errors.RoleNeedsOrganisation, "tenderer", "notary-1"),
        (errors.RoleNeedsOrganisation, "agent", None),
        (errors.RoleNeedsOrganisation, "bidder", "notary-1"),
        (errors.NoSuchOrganisation, "notary", "nobody"),
    ):
        event = RoleGranted.of({"account": "x1", "role": role, "organisation": organisation})
        Refused(register, refusal)(ADMIN, commands.grant_role, event)
    for actor in ("operator:o1", REGISTRAR, SUPERVISOR):
        event = RoleGranted(account="x1", role="bidder", organisation=None)
        Refused(register, errors.NotPermitted)(actor, commands.grant_role, event)
    register.organisation("bidder-1", "演示建设有限公司", "bidder")
    register.grant("b1", "bidder", "bidder-1")
    register.grant("b2", "bidder")  # a natural person, for itself
    bad = RoleGranted(account="某人", role="bidder", organisation=None)
    Refused(register, errors.BadAccount)(ADMIN, commands.grant_role, bad)


def test_one_account_never_holds_both_sides(register: Register) -> None:
    register.grant("x1", "operator", person="甲")
    supervisor = RoleGranted(account="x1", role="supervisor", organisation=None)
    Refused(register, errors.RolesConflict)(ADMIN, commands.grant_role, supervisor)
    register.do(ADMIN, commands.revoke_role, RoleRevoked(account="x1", role="operator", reason="转岗"))
    register.do(ADMIN, commands.grant_role, supervisor)


def test_one_person_never_holds_both_sides_under_two_accounts(register: Register) -> None:
    register.grant("x1", "registrar", person="甲")
    supervisor = RoleGranted(account="x2", role="supervisor", organisation=None)
    Refused(register, errors.HolderUnknown)(ADMIN, commands.grant_role, supervisor)
    Refused(register, errors.RolesConflict)(ADMIN, commands.grant_role, supervisor, a_digest("甲"))
    register.do(ADMIN, commands.grant_role, supervisor, a_digest("乙"))
    Refused(register, errors.HolderDiffers)(ADMIN, commands.record_holder, "x2", a_digest("丙"))
    register.do(ADMIN, commands.record_holder, "x2", a_digest("乙"))


def test_a_holder_told_later_is_held_against_all_accounts(register: Register) -> None:
    register.grant("x1", "bidder")
    register.grant("x2", "supervisor", person="甲")
    Refused(register, errors.RolesConflict)(ADMIN, commands.record_holder, "x1", a_digest("甲"))
    with register.log.reading() as session:
        assert queries.holder(session, "x1") is None


def test_who_acts_for_the_centre_or_supervises_has_a_known_holder(register: Register) -> None:
    for role in ("registrar", "operator", "supervisor", "inspector"):
        event = RoleGranted.of({"account": "x1", "role": role, "organisation": None})
        Refused(register, errors.HolderUnknown)(ADMIN, commands.grant_role, event)


JUNK = ["", "a\x00b", "a\ud800b", "x" * 300, "一"]


@pytest.mark.parametrize("junk", JUNK)
def test_ids_and_codes_that_no_database_could_hold_are_refused(register: Register, junk: str) -> None:
    register.organisation("notary-1", "演示公证处", "notary")
    register.agency(1)
    refused, reason = Refused(register, Refusal), "理由"
    refused(REGISTRAR, commands.record_organisation, recorded(organisation=junk))
    refused(REGISTRAR, commands.record_organisation, recorded(organisation="notary-2", name=f"{junk} "))
    refused(REGISTRAR, commands.record_key, KeyRecorded(organisation=junk, key=a_key(1)))
    refused(REGISTRAR, commands.record_key, KeyRecorded(organisation="notary-1", key=junk))
    refused(REGISTRAR, commands.revoke_key, KeyRevoked(organisation=junk, key=a_key(1), reason=reason))
    refused(REGISTRAR, commands.revoke_key, KeyRevoked(organisation="notary-1", key=junk, reason=reason))
    refused(ADMIN, commands.grant_role, RoleGranted(account=f"{junk}!", role="bidder", organisation=None))
    refused(ADMIN, commands.grant_role, RoleGranted(account="x1", role="notary", organisation=junk))
    refused(ADMIN, commands.revoke_role, RoleRevoked(account=junk, role="bidder", reason=reason))
    refused(REGISTRAR, commands.record_agency, an_agency(2, code=junk))
    refused(REGISTRAR, commands.record_agency, an_agency(2, name=f"{junk} "))
    refused(REGISTRAR, commands.record_agency, an_agency(2, organisation=junk))
    refused(REGISTRAR, commands.record_agency, an_agency(2, address=f"{junk} "))
    refused(REGISTRAR, commands.record_agency, an_agency(2), Contact(f"{junk} "))
    refused(REGISTRAR, commands.record_agency, an_agency(2), Contact(None, junk))
    refused(SUPERVISOR, commands.suspend_agency, a_suspension(1, code=junk))
    refused(SUPERVISOR, commands.suspend_agency, a_suspension(1, decision_number=f"{junk} "))
    refused(SUPERVISOR, commands.remove_agency, AgencyRemoved(code=junk, ground="第十二条", decision_number="1号"))


# Agencies


def test_an_agency_is_recorded_and_amended(register: Register) -> None:
    code = register.agency(1)
    Refused(register, errors.AgencyExists)(REGISTRAR, commands.record_agency, an_agency(1))
    amended = AgencyAmended.of(an_agency(1, fields=["土地"]).body() | {"reason": "增项"})
    register.do(REGISTRAR, commands.amend_agency, amended)
    Refused(register, errors.Unchanged)(REGISTRAR, commands.amend_agency, amended)
    unknown = AgencyAmended.of(an_agency(2).body() | {"reason": "增项"})
    Refused(register, errors.NoSuchAgency)(REGISTRAR, commands.amend_agency, unknown)
    with register.log.reading() as session:
        agency = queries.agency(session, code)
        assert agency is not None
        assert agency.facts.fields == ("土地",)
        assert queries.agencies(session) == [agency]


def test_only_a_registrar_records_agencies(register: Register) -> None:
    for actor in ("operator:o1", SUPERVISOR, "agent:g1", ADMIN):
        Refused(register, errors.NotPermitted)(actor, commands.record_agency, an_agency(1))


def test_names_of_agencies_are_unique_however_spelt(register: Register) -> None:
    register.agency(1, name="明远（沈阳）招标有限公司")
    taken = an_agency(2, name="明远(沈阳)招标 有限公司")
    Refused(register, errors.NameTaken)(REGISTRAR, commands.record_agency, taken)
    renamed = AgencyAmended.of(an_agency(1, name="明远招标有限公司").body() | {"reason": "更名"})
    register.do(REGISTRAR, commands.amend_agency, renamed)
    register.do(REGISTRAR, commands.record_agency, taken)
    back = AgencyAmended.of(an_agency(1, name="明远（沈阳）招标有限公司").body() | {"reason": "更名"})
    Refused(register, errors.NameTaken)(REGISTRAR, commands.amend_agency, back)


def test_contacts_are_kept_privately_and_changed_one_by_one(register: Register) -> None:
    code = a_code(1)
    register.do(REGISTRAR, commands.record_agency, an_agency(1), Contact("张某", "024-11111111"))
    amended = AgencyAmended.of(an_agency(1).body() | {"reason": "换号"})
    register.do(REGISTRAR, commands.amend_agency, amended, Contact("张某", "024-22222222"))
    Refused(register, errors.Unchanged)(REGISTRAR, commands.amend_agency, amended, Contact("张某"))
    with register.log.reading() as session:
        assert queries.contacts(session) == {code: Contact("张某", "024-22222222")}
        assert queries.contacts(session, [code]) == {code: Contact("张某", "024-22222222")}
        assert queries.contacts(session, [a_code(2)]) == {}


def test_only_the_supervisor_decides_on_agencies(register: Register) -> None:
    code = register.agency(1)
    events = (
        (commands.suspend_agency, a_suspension(1)),
        (commands.reinstate_agency, AgencyReinstated(code=code, reason="期满", decision_number="2号")),
        (commands.remove_agency, AgencyRemoved(code=code, ground="第十二条", decision_number="3号")),
    )
    for actor in (REGISTRAR, "operator:o1", "inspector:i1", ADMIN, "system"):
        for command, event in events:
            Refused(register, errors.NotPermitted)(actor, command, event)


def test_suspensions_and_removals_end_by_reinstatement(register: Register) -> None:
    code = register.agency(1)
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    Refused(register, errors.DecisionRecorded)(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    register.do(SUPERVISOR, commands.remove_agency, AgencyRemoved(code=code, ground="第十二条", decision_number="3号"))
    with register.log.reading() as session:
        agency = queries.agency(session, code)
        assert agency is not None
        assert agency.removal is not None
        assert len(agency.suspensions) == 1
    again = AgencyRemoved(code=code, ground="第十二条", decision_number="4号")
    Refused(register, errors.AgencyIsRemoved)(SUPERVISOR, commands.remove_agency, again)
    later = a_suspension(1, decision_number="5号")
    Refused(register, errors.AgencyIsRemoved)(SUPERVISOR, commands.suspend_agency, later)
    amended = AgencyAmended.of(an_agency(1, fields=["土地"]).body() | {"reason": "增项"})
    Refused(register, errors.AgencyIsRemoved)(REGISTRAR, commands.amend_agency, amended)
    reinstated = AgencyReinstated(code=code, reason="整改合格", decision_number="6号")
    register.do(SUPERVISOR, commands.reinstate_agency, reinstated)
    with register.log.reading() as session:
        agency = queries.agency(session, code)
        assert agency is not None
        assert agency.removal is None
        assert agency.suspensions == ()
    again_reinstated = reinstated.model_copy(update={"decision_number": "7号"})
    Refused(register, errors.NothingToReinstate)(SUPERVISOR, commands.reinstate_agency, again_reinstated)
    unknown = a_suspension(2)
    Refused(register, errors.NoSuchAgency)(SUPERVISOR, commands.suspend_agency, unknown)


def test_a_suspension_ends_later_than_now(register: Register) -> None:
    register.agency(1)
    now = register.log.clock() // 1000
    Refused(register, errors.BadFact)(SUPERVISOR, commands.suspend_agency, a_suspension(1, until=now))
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1, until=now + 1))


# Pages


def test_pages_show_only_what_has_its_place(register: Register) -> None:
    code = register.agency(1)
    register.organisation("notary-1", "演示公证处", "notary", key=1)
    register.grant("x1", "operator", person="甲")
    register.publish()
    register.log.stop()
    register.do(
        REGISTRAR, commands.amend_agency, AgencyAmended.of(an_agency(1, name="新名").body() | {"reason": "更名"})
    )
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    register.agency(2)
    with register.log.reading() as session:
        (shown,) = queries.agencies(session, placed=True)
        assert shown == queries.agency(session, code, placed=True)
        assert (shown.name, shown.suspensions) == ("演示代理机构1号", ())
        newest = queries.agency(session, code)
        assert newest is not None
        assert (newest.name, len(newest.suspensions)) == ("新名", 1)
        assert queries.agency(session, a_code(2), placed=True) is None
        assert [change.event.kind for change in queries.history(session, code)] == ["registry.agency_recorded"]
        assert queries.organisation(session, "notary-1", placed=True) is not None
        assert [state.key for state in queries.key_history(session, "notary-1")] == [a_key(1)]
        assert [held.role for held in queries.roles(session, "x1", placed=True)] == ["operator"]
        kinds = [change.event.kind for change in queries.organisation_history(session, "notary-1")]
        assert kinds == ["registry.organisation_recorded", "registry.key_recorded"]


def test_agencies_are_found_by_part_of_name_or_code(register: Register) -> None:
    for number in (1, 2, 3):
        register.agency(number)
    last = register.agency(4, name="明远（沈阳）招标")
    register.publish()
    with register.log.reading() as session:
        assert [one.code for one in queries.find_agencies(session, "明远(沈阳)")] == [last]
        assert [one.code for one in queries.find_agencies(session, last[9:14].lower(), limit=10)][-1:] == [last]
        first, second, *_ = queries.find_agencies(session)
        assert queries.find_agencies(session, limit=1) == [first]
        assert queries.find_agencies(session, after=first.code, limit=1) == [second]
        assert queries.find_agencies(session, "没有") == []
