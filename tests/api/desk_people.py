"""A small centre whose desks are open, and people at them: each with a browser of their own."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from api.pages import HERE, SHANGHAI
from audit.log import Log
from lottery import queries
from lottery.model import Draw
from registry import commands as registry
from registry.events import AgencyRecorded, KeyRecorded, OrganisationRecorded
from tests.api.site import PASSWORD, catch_up, make_member, serving
from tests.ground import FakeClock
from tests.kept import a_log
from tests.lottery.hall import MONDAY, a_code

ORGANISATIONS = {
    "centre": ("演示市公共资源交易中心", "centre"),
    "notary": ("演示市公证处", "notary"),
    "supervisor": ("演示市发展和改革委员会", "supervisor"),
    "tenderer": ("演示市建设投资有限公司", "tenderer"),
    "agency": ("演示招标代理0号有限公司", "agency"),
}
PEOPLE = {
    "registrar": "centre",
    "operator": "centre",
    "notary": "notary",
    "supervisor": "supervisor",
    "tenderer": "tenderer",
    "agent": "agency",
    "admin": None,
}
"""Role, which is also the sign-in name, to the organisation it is held for."""


@dataclass(frozen=True)
class Centre:
    """A served centre on SQLite, with agencies on record and somebody in every role. Keys are made in browsers."""

    log: Log
    clock: FakeClock
    base_url: str
    accounts: dict[str, str]
    app: FastAPI

    def draw(self, draw_id: str) -> Draw:
        with self.log.reading() as session:
            return queries.known_draw(session, draw_id)

    def record_key(self, organisation: str, key: str) -> None:
        with self.log.act("system") as act:
            registry.record_key(act, KeyRecorded(organisation=organisation, key=key))
        catch_up(self.log)


@contextmanager
def a_centre(folder: Path, agencies: int = 5) -> Iterator[Centre]:
    """On Monday morning."""
    clock = FakeClock(MONDAY * 1000)
    with a_log(folder, clock) as log:
        accounts = record_everybody(log, agencies)
        with serving(log) as served:
            yield Centre(log, clock, served.base_url, accounts, served.app)


def record_everybody(log: Log, agencies: int) -> dict[str, str]:
    """Put organisations and agencies on record, and somebody in every role; returns role to account."""
    for id_, (name, capacity) in ORGANISATIONS.items():
        event = OrganisationRecorded.of({"organisation": id_, "name": name, "code": None, "capacities": [capacity]})
        with log.act("system") as act:
            registry.record_organisation(act, event)
    for number in range(agencies):
        with log.act("system") as act:
            registry.record_agency(act, an_agency(number))
    return {role: make_member(log, role, role, organisation=organisation) for role, organisation in PEOPLE.items()}


def an_agency(number: int) -> AgencyRecorded:
    return AgencyRecorded.of(
        {
            "code": a_code(number),
            "name": f"演示招标代理{number}号有限公司",
            "organisation": "agency" if number == 0 else None,
            "region": "210100",
            "address": "演示市演示路 1 号",
            "fields": ["工程建设"],
            "founded": None,
        }
    )


class Person:
    """One person with one browser, whose storage is nobody else's. Sign-in names are those of `PEOPLE`."""

    def __init__(self, browser: Browser, base_url: str, name: str, lang: str = "zh") -> None:
        self.base_url, self.name = base_url, name
        locale = "zh-CN" if lang == "zh" else "en-GB"
        context = browser.new_context(locale=locale, viewport={"width": 1366, "height": 768})
        context.set_default_timeout(15_000)
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.sign_in()

    def sign_in(self) -> Self:
        """Again and again: sessions end when the test's clock leaps."""
        let_in(self.page, self.base_url, self.name)
        return self

    def open(self, path: str) -> Self:
        self.page.goto(self.base_url + path)
        return self

    def fill(self, **values: str) -> Self:
        """Fill in fields by name. Checkboxes: the values to be ticked, with blanks between; all others are not."""
        for name, value in values.items():
            field = self.page.locator(f"#f-{name}")
            kind = field.evaluate("one => one.tagName + ':' + one.type")
            if kind.startswith("SELECT"):
                field.select_option(value)
            elif kind.startswith("FIELDSET"):
                for box in field.locator("input").all():
                    box.set_checked(box.get_attribute("value") in value.split())
            elif kind.endswith("checkbox"):
                field.check()
            else:
                field.fill(value)
        return self

    def press(self, name: str) -> Self:
        self.page.get_by_role("button", name=name).first.click()
        return self

    def look(self, **values: str) -> Self:
        """Fill in and go on to the page that shows what will be recorded."""
        self.fill(**values).press(NEXT)
        expect(self.page.locator("h1")).to_have_text(re.compile("^(核对|Check)"))
        return self

    def confirm(self, button: str = "确认提交") -> int:
        """Confirm, and return the entry's place that the last page tells."""
        self.press(button)
        return self.done()

    def done(self) -> int:
        expect(self.page.locator("h1")).to_have_text("已记入日志")
        return int(self.page.locator(".big-figure").inner_text())

    def do(self, path: str, values: Mapping[str, str] | None = None, button: str = "确认提交") -> int:
        """A whole form, from its address to its place in the log."""
        return self.open(path).look(**(values or {})).confirm(button)


