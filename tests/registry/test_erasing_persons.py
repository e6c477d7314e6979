"""Erasing what the forms say of a person: values, digests, drafts, files go; the log holds; backups are named."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from audit.backup import backup
from audit.entry import SYSTEM
from audit.rebuild import rebuild_check
from audit.tables import EntryRow, PrivateValueRow
from registry import commands, documents, drafts, errors, queries
from registry.commands import Erased
from registry.events import Form
from registry.model import Contact
from registry.queries import findings as found
from registry.queries import persons
from registry.tables import ApplicationRow, FormDraftRow, TieRow
from tests.ground import FakeClock
from tests.registry.builders import ADMIN, REGISTRAR, SUPERVISOR, Register, a_code, an_agency
from tests.registry.forms import Forms, a_person, an_agency_form, an_agency_private

BASIS = "个人信息保护法第四十七条"


def erase(forms: Forms, form: Form, practitioner: str | None = None, by: str = REGISTRAR) -> Erased:
    forms.register.publish()
    erased: Erased = forms.register.do(by, commands.erase_person, a_code(1), form, practitioner, BASIS)
    documents.forget_files(forms.log)
    forms.register.publish()
    return erased


def values_left(forms: Forms) -> int:
    with forms.log.reading() as session:
        return session.scalar(select(func.count()).select_from(PrivateValueRow)) or 0


def test_every_version_of_a_person_goes_and_nobody_elses(forms: Forms) -> None:
    one, other = forms.whole(1, practitioners=2)
    forms.practitioner(1, 50, practitioner=one, reason="年度续期")
    before = values_left(forms)
    erased = erase(forms, "practitioner", one)
    assert (len(erased.entries), erased.values) == (2, 6)
    assert values_left(forms) == before - 6
    with forms.log.reading() as session:
        shown = persons.shown_persons(session, a_code(1)).practitioners
        sources = set(session.scalars(select(TieRow.source)))
        logged = session.scalars(select(EntryRow.body).where(EntryRow.kind == "audit.private_erased")).all()
    assert shown[one].name is None
    assert shown[other].name is not None
    assert f"practitioner:{one}" not in sources
    assert f"practitioner:{other}" in sources
    assert len(logged) == 2
    assert all(BASIS.encode() in body for body in logged)


def test_an_erased_name_never_falls_back_to_an_older_one(forms: Forms) -> None:
    forms.whole(1)
    erase(forms, "legal_person")
    with forms.log.reading() as session:
        assert persons.shown_persons(session, a_code(1)).legal_person is None
    forms.legal_person(1, reason="换届", name="继任者", identity_number=a_person(777))
    with forms.log.reading() as session:
        assert persons.shown_persons(session, a_code(1), placed=False).legal_person is None


def test_the_log_stays_valid_and_counts_the_erased(forms: Forms) -> None:
    forms.whole(1)
    erase(forms, "legal_person")
    report = rebuild_check(forms.log.database, forms.log.folder, forms.log.signer.key)
    assert (report.differences, report.erased) == ([], 3)


def test_what_was_found_by_the_person_ends_and_what_was_found_by_the_office_stays(forms: Forms) -> None:
    forms.agency(1)
    forms.legal_person(1)
    forms.agency(2, address=an_agency_form(1).address, private={"controller_number": a_person(101)})
    forms.legal_person(2, identity_number=a_person(201))
    erase(forms, "legal_person")
    erase(forms, "agency")
    with forms.log.reading() as session:
        assert {one.ground for one in found.findings(session)} == {"SAME_ADDRESS"}
    assert forms.review() == []


def test_the_licence_goes_from_the_disk_unless_something_else_refers_to_it(forms: Forms) -> None:
    shared = documents.store(forms.log.blobs, b"%PDF-shared", "同一份.pdf", "application/pdf")
    forms.agency(1, private={"licence": shared})
    own = documents.store(forms.log.blobs, b"%PDF-own", "本机构.pdf", "application/pdf")
    forms.agency(1, private={"licence": own}, reason="换证")
    forms.agency(2, private={"licence": shared})
    assert erase(forms, "agency").files == 2
    assert not forms.log.blobs.path(documents.described(own).sha256).exists()
    assert forms.log.blobs.path(documents.described(shared).sha256).exists()


def test_a_file_made_public_meanwhile_stays(forms: Forms) -> None:
    data = b"%PDF-public"
    private = documents.store(forms.log.blobs, data, "营业执照.pdf", "application/pdf")
    forms.agency(1, private={"licence": private})
    public = forms.log.blobs.put_file("公开.pdf", "application/pdf", data)
    with forms.log.act(SYSTEM) as act:
        commands.submit_agency_form(
            act, a_code(2), an_agency_form(2), an_agency_private(forms.log, 2), key=forms.key, files=[public]
        )
    erase(forms, "agency")
    assert forms.log.blobs.get(public.sha256) == data


def test_drafts_that_hold_the_person_go_wherever_the_name_was_typed(forms: Forms, register: Register) -> None:
    (person,) = forms.whole(1, practitioners=1)
    with forms.log.reading() as session:
        organisation = queries.organisation_with_code(session, a_code(1))
    assert organisation is not None
    register.grant("g1", "agent", organisation.id)
    for whose, content in ((person, {"titles": "工程师"}), ("new-1", {"name": "人员50"}), ("new-2", {"name": "别人"})):
        register.do("agent:g1", drafts.save, organisation.id, "practitioner", whose, content, 0, "g1")
    erase(forms, "practitioner", person)
    with forms.log.reading() as session:
        assert [row.practitioner for row in session.scalars(select(FormDraftRow))] == ["new-2"]


def test_the_contact_of_the_record_and_of_the_applicant_goes_with_the_agencys_form(
    forms: Forms, register: Register
) -> None:
    asked = ("g1", a_code(1), an_agency_form(1).name, "申请人", "024-23001234")
    register.do(SYSTEM, commands.ask_admission, *asked)
    register.do(REGISTRAR, commands.record_agency, an_agency(1), Contact("旧联系人", "024-23009999"))
    erase(forms, "agency")
    with forms.log.reading() as session:
        assert session.get(ApplicationRow, "g1") is None
    assert values_left(forms) == 0


def test_whoever_erases_is_told_which_backups_hold_it(forms: Forms, tmp_path: Path, clock: FakeClock) -> None:
    backup(forms.log.database, tmp_path / "before", forms.log.clock)
    clock.advance(60)
    forms.whole(1)
    clock.advance(60)
    for name in ("first", "second"):
        backup(forms.log.database, tmp_path / name, forms.log.clock)
        clock.advance(60)
    told = erase(forms, "legal_person").backups
    assert [Path(one.file).name for one in told] == ["first", "second"]
    assert [one.made_at for one in told] == [clock.now - 120_000, clock.now - 60_000]


def test_nothing_to_erase_is_said(forms: Forms) -> None:
    with pytest.raises(errors.NothingPersonal):
        erase(forms, "legal_person")
    forms.whole(1)
    erase(forms, "legal_person")
    with pytest.raises(errors.NothingPersonal):
        erase(forms, "legal_person")


def test_what_has_no_place_in_the_log_yet_waits(forms: Forms, register: Register) -> None:
    forms.log.stop()
    forms.agency(1)
    with pytest.raises(errors.EntryWaiting):
        register.do(REGISTRAR, commands.erase_person, a_code(1), "agency", None, BASIS)
    assert values_left(forms) == 7
    forms.log.settle()


@pytest.mark.parametrize("actor", [REGISTRAR, ADMIN, SYSTEM])
def test_a_registrar_or_an_admin_erases(forms: Forms, actor: str) -> None:
    forms.whole(1, practitioners=1)
    erase(forms, "legal_person", by=actor)


def test_nobody_else_does(forms: Forms) -> None:
    forms.whole(1, practitioners=1)
    with pytest.raises(errors.NotPermitted):
        erase(forms, "legal_person", by=SUPERVISOR)


def test_a_file_forgotten_before_a_crash_is_removed_the_next_time(forms: Forms, register: Register) -> None:
    forms.agency(1)
    register.publish()
    register.do(REGISTRAR, commands.erase_person, a_code(1), "agency", None, BASIS)
    assert len(list((forms.log.data / "blobs").iterdir())) == 1
    assert documents.forget_files(forms.log) == 1
    assert documents.forget_files(forms.log) == 0
    assert list((forms.log.data / "blobs").iterdir()) == []
