"""The register and its log: order under concurrency, what stays private, and that the log alone gives it all back."""

from datetime import date
from typing import Any

from sqlalchemy import event, select

from audit.errors import Refusal
from audit.events import Event
from audit.rebuild import public_tables, rebuild_check
from audit.tables import EntryRow
from registry import commands
from registry.authority import REGISTRY
from registry.events import (
    AgencyAmended,
    AgencyReinstated,
    AgencyRemoved,
    KeyRecorded,
    KeyRevoked,
    OrganisationRecorded,
    RoleRevoked,
)
from registry.identity import check_identity_number, identity_digest
from registry.importing import import_agencies
from registry.model import Contact
from registry.model.standing import Call
from registry.rules import In, eligibility
from registry.sheets import read_rows
from registry.standing import standings
from tests.registry.builders import (
    ADMIN,
    REGISTRAR,
    SUPERVISOR,
    Register,
    a_code,
    a_key,
    a_suspension,
    an_agency,
    at_once,
)

ANYONE = Call(entry=1)
"""A call that asks for nothing."""


class RegisterRead(Event):
    """What a roster's freeze would see."""

    kind = "test.register_read"
    eligible: list[str]


def read_register(register: Register, number: int) -> None:
    with register.log.act("operator:o1") as act:
        act.lock(f"draw:TEST-{number}", REGISTRY)
        now = act.at // 1000
        found = standings(act.session)
        eligible = [code for code, one in found.items() if isinstance(eligibility(one, ANYONE, [], 1, now), In)]
        act.record(RegisterRead(eligible=eligible), f"draw:TEST-{number}/1")


def test_what_the_log_shows_before_a_freeze_was_seen_by_that_freeze(register: Register) -> None:
    size = 12
    for number in range(size):
        register.agency(number)

    def suspend() -> None:
        for number in range(size):
            register.do(SUPERVISOR, commands.suspend_agency, a_suspension(number, decision_number=f"{number}号"))

    def reinstate() -> None:
        for number in range(size):
            event = AgencyReinstated(code=a_code(number), reason="复核", decision_number=f"复{number}号")
            while True:
                try:
                    register.do(SUPERVISOR, commands.reinstate_agency, event)
                except Refusal:
                    continue
                break

    def freeze() -> None:
        for number in range(2 * size):
            read_register(register, number)

    assert at_once(suspend, reinstate, freeze) == [None] * 3
    register.publish()
    eligible = {a_code(number) for number in range(size)}
    freezes = 0
    with register.log.reading() as session:
        rows = session.scalars(select(EntryRow).where(EntryRow.seq.is_not(None)).order_by(EntryRow.seq)).all()
        changes = {row.seq: (row.kind, row.subject.removeprefix("agency:"), row.body) for row in rows}
    for kind, code, body in changes.values():
        if kind == "registry.agency_suspended":
            eligible.discard(code)
        elif kind == "registry.agency_reinstated":
            eligible.add(code)
        elif kind == RegisterRead.kind:
            freezes += 1
            assert body == RegisterRead(eligible=sorted(eligible)).model_dump_json().encode()
    assert freezes == 2 * size


def test_of_two_that_ask_for_one_name_at_once_one_gets_it(register: Register) -> None:
    for number in range(8):
        name = f"同名机构{number}"
        spellings = (name, f"{name[:2]} {name[2:]}")

        def record(offset: int, name: str, number: int = number) -> None:
            register.do(REGISTRAR, commands.record_agency, an_agency(100 + 2 * number + offset, name=name))

        refused = at_once(lambda: record(0, spellings[0]), lambda: record(1, spellings[1]))  # noqa: B023 - run at once
        assert sorted(type(one).__name__ for one in refused) == ["NameTaken", "NoneType"]


def test_of_two_that_ask_for_one_key_at_once_one_gets_it(register: Register) -> None:
    register.organisation("notary-1", "演示公证处", "notary")
    register.organisation("centre-1", "演示交易中心", "centre")
    for number in range(1, 6):

        def record(organisation: str, number: int = number) -> None:
            register.do(REGISTRAR, commands.record_key, KeyRecorded(organisation=organisation, key=a_key(number)))

        refused = at_once(lambda: record("notary-1"), lambda: record("centre-1"))
        assert sorted(type(one).__name__ for one in refused) == ["KeyTaken", "NoneType"]


