"""Forms in small: fictional persons with right identity numbers, and short ways to hand in what is complete."""

from dataclasses import replace
from typing import Any

import orjson

from audit import keys
from audit.entry import SYSTEM
from audit.log import Log
from audit.tables import EntryRow
from registry import commands, documents
from registry.events import Certificate, FormVersion
from registry.model import (
    AgencyForm,
    AgencyPrivate,
    LegalPersonForm,
    LegalPersonPrivate,
    OrganisationTies,
    PractitionerForm,
    PractitionerPrivate,
)
from tests.kept import once
from tests.registry.builders import REGISTRAR, Register, a_code

PDF = b"%PDF-1.7 \xe6\xbc\x94\xe7\xa4\xba"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def a_person(number: int) -> str:
    """A fictional identity number: region 210102, born in 1980, with its right check character."""
    body = f"21010219800101{number:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def an_agency_form(number: int = 1, **changed: Any) -> AgencyForm:
    form = AgencyForm(
        name=f"演示{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{number}咨询有限公司",
        legal_form="有限责任公司",
        founded="2015-03-01",
        region="210100",
        address=f"沈阳市和平区演示路 {number} 号",
        premises="rented",
        premises_area=120,
        capital=500_000_000,
        scope=("招标代理", "工程造价咨询"),
        fields=("工程建设", "政府采购"),
        recording_equipment="固定机位录音录像 2 套",
        office_equipment="计算机 12 台",
    )
    return replace(form, **changed)


def an_agency_private(log: Log, number: int = 1, **changed: Any) -> AgencyPrivate:
    private = AgencyPrivate(
        contact_name=f"联系人{number}",
        contact_phone=f"024-2300{number:04d}",
        bank_name="演示银行沈阳分行",
        bank_account=f"6222 0000 0000 {number:04d}",
        controller_name=f"控制人{number}",
        controller_number=a_person(100 + number),
        licence=documents.store(log.blobs, PDF + str(number).encode(), "营业执照.pdf", "application/pdf"),
    )
    return replace(private, **changed)


def a_legal_person(number: int = 1, **changed: Any) -> LegalPersonPrivate:
    private = LegalPersonPrivate(f"法人{number}", a_person(200 + number), f"139000{number:05d}")
    return replace(private, **changed)


def a_practitioner_form(**changed: Any) -> PractitionerForm:
    form = PractitionerForm(
        key=False,
        titles=("工程师",),
        certificates=(Certificate(name="招标采购从业人员证书", issued="2020-06-01", until="2030-05-31"),),
        employed_since="2020-01-01",
        insurance_months=60,
        fields=("工程建设",),
    )
    return replace(form, **changed)


def a_practitioner(number: int = 1, **changed: Any) -> PractitionerPrivate:
    return replace(PractitionerPrivate(f"人员{number}", a_person(300 + number), (f"ZC{number:06d}",)), **changed)


class Forms:
    """The forms of a register, handed in by the system's own command line unless somebody else is named."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.log = register.log
        self.key = keys.load_digest_key(self.log.data / "keys")

    def agency(self, number: int = 1, by: str = SYSTEM, private: dict[str, Any] | None = None, **changed: Any) -> int:
        form, values = an_agency_form(number, **changed), an_agency_private(self.log, number, **(private or {}))
        entry: int = self.register.do(by, commands.submit_agency_form, a_code(number), form, values, key=self.key)
        return entry

    def legal_person(self, number: int = 1, by: str = SYSTEM, reason: str | None = None, **changed: Any) -> int:
        form, private = LegalPersonForm("2020-01-01", reason=reason), a_legal_person(number, **changed)
        entry: int = self.register.do(
            by, commands.submit_legal_person_form, a_code(number), form, private, key=self.key
        )
        return entry

    def practitioner(
        self,
        number: int = 1,
        person: int = 1,
        by: str = SYSTEM,
        practitioner: str | None = None,
        private: dict[str, Any] | None = None,
        **changed: Any,
    ) -> int:
        entry: int = self.register.do(
            by,
            commands.submit_practitioner_form,
            a_code(number),
            practitioner,
            a_practitioner_form(**changed),
            a_practitioner(person, **(private or {})),
            key=self.key,
        )
        return entry

    def practitioner_of(self, entry: int) -> str:
        """The id that an entry gave the practitioner."""
        return str(self.body(entry)["practitioner"])

    def body(self, entry: int) -> dict[str, Any]:
        with self.log.reading() as session:
            found: dict[str, Any] = orjson.loads(session.get_one(EntryRow, entry).body)
        return found

    def accept(self, number: int, *forms: tuple[str, str | None, int], by: str = REGISTRAR) -> int:
        listed = [
            FormVersion.model_validate({"form": form, "practitioner": practitioner, "version": version})
            for form, practitioner, version in forms
        ]
        entry: int = self.register.do(by, commands.accept_forms, a_code(number), listed)
        return entry

    def ties(self, organisation: str, address: str | None = None, **numbers: Any) -> int:
        entry: int = self.register.do(
            REGISTRAR, commands.record_ties, organisation, OrganisationTies(**numbers), address, key=self.key
        )
        return entry

    def review(self) -> list[int]:
        entries: list[int] = self.register.do(SYSTEM, commands.review_findings, key=self.key)
        return entries

    def whole(self, number: int = 1, practitioners: int = 5) -> list[str]:
        """All three forms of an agency, accepted; returns its practitioners' ids. Persons are nobody else's."""
        name = ("whole", self.key, number, practitioners)
        return once(self.log, name, lambda: self._whole(number, practitioners), placed=False)

    def _whole(self, number: int, practitioners: int) -> list[str]:
        self.agency(number)
        self.legal_person(number)
        persons = [self.practitioner_of(self.practitioner(number, 50 * number + one)) for one in range(practitioners)]
        self.accept(
            number,
            ("agency", None, 1),
            ("legal_person", None, 1),
            *(("practitioner", person, 1) for person in persons),
        )
        return persons
