"""Writes the pages of docs/ that the code says itself: `entries.md` and `errors.md`.

    python docs/generate.py            # write both
    python docs/generate.py --check    # exit 1, naming the page that is not as the code says

A test holds them to the code. Run from anywhere.
"""

import ast
import inspect
import pkgutil
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Literal, Union, get_args, get_origin

from pydantic import BaseModel

from api.problems import BAD_TEXT, HTTP_PROBLEMS, INTERNAL, INVALID, status_of
from api.wording import KINDS as NAMES
from api.wording import PACKAGES
from audit.errors import Refusal
from audit.events import KINDS, Event, Part, SignedEvent

DOCS = Path(__file__).parent
ORDER = ("audit", "registry", "lottery", "trading", "api", "demo")
"""Packages as a reader meets them."""
MARK = "<!-- Written by docs/generate.py from the code: change it there, then run `make docs`. -->\n"

ENTRIES_HEAD = """# Kinds of entries (条目种类)

What each kind of entry in the log says: its subject, and the members of its `body`. The envelope around the body is the
matter of [log-format.md](log-format.md); when a kind may be written, and by whom, is told in [registry.md](registry.md)
and [draw.md](draw.md). Bodies are closed: a member that is not listed is refused, and none may be left out (null is
written as null).

*text* is a string of Unicode in NFC without control or invisible characters. An integer is 0 to 2^53-1. Times are Unix
seconds unless their line says otherwise, money is fen (分). A *signed* entry has the member `signatures` besides.
"""

ERRORS_HEAD = """# Error codes (错误代码)

Every reason for which this program says no. A code is never renamed and never used for anything else, so programs may
rest on it; the words beside it may change. Words in braces are facts of the case.

The command line prints `CODE: words` on standard error. The JSON API answers with a problem document (RFC 9457) whose
`type` is `urn:mingtang:problem:CODE`, and with the status of the last column; pages say the words. The verdicts of
`mingtang verify draw` (`E_…`) are another list, in [protocol.md](protocol.md).
"""


def main() -> int:
    load()
    stale = []
    for name, text in (("entries.md", entries()), ("errors.md", errors())):
        path = DOCS / name
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in sys.argv:
            path.write_text(text, "utf-8")
    for name in stale:
        sys.stdout.write(f"docs/{name}\n")
    return 1 if stale and "--check" in sys.argv else 0


def load() -> None:
    """Import every module of every package: kinds and refusals make themselves known so."""
    for package in ("audit", "registry", "lottery", "trading", "api"):
        for module in pkgutil.walk_packages(import_module(package).__path__, f"{package}."):
            if not module.name.startswith("audit._migrations"):
                import_module(module.name)


# Entries


def entries() -> str:
    kinds = sorted(KINDS.values(), key=lambda event: ORDER.index(event.kind.partition(".")[0]))  # stable: as defined
    parts: dict[str, type[Part]] = {}
    pieces = [ENTRIES_HEAD, MARK]
    for package in dict.fromkeys(event.kind.partition(".")[0] for event in kinds):
        pieces.append(f"## {PACKAGES[package].en} ({PACKAGES[package].zh})\n")
        for event in kinds:
            if event.kind.startswith(f"{package}."):
                pieces += kind_section(event, parts)
    pieces.append("## Objects inside bodies (体内对象)\n")
    described: set[str] = set()
    while parts.keys() - described:  # describing one may bring up others
        for name in sorted(parts.keys() - described):
            described.add(name)
            pieces += [f"### {name}\n", f"{said_of(parts[name])}\n".lstrip(), table(parts[name], parts)]
    return "\n".join(piece for piece in pieces if piece)


def kind_section(event: type[Event], parts: dict[str, type[Part]]) -> list[str]:
    signed = " Signed (签名行为)." if issubclass(event, SignedEvent) else ""
    name = NAMES[event.kind].zh
    return [
        f"### `{event.kind}` {name}\n",
        f"Subject `{subject_of(event)}`.{signed} {said_of(event)}".rstrip() + "\n",
        table(event, parts),
    ]


