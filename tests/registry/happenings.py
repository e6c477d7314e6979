"""Anything that may happen to a register, at random: entries that commands could have written, in any order."""

import random
from collections.abc import Sequence
from typing import Any

from audit.entry import SYSTEM
from audit.events import Event
from audit.log import Log
from registry import events
from tests.registry.builders import a_code, an_agency

DAY = 86_400
DAYS = ("2024-11-24", "2025-06-30", "2025-11-23", "2025-11-24", "2025-11-25")
ORGANISATIONS = ("tenderer", "notary", "agency-1")
GROUNDS: tuple[events.Ground, ...] = (
    "SAME_LEGAL_PERSON",
    "SAME_PRACTITIONER",
    "SAME_PERSON",
    "SAME_ADDRESS",
    "SAME_PHONE",
)


class Happenings:
    """Records one random entry after the other. It remembers just enough for each to have its form."""

    def __init__(
        self, log: Log, pick: random.Random, agencies: int = 4, organisations: Sequence[str] = ORGANISATIONS
    ) -> None:
        self.log, self.pick, self.agencies, self.organisations = log, pick, agencies, organisations
        self._counts: dict[Any, int] = {}
        self._findings: list[str] = []

    def next(self, *key: Any) -> int:
        """1, 2, 3 ... for each key."""
        self._counts[key] = self._counts.get(key, 0) + 1
        return self._counts[key]

    def happen(self, times: int) -> None:
        """In one transaction: what is asked later is only which entries there are, and in which order."""
        happened = [self.one() for _ in range(times)]
        with self.log.act(SYSTEM) as act:
            act.lock(*{subject for subject, _ in happened})
            for subject, event in happened:
                act.record(event, subject)

    def one(self) -> tuple[str, Event]:
        makers = [self._agency, self._decision, self._form, self._form, self._accepted, self._accepted, self._left]
        makers += [self._promise, self._acknowledged, self._incident, self._credit, self._finding, self._rule]
        event = None
        while event is None:
            event = self.pick.choice([*makers, self._organisation])(a_code(self.pick.randrange(self.agencies)))
        members = event.body()
        if "finding" in members:
            return f"finding:{members['finding']}", event
        if isinstance(event, events.OrganisationRecorded):
            return f"organisation:{event.organisation}", event
        return (f"agency:{members['code']}" if "code" in members else "rule:any"), event

    def _moment(self) -> int:
        return self.log.clock() // 1000 + self.pick.randrange(-2, 3) * DAY

    def _agency(self, code: str) -> Event:
        facts = {"code": code, "name": f"演示代理{code[-4:]}", "organisation": self.pick.choice([None, "agency-1"])}
        one = an_agency(1, **facts, fields=self.pick.choice([["工程建设"], ["政府采购", "工程建设"]]))
        if self.next("agency", code) == 1:
            return one
        return events.AgencyAmended.of(one.body() | {"reason": "变更"})

    def _organisation(self, code: str) -> Event:
        id_ = self.pick.choice(self.organisations)
        name = f"演示单位{id_}{self.pick.randrange(2)}"
        return events.OrganisationRecorded(
            organisation=id_, name=name, code=self.pick.choice([None, code]), capacities=["tenderer"]
        )

    def _decision(self, code: str) -> Event:
        number = f"监决{self.next('decision')}号"
        past = f"监决{self.pick.randrange(1, self._counts['decision',] + 1)}号"
        match self.pick.randrange(8):
            case 0:
                return events.AgencyRemoved(code=code, ground="第十条", decision_number=number)
            case 1 | 2 | 3:
                ends = self.pick.choice([None, past])
                return events.AgencyReinstated(code=code, reason="复核", decision_number=number, ends=ends)
            case _:
                until = self.pick.choice([None, self._moment()])
                return events.AgencySuspended.decided(
                    code=code, starts=self._moment(), until=until, ground="第九条", decision_number=number
                )

    def _form(self, code: str) -> Event:
        form: events.Form = self.pick.choice(["agency", "legal_person", "practitioner"])
        who = self.pick.choice(["p1", "p2"]) if form == "practitioner" else None
        names = self.pick.choice([[], ["造价工程师"], ["造价工程师", "建造师"]])
        held = [a_certificate(name, self.pick.choice([None, *DAYS])) for name in names]
        return a_form(code, form, who, self.next("form", code, form, who), held)

    def _accepted(self, code: str) -> Event | None:
        """Newest versions that were given in."""
        given = {key[2:]: version for key, version in self._counts.items() if key[:2] == ("form", code)}
        chosen = [one for one in sorted(given.items(), key=str) if self.pick.random() < 0.7]
        if not chosen:
            return None
        forms = [events.FormVersion(form=form, practitioner=who, version=version) for (form, who), version in chosen]
        return events.FormsAccepted(code=code, forms=forms, until=self._moment())

    def _left(self, code: str) -> Event:
        return events.PractitionerLeft(
            code=code, practitioner=self.pick.choice(["p1", "p2"]), day=self.pick.choice(DAYS)
        )

    def _promise(self, code: str) -> Event:
        return events.CommitmentOnPaper(code=code, version=1, text_sha256="0" * 64, until=self._moment())

    def _acknowledged(self, code: str) -> Event:
        return events.ConductAcknowledged(code=code, version=self.pick.randrange(1, 4), practitioners=[])

    def _incident(self, code: str) -> Event:
        sanction: events.Sanction = self.pick.choice(["points", "points", "warning", "none"])
        members = {
            "incident": f"JC-{code[-2:]}-{self.pick.randrange(3)}",
            "code": code,
            "sanction": sanction,
            "points": self.pick.randrange(1, 9) if sanction == "points" else 0,
            "starts": None,
            "until": None,
            "ends": self._moment(),
            "ground": "第九条",
            "decision_number": f"监决{self.next('decision')}号",
        }
        if self.pick.random() < 0.3:
            return events.AppealDecided.of(members | {"result": "changed"})
        return events.IncidentDecided.of(members)

    def _credit(self, code: str) -> Event:
        fact = self.pick.choice(["commission_completed", "commission_completed", "objection_upheld"])
        members = {
            "code": code,
            "fact": fact,
            "project_code": "XM-1",
            "reference": "1号",
            "day": self.pick.choice(DAYS),
        }
        return events.CreditFactRecorded.of(members)

    def _finding(self, code: str) -> Event | None:
        if self._findings and self.pick.random() < 0.3:
            return events.FindingEnded(finding=self._findings.pop(self.pick.randrange(len(self._findings))))
        other = self.pick.choice([None, f"agency:{a_code(7)}", "organisation:tenderer", "organisation:notary"])
        parties = sorted({f"agency:{code}", *([] if other is None else [other])})
        self._findings.append(f"f{self.next('finding')}")
        ground = "TOO_FEW_PRACTITIONERS" if other is None else self.pick.choice(GROUNDS)
        key = self.pick.random() < 0.5
        return events.FindingMade.of({"finding": self._findings[-1], "ground": ground, "parties": parties, "key": key})

    def _rule(self, code: str) -> Event:
        if self.pick.random() < 0.5:
            version = self.next("conduct")
            article = events.Article(article="A-1", text="不得陪标", points=3)
            return events.ConductPublished(version=version, effective=self._moment(), articles=[article])
        return a_formula(self.pick, self.next("formula"))


