"""Many draws at once, as rows and files that look like a log's, with seeds from one random generator.

Results are computed by the protocol. Nothing is signed or chained: what reads them asks only what was published.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from audit.blobs import Blobs
from audit.database import Database
from audit.tables import EntryRow
from lottery import events
from lottery.protocol import canonical
from lottery.protocol.draw import ranking
from lottery.tables import DrawRow, DrawStepRow
from tests.lottery.hall import a_code

ACCOUNTS = ("operator:op1", "operator:op2")


class KeptInMemory(Blobs):
    """Files that no disk has to take."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.kept: dict[str, bytes] = {}

    def put(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        self.kept[digest] = data
        return digest

    def get(self, digest: str) -> bytes | None:
        return self.kept.get(digest)


@dataclass
class ManyDraws:
    """`size`: entries so far, all published."""

    database: Database
    blobs: Blobs
    source: Random = field(default_factory=lambda: Random(20231))
    size: int = 0
    number: int = 0

    def draw(
        self,
        pool: Mapping[str, int],
        winners: int = 1,
        by: str = ACCOUNTS[0],
        picked: str | None = None,
        drill: bool = False,
        removed: Sequence[int] = (),
        removed_by: str | None = None,
    ) -> list[str]:
        """One draw with a result, of which the winners are returned.

        picked: the seed is thrown again and again until this agency is first, as nobody can who keeps the protocol.
        removed: ranks that one standing removes.
        """
        self.number += 1
        draw_id = f"{'DRILL-' if drill else ''}MT-2023-{self.number:04}"
        agents: list[Any] = [{"code": code, "name": f"机构 {code}", "balls": pool[code]} for code in sorted(pool)]
        order = ranking(self.source.randbytes(32).hex(), agents)
        while picked is not None and order[0]["code"] != picked:
            order = ranking(self.source.randbytes(32).hex(), agents)
        codes = [line["code"] for line in order]
        result = {"ranking": order, "winners": codes[:winners], "alternates": codes[winners : winners + 2]}
        with self.database.writing() as session:
            self._decide(session, draw_id, drill)
            self._plan(session, draw_id, by, winners, self._file({"agents": agents, "excluded": []}))
            self._step(session, draw_id, 1, events.Drawn.kind, "system", {"result_sha256": self._file(result)})
            if removed:
                self._remove(session, draw_id, removed_by or by, result, [codes[rank - 1] for rank in removed])
        return codes[:winners]

    def void(self, reason: str, by: str = ACCOUNTS[0], sealed: bool = False, drill: bool = False) -> None:
        """A draw whose only attempt was voided."""
        self.number += 1
        draw_id = f"{'DRILL-' if drill else ''}MT-2023-{self.number:04}"
        void = {"reason": reason, "seal_sha256": "0" * 64 if sealed else None}
        with self.database.writing() as session:
            self._decide(session, draw_id, drill)
            self._plan(session, draw_id, by, 1, self._file({"agents": [], "excluded": []}))
            self._step(session, draw_id, 1, events.Voided.kind, by, {"void": void})

    def _remove(self, session: Session, draw_id: str, by: str, result: dict[str, Any], codes: list[str]) -> None:
        left = [code for code in result["winners"] + result["alternates"] if code not in codes]
        places = len(result["winners"])
        changes = [{"seq": at, "code": code, "kind": "DECLINED", "reason": "放弃"} for at, code in enumerate(codes, 1)]
        standing = {"changes": changes, "winners": left[:places], "alternates": left[places:]}
        body = {"standing_sha256": self._file(standing), "changes": len(codes)}
        self._step(session, draw_id, 1, events.StandingChanged.kind, by, body)

    def _decide(self, session: Session, draw_id: str, drill: bool) -> None:
        entry = self._entry(session, events.Decided.kind, draw_id, "tenderer:te1", {"draw_id": draw_id})
        facts = {"project_code": "XM", "project_name": "演示", "tenderer": "演示市", "former_draw": None}
        where = {"series": "MT", "year": 2023, "number": self.number, "is_drill": drill}
        session.add(DrawRow(entry_id=entry, draw_id=draw_id, **where, **facts))

    def _plan(self, session: Session, draw_id: str, by: str, winners: int, roster: str) -> None:
        self._step(session, draw_id, 1, events.Planned.kind, by, {"plan": {"winners": winners}})
        self._step(session, draw_id, 1, events.RosterFrozen.kind, by, {"roster_sha256": roster})

    def _step(self, session: Session, draw_id: str, attempt: int, kind: str, actor: str, body: dict[str, Any]) -> None:
        entry = self._entry(session, kind, draw_id, actor, {"draw_id": draw_id, "attempt": attempt} | body)
        session.add(DrawStepRow(entry_id=entry, draw_id=draw_id, attempt=attempt, kind=kind))

    def _entry(self, session: Session, kind: str, draw_id: str, actor: str, body: dict[str, Any]) -> int:
        data = canonical.encode(body)
        row = EntryRow(
            kind=kind,
            subject=f"draw:{draw_id}",
            actor=actor,
            at=0,
            body=data,
            private=b"{}",
            files=b"[]",
            seq=self.size,
            prev="0" * 64,
            logged=0,
            leaf_hash=hashlib.sha256(data).digest(),
        )
        session.add(row)
        session.flush()
        self.size += 1
        return row.id

    def _file(self, document: object) -> str:
        return self.blobs.put(canonical.encode(document))


def a_pool(agencies: int, balls: Sequence[int] = (1,)) -> dict[str, int]:
    return {a_code(number): balls[number % len(balls)] for number in range(agencies)}
