"""Bidders who register themselves: nothing is given before a registrar confirms, and nobody is another."""

from sqlalchemy import select

from audit.tables import EntryRow
from registry import commands, queries
from registry.commands.bidders import Registering
from registry.events import KeyRecorded
from registry.queries import bidders
from tests.lottery.conftest import beacon, clock, hall
from tests.lottery.hall import REGISTRAR, TENDERER, Hall, a_code

__all__ = ["beacon", "clock", "hall"]

NAME = "演示新桥建设有限公司"


def asked(**changed: object) -> Registering:
    known = {"name": NAME, "code": a_code(300), "contact_name": "张三", "contact_phone": "13900000000"}
    return Registering(**(known | changed))  # type: ignore[arg-type]  # members of its own types


def test_a_registration_gives_nothing_until_it_is_confirmed_and_then_one_role(hall: Hall) -> None:
    def register(account: str, **changed: object) -> str:
        hall.do("system", commands.register_bidder, account, asked(**changed))
        with hall.log.reading() as session:
            own = bidders.registration_of(session, account)
        assert own is not None
        return own.registration

    def refused(why: str, account: str, **changed: object) -> None:
        hall.refused(why, "system", commands.register_bidder, account, asked(**changed))

    refused("registry.bad-code-check", "acct-a", code=a_code(300)[:-1] + ("0" if a_code(300)[-1] != "0" else "1"))
    squatter = register("acct-s")
    refused("registry.registration-waits", "acct-s")
    own = register("acct-a")  # whoever came first has won nothing
    with hall.log.reading() as session:
        assert queries.organisation_with_code(session, a_code(300)) is None
        assert queries.roles(session, "acct-a") == []
        assert [one.registration for one in bidders.registrations(session, waiting=True, placed=False)] == [
            squatter,
            own,
        ]
        rows = session.scalars(select(EntryRow.body).where(EntryRow.subject == f"registration:{own}")).all()
    assert not any("张三".encode() in one or b"1390000" in one or b"acct-a" in one for one in rows)

    hall.refused("registry.not-permitted", TENDERER, commands.confirm_registration, own)
    hall.refused("registry.no-such-registration", REGISTRAR, commands.confirm_registration, "0" * 16)
    hall.do(REGISTRAR, commands.refuse_registration, squatter, "来人没有单位授权")
    hall.do(REGISTRAR, commands.confirm_registration, own)
    hall.refused("registry.no-such-registration", REGISTRAR, commands.confirm_registration, own)
    hall.refused("registry.no-such-registration", REGISTRAR, commands.confirm_registration, squatter)
    with hall.log.reading() as session:
        organisation = queries.organisation_with_code(session, a_code(300))
        assert organisation is not None
        assert (organisation.name, organisation.capacities) == (NAME, ("bidder",))
        held = [(one.role, one.organisation) for one in queries.roles(session, "acct-a")]
        assert held == [("bidder", organisation.id)]
        assert queries.roles(session, "acct-s") == []
    refused("registry.application-decided", "acct-a")

    key = KeyRecorded(
        organisation=organisation.id, key="d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )
    hall.do("bidder:acct-a", commands.record_key, key)
    refused("registry.code-on-record", "acct-s")
    refused("registry.nothing-to-claim", "acct-s", code=a_code(301), claim=True)
    refused("registry.name-taken", "acct-s", code=a_code(301))
    claim = register("acct-s", claim=True)
    with hall.log.reading() as session:
        assert queries.roles(session, "acct-s") == [], "a claim is confirmed by a registrar too"
    hall.do(REGISTRAR, commands.confirm_registration, claim)
    with hall.log.reading() as session:
        assert [one.organisation for one in queries.roles(session, "acct-s")] == [organisation.id]
        assert len([one for one in queries.organisations(session) if one.code == a_code(300)]) == 1


def test_who_did_not_claim_gets_no_organisation_that_came_on_record_meanwhile(hall: Hall) -> None:
    for account in ("acct-a", "acct-b"):
        hall.do("system", commands.register_bidder, account, asked())
    with hall.log.reading() as session:
        first, second = bidders.registrations(session, waiting=True, placed=False)
    hall.do(REGISTRAR, commands.confirm_registration, first.registration)
    hall.refused("registry.code-on-record", REGISTRAR, commands.confirm_registration, second.registration)
