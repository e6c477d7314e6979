"""A register in small: fictional codes, keys and facts, and short ways to say who does what."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from audit.act import Act
from audit.entry import SYSTEM
from audit.errors import Refusal
from audit.log import Log
from audit.tables import EntryRow
from registry import commands
from registry.events import AgencyRecorded, AgencySuspended, Capacity, KeyRecorded, OrganisationRecorded, RoleGranted
from registry.uscc import check_character
from tests.kept import once

REGISTRAR, SUPERVISOR, ADMIN = "registrar:r1", "supervisor:s1", "admin:a1"


def a_code(number: int) -> str:
    """A fictional code with a right check character."""
    body = f"91210100DEM{number:06d}"
    return body + check_character(body)


def a_key(seed: int) -> str:
    return Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big")).public_key().public_bytes_raw().hex()


def a_digest(person: str) -> str:
    return hashlib.sha256(person.encode()).hexdigest()


def an_agency(number: int = 1, **changed: Any) -> AgencyRecorded:
    facts = {
        "code": a_code(number),
        "name": f"演示代理机构{number}号",
        "organisation": None,
        "region": "210100",
        "address": "沈阳市和平区演示路 1 号",
        "fields": ["工程建设", "政府采购"],
        "founded": "2015-03-01",
    }
    return AgencyRecorded.of(facts | changed)


def a_suspension(number: int = 1, **changed: Any) -> AgencySuspended:
    members: dict[str, Any] = {
        "code": a_code(number),
        "starts": 0,
        "until": None,
        "ground": "演示办法第十条",
        "decision_number": "演示监决〔2025〕1号",
    }
    return AgencySuspended.decided(**(members | changed))


def at_once(*steps: Callable[[], None]) -> list[BaseException | None]:
    """Run the steps together; returns what each raised."""
    start = threading.Barrier(len(steps))

    def run(step: Callable[[], None]) -> BaseException | None:
        start.wait()
        try:
            step()
        except Refusal as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(steps)) as pool:
        return list(pool.map(run, steps))


class Register:
    """Does one command at a time, each in a transaction of its own. The three actors above hold their roles."""

    def __init__(self, log: Log) -> None:
        self.log = log
        once(log, "register", self._begin, placed=False)

    def _begin(self) -> None:
        for actor in (ADMIN, REGISTRAR, SUPERVISOR):
            role, account = actor.split(":")
            self.grant(account, role, person=account, by=SYSTEM)

    @contextmanager
    def as_(self, actor: str) -> Iterator[Act]:
        with self.log.act(actor) as act:
            yield act

    def do(self, actor: str, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        with self.as_(actor) as act:
            return command(act, *arguments, **named)

    def publish(self) -> None:
        """Wait until everything done so far is in a published checkpoint."""
        with self.log.reading() as session:
            newest = session.scalar(select(func.max(EntryRow.id)))
        assert newest is not None
        self.log.settle(60)
        assert self.log.wait(newest, 60) is not None

    def organisation(
        self, id_: str, name: str, *capacities: Capacity, code: str | None = None, key: int | None = None
    ) -> None:
        event = OrganisationRecorded(organisation=id_, name=name, code=code, capacities=list(capacities))
        self.do(REGISTRAR, commands.record_organisation, event)
        if key is not None:
            self.do(REGISTRAR, commands.record_key, KeyRecorded(organisation=id_, key=a_key(key)))

    def agency(self, number: int = 1, **changed: Any) -> str:
        self.do(REGISTRAR, commands.record_agency, an_agency(number, **changed))
        return a_code(number)

    def grant(
        self,
        account: str,
        role: Any,
        organisation: str | None = None,
        person: str | None = None,
        by: str = ADMIN,
    ) -> None:
        event = RoleGranted(account=account, role=role, organisation=organisation)
        self.do(by, commands.grant_role, event, None if person is None else a_digest(person))
