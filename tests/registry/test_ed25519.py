import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry.ed25519 import P, is_public_key

# All y that a point of order 1, 2, 4 or 8 can have.
SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@given(st.binary(min_size=32, max_size=32))
def test_every_real_key_is_accepted(seed: bytes) -> None:
    assert is_public_key(Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw())


@pytest.mark.parametrize("key", SMALL_ORDER)
def test_points_of_small_order_are_refused(key: str) -> None:
    assert not is_public_key(bytes.fromhex(key))


def test_bytes_that_are_no_point_are_refused() -> None:
    assert not is_public_key((2).to_bytes(32, "little"))  # y = 2 lies on no point of the curve
    assert not is_public_key((P + 3).to_bytes(32, "little"))  # a second spelling of y = 3
    assert not is_public_key(b"\xff" * 32)
    assert not is_public_key(b"")
    assert not is_public_key(b"\x01" * 31)
