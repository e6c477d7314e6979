"""Whatever the desks say is said in English too, and no code of an entry stands without its words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

import api.routes
from api.act_words import DOING
from api.entry_words import value_words
from api.i18n import Lang, catalogue
from api.pages import HERE
from audit.events import KINDS
from trading import commands
from trading.model import NOTICE_KINDS, TRADES

LANGS: tuple[Lang, ...] = ("zh", "en")
CHINESE = re.compile("[\u4e00-\u9fff]")
ROUTES = sorted(
    path
    for pattern in ("desk*.py", "join.py", "agency_forms.py")
    for path in Path(api.routes.__path__[0]).glob(pattern)
)
TEMPLATES = sorted(
    path for pattern in ("desk/**/*.html", "forms/*.html", "join.html") for path in (HERE / "templates").glob(pattern)
)
SAYS_BOTH = {"wrong", "BadField"}
"""Functions that are given the Chinese and the English text."""


def texts_of(tree: ast.Module) -> set[str]:
    """The Chinese texts in a module's code: not its docstrings, nor what stands beside an English text."""
    passed: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            passed.add(node.value)
        if isinstance(node, ast.JoinedStr):
            passed |= set(node.values)
        refusal = isinstance(node, ast.ClassDef) and any(getattr(base, "id", "") == "Refusal" for base in node.bases)
        told = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAYS_BOTH
        if refusal or told:
            passed |= set(ast.walk(node))
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and node not in passed)
    return {node.value for node in constants if isinstance(node.value, str) and CHINESE.search(node.value)}


def test_every_text_of_the_desks_has_its_english() -> None:
    texts = {*TRADES.values(), *NOTICE_KINDS.values()}
    for path in ROUTES:
        texts |= texts_of(ast.parse(path.read_text(encoding="utf-8")))
    for path in TEMPLATES:
        texts |= set(re.findall(r"_\('([^']+)'", path.read_text(encoding="utf-8")))
    assert len(texts) > 300
    assert sorted(texts - catalogue().keys()) == []


def test_the_rows_of_a_plan_have_their_english() -> None:
    rows = [f"第 {row} 席的{what}" for row in range(1, 17) for what in ("单位", "名称")]
    assert [row for row in rows if row not in catalogue()] == []


def codes_of(annotation: Any) -> Iterator[str]:
    """Texts that a member may be: those of its Literal types, in lists too."""
    if get_origin(annotation) is Literal:
        yield from (value for value in get_args(annotation) if isinstance(value, str))
    elif hasattr(annotation, "__value__"):
        yield from codes_of(annotation.__value__)
    else:
        for part in get_args(annotation):
            yield from codes_of(part)


def bodies_of(event: type[BaseModel]) -> Iterator[type[BaseModel]]:
    yield event
    for field in event.model_fields.values():
        waiting = [field.annotation]
        while waiting:
            part = waiting.pop()
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from bodies_of(part)
            waiting += get_args(part)


def test_every_code_that_an_entry_can_hold_is_told_in_words() -> None:
    bodies = {body for event in KINDS.values() for body in bodies_of(event)}
    members = ((name, field.annotation) for body in bodies for name, field in body.model_fields.items())
    codes = {(name, code) for name, annotation in members for code in codes_of(annotation)}
    assert len(codes) > 100
    for lang in LANGS:
        assert sorted(one for one in codes if not value_words(*one, lang)) == []


def test_what_one_does_to_a_lot_is_said_as_something_to_do() -> None:
    assert DOING.keys() <= KINDS.keys()
    assert sorted(commands.PLAIN - DOING.keys()) == []


def test_no_form_that_only_a_script_sends_can_be_sent_before_it_listens() -> None:
    pages = (path.read_text(encoding="utf-8") for path in sorted((HERE / "templates").rglob("*.html")))
    forms = [one for page in pages for one in re.findall(r"<form(?![^>]*method=).*?</form>", page, re.DOTALL)]
    assert len(forms) >= 5
    assert [one for one in forms if not re.search(r'<button type="submit"[^>]* disabled>', one)] == []
