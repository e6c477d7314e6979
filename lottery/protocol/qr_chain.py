"""An evidence file on paper: a numbered chain of QR codes, so that a draw can be checked from the minutes alone.

    MT1/{k}/{n}/{H}/{piece}     k = 1 .. n, decimal; n at most 40

    H        the first 16 hexadecimal digits, upper case, of the SHA-256 of the whole evidence file
    piece    base45 (RFC 9285) of the k-th part of the raw DEFLATE stream (RFC 1951) of the canonical evidence
             without its member `result`, which every reader computes again

All of it is in the alphabet of QR's alphanumeric mode. Codes are read in any order and more than once. Putting the
computed result back gives the bytes of the file, which H then proves.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, cast

from lottery.protocol import canonical
from lottery.protocol.draw import make_result
from lottery.protocol.entropy import entropy_of
from lottery.protocol.plan import plan_of
from lottery.protocol.roster import roster_of
from lottery.protocol.seal import seal_of

MAX_CODES: Final = 40
PIECE: Final = 382
"""Bytes in one code at most, so that its text of up to 600 characters fits version 15 at error correction M: 77
modules, which a telephone reads from a square of 5 centimetres."""
MAX_PAYLOAD: Final = 4 * 1024 * 1024
"""Bytes that the pieces may unfold to; 40 codes of honest evidence stay far below."""

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {letter: value for value, letter in enumerate(_ALPHABET)}
_CODE: Final = re.compile(r"MT1/([1-9][0-9]?)/([1-9][0-9]?)/([0-9A-F]{16})/([0-9A-Z $%*+\-./:]+)")


@dataclass(frozen=True, slots=True)
class TooLarge:
    """The evidence would need more codes than a paper should carry; the paper names its SHA-256 instead."""

    codes: int


class ChainError(Exception):
    """Codes that give no evidence file, with one line in each language saying why."""

    def __init__(self, why_zh: str, why_en: str) -> None:
        super().__init__(why_zh, why_en)
        self.why_zh: Final = why_zh
        self.why_en: Final = why_en

    def __str__(self) -> str:
        return self.why_zh


def split(evidence: bytes) -> list[str] | TooLarge:
    """Return the texts of the codes, in order.

    Raises DrawError for bytes that are no evidence of a draw, ChainError where the file's result is not the one that
    its other members give: no paper can hold that.
    """
    value = canonical.decode(evidence)
    rest = {name: member for name, member in value.items() if name != "result"} if isinstance(value, dict) else value
    if _completed(rest) != evidence:
        raise ChainError(
            "证据包中的结果不是由其余各项算出的，不能写成二维码链",
            "the result in the evidence is not the one its other members give, so it cannot become a chain",
        )
    packed = _deflated(canonical.encode(rest))
    count = -(-len(packed) // PIECE)
    if count > MAX_CODES:
        return TooLarge(count)
    size = -(-len(packed) // count)
    mark = _mark(evidence)
    pieces = [packed[at : at + size] for at in range(0, len(packed), size)]
    return [f"MT1/{number}/{len(pieces)}/{mark}/{base45(piece)}" for number, piece in enumerate(pieces, start=1)]


def join(codes: Iterable[str]) -> bytes:
    """Return the bytes of the evidence file whose codes these are.

    Raises ChainError for codes that are incomplete, foreign or damaged, and DrawError where what they hold is no
    evidence of a draw from which a result follows. Whoever wants to know whether it proves one verifies the bytes.
    """
    mark, pieces = _gathered(codes)
    evidence = _completed(canonical.decode(_inflated(b"".join(map(_piece, pieces)))))
    if _mark(evidence) != mark:
        raise ChainError("各码合成的证据包与码上所写校验码不符", "the evidence differs from the hash on its codes")
    return evidence


def base45(data: bytes) -> str:
    """RFC 9285 section 4: two bytes are three digits of base 45, the least first; a last single byte is two."""
    digits = []
    for at in range(0, len(data), 2):
        number = int.from_bytes(data[at : at + 2], "big")
        for _ in range(len(data[at : at + 2]) + 1):
            number, digit = divmod(number, 45)
            digits.append(_ALPHABET[digit])
    return "".join(digits)


def from_base45(text: str) -> bytes:
    """Raises ValueError for what RFC 9285 section 6 tells readers to refuse."""
    data = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        if len(group) == 1 or any(letter not in _VALUES for letter in group):
            raise ValueError(f"not base45 from character {at} on")
        number = sum(_VALUES[letter] * 45**power for power, letter in enumerate(group))
        if number >= 256 ** (len(group) - 1):
            raise ValueError(f"not base45 from character {at} on")
        data += number.to_bytes(len(group) - 1, "big")
    return bytes(data)


def _mark(evidence: bytes) -> str:
    return hashlib.sha256(evidence).hexdigest()[:16].upper()


def _completed(value: object) -> bytes:
    """The canonical bytes of evidence to which its result is added. Raises DrawError."""
    given = cast(dict[str, object], value) if isinstance(value, dict) else {}
    plan = plan_of(given.get("plan"))
    roster = roster_of(given.get("roster"), plan)
    seal = seal_of(given.get("seal"), plan, roster)
    beacon, dice, _ = entropy_of(given.get("seal_time"), given.get("beacon"), given.get("dice"), plan, seal)
    return canonical.encode({**given, "result": make_result(plan, roster, seal, beacon, dice)})


def _gathered(codes: Iterable[str]) -> tuple[str, list[str]]:
    """The mark and the pieces in order."""
    found: dict[int, str] = {}
    chain: tuple[str, int] | None = None
    for code in codes:
        matched = _CODE.fullmatch(code)
        if matched is None or not int(matched[1]) <= int(matched[2]) <= MAX_CODES:
            raise ChainError("有一个码不是证据包的二维码", "one of the codes is not part of an evidence chain")
        number, own = int(matched[1]), (matched[3], int(matched[2]))
        chain = chain or own
        if own != chain:
            raise ChainError("各码属于不同的证据包", "the codes belong to different evidence files")
        if found.setdefault(number, matched[4]) != matched[4]:
            raise ChainError(f"第 {number} 码读到两种内容", f"code {number} was read with two contents")
    if chain is None:
        raise ChainError("没有读到码", "no code was read")
    missing = [number for number in range(1, chain[1] + 1) if number not in found]
    if missing:
        listed = ", ".join(map(str, missing))
        raise ChainError(f"还缺第 {listed} 码，共 {chain[1]} 码", f"code {listed} of {chain[1]} is missing")
    return chain[0], [found[number] for number in sorted(found)]


def _piece(text: str) -> bytes:
    try:
        return from_base45(text)
    except ValueError:
        raise ChainError("有一个码的内容不是 base45", "one of the codes is not base45") from None


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def _inflated(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(-15)
    try:
        payload = unpacker.decompress(data, MAX_PAYLOAD)
    except zlib.error:
        payload = b""
    if not unpacker.eof or unpacker.unused_data:
        raise ChainError("各码合起来不能解压", "the codes together do not unfold")
    return payload
