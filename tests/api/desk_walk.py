"""Somebody at the desks who goes by what pages offer: from the first page through links and forms, by no address.

Without a browser where the page needs none, since a page that is drawn costs five times as much. Who looks at a page,
or signs on it, opens a browser there: `eyes`.
"""

import re
from html import unescape
from typing import Any, Self

from fastapi import FastAPI
from playwright.sync_api import Browser

from audit.log import Log
from tests.api.desk_clerk import Clerk, forms_of
from tests.api.desk_people import Person

PAPER = ("报告.pdf", b"%PDF-1.7", "application/pdf")


class Walker:
    """`path` and `main` are of the page that was read last."""

    def __init__(self, browser: Browser, app: FastAPI, log: Log, base_url: str, name: str) -> None:
        self.name, self.clerk = name, Clerk(app, log, name)
        self._browser, self._base_url = browser, base_url
        self._eyes: Person | None = None
        self.path, self.main = "", ""

    @property
    def eyes(self) -> Person:
        """The person's browser, on the page that was read last, if it is on another."""
        if self._eyes is None:
            self._eyes = Person(self._browser, self._base_url, self.name)
        return self._eyes

    @property
    def faults(self) -> list[str]:
        return self._eyes.faults if self._eyes else []

    def see(self, *names: str) -> Person:
        """Go there, and open the browser on it."""
        return self.eyes.open(self.go(*names).path)

    def look_away(self) -> None:
        """Leave a page that would go on following the log."""
        self.eyes.page.goto(f"{self._base_url}/static/seal.svg")  # for an empty page the browser would begin a process

    def sign_in(self) -> Self:
        """Again and again: sessions end when the test's clock leaps."""
        self.clerk.sign_in()
        if self._eyes is not None:
            self._eyes.sign_in()
        return self

    def open(self, path: str) -> Self:
        answer = self.clerk.get(path)
        assert answer.status_code == 200, (path, answer.text)
        return self._read(path, answer.text)

    def _read(self, path: str, text: str) -> Self:
        main = re.search("(?s)<main.*</main>", text)
        assert main is not None, text
        self.path, self.main = path, main[0]
        return self

    def go(self, *names: str) -> Self:
        """From the desks' first page through the links that begin so."""
        self.open("/desk")
        for name in names:
            self.follow(name)
        return self

    def follow(self, name: str) -> Self:
        found = next((href for href, text in links(self.main) if text.startswith(name)), None)
        assert found is not None, f"{self.path} offers no {name}: {links(self.main)}"
        return self.open(found)

    @property
    def heading(self) -> str:
        found = re.search("(?s)<h1[^>]*>(.*?)</h1>", self.main)
        return "" if found is None else plain(found[1])

    @property
    def offers(self) -> list[str]:
        """What the lot of the project's desk offers: each as it is written on the button."""
        return [text.rpartition(" 标段")[0] for _, text in self._of_the_lot()]

    def take_offer(self, offer: str) -> Self:
        found = next((href for href, text in self._of_the_lot() if text.rpartition(" 标段")[0] == offer), None)
        assert found is not None, (offer, self.offers)
        return self.open(found)

    def _of_the_lot(self) -> list[tuple[str, str]]:
        part = re.search('(?s)<ul class="lot-offers".*?</ul>', self.main)
        return [] if part is None else links(part[0])

    def fill(self, *files: str, **values: str) -> Self:
        """Fill in the form of this page, and have what the centre says of it.

        values: by the field's name. Of checkboxes those to be ticked, with blanks between; all others are not.
        """
        path = self.path.partition("?")[0]
        form = next(one for one in forms_of(self.main) if one.action == path)
        data: dict[str, Any] = {}
        for name, value in values.items():
            kind, choices = form.types[name], form.choices.get(name, [])
            data[name] = value.split() if kind == "checkbox" else value
            if kind in ("select", "checkbox"):
                assert {*data[name]} <= {*choices} if kind == "checkbox" else value in choices, (name, value, choices)
        assert {form.types[name] for name in files} <= {"file"}
        answer = self.clerk.send(form, dict.fromkeys(files, PAPER), **data)
        return self._read(path, answer.text)

    def look(self, *files: str, **values: str) -> Self:
        """Fill in and go on to the page that shows what will be recorded."""
        self.fill(*files, **values)
        assert self.heading.startswith("核对"), faults_of_page(self.main)
        return self

    def confirm(self) -> int:
        """Confirm, and return the entry's place."""
        assert "确认提交" in self.main
        form = next(one for one in forms_of(self.main) if one.action == self.path)
        answer = self.clerk.send(form, step="confirm")
        seq = self.clerk.place(answer)
        self.path, self.main = answer.headers["location"], ""
        return seq

    def on(self) -> Self:
        """Confirm what is looked at, and go on to where the last page leads."""
        seq = self.confirm()
        self.open(self.path)
        assert (self.heading, f">{seq}<" in self.main) == ("已记入日志", True)
        return self.follow("继续")


def faults_of_page(main: str) -> str:
    found = re.search('(?s)id="faults".*?</div>', main)
    return main if found is None else plain(found[0])


def plain(html: str) -> str:
    """The text of a piece of a page, with single blanks."""
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def links(html: str) -> list[tuple[str, str]]:
    """Address and text of each."""
    found = re.findall(r'(?s)<a [^>]*?href="([^"]+)"[^>]*>(.*?)</a>', html)
    return [(unescape(href), plain(text)) for href, text in found]