def a_formula(pick: random.Random, version: int) -> events.FormulaPublished:
    return events.FormulaPublished(
        version=version,
        base=pick.randrange(50, 150),
        commission=pick.randrange(10),
        commissions_at_most=pick.randrange(4),
        point=pick.randrange(10),
        objection=pick.randrange(20),
        window_months=pick.choice([0, 6, 12]),
        grades=[
            events.Grade(grade="A", at_least=100, balls=pick.randrange(1, 1001)),
            events.Grade(grade="B", at_least=0, balls=1),
        ],
    )


def a_certificate(name: str, until: str | None = None) -> events.Certificate:
    return events.Certificate(name=name, issued="2020-01-01", until=until)


def a_form(
    code: str, form: events.Form, who: str | None = None, version: int = 1, held: Sequence[events.Certificate] = ()
) -> Event:
    """A version of one of the three forms. who: the practitioner."""
    members: dict[str, Any] = {"code": code, "version": version, "reason": None}
    if form == "legal_person":
        return events.LegalPersonFormSubmitted.of(members | {"term_from": "2020-01-01", "term_until": None})
    if form == "practitioner":
        members |= {"practitioner": who, "key": True, "titles": [], "employed_since": "2020-01-01", "fields": []}
        return events.PractitionerFormSubmitted.of(
            members | {"insurance_months": 12, "certificates": [one.model_dump() for one in held]}
        )
    facts = {"name": "演示代理", "organisation": "agency-1", "legal_form": "有限责任公司", "founded": "2015-03-01"}
    place = {"region": "210100", "address": "演示路 1 号", "premises": "rented", "premises_area": 100, "capital": 0}
    rest = {"scope": [], "fields": ["工程建设"], "recording_equipment": "无", "office_equipment": "无"}
    return events.AgencyFormSubmitted.of(members | facts | place | rest)
