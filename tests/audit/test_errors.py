"""Refusals: a code, two languages, the facts; they survive the way to another process."""

import importlib
import pickle
import pkgutil
import string

import pytest

import audit
from audit.errors import Refusal, Unreadable


class TooLate(Refusal):
    code = "test.too-late"
    zh = "已过 {hours} 小时"
    en = "{hours} hours too late"


def subclasses(of: type[Refusal]) -> list[type[Refusal]]:
    return [inner for direct in of.__subclasses__() for inner in (direct, *subclasses(direct))]


def audit_refusals() -> list[type[Refusal]]:
    for module in pkgutil.iter_modules(audit.__path__):
        if module.name != "_migrations":
            importlib.import_module(f"audit.{module.name}")
    return [refusal for refusal in subclasses(Refusal) if refusal.__module__.startswith("audit.")]


def test_a_refusal_speaks_chinese_first() -> None:
    refusal = TooLate(hours=3)
    assert (str(refusal), refusal.message("zh"), refusal.message("en")) == (
        "已过 3 小时",
        "已过 3 小时",
        "3 hours too late",
    )
    assert refusal.message("fr") == refusal.message("en")


def test_a_refusal_keeps_its_facts_on_the_way_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(TooLate(hours=3)))
    assert (type(copy), copy.facts, str(copy)) == (TooLate, {"hours": 3}, "已过 3 小时")
    assert isinstance(pickle.loads(pickle.dumps(Unreadable(what="DIR", why="gone"))), Unreadable)


def test_facts_that_look_like_templates_stay_as_they_are() -> None:
    assert "{what} {0}" in Unreadable(what="{what} {0}", why="").message("en")


@pytest.mark.parametrize("refusal", audit_refusals(), ids=lambda refusal: refusal.__name__)
def test_both_languages_of_every_refusal_tell_the_same_facts(refusal: type[Refusal]) -> None:
    facts = [
        {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
        for template in (refusal.zh, refusal.en)
    ]
    assert facts[0] == facts[1]
    assert refusal.code.startswith("audit.")


def test_no_code_stands_for_two_reasons() -> None:
    defined = [refusal.code for refusal in audit_refusals() if "code" in vars(refusal)]
    assert len(defined) == len(set(defined))
