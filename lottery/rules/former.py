"""What an attempt may change against the one before: what the void record announced, and nothing else."""

from collections.abc import Sequence

from lottery import errors
from lottery.model import Attempt
from lottery.protocol.plan import Plan
from lottery.protocol.roster import Roster


def changed_places(former: Plan, plan: Plan) -> list[str]:
    """Changes to winners and alternates, as a void note must write them (protocol section 8.3): `winners 1→2`."""
    changes = []
    if former["winners"] != plan["winners"]:
        changes.append(f"winners {former['winners']}→{plan['winners']}")
    if former["alternates"] != plan["alternates"]:
        changes.append(f"alternates {former['alternates']}→{plan['alternates']}")
    return changes


def check_in_note(former: Attempt, changes: Sequence[str]) -> None:
    """Refuse a change that the void note of the attempt before does not list. Raises ChangeNotInNote."""
    note = "" if former.void is None else former.void["note"]
    for change in changes:
        if change not in note:
            raise errors.ChangeNotInNote(change=change)


def check_balls_in_note(former: Attempt, former_roster: Roster, roster: Roster) -> None:
    """Refuse other balls than in the attempt before unless its void note lists them. Raises ChangeNotInNote."""
    before = {agent["code"]: agent["balls"] for agent in former_roster["agents"]}
    changes = [
        f"{agent['code']} {before[agent['code']]}→{agent['balls']}"
        for agent in roster["agents"]
        if before.get(agent["code"], agent["balls"]) != agent["balls"]
    ]
    check_in_note(former, changes)


def repeats(former: Plan, former_roster: Roster, plan: Plan, roster: Roster) -> bool:
    """Whether an attempt draws the same places from the same pool as the one before (section 12, rule 1)."""
    return (
        not changed_places(former, plan)
        and roster["agents"] == former_roster["agents"]
        and roster["excluded"] == former_roster["excluded"]
    )