def let_in(page: Page, base_url: str, name: str) -> None:
    """As anew, and without the page for it, which others test."""
    page.context.clear_cookies()
    form: dict[str, str | float | bool] = {"name": name, "password": PASSWORD, "next": "/desk"}
    answer = page.context.request.post(f"{base_url}/sign-in", form=form, max_redirects=0)
    assert (answer.status, answer.headers.get("location")) == (303, "/desk"), answer.text()


NEXT = "下一步：核对"
AXE = HERE / "browser" / "node_modules" / "axe-core" / "axe.min.js"


def moment(seconds: int) -> str:
    """A Unix second as one types it into a field."""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI):%Y-%m-%dT%H:%M:%S}"


def make_key(centre: Centre, person: Person, organisation: str) -> str:
    """Make an organisation's key in its person's browser and have it recorded; returns its public half."""
    person.open(f"/desk/keys/{organisation}").press("生成密钥")
    shown = person.page.locator(".key-state code").inner_text()
    key = shown.replace(" ", "")
    centre.record_key(organisation, key)
    return key


def too_wide(page: Page, *widths: int) -> list[str]:
    """At which of these widths, the last of which stays, one would have to scroll sideways."""
    found: list[str] = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{page.url} is {over} px too wide for {width}"] if over > 0 else []
    return found


def with_axe(page: Page) -> None:
    """Have axe on this page, as code of the test: the page's own policy stays as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))


def findings(page: Page) -> list[str]:
    """What axe finds serious or critical, and where."""
    with_axe(page)
    told: dict[str, list[str]] = page.evaluate(_GRAVE, sorted(_legible))
    if not told["found"]:
        _legible.update(told["looks"])
    return [f"{page.url} {one}" for one in told["found"]]


_legible: set[str] = set()
"""How text looked, its colour and what is behind it, wherever this process found it to be legible."""


_GRAVE = """async (legible) => {
  const isGrave = (one) => ['serious', 'critical'].includes(one.impact);
  const isUsual = (one) => one.enabled !== false && !/experimental|deprecated/.test(one.tags);
  const options = { resultTypes: ['violations'], preload: false };
  const run = (context, runOnly) => axe.run(context, { ...options, runOnly });

  const grounds = new Map();  // element to what is painted behind it
  const ground = (element) => {
    if (!element) return '';
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity, filter, position } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity, filter, position].join();
      const isSeen = own !== 'rgba(0, 0, 0, 0),none,1,none,static';
      grounds.set(element, ground(element.parentElement) + (isSeen ? `${own}|` : ''));
    }
    return grounds.get(element);
  };
  const text = (element) => element.matches('input, select, textarea') ? element.value
    : [...element.childNodes].map((node) => node.nodeType === Node.TEXT_NODE ? node.data.trim() : '').join('');
  const looks = new Map();  // how text looks to the first element that looks so
  const known = new Set(legible);
  for (const element of document.body.querySelectorAll('*')) {
    if (text(element).length < 2) continue;  // of a single sign axe does not tell
    const { width, height } = element.getBoundingClientRect();
    if (width < 2 || height < 2 || !element.checkVisibility({ visibilityProperty: true })) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const isOff = element.closest(':disabled, [aria-disabled=true]') !== null;
    const look = [element.tagName, isOff, color, fontSize, fontWeight, textShadow, ground(element)].join();
    if (!known.has(look) && !looks.has(look)) looks.set(look, element);
  }
  const rules = axe._audit.rules.filter((one) => isUsual(one) && isGrave(one)).map((one) => one.id);
  const { passes, violations } = await run(document, rules.filter((one) => one !== 'color-contrast'));
  if (!passes.length) throw new Error('axe looked at nothing');
  if (looks.size) violations.push(...(await run({ include: [...looks.values()] }, ['color-contrast'])).violations);
  const found = violations
    .filter(isGrave)
    .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html.slice(0, 120)}`));
  return { found, looks: [...looks.keys()] };
}"""
"""Rules that can find no more than something moderate are not run, and what passes stays in the browser. Contrast is
measured once for each look of text, not for each row of a table or each page: it would take three times as long as all
other rules."""
