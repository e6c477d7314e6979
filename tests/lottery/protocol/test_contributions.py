"""The secret of the seat `public`: of every contribution, in the order of the log, and of nothing else."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from lottery.protocol.commitment import commitment
from lottery.protocol.contributions import public_commitment, public_secret

hashes = st.binary(min_size=32, max_size=32).map(bytes.hex)
lists = st.lists(hashes, min_size=1, max_size=8, unique=True)
NAMES = st.sampled_from(["MT-2023-0001", "DRILL-MT-2023-0001"])


def test_the_secret_is_worked_out_by_hand() -> None:
    lines = f"mingtang-draw/1/public\nMT-2023-0001\n2\n{'a' * 64}\n{'0' * 64}\n"
    secret = hashlib.sha256(lines.encode()).hexdigest()
    assert public_secret("MT-2023-0001", 2, ["a" * 64, "0" * 64]) == secret
    assert secret == "393fab947453a217d010b1dce806eaec8c365bc25cd7f39333565bf5b1f818f0"
    assert public_commitment("MT-2023-0001", 2, ["a" * 64, "0" * 64]) == commitment("MT-2023-0001", 2, "public", secret)


@given(NAMES, st.integers(1, 99), lists, st.data())
def test_each_contribution_and_its_place_changes_the_secret(
    draw_id: str, attempt: int, made: list[str], data: st.DataObject
) -> None:
    secret = public_secret(draw_id, attempt, made)
    position = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(hashes.filter(lambda one: one not in made))
    assert public_secret(draw_id, attempt, [*made[:position], other, *made[position + 1 :]]) != secret
    assert public_secret(draw_id, attempt, [*made, other]) != secret
    shuffled = data.draw(st.permutations(made))
    assert (public_secret(draw_id, attempt, shuffled) == secret) == (list(shuffled) == made)


@given(lists, st.integers(1, 98))
def test_no_secret_serves_in_another_attempt_or_draw(made: list[str], attempt: int) -> None:
    secrets = {
        public_secret(draw_id, number, made)
        for draw_id in ("MT-2023-0001", "MT-2023-0002")
        for number in (attempt, attempt + 1)
    }
    assert len(secrets) == 4
