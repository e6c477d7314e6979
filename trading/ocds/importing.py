"""Takes foreign releases over as projects and notices, and tells by release what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import registry.queries
from audit.act import Act
from audit.errors import Refusal
from audit.log import Log
from registry.model import Organisation
from trading import errors, queries
from trading.commands import publish_notice, register_project
from trading.events import NoticeKind, NoticePublished, ProjectRegistered
from trading.ocds.checking import Problem, problems
from trading.ocds.foreign import Draft, Process, draft_of, process_of, without_persons
from trading.ocds.values import Json, encoded

Became = Literal["checked", "recorded", "there", "refused"]
"""Nothing was to be recorded; a notice; it was recorded before; nothing, for the reason told."""


@dataclass(frozen=True)
class Outcome:
    """What became of one release."""

    ocid: str
    release: str
    project: str
    notice: str
    kind: NoticeKind
    """What the notice is: `other` where the law's tables refuse what the release would be."""
    became: Became
    refusal: Refusal | None
    """Why it was refused, or why it became an `other` notice."""
    placed: tuple[str, ...]
    only_kept: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    problems: list[Problem]
    outcomes: list[Outcome]


@dataclass(frozen=True)
class Importer:
    """Who takes releases over, and what they do not say themselves."""

    actor: str
    """`role:account`."""
    region: str
    """GB/T 2260: six digits."""
    tenderer: str | None = None
    """Id of the tenderer's record, where the buyer is not on record by its code or name."""


def check(releases: Sequence[Json]) -> Report:
    """What is wrong in the releases, and what each would become. Nothing is recorded."""
    outcomes = []
    for process, of_process in _processes(releases):
        for release in of_process:
            outcomes.append(_outcome(process, release, draft_of(release, process), "checked"))
    return Report(problems(releases), outcomes)


def take_over(
    log: Log, releases: Sequence[Json], importer: Importer, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Report:
    """Record what is not there yet, each project and each notice as an act of its own; a second time nothing happens.

    tell: is told how many releases are done, and of how many.
    """
    outcomes: list[Outcome] = []
    for process, of_process in _processes(releases):
        refusal = _registered(log, process, importer)
        former: str | None = None
        for release in of_process:
            draft = draft_of(release, process)
            if refusal is None:
                outcome = _published(log, process, release, draft, former, importer)
                former = former if outcome.became == "refused" else draft.notice
            else:
                outcome = _outcome(process, release, draft, "refused", refusal)
            outcomes.append(outcome)
            tell(len(outcomes), len(releases))
    return Report(problems(releases), outcomes)


def _processes(releases: Sequence[Json]) -> list[tuple[Process, list[Json]]]:
    """The processes in the order in which they first come, each with its releases in the order of their dates."""
    by_ocid: dict[str, list[Json]] = {}
    for release in releases:
        by_ocid.setdefault(str(release.get("ocid") or ""), []).append(
            release | {"date": str(release.get("date") or "")}
        )
    return [
        (process_of(found), sorted(found, key=lambda one: str(one["date"]))) for ocid, found in by_ocid.items() if ocid
    ]


def _registered(log: Log, process: Process, importer: Importer) -> Refusal | None:
    """Register the project unless it is there; the refusal where it cannot be."""
    try:
        with log.act(importer.actor) as act:
            tenderer = _tenderer(act, process, importer)
            register_project(
                act,
                ProjectRegistered(
                    code=process.code,
                    trade=process.trade,
                    class_code=None,
                    title=process.title,
                    tenderer=tenderer.id,
                    tenderer_name=tenderer.name,
                    legal_basis=f"依外部开放数据登记（{process.ocid[:150]}）",
                    approval=process.approval,
                    funding=process.funding,
                    estimate_fen=process.estimate_fen,
                    region=importer.region,
                    lots=list(process.lots),
                    category=process.category,
                ),
            )
    except errors.ProjectExists:
        return None
    except Refusal as refusal:
        return refusal
    return None


def _tenderer(act: Act, process: Process, importer: Importer) -> Organisation:
    """The buyer's record. Raises NotATenderer."""
    found = None
    if importer.tenderer is not None:
        found = registry.queries.organisation(act.session, importer.tenderer)
    elif process.buyer_code is not None:
        found = registry.queries.organisation_with_code(act.session, process.buyer_code)
    if found is None and importer.tenderer is None and process.buyer_name is not None:
        found = registry.queries.organisation_named(act.session, process.buyer_name)
    if found is None:
        raise errors.NotATenderer(
            organisation=importer.tenderer or process.buyer_code or "", name=process.buyer_name or ""
        )
    return found


def _published(
    log: Log, process: Process, release: Json, draft: Draft, former: str | None, importer: Importer
) -> Outcome:
    with log.reading() as session:
        if queries.notice(session, draft.notice) is not None:
            return _outcome(process, release, draft, "there")
    try:
        _publish(log, process, release, draft, draft.kind, former, importer)
    except Refusal as refusal:
        if draft.kind == "other":
            return _outcome(process, release, draft, "refused", refusal)
        reason = refusal
    else:
        return _outcome(process, release, draft, "recorded")
    try:
        _publish(log, process, release, draft, "other", former, importer)
    except Refusal as refusal:
        return _outcome(process, release, draft, "refused", refusal)
    return _outcome(process, release, draft, "recorded", reason, "other")


def _publish(
    log: Log, process: Process, release: Json, draft: Draft, kind: NoticeKind, former: str | None, importer: Importer
) -> None:
    as_meant = kind == draft.kind
    event = NoticePublished(
        project=process.code,
        lot=draft.lot,
        round=1,
        notice=draft.notice,
        notice_kind=kind,
        version=1,
        predecessor=former,
        title=draft.title,
        text=list(draft.text),
        valid_from=draft.valid_from,
        valid_until=None,
        media=[],
        method=draft.method if as_meant and kind in ("announcement", "invitation", "single_source") else None,
        terms=list(draft.terms) if as_meant else [],
    )
    with log.act(importer.actor) as act:
        original = encoded(without_persons(release))
        publish_notice(act, event, [act.blobs.put_file("release.json", "application/json", original)])


def _outcome(
    process: Process,
    release: Json,
    draft: Draft,
    became: Became,
    refusal: Refusal | None = None,
    kind: NoticeKind | None = None,
) -> Outcome:
    return Outcome(
        ocid=process.ocid,
        release=str(release.get("id") or ""),
        project=process.code,
        notice=draft.notice,
        kind=kind or draft.kind,
        became=became,
        refusal=refusal,
        placed=tuple(sorted(draft.placed)),
        only_kept=draft.only_kept,
    )