def subject_of(event: type[Event]) -> str:
    if event.kind.startswith("lottery."):
        return "draw:ID/ATTEMPT" if "attempt" in event.model_fields else "draw:ID"
    if event.kind.startswith("audit."):
        return "log:ORIGIN"
    found = re.search(r"Subject `([^`]+)`", inspect.getdoc(event) or "")
    assert found, f"{event.__name__} does not say its subject"
    return found[1]


def said_of(model: type[BaseModel]) -> str:
    """Its own docstring, without the subject, which has been said."""
    text = inspect.cleandoc(model.__dict__.get("__doc__") or "")
    return re.sub(r"\s*Subject `[^`]+`[.;]?", "", text).strip()


def table(model: type[BaseModel], parts: dict[str, type[Part]]) -> str:
    lines = ["| member | value | |", "|---|---|---|"]
    notes = member_notes(model)
    for name, field in model.model_fields.items():
        if name != "signatures":
            value = words_of(field.annotation, parts)
            lines.append(f"| `{field.alias or name}` | {value} | {cell(notes.get(name, ''))} |")
    return "\n".join(lines) + "\n"


def words_of(annotation: object, parts: dict[str, type[Part]]) -> str:
    """A type, in words."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is list:
        return f"array of {words_of(arguments[0], parts)}"
    if origin in (Union, types.UnionType):
        inner = [words_of(one, parts) for one in arguments if one is not type(None)]
        return " or ".join([*inner, "null"])
    if isinstance(annotation, type) and issubclass(annotation, Part):
        parts[annotation.__name__] = annotation
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    plain: dict[object, str] = {str: "text", int: "integer", bool: "true or false"}
    return plain[annotation]


def member_notes(model: type[BaseModel]) -> dict[str, str]:
    """What stands below each member in the source, the bases' first."""
    notes: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if not (isinstance(base, type) and issubclass(base, Event | Part)):
            continue
        (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
        assert isinstance(definition, ast.ClassDef)
        for member, below in zip(definition.body, definition.body[1:], strict=False):
            if (
                isinstance(member, ast.AnnAssign)
                and isinstance(member.target, ast.Name)
                and isinstance(below, ast.Expr)
            ):
                assert isinstance(below.value, ast.Constant)
                notes[member.target.id] = str(below.value.value)
    return notes


# Errors


def errors() -> str:
    rows: dict[str, tuple[str, str, int]] = {}
    for refusal in refusals(Refusal):
        rows[refusal.code] = (refusal.zh, refusal.en, status_of(refusal))
    for status, (code, zh, en) in (*HTTP_PROBLEMS.items(), (422, INVALID), (422, BAD_TEXT), (500, INTERNAL)):
        rows[code] = (zh, en, status)
    pieces = [ERRORS_HEAD, MARK]
    for package in sorted({code.partition(".")[0] for code in rows}, key=ORDER.index):
        pieces.append(f"## `{package}`\n")
        lines = ["| code | 中文 | English | HTTP |", "|---|---|---|---|"]
        for code in sorted(rows):
            if code.startswith(f"{package}."):
                zh, en, status = rows[code]
                lines.append(f"| `{code}` | {cell(shown(zh))} | {cell(shown(en))} | {status} |")
        pieces.append("\n".join(lines) + "\n")
    return "\n".join(pieces)


def refusals(base: type[Refusal]) -> Iterator[type[Refusal]]:
    """Every class of a refusal that the project can raise: those that say a code of their own."""
    for one in base.__subclasses__():
        if "code" in one.__dict__ and one.__module__.partition(".")[0] in ORDER:
            yield one
        yield from refusals(one)


def shown(template: str) -> str:
    """A template as a reader knows it: facts in braces, without the marks that format them."""
    return re.sub(r"\{(\w+)[^{}]*\}", r"{\1}", template.replace("{{", "{").replace("}}", "}"))


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
