"""The decision, its number, one draw for one project, the call and its answers."""

from typing import Any

import pytest

from lottery import commands, events, queries, rules
from lottery.model import State, subject
from registry import commands as registry
from registry.events import KeyRecorded, KeyRevoked, RoleRevoked
from tests.lottery.hall import (
    HOUR,
    OPERATOR,
    ORGANISATIONS,
    PROJECT,
    REGISTRAR,
    TENDERER,
    Hall,
    a_code,
    a_key,
    public_half,
    signatures,
    signed,
)

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

CONDITIONS = events.Conditions(text="在册机构均可报名", fields=["工程建设"])


def test_the_first_draw_of_the_year_has_number_one(hall: Hall) -> None:
    with hall.log.reading() as session:
        assert queries.next_draw_id(session, "MT", 2023) == "MT-2023-0001"
        assert queries.next_draw_id(session, "SY", 2023) == "SY-2023-0001"
        assert queries.next_draw_id(session, "MT", 2023, True) == "DRILL-MT-2023-0001"
    hall.decide()
    with hall.log.reading() as session:
        assert queries.next_draw_id(session, "MT", 2023) == "MT-2023-0002"
        assert queries.next_draw_id(session, "MT", 2023, True) == "DRILL-MT-2023-0001"
        assert queries.next_draw_id(session, "MT", 2024) == "MT-2024-0001"


@pytest.mark.parametrize("draw_id", ["MT-2023-0002", "MT-2023-0000", "SY-2023-0003"])
def test_numbers_have_no_gaps(hall: Hall, draw_id: str) -> None:
    hall.refused("lottery.draw-id-not-next", TENDERER, commands.decide, hall.decision(draw_id))


@pytest.mark.parametrize("draw_id", ["MT-2024-0001", "mt-2023-0001", "MT-2023-1", "MT-2023-00001", "DRILL-2023-0001"])
def test_a_name_of_another_form_or_year_is_refused(hall: Hall, draw_id: str) -> None:
    hall.refused("lottery.bad-draw-id", TENDERER, commands.decide, hall.decision(draw_id))


def test_the_year_is_that_of_beijing(hall: Hall) -> None:
    hall.at(1_704_038_399)  # the last second of 2023
    hall.refused("lottery.bad-draw-id", TENDERER, commands.decide, hall.decision("MT-2024-0001"))
    hall.at(1_704_038_400)
    hall.refused("lottery.bad-draw-id", TENDERER, commands.decide, hall.decision("MT-2023-0001"))
    hall.decide("MT-2024-0001")


def test_a_name_is_given_once(hall: Hall) -> None:
    hall.decide()
    again = hall.decision(project_code="XM-2023-0002")
    hall.refused("lottery.draw-id-not-next", TENDERER, commands.decide, again)


def test_only_the_tenderer_decides_and_signs(hall: Hall) -> None:
    hall.refused("registry.not-permitted", OPERATOR, commands.decide, hall.decision())
    hall.refused("lottery.not-that-organisation", TENDERER, commands.decide, hall.decision(by="centre"))
    hall.refused("registry.role-missing", "tenderer:nobody", commands.decide, hall.decision())
    both = hall.decision()
    about = subject(both.draw_id)
    extra = both.model_copy(update={"signatures": signatures(both, about, "tenderer", "notary")})
    hall.refused("lottery.not-that-organisation", TENDERER, commands.decide, extra)
    unsigned = both.model_copy(update={"signatures": []})
    hall.refused("lottery.not-that-organisation", TENDERER, commands.decide, unsigned)
    altered = both.model_copy(update={"fee": "不收费"})
    hall.refused("audit.wrong-signature", TENDERER, commands.decide, altered)
    moved = signed(both, subject("MT-2023-0002"), "tenderer")
    hall.refused("audit.wrong-signature", TENDERER, commands.decide, moved)


def test_another_organisations_decision_is_refused(hall: Hall) -> None:
    other = hall.decision(tenderer=ORGANISATIONS["notary"][0], by="notary")
    hall.refused("lottery.not-that-organisation", TENDERER, commands.decide, other)
    hall.refused("lottery.unknown-organisation", TENDERER, commands.decide, hall.decision(tenderer="无此单位"))


def test_another_spelling_of_the_tenderer_is_refused(hall: Hall) -> None:
    spelt = hall.decision(tenderer="演示市 建设投资有限公司")
    hall.refused("lottery.unknown-organisation", TENDERER, commands.decide, spelt)


