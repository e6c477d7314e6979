"""What can be done in trading, each as one transaction: lock, read, ask the rules, record.

What concerns a project is done by its tenderer, by the agency that was engaged for it, or by the centre's registrar;
what the table of procedures lets others do, by a supervisor, a bidder or the program itself.
"""

import trading.projection  # noqa: F401 - the commands' entries are applied by it
from trading.commands.agents import complete_commission, decide_draw, engage_agent
from trading.commands.notices import correct_notice, publish_notice, withdraw_notice
from trading.commands.projects import amend_project, assign_code, assign_platform, register_project
from trading.commands.steps import PLAIN, record_move, record_step

__all__ = [
    "PLAIN",
    "amend_project",
    "assign_code",
    "assign_platform",
    "complete_commission",
    "correct_notice",
    "decide_draw",
    "engage_agent",
    "publish_notice",
    "record_move",
    "record_step",
    "register_project",
    "withdraw_notice",
]
