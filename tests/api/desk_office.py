"""A register with forms that wait, and people at its desks, for tests of the registrar's and the supervisor's pages."""

from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI

from audit.log import Log
from registry import commands
from registry.events import ConductPublished
from registry.queries import forms as queries
from registry.queries import supervision
from tests.api.desk_clerk import Clerk
from tests.api.site import catch_up, make_member
from tests.ground import FakeClock
from tests.kept import once
from tests.registry.builders import SUPERVISOR, Register, a_code
from tests.registry.forms import Forms
from tests.registry.supervised import a_conduct

PEOPLE = {
    "registrar": "registrar",
    "supervisor": "supervisor",
    "second": "supervisor",
    "inspector": "inspector",
    "operator": "operator",
    "admin": "admin",
}
"""Sign-in name to role."""


@dataclass(frozen=True)
class Office:
    app: FastAPI
    log: Log
    clock: FakeClock
    register: Register
    forms: Forms
    accounts: dict[str, str]

    def clerk(self, name: str) -> Clerk:
        return Clerk(self.app, self.log, name)

    def hand_in(self, number: int = 1, people: int = 1) -> None:
        """All forms of an agency, of which nothing is decided yet."""
        once(self.log, ("handed in", self.forms.key, number, people), partial(self._hand_in, number, people))

    def _hand_in(self, number: int, people: int) -> None:
        self.forms.agency(number)
        self.forms.legal_person(number)
        for person in range(people):
            self.forms.practitioner(number, 10 * number + person)
        catch_up(self.log)

    def put_on_record(self, number: int = 1) -> str:
        """An agency with its forms accepted, and an account that acts for it; returns its code."""
        return once(self.log, ("on record", self.forms.key, number), partial(self._put_on_record, number))

    def _put_on_record(self, number: int) -> str:
        self._hand_in(number, 1)
        practitioner = self.practitioner(number)
        self.forms.accept(number, ("agency", None, 1), ("legal_person", None, 1), ("practitioner", practitioner, 1))
        catch_up(self.log)
        return a_code(number)

    def practitioner(self, number: int = 1) -> str:
        with self.log.reading() as session:
            known = queries.states(session, a_code(number))
        return next(who for form, who in known if form == "practitioner" and who is not None)

    def publish_conduct(self) -> ConductPublished:
        return once(self.log, "conduct", self._publish_conduct)

    def _publish_conduct(self) -> ConductPublished:
        event = a_conduct(effective=self.clock.now // 1000)
        self.register.do(SUPERVISOR, commands.publish_conduct, event)
        catch_up(self.log)
        return event

    def incident(self, number: int = 1) -> str:
        """The newest incident's number."""
        with self.log.reading() as session:
            return supervision.incidents(session, a_code(number))[-1].number


def an_office(app: FastAPI, log: Log, clock: FakeClock) -> Office:
    register = Register(log)
    accounts = once(log, "office", lambda: {name: make_member(log, name, role) for name, role in PEOPLE.items()})
    return Office(app, log, clock, register, Forms(register), accounts)