def test_a_key_that_was_revoked_signs_no_more(hall: Hall) -> None:
    key = public_half("tenderer")
    hall.do(REGISTRAR, registry.revoke_key, KeyRevoked(organisation="tenderer", key=key, reason="遗失"))
    hall.refused("lottery.wrong-signers", TENDERER, commands.decide, hall.decision())
    hall.do(REGISTRAR, registry.record_key, KeyRecorded(organisation="tenderer", key=public_half("second")))
    bare = hall.decision().model_copy(update={"signatures": []})
    hall.do(TENDERER, commands.decide, signed(bare, subject(bare.draw_id), "second"))
    assert a_key("second") is not None


def test_an_account_that_lost_its_role_acts_no_more(hall: Hall) -> None:
    hall.do("admin:ad1", registry.revoke_role, RoleRevoked(account="te1", role="tenderer", reason="离职"))
    hall.refused("registry.role-missing", TENDERER, commands.decide, hall.decision())


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": ""},
        {"scope": "x" * 2001},
        {"fee": " 免费"},
        {"project_name": "名" * 201},
        {"project_code": "A\u3000"},
        {"scope": "\u0378"},
    ],
)
def test_texts_must_be_texts(hall: Hall, changed: dict[str, str]) -> None:
    hall.refused("lottery.bad-text", TENDERER, commands.decide, hall.decision(**changed))


@pytest.mark.parametrize(
    ("member", "length", "limit"),
    [("project_name", 201, 200), ("scope", 2001, 2000), ("fee", 2002, 2000), ("former_reason", 2001, 2000)],
)
def test_a_text_that_is_too_long_is_told_its_own_limit(hall: Hall, member: str, length: int, limit: int) -> None:
    refusal = hall.refused("lottery.bad-text", TENDERER, commands.decide, hall.decision(**{member: "长" * length}))
    assert f"1 至 {limit} 个字符（现有 {length} 个）" in refusal.message("zh")
    assert f"1 to {limit} characters (it has {length})" in refusal.message("en")


def test_a_forbidden_code_point_is_refused_by_the_log(hall: Hall) -> None:
    hall.refused("audit.forbidden-character", TENDERER, commands.decide, _signed_raw(hall, "施工\u202e招标"))


def _signed_raw(hall: Hall, scope: str) -> events.Decided:
    """A decision whose signature cannot even be made, since the text has no canonical form."""
    return hall.decision().model_copy(update={"scope": scope})


# One project, one draw


def test_a_second_decision_for_a_project_is_refused(hall: Hall) -> None:
    hall.prepare()
    second = hall.decision("MT-2023-0002", former_draw="MT-2023-0001", former_reason="重来")
    hall.refused("lottery.project-has-draw", TENDERER, commands.decide, second)
    hall.to_result()
    hall.refused("lottery.project-has-draw", TENDERER, commands.decide, second)
    hall.decide("MT-2023-0002", project_code="XM-2023-0002")


def test_a_draw_given_up_before_its_seal_may_be_followed(hall: Hall) -> None:
    hall.prepare()
    hall.void("FORCE_MAJEURE")
    named = {"former_draw": "MT-2023-0001", "former_reason": "项目调整，原摇号未封存"}
    wrong: list[dict[str, Any]] = [
        {"former_draw": None, "former_reason": None},
        {"former_draw": "MT-2023-0001", "former_reason": None},
        {"former_draw": "MT-2023-0009", "former_reason": "理由"},
    ]
    for changed in wrong:
        event = hall.decision("MT-2023-0002", **changed)
        hall.refused("lottery.former-draw-wrong", TENDERER, commands.decide, event)
    hall.decide("MT-2023-0002", **named)
    assert hall.draw("MT-2023-0001").followed_by == "MT-2023-0002"
    assert hall.state is State.GIVEN_UP
    assert set(hall.actions()) == {"file_objection", "note_meeting", "issue_minutes"}
    plan = hall.plan()
    hall.refused("lottery.given-up", OPERATOR, commands.plan_draw, hall.draw_id, plan, 1, 2)
    third = hall.decision("MT-2023-0003", former_draw="MT-2023-0001", former_reason="再来")
    hall.refused("lottery.former-draw-wrong", TENDERER, commands.decide, third)


