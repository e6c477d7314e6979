"""Whether a text is an X25519 recipient of age (`age1…`) that a share can be encrypted to for one holder alone.

Libraries take any 32 bytes. The few points of small order (RFC 7748 section 6.1) must not be recorded: with them all
the world knows the shared secret, and browsers refuse to encrypt, so that nobody could bid.
"""

import re
from typing import Final

BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_RECIPIENT: Final = re.compile(f"age1[{BECH32}]{{58}}")
_P: Final = 2**255 - 19
_SMALL_ORDER: Final = frozenset(
    (
        *(0, 1, _P - 1),
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
    )
)


def is_recipient(text: str) -> bool:
    """Whether this is a recipient as age writes it, in lower case, and a point of large order."""
    if not _RECIPIENT.fullmatch(text):
        return False
    data = [BECH32.index(one) for one in text[4:]]
    expanded = [ord(one) >> 5 for one in "age"] + [0] + [ord(one) & 31 for one in "age"]
    if polymod([*expanded, *data]) != 1:
        return False
    bits = 0
    for one in data[:-6]:
        bits = bits << 5 | one
    if bits & 15:  # 52 characters hold 260 bits, of which the last four are padding
        return False
    number = int.from_bytes((bits >> 4).to_bytes(32, "big"), "little") & (2**255 - 1)
    return number % _P not in _SMALL_ORDER


def polymod(values: list[int]) -> int:
    """The checksum of BIP 173."""
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            check ^= generator if top >> place & 1 else 0
    return check
