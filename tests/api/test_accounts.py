"""Accounts, sessions and the slowing of guesses, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from api import accounts, passwords, throttle
from api.errors import (
    BadSignInName,
    NoSuchAccount,
    PasswordTooShort,
    SignInNameTaken,
    TooManyAttempts,
    WrongSignIn,
)
from api.tables import AccountRow, SessionRow, SignInAttemptsRow
from audit.errors import Refusal
from audit.log import Log
from registry import commands as registry
from registry import queries
from registry.events import RoleGranted
from registry.identity import BadIdentityNumber
from tests.api.site import PASSWORD, catch_up, make_member, make_organisation
from tests.ground import FakeClock

HERE = "192.0.2.1"
THERE = "198.51.100.9"
IDENTITY = "11010519491231002X"  # the example of GB 11643-1999 itself


def test_who_signs_in_is_known_by_the_token_until_the_day_is_over(log: Log, clock: FakeClock) -> None:
    account = make_member(log, "zhang.wei", "admin")
    token = accounts.sign_in(log, "Zhang.Wei", PASSWORD, HERE)
    user = accounts.who(log, token)
    assert user is not None
    assert (user.account, user.name, user.holds("admin"), user.holds("operator")) == (account, "zhang.wei", True, False)
    for _ in range(3):
        clock.advance(accounts.IDLE / 1000 - 1)
        alive = accounts.who(log, token)
    assert alive is not None
    clock.now = user_end(log)
    assert accounts.who(log, token) is None


def user_end(log: Log) -> int:
    with log.reading() as session:
        return session.scalars(select(SessionRow.expires)).one()


def test_a_session_ends_after_four_silent_hours_exactly(log: Log, clock: FakeClock) -> None:
    make_member(log, "zhang.wei")
    token = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    clock.now += accounts.IDLE - 1
    assert accounts.who(log, token) is not None
    clock.now += accounts.IDLE
    assert accounts.who(log, token) is None


def test_signing_out_ends_this_session_and_no_other(log: Log) -> None:
    make_member(log, "zhang.wei")
    here, there = (accounts.sign_in(log, "zhang.wei", PASSWORD, HERE) for _ in range(2))
    accounts.sign_out(log, here)
    assert accounts.who(log, here) is None
    assert accounts.who(log, there) is not None


def test_signing_in_again_replaces_the_browsers_former_session(log: Log) -> None:
    make_member(log, "zhang.wei")
    former = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    token = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE, former=former)
    assert token != former
    assert accounts.who(log, former) is None


def test_tokens_passwords_names_tried_and_addresses_are_not_in_the_database(log: Log) -> None:
    make_member(log, "zhang.wei")
    token = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    with pytest.raises(WrongSignIn):
        accounts.sign_in(log, "li.na", "some wrong password", HERE)
    with log.reading() as session:
        rows = [
            vars(row)
            for table in (AccountRow, SessionRow, SignInAttemptsRow)
            for row in session.scalars(select(table)).all()
        ]
    kept = str(rows)
    for secret in (token, PASSWORD, "li.na", "some wrong password", HERE):
        assert secret not in kept


def test_an_unknown_name_a_wrong_password_and_a_closed_account_are_told_alike(log: Log) -> None:
    closed = make_member(log, "closed.one")
    make_member(log, "zhang.wei")
    accounts.close_account(log, closed)
    told = []
    for name, password in [
        ("nobody", PASSWORD),
        ("zhang.wei", "wrong wrong wrong"),
        ("closed.one", PASSWORD),
        ("\0", ""),
    ]:
        with pytest.raises(WrongSignIn) as refused:
            accounts.sign_in(log, name, password, HERE)
        told.append(refused.value.message())
    assert len(set(told)) == 1


def test_an_unknown_name_costs_a_hash_like_a_known_one(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    make_member(log, "zhang.wei")
    asked: list[str | None] = []
    right = passwords.is_right

    def counted(password: str, stored: str | None) -> bool:
        asked.append(stored)
        return right(password, stored)

    monkeypatch.setattr(passwords, "is_right", counted)
    for name in ("zhang.wei", "nobody", "аdmin"):
        with pytest.raises(WrongSignIn):
            accounts.sign_in(log, name, "wrong wrong wrong", HERE)
    assert len(asked) == 3


def test_closing_an_account_ends_its_sessions(log: Log) -> None:
    account = make_member(log, "zhang.wei")
    token = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    accounts.close_account(log, account)
    assert accounts.who(log, token) is None
    with pytest.raises(NoSuchAccount):
        accounts.close_account(log, "nobody")


def test_a_new_password_ends_every_session(log: Log) -> None:
    account = make_member(log, "zhang.wei")
    token = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    with pytest.raises(PasswordTooShort):
        accounts.change_password(log, account, "short")
    assert accounts.who(log, token) is not None
    accounts.change_password(log, account, "another good one 7")
    assert accounts.who(log, token) is None
    with pytest.raises(WrongSignIn):
        accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    accounts.sign_in(log, "zhang.wei", "another good one 7", HERE)
    with pytest.raises(NoSuchAccount):
        accounts.change_password(log, "nobody", "another good one 7")


def test_an_account_id_is_a_pseudonym_that_an_actor_may_hold() -> None:
    made = {accounts.new_account_id() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) >= 10 and set(one) <= set("-_" + "".join(map(chr, range(48, 123)))) for one in made)


@pytest.mark.parametrize("other", ["zhang.wei", "ZHANG.WEI", "ｚhang.wei"])
def test_one_name_is_one_account(log: Log, other: str) -> None:
    accounts.create_account(log, "zhang.wei", PASSWORD)
    with pytest.raises(SignInNameTaken):
        accounts.create_account(log, other, PASSWORD)


def test_two_at_once_do_not_get_one_name(log: Log) -> None:
    def create(_: int) -> str | None:
        try:
            return accounts.create_account(log, "zhang.wei", PASSWORD)
        except SignInNameTaken:
            return None

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(create, range(4)))
    assert sum(one is not None for one in made) == 1


def test_a_bad_name_or_identity_number_makes_no_account(log: Log) -> None:
    with pytest.raises(BadSignInName):
        accounts.create_account(log, "аdmin", PASSWORD)
    with pytest.raises(BadIdentityNumber):
        accounts.create_account(log, "zhang.wei", PASSWORD, "110105194912310021")
    with log.reading() as session:
        assert session.scalars(select(AccountRow)).all() == []


def test_two_accounts_of_one_person_do_not_add_up_to_both_sides(log: Log) -> None:
    make_organisation(log, "jzx", "盛岳市公共资源交易中心", "centre", "supervisor")
    one = accounts.create_account(log, "zhang.wei", PASSWORD, IDENTITY)
    two = accounts.create_account(log, "zhang.wei.2", PASSWORD, "11010519491231002x")
    grant(log, one, "operator")
    with pytest.raises(Refusal) as refused:
        grant(log, two, "supervisor")
    assert refused.value.code == "registry.roles-conflict"
    with log.reading() as session:
        assert queries.holder(session, one) == queries.holder(session, two)
        assert IDENTITY not in str(queries.holder(session, one))


def grant(log: Log, account: str, role: str) -> None:
    with log.act("system") as act:
        registry.grant_role(act, RoleGranted.of({"account": account, "role": role, "organisation": None}))


def test_nothing_of_accounts_reaches_the_log_but_roles(log: Log) -> None:
    accounts.create_account(log, "zhang.wei", PASSWORD, IDENTITY)
    token = accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    accounts.sign_out(log, token)
    assert catch_up(log) == 1  # the opening


# Guessing


def fail(log: Log, name: str, address: str) -> None:
    with pytest.raises(WrongSignIn):
        accounts.sign_in(log, name, "wrong wrong wrong", address)


def test_five_wrong_passwords_stop_that_name_at_that_address_only(log: Log, clock: FakeClock) -> None:
    make_member(log, "zhang.wei")
    make_member(log, "li.na")
    for _ in range(5):
        fail(log, "zhang.wei", HERE)
    with pytest.raises(TooManyAttempts) as refused:
        accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    assert refused.value.facts == {"minutes": 15}
    accounts.sign_in(log, "zhang.wei", PASSWORD, THERE)
    accounts.sign_in(log, "li.na", PASSWORD, HERE)
    clock.now += throttle.WINDOW - 1
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    clock.now += 1
    accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)


def test_a_right_password_forgives_the_wrong_ones_before_it(log: Log) -> None:
    make_member(log, "zhang.wei")
    for _ in range(3):
        for _ in range(4):
            fail(log, "zhang.wei", HERE)
        accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)


def test_an_address_that_tries_many_names_is_stopped(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.LIMITS, "address", 7)
    make_member(log, "zhang.wei")
    for number in range(7):
        fail(log, f"name{number}", HERE)
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    accounts.sign_in(log, "zhang.wei", PASSWORD, THERE)


def test_a_flood_on_one_name_from_everywhere_stops_that_name(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.LIMITS, "name", 7)
    make_member(log, "zhang.wei")
    for number in range(7):
        fail(log, "zhang.wei", f"203.0.113.{number}")
    with pytest.raises(TooManyAttempts):
        accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)


def test_many_guesses_at_once_are_no_more_than_five(log: Log) -> None:
    make_member(log, "zhang.wei")

    def guess(_: int) -> str:
        try:
            accounts.sign_in(log, "zhang.wei", "wrong wrong wrong", HERE)
        except Refusal as refusal:
            return refusal.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(guess, range(16)))
    assert told.count("api.wrong-sign-in") == 5
    assert told.count("api.too-many-attempts") == 11


def test_what_has_ended_is_forgotten(log: Log, clock: FakeClock) -> None:
    make_member(log, "zhang.wei")
    accounts.sign_in(log, "zhang.wei", PASSWORD, HERE)
    fail(log, "li.na", HERE)
    clock.now += accounts.SESSION
    accounts.forget_ended(log)
    with log.reading() as session:
        assert session.scalars(select(SessionRow)).all() == []
        assert session.scalars(select(SignInAttemptsRow)).all() == []
