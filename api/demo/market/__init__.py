"""The demo city's markets: projects of all four kinds, told from their announcement to their end, each as one story.

The stories take turns by the demo's clock (`agenda`), so the log is in the order in which a city would write it. What
the law wants to take weeks was announced weeks before; the week that is played is 22 to 28 September 2023, and the
holiday begins after it.
"""

from collections.abc import Callable

from api.demo.market import asked, construction, land, procurement
from api.demo.market import property as property_rights
from api.demo.market.agenda import Story
from api.demo.market.hands import Market
from api.demo.market.parties import enrol


def stories(market: Market, agent_of: Callable[[str], str]) -> list[Story]:
    """All of them. agent_of: the person who acts as the agent that was drawn for a project."""
    return [
        _enrolment(market),
        *construction.stories(market, agent_of),
        *procurement.stories(market, agent_of),
        *land.stories(market),
        *property_rights.stories(market),
        *asked.stories(market),
    ]


def _enrolment(market: Market) -> Story:
    yield "07-03 09:00"
    enrol(market.players)
