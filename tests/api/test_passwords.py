"""The form of sign-in names and passwords."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api import passwords
from api.errors import BadSignInName, PasswordTooLong, PasswordTooPlain, PasswordTooShort

AS_SERVED = passwords._hasher
"""Kept while the file is read, before the run's cheap one takes its place."""


@pytest.mark.parametrize("name", ["zhang.wei", "张伟", "a1", "zhang@jzx", "x" * 64])
def test_a_plain_name_is_kept_as_it_is(name: str) -> None:
    assert passwords.normal_name(name) == name


@pytest.mark.parametrize("name", ["Zhang.Wei", "ＺＨＡＮＧ.ｗｅｉ", " zhang.wei "])
def test_case_width_and_blanks_around_make_no_other_name(name: str) -> None:
    assert passwords.normal_name(name) == "zhang.wei"


@pytest.mark.parametrize(
    "name",
    ["", "a", "x" * 65, "аdmin", "admın", "zhang wei", "a\0b", "a\u200bb", "a'--", "<b>x", "ab\u202e", "\ud800x"],
)
def test_look_alikes_and_odd_characters_are_refused(name: str) -> None:
    with pytest.raises(BadSignInName):
        passwords.normal_name(name)


@given(st.text(max_size=80))
def test_a_normal_name_is_its_own_normal_name(name: str) -> None:
    try:
        normal = passwords.normal_name(name)
    except BadSignInName:
        return
    assert passwords.normal_name(normal) == normal
    assert 2 <= len(normal) <= 64


def test_twelve_characters_are_enough_and_eleven_are_not() -> None:
    passwords.check_password("abcdefghij12", "zhang")
    with pytest.raises(PasswordTooShort):
        passwords.check_password("abcdefghij1", "zhang")
    passwords.check_password("ab1cd" * 51 + "x", "zhang")
    with pytest.raises(PasswordTooLong):
        passwords.check_password("ab1cd" * 51 + "xy", "zhang")


@pytest.mark.parametrize("password", ["I am Zhang.Wei!!", "ＺＨＡＮＧ.ＷＥＩ 123456", "aaaabbbbccccdddd"])
def test_the_name_in_it_or_four_characters_over_and_over_are_refused(password: str) -> None:
    with pytest.raises(PasswordTooPlain):
        passwords.check_password(password, "zhang.wei")


def test_a_password_is_right_however_its_accents_were_typed() -> None:
    stored = passwords.hashed("caf\u00e9 au lait 12")
    assert passwords.is_right("cafe\u0301 au lait 12", stored)
    assert not passwords.is_right("cafe au lait 12", stored)
    assert not passwords.is_right("x" * 300, stored)
    assert not passwords.is_right("caf\u00e9 au lait 12", None)


def test_a_stored_password_costs_a_guesser_what_rfc_9106_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", AS_SERVED)
    stored = passwords.hashed("correct horse battery 9")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.is_right("correct horse battery 9", stored)


def test_one_password_is_stored_differently_each_time() -> None:
    assert passwords.hashed("correct horse battery 9") != passwords.hashed("correct horse battery 9")