def test_a_sealed_attempt_is_never_given_up(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_seal()
    assert hall.attempt.sealed is not None
    second = hall.decision("MT-2023-0002", former_draw="MT-2023-0001", former_reason="重来")
    hall.refused("lottery.project-has-draw", TENDERER, commands.decide, second)
    assert not rules.was_given_up_before_seal(hall.draw())


def test_a_former_draw_that_never_was_is_refused(hall: Hall) -> None:
    event = hall.decision(former_draw="MT-2022-0001", former_reason="理由")
    hall.refused("lottery.former-draw-wrong", TENDERER, commands.decide, event)


def test_a_rehearsal_is_in_nobodys_way(hall: Hall) -> None:
    hall.decide("DRILL-MT-2023-0001")
    hall.decide("DRILL-MT-2023-0002")
    hall.decide("MT-2023-0001")
    with hall.log.reading() as session:
        listed = queries.draws(session, hall.clock.now)
        everything = queries.project_draws(session, hall.clock.now, PROJECT)
    assert [line.draw_id for line in listed] == ["MT-2023-0001"]
    assert [line.is_drill for line in everything] == [False, True, True]


# The call and its answers


def test_a_call_is_published_once_by_an_operator(hall: Hall) -> None:
    now = hall.clock.now // 1000
    call = (hall.draw_id, CONDITIONS, now + HOUR, now + 50 * HOUR)
    hall.refused("lottery.unknown-draw", OPERATOR, commands.publish_call, *call)
    hall.decide()
    hall.refused("registry.not-permitted", TENDERER, commands.publish_call, *call)
    hall.do(OPERATOR, commands.publish_call, *call)
    hall.refused("lottery.not-now", OPERATOR, commands.publish_call, *call)


def test_a_call_ends_after_now_and_before_the_draw(hall: Hall) -> None:
    hall.decide()
    now = hall.clock.now // 1000
    command = commands.publish_call
    hall.refused("lottery.bad-time", OPERATOR, command, hall.draw_id, CONDITIONS, now, now + HOUR)
    hall.refused("lottery.bad-time", OPERATOR, command, hall.draw_id, CONDITIONS, now + 9, now + 9)
    hall.do(OPERATOR, command, hall.draw_id, CONDITIONS, now + 1, now + 2)


def test_sign_up_is_open_until_the_second_it_ends(hall: Hall) -> None:
    hall.decide()
    hall.refused("lottery.not-now", REGISTRAR, commands.sign_up, hall.draw_id, hall.codes[0])
    end = hall.clock.now // 1000 + HOUR
    hall.call(end)
    hall.clock.now = end * 1000 - 1
    hall.sign_up(hall.codes[:1])
    hall.do(REGISTRAR, commands.withdraw_sign_up, hall.draw_id, hall.codes[0])
    hall.sign_up(hall.codes[:1])
    hall.at(end)
    hall.refused("lottery.too-late", REGISTRAR, commands.sign_up, hall.draw_id, hall.codes[1])
    hall.refused("lottery.too-late", REGISTRAR, commands.withdraw_sign_up, hall.draw_id, hall.codes[0])


def test_an_agency_answers_once_and_takes_back_what_it_gave(hall: Hall) -> None:
    hall.decide()
    hall.call()
    one = hall.codes[0]
    hall.refused("lottery.not-signed-up", REGISTRAR, commands.withdraw_sign_up, hall.draw_id, one)
    hall.sign_up([one])
    hall.refused("lottery.signed-up-already", REGISTRAR, commands.sign_up, hall.draw_id, one)
    hall.do(REGISTRAR, commands.withdraw_sign_up, hall.draw_id, one)
    with hall.log.reading() as session:
        assert queries.sign_ups(session, hall.draw_id) == []


def test_only_an_agencys_own_agent_or_a_registrar_answers_for_it(hall: Hall) -> None:
    hall.decide()
    hall.call()
    hall.refused("lottery.unknown-agency", REGISTRAR, commands.sign_up, hall.draw_id, a_code(99))
    hall.refused("registry.not-permitted", OPERATOR, commands.sign_up, hall.draw_id, hall.codes[0])
    hall.tie_agency(0)
    hall.do("agent:ag0", commands.sign_up, hall.draw_id, hall.codes[0])
    hall.refused("lottery.not-that-organisation", "agent:ag0", commands.sign_up, hall.draw_id, hall.codes[1])
