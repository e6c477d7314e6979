"""A role counts while the register has it: what is refused once it is taken back, also to who acts at that moment."""

import random
import time
from itertools import count
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from audit.entry import SYSTEM
from audit.tables import EntryRow
from registry import commands
from registry.authority import check_role
from registry.errors import NotPermitted, RoleMissing
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
from registry.importing import import_agencies
from registry.sheets import read_rows
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
    at_once,
)

ROUNDS = 12
MOST = 200
"""Acts in a round, so that a role that nothing ends does not act for ever."""


def an_organisation(id_: str, name: str) -> OrganisationRecorded:
    return OrganisationRecorded(organisation=id_, name=name, code=None, capacities=["notary"])


LIST = f"统一社会信用代码,机构名称,行政区划代码,住所,业务范围\n{a_code(3)},丙,210100,沈阳,土地"
COMMANDS: list[tuple[Any, ...]] = [
    (REGISTRAR, commands.record_organisation, an_organisation("notary-2", "另一公证处")),
    (REGISTRAR, commands.amend_organisation, an_organisation("notary-1", "新公证处")),
    (REGISTRAR, commands.record_key, KeyRecorded(organisation="notary-1", key=a_key(2))),
    (REGISTRAR, commands.revoke_key, KeyRevoked(organisation="notary-1", key=a_key(1), reason="遗失")),
    (REGISTRAR, commands.record_agency, an_agency(2)),
    (REGISTRAR, commands.amend_agency, AgencyAmended.of(an_agency(1, fields=["土地"]).body() | {"reason": "增项"})),
    (REGISTRAR, import_agencies, read_rows(LIST.encode(), "名单.csv")),
    (SUPERVISOR, commands.suspend_agency, a_suspension(1, decision_number="2号")),
    (SUPERVISOR, commands.reinstate_agency, AgencyReinstated(code=a_code(1), reason="复核", decision_number="3号")),
    (SUPERVISOR, commands.remove_agency, AgencyRemoved(code=a_code(1), ground="第十二条", decision_number="4号")),
    (ADMIN, commands.grant_role, RoleGranted(account="x1", role="bidder", organisation=None)),
    (ADMIN, commands.revoke_role, RoleRevoked(account="x2", role="bidder", reason="调离")),
    (ADMIN, commands.record_holder, "x2", a_digest("乙")),
]


@pytest.mark.parametrize(("actor", "command", "arguments"), [(one, two, rest) for one, two, *rest in COMMANDS])
def test_who_lost_the_role_is_refused_what_it_could_do_with_it(
    register: Register, actor: str, command: Any, arguments: list[Any]
) -> None:
    register.organisation("notary-1", "演示公证处", "notary", key=1)
    register.agency(1)
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1))
    register.grant("x2", "bidder")
    role, account = actor.split(":")
    revoked = RoleRevoked.of({"account": account, "role": role, "reason": "调离"})
    register.do(SYSTEM, commands.revoke_role, revoked)
    before = entries(register)
    with pytest.raises(RoleMissing):
        register.do(actor, command, *arguments)
    assert entries(register) == before
    register.grant(account, role, by=SYSTEM)
    register.do(actor, command, *arguments)


def entries(register: Register) -> int:
    with register.log.reading() as session:
        return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def test_the_role_that_is_acted_in_counts_and_no_other(register: Register) -> None:
    register.grant("x1", "operator", person="甲")
    for actor, refusal in (
        ("operator:x1", NotPermitted),  # its own role, which is not wanted
        ("registrar:x1", RoleMissing),  # the wanted role, which is not its own
        ("registrar:nobody", RoleMissing),
        (SYSTEM, NotPermitted),
    ):
        with register.as_(actor) as act:
            act.lock("test")
            with pytest.raises(refusal):
                check_role(act, "registrar", "supervisor")


def test_the_program_acts_where_it_is_named(register: Register) -> None:
    with register.as_(SYSTEM) as act:
        act.lock("test")
        check_role(act, "registrar", SYSTEM)


def test_an_administrator_may_give_up_its_own_role_and_not_take_it_again(register: Register) -> None:
    register.do(ADMIN, commands.revoke_role, RoleRevoked(account="a1", role="admin", reason="离任"))
    with pytest.raises(RoleMissing):
        register.grant("a1", "admin")


def test_of_two_administrators_who_end_each_other_at_once_one_stays(register: Register) -> None:
    for number in range(ROUNDS):
        pair = f"m{number}", f"n{number}"
        for account in pair:
            register.grant(account, "admin")

        def end(one: str, other: str) -> None:
            revoked = RoleRevoked(account=other, role="admin", reason="调离")
            register.do(f"admin:{one}", commands.revoke_role, revoked)

        refused = at_once(lambda: end(*pair), lambda: end(*reversed(pair)))  # noqa: B023 - run at once
        assert sorted(type(one).__name__ for one in refused) == ["NoneType", "RoleMissing"]


def test_the_log_shows_no_act_after_the_end_of_its_role(register: Register) -> None:
    """A registrar works without pause while the role is taken back: log order and effect agree, round after round."""
    done: list[str] = []
    pick = random.Random(1)

    def work() -> None:
        for number in range(len(done), len(done) + MOST):
            register.do("registrar:r2", commands.record_agency, an_agency(number))
            done.append(a_code(number))

    def end() -> None:
        time.sleep(pick.random() / 50)
        register.do(ADMIN, commands.revoke_role, RoleRevoked(account="r2", role="registrar", reason="调离"))

    for _ in range(ROUNDS):
        register.grant("r2", "registrar", person="乙")
        refused, ended = at_once(work, end)
        assert isinstance(refused, RoleMissing)
        assert ended is None
    register.publish()
    with register.log.reading() as session:
        placed = select(EntryRow).where(EntryRow.seq.is_not(None)).order_by(EntryRow.seq)
        log = [(row.actor, row.kind, row.subject, orjson.loads(row.body)) for row in session.scalars(placed)]
    held, recorded, ends = False, [], count()
    for actor, kind, subject, body in log:
        if subject == "account:r2":
            held = kind == RoleGranted.kind
            next(ends)
        elif actor == "registrar:r2":
            assert held, body
            recorded.append(body["code"])
    assert recorded == done
    assert next(ends) == 2 * ROUNDS
