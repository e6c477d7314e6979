"""Releases of what a project is: its registration and what changes of it."""

from typing import Any

from audit.step import Step
from trading.events import (
    AgentEngaged,
    Category,
    CodeAssigned,
    ProjectAmended,
    ProjectLot,
    ProjectRegistered,
)
from trading.ocds.process import Process, happened_at
from trading.ocds.values import Json, money
from trading.ocds.writing import Written, writes

PURCHASED: dict[Category | None, str] = {"works": "works", "goods": "goods", "services": "services"}


@writes(ProjectRegistered)
def registered(process: Process, step: Step[ProjectRegistered], _: str) -> Written:
    lots = [_lot(one, "planning") for one in process.project.lots]
    return ["planning"], {"planning": _planning(process), **_tender(process, lots, "planning")}


def begun_again(process: Process, step: Step[Any]) -> Json:
    """What a round after a failure has from the beginning: the lots that its first entry is about, whence it came."""
    assert process.former is not None
    former = process.former
    process.parties = {name: party | {"roles": list(party["roles"])} for name, party in former.parties.items()}
    if not process.feed.is_sale:
        for party in process.parties.values():
            party["roles"] = [role for role in party["roles"] if role in ("buyer", "tenderingAgent")]
    lot = step.event.lot
    again = [one.lot for one in process.project.lots if _may_begin_again(process, one.lot)]
    wanted = [lot] if lot is not None else again or [one.lot for one in process.project.lots]
    lots = [_lot(one, "planning") for one in process.project.lots if one.lot in wanted]
    agents = list(former.merged.each("tender", "x_agents"))
    for one in agents:
        process.party(one["agent"]["id"], one["agent"]["name"], "tenderingAgent")
    related = {
        "id": "1",
        "relationship": ["unsuccessfulProcess"],
        "scheme": "ocid",
        "identifier": former.ocid,
        "uri": f"{process.publication.base_url}{process.feed.address}/records/{former.ocid}",
    }
    return {
        "planning": _planning(process),
        "tender": _tender(process, lots, "planning")["tender"] | {"x_agents": agents},
        "relatedProcesses": [related],
    }


def _may_begin_again(process: Process, lot: str) -> bool:
    assert process.former is not None
    return process.former.merged.get("tender", "lots", lot, "status") in ("unsuccessful", "cancelled", "withdrawn")


def _planning(process: Process) -> Json:
    project = process.project
    return {
        "rationale": project.legal_basis,
        "budget": {
            "id": project.approval,
            "description": project.funding,
            "amount": money(project.estimate_fen),
            "project": project.title,
            "projectID": project.code,
        },
    }


def _tender(process: Process, lots: list[Json], status: str) -> Json:
    project = process.project
    category = PURCHASED.get(project.category) or ("works" if project.trade == "A" else None)
    return process.tender(
        title=project.title,
        status=status,
        mainProcurementCategory=None if process.feed.is_sale else category,
        lots=lots,
        x_trade=project.trade,
        x_category=project.category,
        x_region=project.region,
        x_classCode=project.class_code,
    )


def _lot(lot: ProjectLot, status: str) -> Json:
    return {"id": lot.lot, "title": lot.title, "value": money(lot.estimate_fen), "status": status}


@writes(ProjectAmended)
def amended(process: Process, step: Step[ProjectAmended], _: str) -> Written:
    """The registration's members that releases have; others change nothing here."""
    values: dict[str, Any] = {one.field: one.new or None for one in step.event.changed}
    if values.get("estimate_fen"):
        values["estimate_fen"] = int(values["estimate_fen"])
    known = {name: value for name, value in values.items() if name in ProjectRegistered.model_fields}
    kept = {name: value for name, value in known.items() if name not in ("code", "trade", "lots", "tenderer")}
    process.project = process.project.model_copy(update=kept)
    note = {"id": f"amended-{step.seq}", "date": happened_at(step), "description": step.event.reason}
    return ["planningUpdate"], {
        "planning": _planning(process),
        **process.tender(
            title=process.project.title, x_region=process.project.region, x_classCode=process.project.class_code
        ),
        "x_amendments": [
            {**note, "changes": [{"property": one.field, "former": one.old} for one in step.event.changed]}
        ],
    }


@writes(CodeAssigned)
def coded(process: Process, step: Step[CodeAssigned], _: str) -> Written:
    code = {"id": step.event.code, "issuer": step.event.issuer, "relatedLots": [step.event.lot]}
    if step.event.lot is not None and not process.lots_of(step.event.lot):
        return None
    return [process.update], process.tender(x_transactionCodes=[code])


@writes(AgentEngaged)
def engaged(process: Process, step: Step[AgentEngaged], _: str) -> Written:
    code = step.event.agent
    agent = process.coded(code, process.known.agents.get(code, code), "tenderingAgent")
    contract = {"id": step.event.contract_number, "draw": step.event.draw_id, "agent": agent}
    return [process.update], process.tender(x_agents=[contract])
