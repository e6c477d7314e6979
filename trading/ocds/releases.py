"""From a project's entries to its releases: one for each entry and contracting process that it changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from audit.step import Step
from trading.events import LotEvent, NoticePublished, ProjectRegistered
from trading.ocds import (
    award_releases,
    bid_releases,
    contract_releases,
    dispute_releases,
    document_releases,
    notice_releases,
)
from trading.ocds.feed import Publication, feed_of, ocid
from trading.ocds.merge import Merged
from trading.ocds.planning_releases import begun_again
from trading.ocds.process import Known, Process
from trading.ocds.values import Json, instant, pruned
from trading.ocds.writing import WRITERS

MODULES = (award_releases, bid_releases, contract_releases, dispute_releases, document_releases, notice_releases)
"""Whose import registers the writers."""


@dataclass(frozen=True)
class Release:
    ocid: str
    id: str
    seq: int
    """The place of its entry in the log."""
    published: int
    """Unix milliseconds: later than that of every release before it of the same ocid."""
    body: Json


def releases(steps: Iterable[Step[Any]], publication: Publication, known: Known) -> list[Release]:
    """All releases of a project, in the order of the log. steps: its entries that have a place, from the first on."""
    processes: dict[int, Process] = {}
    latest: dict[str, int] = {}
    found: list[Release] = []
    for step in steps:
        assert step.seq is not None
        assert step.logged is not None
        if isinstance(step.event, ProjectRegistered):
            processes[1] = _process(step.event, 1, publication, known)
        for process in _concerned(processes, step):
            identifier = f"{process.ocid}-{step.seq}"
            sections = _sections(process, step, identifier)
            if sections is None:
                continue
            latest[process.ocid] = published = max(step.logged, latest.get(process.ocid, 0) + 1)
            body = _body(process, identifier, published, sections)
            process.merged.add(body)
            found.append(Release(process.ocid, identifier, step.seq, published, body))
    return found


def _process(project: ProjectRegistered, number: int, publication: Publication, known: Known) -> Process:
    feed = feed_of(project.trade)
    return Process(feed, publication, known, project, number, ocid(publication.prefix, feed, project.code, number))


def _concerned(processes: dict[int, Process], step: Step[Any]) -> list[Process]:
    """The processes that an entry is about: that of its round, which it may begin, or all."""
    event = step.event
    if not processes:
        return []
    if not isinstance(event, LotEvent | NoticePublished):
        holding = [one for one in processes.values() if getattr(event, "notice", None) in one.notice_kinds]
        return holding or list(processes.values())
    if event.round not in processes:
        newest = processes[max(processes)]
        begun = _process(newest.project, event.round, newest.publication, newest.known)
        begun.former = newest
        processes[event.round] = begun
    return [processes[event.round]]


def _sections(process: Process, step: Step[Any], identifier: str) -> Json | None:
    """Tag and sections of the entry's release; of a round's first release also what the project brings into it."""
    writer = WRITERS.get(type(step.event))
    if process.former is None or process.begun:
        written = None if writer is None else writer(process, step, identifier)
        process.begun = True
        return None if written is None else {"tag": written[0]} | written[1]
    first = begun_again(process, step)
    process.merged.add(first)
    process.begun = True
    tags, sections = (None if writer is None else writer(process, step, identifier)) or ([], {})
    both = Merged()
    both.add(first)
    both.add(pruned(sections))
    return {"tag": ["planning", *tags]} | both.value()


def _body(process: Process, identifier: str, published: int, sections: Json) -> Json:
    side = "x_seller" if process.feed.is_sale else "buyer"
    body: Json = pruned(
        {
            "ocid": process.ocid,
            "id": identifier,
            "date": instant(published),
            "tag": sections["tag"],
            "initiationType": "tender",
            "language": "zh",
            "x_tradeDirection": "sale" if process.feed.is_sale else None,
            side: process.tenderer(),
            "parties": process.touched_parties(),
        }
        | {name: section for name, section in sections.items() if name != "tag"}
    )
    return body
