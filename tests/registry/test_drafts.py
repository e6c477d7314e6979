"""Drafts are saved again and again, and never overwrite what another window saved."""

import pytest

from audit.entry import SYSTEM
from registry import drafts, errors
from tests.registry.builders import Register, a_code, at_once
from tests.registry.forms import Forms, an_agency_form


@pytest.fixture
def owner(register: Register) -> str:
    """An agency's organisation with two agents."""
    register.organisation("agency-1", an_agency_form(1).name, "agency", code=a_code(1))
    for account in ("g1", "g2"):
        register.grant(account, "agent", "agency-1")
    return "agency-1"


def save(register: Register, owner: str, content: dict[str, object], revision: int, by: str = "g1") -> int:
    saved: int = register.do(f"agent:{by}", drafts.save, owner, "agency", None, content, revision, by)
    return saved


def test_a_draft_comes_back_as_it_was_typed(register: Register, owner: str) -> None:
    content: dict[str, object] = {"name": " 未检查 \u202e", "scope": ["一", ""]}
    assert save(register, owner, content, 0) == 1
    with register.log.reading() as session:
        draft = drafts.load(session, owner, "agency")
        assert drafts.load(session, owner, "legal_person") is None
    assert draft is not None
    assert (draft.content, draft.revision, draft.saved_by) == (content, 1, "g1")


def test_an_older_window_is_told_and_overwrites_nothing(register: Register, owner: str) -> None:
    save(register, owner, {"name": "甲"}, 0)
    save(register, owner, {"name": "乙"}, 1, by="g2")
    for revision in (0, 1, 3):
        with pytest.raises(errors.DraftMoved) as moved:
            save(register, owner, {"name": "丙"}, revision)
        assert moved.value.facts == {"revision": 2}
    with register.log.reading() as session:
        draft = drafts.load(session, owner, "agency")
    assert draft is not None
    assert draft.content == {"name": "乙"}


def test_of_two_windows_at_once_one_saves(register: Register, owner: str) -> None:
    def type_(name: str) -> None:
        save(register, owner, {"name": name}, 0)

    raised = at_once(lambda: type_("甲"), lambda: type_("乙"))
    assert sorted(type(one).__name__ for one in raised) == ["DraftMoved", "NoneType"]


def test_nobody_saves_for_another_organisation(register: Register, owner: str) -> None:
    with pytest.raises(errors.NotThatAgency):
        save(register, "agency-2", {}, 0)
    with pytest.raises(errors.NotPermitted):
        register.do(SYSTEM, drafts.save, owner, "agency", None, {}, 0, "g1")


def test_an_endless_draft_is_refused(register: Register, owner: str) -> None:
    with pytest.raises(errors.BadFact):
        save(register, owner, {"name": "字" * drafts.MAX_BYTES}, 0)


def test_what_is_handed_in_is_a_draft_no_more(forms: Forms, register: Register, owner: str) -> None:
    save(register, owner, {"name": "甲"}, 0)
    forms.agency(1, by="agent:g1")
    with register.log.reading() as session:
        assert drafts.all_of(session, owner) == []
