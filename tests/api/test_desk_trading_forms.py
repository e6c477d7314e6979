"""Forms made from classes of events: what is asked, and that what was filled in is the event again."""

import hashlib
from typing import Any, Literal, get_args, get_origin

import pytest

from api.forms_events import Asked, Member, body_of, fields_of, files_of, is_moment, members_of
from api.forms_words import VALUES
from api.i18n import Lang
from api.routes.desk_forms import Faults, Field, Upload, read
from audit.events import KINDS, Event, Part
from tests.ground import FakeClock  # noqa: F401 - loads every package that writes entries
from trading import events
from trading.events import BiddingClosed, CandidatesPublicised, EvaluationCompleted, LotEvent, LotFailed, LotTerminated

BY_ITSELF = ("trading.rule_breached", "trading.relations_listed")
"""What only the program writes, and no form asks."""
PLAIN = sorted(
    (one for one in KINDS.values() if issubclass(one, LotEvent) and one.kind not in BY_ITSELF),
    key=lambda one: one.kind,
)
FIXED = {"project": "XM-1", "lot": "1", "round": 1}
FILE = Upload("文件.pdf", "application/pdf", b"%PDF-1.7")


def a_value(member: Member, number: int) -> Any:
    if member.is_file:
        return hashlib.sha256(FILE.data).hexdigest()
    if member.part is not None:
        return a_body(member.part, number)
    if get_origin(member.base) is Literal:
        return get_args(member.base)[0]
    if member.base is bool:
        return True
    if member.base is int:
        return 1_700_000_000 + number if is_moment(member.name) else 100_050 + number
    return {"starts": "2026-03-02", "ends": "2026-09-01"}.get(member.name, f"{member.name} {number}")


def a_body(model: type[Event] | type[Part], number: int = 1) -> dict[str, Any]:
    return {
        one.name: [a_value(one, 1), a_value(one, 2)] if one.is_list else a_value(one, number)
        for one in members_of(model)
    }


def typed(fields: tuple[Field, ...]) -> dict[str, list[str]]:
    return {one.name: one.initial for one in fields}


@pytest.mark.parametrize("lines", [False, True])
@pytest.mark.parametrize("model", PLAIN, ids=lambda one: one.kind)
def test_what_a_form_shows_first_is_the_event_when_it_is_sent(model: type[Event], lines: bool) -> None:
    body = a_body(model) | FIXED
    parts = [one.name for one in members_of(model) if one.is_list and one.part is not None]
    if lines and (not parts or any(files_of(one.part) for one in members_of(model) if one.part)):
        parts = []
    asked = Asked("zh", fixed=FIXED, values=body, rows=dict.fromkeys(parts, 0) if lines else {})
    fields = fields_of(model, asked)
    assert all(one.label and one.label != one.name.rpartition("-")[2] for one in fields), [one.label for one in fields]
    uploads = {one.name: FILE for one in fields if one.type == "file"}
    given = read(fields, typed(fields), uploads, "zh")
    assert model.of(body_of(model, given, asked)).body() == model.of(body).body()


def test_every_choice_and_every_label_has_its_words_in_both_languages() -> None:
    for model in PLAIN:
        for member in members_of(model):
            inner = members_of(member.part) if member.part else [member]
            for one in inner:
                if get_origin(one.base) is Literal and one.name not in ("custody", "outcome"):
                    assert set(get_args(one.base)) <= set(VALUES[one.name]), (model.kind, one.name)
    assert set(get_args(events.Outcome)) <= set(VALUES["outcome"])
    langs: tuple[Lang, ...] = ("zh", "en")
    for model in PLAIN:
        zh, en = (fields_of(model, Asked(lang, fixed=FIXED, values=a_body(model))) for lang in langs)
        for left, right in zip(zh, en, strict=True):
            assert left.name == right.name
            assert right.label.isascii(), right.label
            assert left.type == right.type


def test_money_is_typed_in_yuan_and_moments_in_beijing() -> None:
    asked = Asked("zh", fixed=FIXED | {"members": []})
    fields = fields_of(CandidatesPublicised, asked)
    raw = {
        "candidates-0-rank": ["1"],
        "candidates-0-bidder": ["演示建设有限公司"],
        "candidates-0-bidder_code": ["91000000DEMO00001X"],
        "candidates-0-price_fen": ["1,234.5"],
        "publicised_from": ["2026-03-02T09:00"],
        "publicised_until": ["2026-03-05 24:00"],
        "channel": ["演示市住建局"],
    }
    with pytest.raises(Faults) as found:
        read(fields, raw, {}, "zh")
    assert [(one.field, one.code) for one in found.value.faults] == [("publicised_until", "api.bad-field")]
    given = read(fields, raw | {"publicised_until": ["2026-03-06 00:00"]}, {}, "zh")
    body = body_of(CandidatesPublicised, given, asked)
    assert body["candidates"][0]["price_fen"] == 123_450
    assert body["publicised_from"] == 1_772_413_200  # 01:00 in Greenwich
    assert CandidatesPublicised.of(body).occurred_at is None


def test_a_row_that_is_not_whole_is_told_beside_its_field() -> None:
    asked = Asked("zh", fixed=FIXED | {"members": []}, rows={"candidates": 3})
    fields = fields_of(CandidatesPublicised, asked)
    raw = {one.name: [""] for one in fields} | {
        "candidates-0-rank": ["1"],
        "candidates-0-bidder": ["甲"],
        "candidates-0-bidder_code": ["91000000DEMO00001X"],
        "candidates-2-bidder": ["丙"],
        "publicised_from": ["2026-03-02T09:00"],
        "publicised_until": ["2026-03-06T09:00"],
        "channel": ["演示市住建局"],
    }
    given = read(fields, raw, {}, "zh")
    with pytest.raises(Exception, match="整行留空"):
        body_of(CandidatesPublicised, given, asked)


def test_a_long_list_is_lines_and_a_bad_line_is_quoted() -> None:
    scores = [{"receipt": f"{number:032x}", "rank": number, "score_milli": None} for number in range(1, 9)]
    asked = Asked("zh", fixed=FIXED, values={"scores": scores})
    fields = fields_of(EvaluationCompleted, asked)
    (lines,) = [one for one in fields if one.name == "scores"]
    assert lines.type == "lines"
    assert lines.hint.startswith("每行一个：")
    raw = typed(fields)
    given = read(fields, raw, {"report_sha256": FILE}, "zh")
    assert body_of(EvaluationCompleted, given, asked)["scores"] == scores
    for bad in ("abc | x |", "a | 1 | 2 | 3", "a"):
        spoilt = read(fields, raw | {"scores": [bad]}, {"report_sha256": FILE}, "zh")
        with pytest.raises(Exception, match="有一行不合格式"):
            body_of(EvaluationCompleted, spoilt, asked)


def test_what_is_known_is_not_asked_and_what_may_be_chosen_is_a_choice() -> None:
    asked = Asked("en", fixed=FIXED | {"failure": "too_few"}, values={"bids": 2}, choices={"reason": [("a", "A")]})
    fields = {one.name: one for one in fields_of(LotFailed, asked)}
    assert set(fields) == {"occurred_at", "reason", "bids"}
    assert (fields["reason"].type, fields["bids"].value) == ("choice", "2")
    assert [one.name for one in fields_of(LotTerminated, Asked("zh", fixed=FIXED)) if one.needed] == ["reason"]
    assert files_of(BiddingClosed) == []
    assert files_of(EvaluationCompleted) == ["report_sha256"]
