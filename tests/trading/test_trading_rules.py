from typing import Any

import pytest

from audit.entry import File
from audit.errors import Refusal
from tests.trading.builders import a_notice, a_project
from trading import errors, rules
from trading.events import NoticePublished, ProjectRegistered, Trade
from trading.model import CATEGORIES, Content, paragraphs


@pytest.mark.parametrize(
    "code", ["XM-2023-0001", "沈采购[2023]12号", "E3502060201200048001", "GC530100（一）", "x" * 64]
)
def test_codes_of_other_systems_are_taken_as_they_are(code: str) -> None:
    rules.check_project(a_project(code=code))


@pytest.mark.parametrize(
    "changed",
    [
        {"code": ""},
        {"code": "x" * 65},
        {"code": "a b"},
        {"code": "a/b"},
        {"code": "a%2f"},
        {"code": "a\u200bb"},
        {"title": "两  格"},
        {"legal_basis": ""},
        {"class_code": " A"},
        {"approval": ""},
        {"region": "2101"},
        {"lots": []},
        {"estimate_fen": -1},
        {"lots": [{"lot": "1", "title": "一", "estimate_fen": None}] * 2},
        {"lots": [{"lot": "1", "title": "", "estimate_fen": None}]},
        {"lots": [{"lot": "1", "title": "一", "estimate_fen": -1}]},
        {"lots": [{"lot": f"{n}", "title": "一", "estimate_fen": 0} for n in range(rules.MAX_LOTS + 1)]},
    ],
)
def test_wrong_projects_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_project(a_project(**changed))
    assert refusal.value.message("zh") != refusal.value.message("en")


@pytest.mark.parametrize("trade", ["A", "B", "C", "D"])
def test_the_four_kinds_of_trade_are_registered_each_with_a_category_of_its_own(trade: Trade) -> None:
    for category in ("works", "goods", "services", "land", "mining", *CATEGORIES["C"], None):
        project = a_project(trade=trade, category=category)
        if category in CATEGORIES[trade]:
            rules.check_project(project)
        else:
            with pytest.raises(errors.BadCategory):
                rules.check_project(project)


def test_a_fifth_kind_of_trade_is_no_project() -> None:
    with pytest.raises(ValueError, match="trade"):
        a_project(trade="E")


@pytest.mark.parametrize(
    "changed",
    [
        {"notice": "GG-1"},
        {"notice": "gg"},
        {"version": 2},
        {"round": 0},
        {"round": rules.MAX_ROUND + 1},
        {"title": ""},
        {"text": []},
        {"text": ["一", ""]},
        {"valid_until": 100, "valid_from": 100},
        {"valid_from": -1},
        {"media": ["甲", "甲"]},
        {"media": [""]},
        {"media": [f"{n}" for n in range(rules.MAX_MEDIA + 1)]},
    ],
)
def test_wrong_notices_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.check_notice(a_notice(**changed))
    assert refusal.value.message("zh") != refusal.value.message("en")


def test_a_notice_may_be_valid_for_one_second_or_without_end() -> None:
    rules.check_notice(a_notice(valid_from=100, valid_until=101))
    rules.check_notice(a_notice(valid_until=None))


def test_a_correction_lists_what_differs_and_nothing_else() -> None:
    old = Content("题", ("一",), 1, 2, ())
    new = Content("题", ("二",), 1, 3, ())
    file = File("文件.pdf", "application/pdf", 1, "0" * 64)
    assert rules.changed_fields(old, new, [file], [file]) == ["text", "valid_until"]
    assert rules.changed_fields(old, old, [file], []) == ["files"]
    assert rules.changed_fields(old, old, (file,), [file]) == []


def test_what_is_typed_becomes_paragraphs_that_an_entry_can_hold() -> None:
    assert paragraphs("一、范围\r\n\r\n\u3000\u3000二、条件 \n\t\n三") == ["一、范围", "二、条件", "三"]
    assert paragraphs(" \n ") == []


def test_events_are_closed() -> None:
    for event in (ProjectRegistered, NoticePublished):
        with pytest.raises(ValueError, match="extra"):
            event.of(a_project().body() | a_notice().body() | {"phone": "1"})


def test_every_refusal_has_its_own_code() -> None:
    refusals = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Refusal)]
    assert len({one.code for one in refusals}) == len(refusals)
    assert all(one.code.startswith("trading.") for one in refusals)
