"""An evaluation committee at the desks: the tenderer decides on it, the centre lists experts, pages show codes."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from audit.log import Log
from lottery.beacon.relays import BeaconClient
from lottery.committee import committee_code
from tests.api.desk_clerk import faults_of
from tests.api.desk_people import moment
from tests.api.site import ON_SQLITE
from tests.api.trading_desks import LOT, PROJECT, Trading
from tests.ground import FakeClock
from tests.lottery.hall import HOUR, MONDAY, TENDERER, Hall
from trading.commands import decide_draw

pytestmark = ON_SQLITE
LISTED = "ZJ-001 | 给排水 | 专家甲\nZJ-002｜给排水｜专家乙\nZJ-003 | 电气 | 专家丙"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(MONDAY * 1000)


@pytest.fixture
def trading(app: FastAPI, log: Log, clock: FakeClock) -> Iterator[Trading]:
    found = Trading(app, Hall(log, clock, BeaconClient([]), agencies=2))
    yield found
    found.close()


def test_a_committee_is_decided_listed_planned_and_shown_by_codes(trading: Trading) -> None:
    hall = trading.hall
    trading.register()
    tenderer, registrar = trading.at("tenderer"), trading.at("registrar")
    tenderer.do(f"{LOT}/notice/announcement/open_tender", **trading.announcement())
    desk = tenderer.get(f"/desk/projects/{PROJECT}").text
    address = f"/desk/projects/{PROJECT}/committees/1"
    assert f'href="{address}"' in desk
    assert "决定抽取评标专家" in tenderer.get(address).text
    assert "专家劳务报酬" in tenderer.get(address).text
    assert tenderer.get(f"/desk/projects/{PROJECT}/committees/9").status_code == 404
    hall.do(TENDERER, decide_draw, hall.decision(project_code=committee_code(PROJECT, "1", 1)))

    experts = f"/desk/draws/{hall.draw_id}/experts"
    assert f'href="{experts}"' in registrar.get(f"/desk/draws/{hall.draw_id}").text
    assert registrar.get(f"/desk/draws/{hall.draw_id}/call").status_code == 409
    form = registrar.form(experts)
    times = moment(MONDAY + 49 * HOUR)
    for wrong in ({"experts": "ZJ-001 | 给排水"}, {"avoided": "ZJ-009 | 不喜欢 | 无"}):
        given: dict[str, Any] = {"experts": LISTED, "avoided": "", "draws_at": times, **wrong}
        assert faults_of(registrar.send(form, **given)) == ["api.bad-field"]
    avoided = "ZJ-009 | 本单位人员 | 招标人在职人员"
    registrar.do(experts, experts=LISTED, avoided=avoided, draws_at=times)
    draw = hall.draw()
    assert draw.experts is not None
    assert [one.code for one in draw.experts.event.experts] == ["ZJ-001", "ZJ-002", "ZJ-003"]
    assert [(one.code, one.reason) for one in draw.experts.event.avoided] == [("ZJ-009", "EMPLOYED")]

    hall.clock.advance(HOUR)
    hall.publish_plan("dice", winners=1, alternates=1, min_agents=3, code_scheme="opaque")
    hall.publish_roster()
    for language in ("en", "zh"):
        page = registrar.get(f"/draws/{hall.draw_id}?lang={language}")
        assert page.status_code == 200
        assert "ZJ-001" in page.text
        assert "专家甲" not in page.text
        assert f'href="/projects/{PROJECT}"' in page.text
        assert "/agencies/ZJ" not in page.text
    assert "专家编号" in page.text
    assert registrar.get(f"/draws/{hall.draw_id}/state").json()["is_committee"] is True
    assert "代理费" not in page.text
    for path in (
        "/draws",
        f"/projects/{PROJECT}",
        "/fairness",
        "/api/v1/draws",
        f"/draws/{hall.draw_id}/screen",
        "/desk/draws",
    ):
        assert registrar.get(path).status_code == 200
        assert "专家甲" not in registrar.get(path).text
    for path in (f"/projects/{PROJECT}", f"/desk/projects/{PROJECT}"):
        assert re.search(rf"/draws/{hall.draw_id}.{{0,80}}抽取评标专家", registrar.get(path).text, re.DOTALL)
    assert registrar.get(f"/draws/{hall.draw_id}/why/ZJ-001").status_code == 404
