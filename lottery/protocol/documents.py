"""The documents and their checks in one place, for whoever makes them and wants them refused before they are logged.

Each check takes any value, returns it under its type, and raises DrawError with the code that a verifier would give.
Types, integers, member names and texts are looked at as well, as stage 1 does for a file.
"""

from __future__ import annotations

from lottery.protocol.beacon import Chain
from lottery.protocol.draw import Ranked, Result
from lottery.protocol.entropy import Beacon, Bls, Dice, check_beacon, check_dice
from lottery.protocol.plan import CodeScheme, Entropy, Plan, PlanSeat, check_plan
from lottery.protocol.roster import Agent, Exclusion, Roster, check_roster
from lottery.protocol.seal import Seal, SealSeat, check_seal
from lottery.protocol.standing import Change, Standing
from lottery.protocol.verify import Evidence
from lottery.protocol.void import Reason, Void, check_void

__all__ = [
    "Agent",
    "Beacon",
    "Bls",
    "Chain",
    "Change",
    "CodeScheme",
    "Dice",
    "Entropy",
    "Evidence",
    "Exclusion",
    "Plan",
    "PlanSeat",
    "Ranked",
    "Reason",
    "Result",
    "Roster",
    "Seal",
    "SealSeat",
    "Standing",
    "Void",
    "check_beacon",
    "check_dice",
    "check_plan",
    "check_roster",
    "check_seal",
    "check_void",
]
