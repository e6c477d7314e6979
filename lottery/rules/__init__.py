"""What may happen in a draw now, by whom, and why not (protocol sections 4, 5, 8 and 12).

Pure: a draw is what its entries tell, `now` is Unix milliseconds. Every check raises a Refusal or returns; the pages
offer exactly the actions whose check returns (`next_actions`), and the commands ask the same checks.
"""

from lottery.rules.actions import LISTERS, OPERATOR, Action, next_actions
from lottery.rules.deciding import (
    MAX_PRACTITIONERS,
    check_call,
    check_decision,
    check_former_draw,
    may_sign_up,
    was_given_up_before_seal,
)
from lottery.rules.dice import DICE_AFTER_SEAL, check_dice
from lottery.rules.experts import MAX_EXPERTS, check_experts, may_list_experts
from lottery.rules.finish import may_change_standing, may_complete, may_seal, may_shadow, owes_shadow, removable
from lottery.rules.former import check_balls_in_note, repeats
from lottery.rules.meeting import (
    NOTERS,
    OPENS_BEFORE,
    check_contribution,
    check_minutes,
    check_note,
    may_close_meeting,
    may_contribute,
    may_issue_minutes,
    may_note,
    may_open_meeting,
)
from lottery.rules.moment import present, seal_time
from lottery.rules.objections import OBJECTORS, check_answer, may_object, open_objections
from lottery.rules.plan import check_new_plan, may_plan
from lottery.rules.roster import check_new_roster, may_freeze, may_publish_roster
from lottery.rules.rounds import DICE_BEFORE_SEAL, ROUND_SPARE, may_announce_round, round_of
from lottery.rules.seats import (
    MAX_REVEAL_SECONDS,
    MIN_REVEAL_SECONDS,
    REVEAL_SECONDS,
    check_commitment,
    check_reveal,
    is_late_reveal,
    may_close_commitments,
    reveal_deadline,
)
from lottery.rules.values import LONG_TEXT, check_hex, check_text
from lottery.rules.voids import BEACON_HALTED_AFTER, VOID_SPARE, WITNESSED_WITHIN, check_void

__all__ = [
    "BEACON_HALTED_AFTER",
    "DICE_AFTER_SEAL",
    "DICE_BEFORE_SEAL",
    "LISTERS",
    "LONG_TEXT",
    "MAX_EXPERTS",
    "MAX_PRACTITIONERS",
    "MAX_REVEAL_SECONDS",
    "MIN_REVEAL_SECONDS",
    "NOTERS",
    "OBJECTORS",
    "OPENS_BEFORE",
    "OPERATOR",
    "REVEAL_SECONDS",
    "ROUND_SPARE",
    "VOID_SPARE",
    "WITNESSED_WITHIN",
    "Action",
    "check_answer",
    "check_balls_in_note",
    "check_call",
    "check_commitment",
    "check_contribution",
    "check_decision",
    "check_dice",
    "check_experts",
    "check_former_draw",
    "check_hex",
    "check_minutes",
    "check_new_plan",
    "check_new_roster",
    "check_note",
    "check_reveal",
    "check_text",
    "check_void",
    "is_late_reveal",
    "may_announce_round",
    "may_change_standing",
    "may_close_commitments",
    "may_close_meeting",
    "may_complete",
    "may_contribute",
    "may_freeze",
    "may_issue_minutes",
    "may_list_experts",
    "may_note",
    "may_object",
    "may_open_meeting",
    "may_plan",
    "may_publish_roster",
    "may_seal",
    "may_shadow",
    "may_sign_up",
    "next_actions",
    "open_objections",
    "owes_shadow",
    "present",
    "removable",
    "repeats",
    "reveal_deadline",
    "round_of",
    "seal_time",
    "was_given_up_before_seal",
]
