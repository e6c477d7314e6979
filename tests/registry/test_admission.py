"""How an account comes to act for an agency: asked in private, admitted by a registrar, who grants nothing else."""

import pytest
from sqlalchemy import func, select

from audit.entry import SYSTEM
from audit.tables import EntryRow
from registry import commands, drafts, errors, queries
from registry.names import BadText
from registry.queries import forms as known
from registry.uscc import BadCode
from tests.registry.builders import ADMIN, REGISTRAR, SUPERVISOR, Register, a_code
from tests.registry.forms import an_agency_form

NAME = an_agency_form(1).name


def ask(register: Register, account: str = "g1", number: int = 1, name: str = NAME) -> None:
    register.do(SYSTEM, commands.ask_admission, account, a_code(number), name, "联系人", "024-23001234")


def count(register: Register) -> int:
    with register.log.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_asking_writes_no_entry(register: Register) -> None:
    before = count(register)
    ask(register)
    assert count(register) == before
    with register.log.reading() as session:
        (waiting,) = known.applications(session)
        assert known.application(session, "g1") == waiting
    assert (waiting.account, waiting.code, waiting.name) == ("g1", a_code(1), NAME)


def test_admission_makes_the_organisation_and_grants_the_role_in_one_act(register: Register) -> None:
    ask(register)
    register.do(REGISTRAR, commands.admit, "g1")
    with register.log.reading() as session:
        organisation = queries.organisation_with_code(session, a_code(1))
        (held,) = queries.roles(session, "g1")
        assert known.applications(session) == []
        application = known.application(session, "g1")
    assert organisation is not None
    assert (organisation.name, organisation.capacities) == (NAME, ("agency",))
    assert (held.role, held.organisation) == ("agent", organisation.id)
    assert application is not None
    assert application.organisation == organisation.id


def test_an_organisation_that_is_there_is_used_and_becomes_an_agency_too(register: Register) -> None:
    register.organisation("known-1", NAME, "tenderer", code=a_code(1))
    ask(register)
    register.do(REGISTRAR, commands.admit, "g1")
    with register.log.reading() as session:
        organisation = queries.organisation(session, "known-1")
        (held,) = queries.roles(session, "g1")
    assert organisation is not None
    assert organisation.capacities == ("tenderer", "agency")
    assert held.organisation == "known-1"


def test_a_second_account_of_one_agency_joins_the_same_organisation(register: Register) -> None:
    for account in ("g1", "g2"):
        ask(register, account)
        register.do(REGISTRAR, commands.admit, account)
    with register.log.reading() as session:
        assert {one.organisation for each in ("g1", "g2") for one in queries.roles(session, each)} == {
            organisation.id for organisation in queries.organisations(session, "agency")
        }


def test_an_agency_on_record_before_is_admitted_under_its_name(register: Register) -> None:
    register.agency(1, name=NAME)
    ask(register)
    register.do(REGISTRAR, commands.admit, "g1")
    with register.log.reading() as session:
        assert queries.organisation_with_code(session, a_code(1)) is not None


def test_a_refused_applicant_is_told_why_and_may_ask_again(register: Register) -> None:
    ask(register)
    register.do(REGISTRAR, commands.refuse_applicant, "g1", "名称与营业执照不符")
    with register.log.reading() as session:
        told = known.application(session, "g1")
        assert known.applications(session) == []
    assert told is not None
    assert told.refused == "名称与营业执照不符"
    with pytest.raises(errors.NoSuchApplication):
        register.do(REGISTRAR, commands.admit, "g1")
    ask(register)
    register.do(REGISTRAR, commands.admit, "g1")


def test_an_account_that_acts_for_someone_asks_no_more(register: Register) -> None:
    ask(register)
    register.do(REGISTRAR, commands.admit, "g1")
    for account in ("g1", "s1"):
        with pytest.raises(errors.ApplicationDecided):
            ask(register, account, 2)
    with pytest.raises(errors.NoSuchApplication):
        register.do(REGISTRAR, commands.admit, "g1")


def test_who_supervises_under_another_account_is_not_admitted(register: Register) -> None:
    with register.log.reading() as session:
        supervisor = queries.holder(session, "s1")
    assert supervisor is not None
    register.do(ADMIN, commands.record_holder, "g1", supervisor)
    ask(register)
    with pytest.raises(errors.RolesConflict):
        register.do(REGISTRAR, commands.admit, "g1")


def test_a_name_of_someone_else_is_not_admitted(register: Register) -> None:
    register.organisation("known-1", NAME, "tenderer")
    ask(register)
    with pytest.raises(errors.NameTaken):
        register.do(REGISTRAR, commands.admit, "g1")


@pytest.mark.parametrize("actor", [ADMIN, SUPERVISOR, "agent:g1"])
def test_only_a_registrar_admits_and_refuses(register: Register, actor: str) -> None:
    ask(register)
    with pytest.raises(errors.NotPermitted):
        register.do(actor, commands.admit, "g1")
    with pytest.raises(errors.NotPermitted):
        register.do(actor, commands.refuse_applicant, "g1", "原因")


def test_hostile_input_is_refused_at_the_door(register: Register) -> None:
    with pytest.raises(BadText):
        ask(register, name="演示\u202e公司")
    with pytest.raises(errors.BadAccount):
        ask(register, account="'; --")
    with pytest.raises(BadCode):
        register.do(SYSTEM, commands.ask_admission, "g1", "1" * 18, NAME, "联系人", "024-23001234")
    with pytest.raises(errors.BadFact):
        register.do(SYSTEM, commands.ask_admission, "g1", a_code(1), NAME, "联系人", "拨打")


def test_drafts_of_an_applicant_become_its_organisations(register: Register) -> None:
    ask(register)
    owner = drafts.of_account("g1")
    register.do(SYSTEM, drafts.save, owner, "agency", None, {"address": "演示路"}, 0, "g1")
    register.do(REGISTRAR, commands.admit, "g1")
    with register.log.reading() as session:
        organisation = queries.organisation_with_code(session, a_code(1))
        assert organisation is not None
        assert drafts.all_of(session, owner) == []
        (draft,) = drafts.all_of(session, organisation.id)
    assert (draft.content, draft.revision) == ({"address": "演示路"}, 1)
