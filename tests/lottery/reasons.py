"""A draw in which every reason occurs, written entry by entry."""

import random

from audit.act import Act
from audit.entry import SYSTEM
from audit.events import Event
from lottery import commands
from lottery.events import Conditions
from registry import commands as registry
from registry import events
from registry.rules import Reason
from tests.lottery.hall import HOUR, OPERATOR, REGISTRAR, ROUND, Hall, a_code
from tests.registry.happenings import a_certificate, a_form, a_formula

FAR = 4_000_000_000
"""A second that no test reaches."""
REASONS: tuple[Reason, ...] = (
    "NOT_RECORDED",
    "REMOVED",
    "SUSPENDED",
    "CONFLICT",
    "FORM_NOT_ACCEPTED",
    "FORM_EXPIRED",
    "COMMITMENT_MISSING",
    "COMMITMENT_EXPIRED",
    "CODE_NOT_ACKNOWLEDGED",
    "OUT_OF_SCOPE",
    "CONDITION_NOT_MET",
    "DID_NOT_ANSWER",
)


class Writer:
    """Writes entries of the register without asking its commands."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    def record(self, subject: str, *events: Event) -> None:
        def command(act: Act) -> None:
            act.lock(subject)
            for event in events:
                act.record(event, subject)

        self.hall.do(SYSTEM, command)

    def complete(self, code: str, until: int = FAR, promised: int = FAR, people: int = 2) -> None:
        """All that the three forms and the three rules ask for, as it is where nothing is wrong."""
        forms: list[tuple[events.Form, str | None]] = [("agency", None), ("legal_person", None)]
        forms += [("practitioner", f"p{number}") for number in range(people)]
        held = [a_certificate("造价工程师")]
        versions = [events.FormVersion(form=form, practitioner=who, version=1) for form, who in forms]
        self.record(
            f"agency:{code}",
            *(a_form(code, form, who, 1, held) for form, who in forms),
            events.FormsAccepted(code=code, forms=versions, until=until),
            events.CommitmentOnPaper(code=code, version=1, text_sha256="0" * 64, until=promised),
            events.ConductAcknowledged(code=code, version=1, practitioners=[]),
        )

    def rules(self) -> None:
        article = events.Article(article="A-1", text="不得陪标", points=3)
        self.record("rule:conduct", events.ConductPublished(version=1, effective=0, articles=[article]))
        self.record("rule:credit", a_formula(random.Random(1), 1))


def every_reason(hall: Hall) -> dict[str, Reason]:
    """A frozen roster in which everybody but the last three is out for a reason of its own; code to reason."""
    writer = Writer(hall)
    writer.rules()
    ends = hall.clock.now // 1000 + HOUR  # before the meeting
    codes = dict(zip(REASONS[1:], hall.codes, strict=False))
    for code in hall.codes:
        if code not in (codes["FORM_NOT_ACCEPTED"], codes["COMMITMENT_MISSING"]):
            writer.complete(
                code,
                until=ends if code == codes["FORM_EXPIRED"] else FAR,
                promised=ends if code == codes["COMMITMENT_EXPIRED"] else FAR,
                people=1 if code == codes["CONDITION_NOT_MET"] else 2,
            )
    lacking = codes["COMMITMENT_MISSING"]
    forms = [events.FormVersion(form="agency", practitioner=None, version=1)]
    forms += [events.FormVersion(form="legal_person", practitioner=None, version=1)]
    forms += [events.FormVersion(form="practitioner", practitioner="p1", version=1)]
    given = (a_form(lacking, "agency"), a_form(lacking, "legal_person"), a_form(lacking, "practitioner", "p1"))
    writer.record(f"agency:{lacking}", *given, events.FormsAccepted(code=lacking, forms=forms, until=FAR))
    struck = events.AgencyRemoved(code=codes["REMOVED"], ground="演示办法第十二条", decision_number="演监决9号")
    writer.record(f"agency:{struck.code}", struck)
    hall.suspend(codes["SUSPENDED"])
    parties = [f"agency:{codes['CONFLICT']}", "organisation:tenderer"]
    finding = events.FindingMade(finding="f1", ground="SAME_CONTROLLER", parties=parties, key=False)
    writer.record("finding:f1", finding)
    facts = events.AgencyAmended.of(
        {
            "code": codes["OUT_OF_SCOPE"],
            "name": "演示招标代理政采有限公司",
            "organisation": None,
            "region": "210100",
            "address": "演示市演示路 1 号",
            "fields": ["政府采购"],
            "founded": None,
            "reason": "变更",
        }
    )
    writer.record(f"agency:{facts.code}", facts)
    late = codes["CODE_NOT_ACKNOWLEDGED"]
    article = events.Article(article="A-1", text="不得陪标", points=3)
    writer.record("rule:conduct", events.ConductPublished(version=2, effective=ends, articles=[article]))
    for code in hall.codes:
        if code != late:
            writer.record(f"agency:{code}", events.ConductAcknowledged(code=code, version=2, practitioners=[]))
    unknown = events.OrganisationRecorded(
        organisation="newcomer", name="新来的代理有限公司", code=a_code(90), capacities=["agency"]
    )
    hall.do(REGISTRAR, registry.record_organisation, unknown)
    hall.grant("agent:new", "newcomer")
    hall.decide()
    conditions = Conditions(
        text="三表三制齐备的招标代理机构均可报名",
        fields=["工程建设"],
        requires=["forms", "commitment", "code"],
        practitioners=2,
        certificates=["造价工程师"],
    )
    hall.do(OPERATOR, commands.publish_call, hall.draw_id, conditions, ends, ends + 48 * HOUR)
    hall.sign_up(code for code in hall.codes if code != codes["DID_NOT_ANSWER"])
    hall.do("agent:new", commands.sign_up, hall.draw_id, a_code(90))
    hall.clock.advance(HOUR)
    hall.publish_plan("drand", ROUND)
    hall.publish_roster()
    hall.freeze()
    reasons: dict[str, Reason] = {code: reason for reason, code in codes.items()}
    return reasons | {a_code(90): REASONS[0]}