def test_one_person_granted_both_sides_at_once_gets_one(register: Register) -> None:
    for number in range(5):

        def grant(account: str, role: Any, number: int = number) -> None:
            register.grant(f"{account}{number}", role, person=f"人{number}")

        refused = at_once(lambda: grant("x", "operator"), lambda: grant("y", "supervisor"))
        assert sorted(type(one).__name__ for one in refused) == ["NoneType", "RolesConflict"]


def fill(register: Register) -> list[str]:
    """Use every command once; returns the values that must stay private."""
    name, phone, other_phone = "金丝雀某某", "024-77770001", "024-77770002"
    number = check_identity_number("210102199003070011", date(2025, 1, 1))
    digest = identity_digest(b"k" * 32, number)
    register.organisation("notary-1", "演示公证处", "notary", key=1)
    register.organisation("agency-1", "演示代理机构1号", "agency", code=a_code(1))
    renamed = OrganisationRecorded(organisation="notary-1", name="新公证处", code=a_code(9), capacities=["notary"])
    register.do(REGISTRAR, commands.amend_organisation, renamed)
    register.do(REGISTRAR, commands.revoke_key, KeyRevoked(organisation="notary-1", key=a_key(1), reason="遗失"))
    register.do(ADMIN, commands.record_holder, "o1", digest)
    register.grant("o1", "operator")
    register.do(ADMIN, commands.revoke_role, RoleRevoked(account="o1", role="operator", reason="调离"))
    register.do(REGISTRAR, commands.record_agency, an_agency(1, organisation="agency-1"), Contact(name, phone))
    amended = AgencyAmended.of(an_agency(1, organisation="agency-1", founded=None).body() | {"reason": "更正"})
    register.do(REGISTRAR, commands.amend_agency, amended, Contact(None, other_phone))
    register.do(SUPERVISOR, commands.suspend_agency, a_suspension(1, until=2**40))
    reinstated = AgencyReinstated(code=a_code(1), reason="复核", decision_number="2号")
    register.do(SUPERVISOR, commands.reinstate_agency, reinstated)
    removed = AgencyRemoved(code=a_code(1), ground="第十二条", decision_number="3号")
    register.do(SUPERVISOR, commands.remove_agency, removed)
    heading = "统一社会信用代码,机构名称,行政区划代码,住所,业务范围,联系人,联系电话"
    line = f"{a_code(2)},第二家,210100,沈阳,土地,{name},{phone}"
    register.do(REGISTRAR, import_agencies, read_rows(f"{heading}\n{line}".encode(), "名单.csv"))
    register.publish()
    return [name, phone, other_phone, number, digest]


def test_public_tables_only_grow(register: Register) -> None:
    register.log.stop()  # nobody may ask while listening begins or ends
    statements: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(register.log.database.engine, "before_cursor_execute", listen)
    fill(register)
    event.remove(register.log.database.engine, "before_cursor_execute", listen)
    changing = [one.split() for one in statements if one.startswith(("UPDATE", "DELETE"))]
    changed = {words[1] if words[0] == "UPDATE" else words[2] for words in changing}
    assert changed.isdisjoint(table.name for table in public_tables())
    assert sum(one.startswith("INSERT INTO agencies") for one in statements) == 3


def test_no_private_value_is_in_an_entry_a_public_table_or_a_published_file(register: Register) -> None:
    private = fill(register)
    with register.log.reading() as session:
        public = [repr(session.execute(select(table)).all()) for table in public_tables()]
        entries = session.execute(select(EntryRow.body, EntryRow.private, EntryRow.files, EntryRow.subject)).all()
        shown = [
            *public,
            *(repr([part if isinstance(part, str) else part.decode() for part in row]) for row in entries),
        ]
    files = [path.read_bytes() for path in register.log.folder.path("").rglob("*") if path.is_file()]
    assert len(files) > 2
    for value in private:
        assert all(value not in text for text in shown)
        assert all(value.encode() not in data for data in files)


def test_the_log_alone_gives_back_every_public_row(register: Register) -> None:
    fill(register)
    report = rebuild_check(register.log.database, register.log.folder, register.log.signer.key)
    assert report.differences == []
    assert report.rows > 15
    assert report.private == 5
