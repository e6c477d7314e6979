"""A commission that its agent has completed: who says so, for whom, and how often."""

import pytest

from lottery.queries import attempt_page
from registry.commands import record_organisation
from registry.events import OrganisationRecorded
from registry.queries.rulebook import CreditFact, credit_facts
from tests.lottery.hall import HOUR, OPERATOR, PROJECT, REGISTRAR, SUPERVISOR, TENDERER, Hall
from tests.trading.builders import a_project
from trading.commands import complete_commission, decide_draw, engage_agent, register_project
from trading.events import AgentEngaged

ACCEPTANCE, DAY = "演验〔2023〕1号", "2023-08-21"


@pytest.fixture
def winner(hall: Hall) -> str:
    """The agency that was drawn for the project, not engaged yet."""
    hall.do(TENDERER, register_project, a_project())
    hall.do(TENDERER, decide_draw, hall.decision())
    hall.call()
    hall.sign_up()
    hall.publish_plan()
    hall.clock.advance(HOUR)
    hall.publish_roster()
    hall.to_result()
    (code,) = attempt_page(hall.log.blobs, hall.attempt).winners
    return code


def engage(hall: Hall, code: str) -> None:
    contract = AgentEngaged(project=PROJECT, draw_id=hall.draw_id, attempt=1, agent=code, contract_number="演委1号")
    hall.do(TENDERER, engage_agent, contract)


def completed(hall: Hall, code: str) -> list[CreditFact]:
    with hall.log.reading() as session:
        return credit_facts(session, code, "commission_completed", placed=True)


def test_a_tenderer_completes_the_commission_of_whom_it_engaged_once(hall: Hall, winner: str) -> None:
    loser = next(code for code in hall.codes if code != winner)
    hall.refused("trading.not-engaged", TENDERER, complete_commission, PROJECT, winner, ACCEPTANCE, DAY)
    engage(hall, winner)
    hall.refused("trading.not-engaged", TENDERER, complete_commission, PROJECT, loser, ACCEPTANCE, DAY)
    hall.refused("trading.no-such-project", TENDERER, complete_commission, "XM-9", winner, ACCEPTANCE, DAY)
    hall.refused("registry.bad-rule", TENDERER, complete_commission, PROJECT, winner, ACCEPTANCE, "2099-01-01")
    hall.refused("registry.bad-text", TENDERER, complete_commission, PROJECT, winner, "", DAY)
    another = OrganisationRecorded(organisation="tenderer-2", name="演示市教育局", code=None, capacities=["tenderer"])
    hall.do(REGISTRAR, record_organisation, another)
    hall.grant("tenderer:te2", "tenderer-2")
    other = "trading.not-for-that-tenderer"
    hall.refused(other, "tenderer:te2", complete_commission, PROJECT, winner, ACCEPTANCE, DAY)
    for actor in (OPERATOR, REGISTRAR, SUPERVISOR, "agent:ag0"):
        hall.refused("registry.not-permitted", actor, complete_commission, PROJECT, winner, ACCEPTANCE, DAY)
    hall.do(TENDERER, complete_commission, PROJECT, winner, ACCEPTANCE, DAY)
    (fact,) = completed(hall, winner)
    assert (fact.project_code, fact.reference, fact.day) == (PROJECT, ACCEPTANCE, DAY)
    assert completed(hall, loser) == []
    hall.refused("trading.commissions-completed", TENDERER, complete_commission, PROJECT, winner, "演验2号", DAY)
