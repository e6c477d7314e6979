"""What the draws answer: to rules the newest of all, to pages (`placed`) only what has its place in the log."""

from lottery.queries.agencies import AgencyDraw, Place, agency_draws
from lottery.queries.attempts import AttemptPage, attempt_page, evidence, make_evidence
from lottery.queries.folding import (
    answers,
    draw,
    known_draw,
    newest_draw_of_project,
    next_draw_id,
    running_draws,
    sign_ups,
)
from lottery.queries.lists import DrawLine, committee_draws, draws, newest_draws, open_calls, project_draws
from lottery.queries.pools import pool_of
from lottery.queries.reasoning import Reasoning, Source, reasoning

__all__ = [
    "AgencyDraw",
    "AttemptPage",
    "DrawLine",
    "Place",
    "Reasoning",
    "Source",
    "agency_draws",
    "answers",
    "attempt_page",
    "committee_draws",
    "draw",
    "draws",
    "evidence",
    "known_draw",
    "make_evidence",
    "newest_draw_of_project",
    "newest_draws",
    "next_draw_id",
    "open_calls",
    "pool_of",
    "project_draws",
    "reasoning",
    "running_draws",
    "sign_ups",
]
