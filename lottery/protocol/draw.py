"""The draw itself (摇号): seed, tickets, ranking, winners."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TypedDict

from lottery.protocol import PROTOCOL
from lottery.protocol.canonical import doc_hash
from lottery.protocol.commitment import commitment
from lottery.protocol.entropy import Beacon, Dice, entropy_line
from lottery.protocol.plan import Plan
from lottery.protocol.roster import MAX_BALLS_EACH, Agent, Roster
from lottery.protocol.seal import Seal

__all__ = ["Ranked", "Result", "commitment", "entropy_line", "make_result", "ranking", "seed", "ticket"]


class Ranked(TypedDict):
    """An agent's place and its best ticket (签值), which belongs to this ball (号球)."""

    rank: int
    code: str
    ball: int
    ticket: str


class Result(TypedDict):
    """The result (结果): nothing in it that is not computed. `ranking` holds every agent of the roster."""

    v: str
    type: str
    draw_id: str
    attempt: int
    seal_sha256: str
    entropy: str
    seed: str
    ranking: list[Ranked]
    winners: list[str]
    alternates: list[str]


def seed(draw_id: str, attempt: int, seal_sha256: str, line: str) -> str:
    """Return the seed (种子), 64 hexadecimal digits. line: the entropy line, without line feed."""
    lines = f"{PROTOCOL}/seed\n{draw_id}\n{attempt}\n{seal_sha256}\n{line}\n"
    return hashlib.sha256(lines.encode()).hexdigest()


def ticket(seed: str, code: str, ball: int) -> str:
    """Return the ticket of one ball (1, 2, 3 ...), 64 hexadecimal digits. No line feed is hashed."""
    return hashlib.sha256(f"{seed}:{code}:{ball}".encode()).hexdigest()


def ranking(seed: str, agents: Iterable[Agent]) -> list[Ranked]:
    """Return every agent in drawn order, by its smallest (ticket, code, ball).

    The order in which the agents come in changes nothing.

    Every ball is as likely as any other to have the smallest ticket, so an agent is ranked first with probability
    balls / all balls; then the same holds among the balls of the others, and so on: the urn in which a ball drawn
    removes its owner's other balls.
    """
    # The 64 digits of the seed are one block of SHA-256: hashed once, and copied for each ball.
    start = hashlib.sha256(seed.encode()).copy
    numbers = [b"%d" % ball for ball in range(MAX_BALLS_EACH + 1)]
    best: list[tuple[bytes, str, int]] = []
    for agent in agents:
        code = agent["code"]
        owner = f":{code}:".encode()
        smallest, at = b"\xff" * 33, 0  # above every digest
        for ball in range(1, agent["balls"] + 1):
            state = start()
            state.update(owner + numbers[ball])
            digest = state.digest()
            if digest < smallest:
                smallest, at = digest, ball
        best.append((smallest, code, at))
    best.sort()
    return [
        {"rank": rank, "code": code, "ball": ball, "ticket": digest.hex()}
        for rank, (digest, code, ball) in enumerate(best, start=1)
    ]


def make_result(plan: Plan, roster: Roster, seal: Seal, beacon: Beacon | None, dice: Dice | None) -> Result:
    """Return the result that follows from checked documents. There is no other."""
    seal_sha256 = doc_hash(seal)
    line = entropy_line(plan, beacon, dice)
    value = seed(plan["draw_id"], plan["attempt"], seal_sha256, line)
    order = ranking(value, roster["agents"])
    codes = [entry["code"] for entry in order]
    places = plan["winners"]
    return {
        "v": PROTOCOL,
        "type": "result",
        "draw_id": plan["draw_id"],
        "attempt": plan["attempt"],
        "seal_sha256": seal_sha256,
        "entropy": line,
        "seed": value,
        "ranking": order,
        "winners": codes[:places],
        "alternates": codes[places : places + plan["alternates"]],
    }
