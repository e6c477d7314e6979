"""The drawn proof is the proof: its last node is the root that the checkpoint signs."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from api import drawing
from audit import merkle

LEAVES = [b"%d" % number for number in range(300)]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


def path_of(index: int, size: int) -> list[bytes]:
    """PATH of RFC 6962 section 2.1.1, in its own recursive words."""

    def path(at: int, leaves: list[bytes]) -> list[bytes]:
        if len(leaves) == 1:
            return []
        split = 1 << ((len(leaves) - 1).bit_length() - 1)
        if at < split:
            return [*path(at, leaves[:split]), merkle.root(leaves[split:])]
        return [*path(at - split, leaves[split:]), merkle.root(leaves[:split])]

    return path(index, HASHES[:size])


sizes = st.integers(1, 300).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


@given(sizes)
def test_the_steps_lead_from_the_entry_to_the_root(place: tuple[int, int]) -> None:
    index, size = place
    steps = drawing.steps(LEAVES[index], index, size, path_of(index, size))
    assert ([merkle.leaf_hash(LEAVES[index])] + [step.node for step in steps])[-1] == merkle.root(HASHES[:size])
    for step in steps:
        assert step.node == merkle.root(HASHES[step.first : step.last + 1])
        assert step.sibling == merkle.root(HASHES[step.sibling_first : step.sibling_last + 1])


@given(sizes)
def test_the_drawing_is_well_formed_and_names_every_hash(place: tuple[int, int]) -> None:
    index, size = place
    steps = drawing.steps(LEAVES[index], index, size, path_of(index, size))
    picture = drawing.svg(LEAVES[index], index, steps, "en")
    assert ElementTree.fromstring(picture).get("role") == "img"
    for digest in [HASHES[index], *(step.node for step in steps), *(step.sibling for step in steps)]:
        assert f"{digest.hex()[:4]} {digest.hex()[4:8]}" in picture
