"""The page's verifier and the command's give the same first fault for every file, and neither crashes."""

from __future__ import annotations

from lottery.protocol.errors import CODES
from tests.lottery.protocol.mutants import compare, mutants

SEED, COUNT = 20261127, 2000


def test_page_and_command_give_the_same_code_for_two_thousand_mutants() -> None:
    seen = compare(list(mutants(SEED, COUNT)))
    assert seen.differences == []
    rare = {
        "E_BEACON_SIG",
        "E_POOL",
        "E_QUORUM",
        "E_SEED",
    }  # reached by few; `python -m benchmarks.mutants` reaches all
    assert seen.codes.keys() >= {*CODES, "OK"} - rare
