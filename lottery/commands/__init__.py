"""What can be done in a draw, each a function of one transaction: lock, read, ask the rules, record."""

import lottery.projection  # noqa: F401 - the commands' entries are applied by it
from lottery.commands.decide import (
    decide,
    decision_locks,
    publish_call,
    record_decision,
    sign_up,
    withdraw_sign_up,
)
from lottery.commands.experts import list_experts
from lottery.commands.finish import complete, seal, shadow_draw, void, void_to_sign
from lottery.commands.meeting import close_meeting, contribute, issue_minutes, note_meeting, open_meeting
from lottery.commands.roster import (
    answer_objection,
    file_objection,
    freeze_roster,
    plan_draw,
    publish_roster,
)
from lottery.commands.seats import announce_round, close_commitments, commit, reveal, throw_dice
from lottery.commands.standing import change_standing, standing_to_sign

__all__ = [
    "announce_round",
    "answer_objection",
    "change_standing",
    "close_commitments",
    "close_meeting",
    "commit",
    "complete",
    "contribute",
    "decide",
    "decision_locks",
    "file_objection",
    "freeze_roster",
    "issue_minutes",
    "list_experts",
    "note_meeting",
    "open_meeting",
    "plan_draw",
    "publish_call",
    "publish_roster",
    "record_decision",
    "reveal",
    "seal",
    "shadow_draw",
    "sign_up",
    "standing_to_sign",
    "throw_dice",
    "void",
    "void_to_sign",
    "withdraw_sign_up",
]
