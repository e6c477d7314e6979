"""Somebody at the desks without a browser and without scripts: reads a form as HTML says it, and sends it."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from audit.log import Log
from audit.tables import EntryRow
from tests.api.site import BASE_URL, PASSWORD

Values = dict[str, str | list[str]]


@dataclass
class HtmlForm:
    """One form of a page: where it goes, and what it holds before anything is typed."""

    action: str = ""
    is_multipart: bool = False
    values: dict[str, list[str]] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.form: HtmlForm | None = None
        self.select = ""
        self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form = HtmlForm(given.get("action", ""), given.get("enctype") == "multipart/form-data")
            self.forms.append(self.form)
        if self.form is None:
            return
        name = given.get("name", "")
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select":
            self.select = name
            self.form.types[name] = "select"
        elif tag == "option" and self.select:
            self.form.choices.setdefault(self.select, []).append(given.get("value", ""))
            if "selected" in given:
                self.form.values[self.select] = [given.get("value", "")]
        elif tag == "textarea":
            self.textarea = name
            self.form.types[name] = "textarea"
            self.form.values[name] = [""]

    def _input(self, name: str, given: dict[str, str]) -> None:
        assert self.form is not None
        kind = given.get("type", "text")
        self.form.types[name] = kind
        if kind in ("checkbox", "radio"):
            self.form.choices.setdefault(name, []).append(given["value"])
            if "checked" not in given:
                return
        if kind != "file":
            self.form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.textarea and self.form is not None:
            self.form.values[self.textarea] = [data.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""


def forms_of(text: str) -> list[HtmlForm]:
    """The forms of a page that send something."""
    reader = _Reader()
    reader.feed(text[max(text.find("<main"), 0) :])
    return [form for form in reader.forms if form.action.startswith(("/desk", "/draws", "/join"))]


def confirming(text: str, path: str) -> HtmlForm:
    """The form of a page that carries the act out."""
    return next(form for form in forms_of(text) if form.action == path)


class Clerk:
    """One account's session with the application."""

    def __init__(self, app: FastAPI, log: Log, name: str) -> None:
        self.log, self.name = log, name
        self.client = TestClient(app, base_url=BASE_URL, follow_redirects=False, headers={"Accept": "text/html"})
        self.sign_in()

    def sign_in(self) -> None:
        answer = self.client.post("/sign-in", data={"name": self.name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    def get(self, path: str) -> httpx2.Response:
        return self.client.get(path)

    def form(self, path: str) -> HtmlForm:
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return next(form for form in forms_of(answer.text) if form.action == path)

    def send(
        self, form: HtmlForm, files: dict[str, Any] | None = None, /, **values: str | list[str]
    ) -> httpx2.Response:
        """The form with these values in place of its own."""
        data = form.values | {name: value if isinstance(value, list) else [value] for name, value in values.items()}
        if files or form.is_multipart:
            return self.client.post(form.action, data=data, files=files or {"none": ("", b"")})
        return self.client.post(form.action, data=data)

    def look(self, path: str, files: dict[str, Any] | None = None, **values: str | list[str]) -> httpx2.Response:
        """The page that shows what will be recorded."""
        answer = self.send(self.form(path), files, **values)
        assert answer.status_code == 200, (faults_of(answer), re.findall("<li>(.*?)<code>", answer.text))
        return answer

    def do(self, path: str, files: dict[str, Any] | None = None, **values: str | list[str]) -> int:
        """The whole way; returns the entry's place."""
        looked = self.look(path, files, **values)
        return self.place(self.send(confirming(looked.text, path), step="confirm"))

    def place(self, answer: httpx2.Response) -> int:
        """Where in the log an act stands that was answered so. The page that tells it is not read each time."""
        done = re.match("/desk/done/([0-9]+)", answer.headers.get("location", ""))
        assert done is not None, faults_of(answer)
        seq = self.log.wait(int(done[1]))
        assert seq is not None
        return seq

    def entries(self) -> int:
        """How many entries there are, placed or not."""
        with self.log.reading() as session:
            return session.scalar(select(func.count()).select_from(EntryRow)) or 0


def faults_of(answer: httpx2.Response) -> list[str]:
    """The codes in a page's summary of what is wrong."""
    return re.findall(r"<code>([a-z]+\.[a-z-]+)</code></li>", answer.text) or re.findall(
        r"<code>([a-z]+\.[a-z-]+)</code></p>", answer.text
    )
