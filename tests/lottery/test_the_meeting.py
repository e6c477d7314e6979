"""The meeting around the draw: opened, noted, its visitors heard, its minutes issued, closed; each refusal."""

import hashlib

import pytest
from sqlalchemy import select

import registry.commands
from audit.entry import SYSTEM
from audit.erase import NothingToErase
from audit.rebuild import rebuild_check
from audit.tables import PrivateValueRow
from lottery import commands, rules
from lottery.conductor import ANNOUNCED_BY_ITSELF
from lottery.events import Contributed
from lottery.model import State
from lottery.protocol.contributions import MAX_CONTRIBUTIONS, PUBLIC_SEAT
from lottery.protocol.verify import verify_evidence
from registry import documents
from tests.lottery.hall import (
    OPERATOR,
    ORGANISATIONS,
    PUBLIC_HOLDER,
    REGISTRAR,
    SUPERVISOR,
    TENDERER,
    WITH_PUBLIC,
    Hall,
    a_secret,
)

SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PLACE = "演示市公共资源交易中心开标一厅"
PDF = b"%PDF-1.7 demo"
HOLDER = ORGANISATIONS[PUBLIC_HOLDER][2]


def committing(hall: Hall) -> None:
    hall.prepare(seats=WITH_PUBLIC)
    hall.freeze()


# From beginning to end, on both databases


def test_a_meeting_leaves_its_entries_and_the_public_tables_can_be_rebuilt_from_them(hall: Hall) -> None:
    hall.prepare(seats=WITH_PUBLIC)
    hall.at(hall.attempt.planned.event.draws_at - rules.OPENS_BEFORE)
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, PLACE)
    hall.freeze()
    made = hall.contribute("红", "七", "今天下雨")
    hall.commit()
    hall.commit_public()
    hall.at(hall.attempt.planned.event.commit_deadline)
    assert hall.advance() == "close_commitments"
    hall.clock.advance(ANNOUNCED_BY_ITSELF)  # left to the operator for so long
    assert hall.advance() == "announce_round"
    hall.reveal()
    event = hall.revelation(PUBLIC_SEAT, by=PUBLIC_HOLDER, secret=hall.public_secret())
    hall.do(HOLDER, commands.reveal, event, hall.log.published_size)
    assert hall.attempt.round_at is not None
    hall.at(max(hall.clock.now / 1000, hall.attempt.round_at // 1000 - hall.attempt.plan["max_lead"]))
    assert hall.advance() == "seal"
    scan = documents.store(hall.log.blobs, PDF + b" signed", "封存单.pdf", "application/pdf")
    hall.do(SUPERVISOR, commands.note_meeting, hall.draw_id, "SEAL_SLIP", "封存单已由各席位签字", None, scan)
    hall.at(hall.attempt.round_at / 1000)
    assert hall.beacon.fetch(hall.attempt.round or 0, 20) is not None
    assert hall.advance() == "complete"
    hall.do(OPERATOR, commands.note_meeting, hall.draw_id, "SEAT_REFUSES", "席位人员离场未签字", "notary")
    hall.do(OPERATOR, commands.issue_minutes, hall.draw_id, 1, PDF, 3)
    hall.do(OPERATOR, commands.close_meeting, hall.draw_id, "ab" * 32)
    attempt = hall.draw(placed=True).attempts[0]
    assert attempt.opened is not None
    assert attempt.opened.event.place == PLACE
    assert [(step.actor, step.event.seat, step.event.contribution) for step in attempt.contributions] == [
        (SYSTEM, PUBLIC_SEAT, one) for one in made
    ]
    assert [(step.event.topic, step.event.seat) for step in attempt.notes] == [
        ("SEAL_SLIP", None),
        ("SEAT_REFUSES", "notary"),
    ]
    (minutes,) = attempt.minutes
    assert (minutes.event.sha256, minutes.event.pages) == (hashlib.sha256(PDF).hexdigest(), 3)
    assert [(file.name, file.media_type) for file in minutes.files] == [("minutes.pdf", "application/pdf")]
    assert hall.log.blobs.get(minutes.sha256("minutes.pdf")) == PDF
    assert attempt.meeting_closed is not None
    assert attempt.meeting_closed.event.video_sha256 == "ab" * 32
    assert attempt.drawn is not None
    data = hall.log.blobs.get(attempt.drawn.sha256("evidence.json"))
    assert data is not None
    seats = {one["seat"]: one["secret"] for one in verify_evidence(data).evidence["seal"]["seats"]}
    assert seats[PUBLIC_SEAT] == hall.public_secret()
    with hall.log.reading() as session:
        scans = session.scalars(select(PrivateValueRow).where(PrivateValueRow.entry_id == attempt.notes[0].entry_id))
        assert [(row.name, row.value) for row in scans] == [("scan", scan)]
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert report.differences == []


def test_an_erased_scan_leaves_no_file_unless_another_note_has_the_same(hall: Hall) -> None:
    hall.prepare()
    scan = documents.store(hall.log.blobs, PDF + b" signed", "签到表.pdf", "application/pdf")
    path = hall.log.blobs.path(documents.described(scan).sha256)
    for _ in range(2):
        hall.do(SUPERVISOR, commands.note_meeting, hall.draw_id, "OTHER", "签到表存档", None, scan)
    basis = "个人信息保护法第四十七条"
    for note, is_left in zip(hall.draw(placed=True).attempts[0].notes, (True, False), strict=True):
        hall.do(SYSTEM, registry.commands.erase_entry, note.seq, ["scan"], basis)
        documents.forget_files(hall.log)
        assert path.is_file() == is_left
    with pytest.raises(NothingToErase):
        hall.do(SYSTEM, registry.commands.erase_entry, note.seq, ["scan"], basis)


# Opening


@SQLITE
def test_a_meeting_opens_once_half_an_hour_before_its_time_with_a_roster(hall: Hall) -> None:
    opening = commands.open_meeting, hall.draw_id, PLACE
    hall.decide()
    hall.refused("lottery.not-now", OPERATOR, *opening)
    hall.call(hall.clock.now // 1000 + 3600)
    hall.sign_up()
    hall.clock.advance(3600)
    hall.publish_plan()
    earliest = hall.attempt.planned.event.draws_at - rules.OPENS_BEFORE
    hall.refused("lottery.not-now", OPERATOR, *opening)
    hall.publish_roster()
    hall.clock.now = earliest * 1000 - 1
    refusal = hall.refused("lottery.too-soon", OPERATOR, *opening)
    assert refusal.facts["until"] == earliest
    assert "open_meeting" not in hall.actions()
    hall.clock.now = earliest * 1000
    assert hall.actions()["open_meeting"].roles == ("operator",)
    hall.refused("lottery.bad-text", OPERATOR, commands.open_meeting, hall.draw_id, " ")
    hall.refused("registry.not-permitted", SUPERVISOR, *opening)
    hall.do(OPERATOR, *opening)
    hall.refused("lottery.not-now", OPERATOR, *opening)


@SQLITE
def test_a_meeting_that_was_never_opened_holds_nothing_up_and_is_not_closed(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    hall.refused("lottery.not-now", OPERATOR, commands.open_meeting, hall.draw_id, PLACE)
    hall.void("FORCE_MAJEURE")
    assert "close_meeting" not in hall.actions()
    hall.refused("lottery.not-now", OPERATOR, commands.close_meeting, hall.draw_id)


# The public seat


@SQLITE
def test_the_public_seat_commits_to_what_all_visitors_made_and_to_nothing_else(hall: Hall) -> None:
    committing(hall)
    hall.contribute("一")
    before = hall.public_secret()
    assert hall.actions()["contribute"].roles == (SYSTEM,)
    hall.contribute("二")
    for chosen in (a_secret(PUBLIC_SEAT), before):
        made = hall.entries()
        with pytest.raises(Exception, match="全部投入") as caught:
            hall.commit_public(chosen)
        assert getattr(caught.value, "code", None) == "lottery.not-of-contributions"
        assert hall.entries() == made
    hall.commit_public()
    hall.commit("notary")  # no other seat is asked for anything new
    hall.refused("lottery.seat-acted-already", SYSTEM, commands.contribute, hall.draw_id, "0" * 64)
    assert "contribute" not in hall.actions()


@SQLITE
def test_without_a_contribution_the_holder_chooses_as_any_seat(hall: Hall) -> None:
    committing(hall)
    hall.commit_public(a_secret(PUBLIC_SEAT))
    assert PUBLIC_SEAT in hall.attempt.committed


@SQLITE
def test_contributions_are_taken_while_seats_commit_each_once(hall: Hall) -> None:
    sending = commands.contribute, hall.draw_id, "a" * 64
    hall.prepare(seats=WITH_PUBLIC)
    hall.refused("lottery.not-now", SYSTEM, *sending)
    hall.freeze()
    hall.refused("registry.not-permitted", OPERATOR, *sending)
    for wrong in ("A" * 64, "a" * 63, ""):
        hall.refused("lottery.bad-hex", SYSTEM, commands.contribute, hall.draw_id, wrong)
    hall.do(SYSTEM, *sending)
    hall.refused("lottery.contributed-already", SYSTEM, *sending)
    deadline = hall.attempt.planned.event.commit_deadline
    hall.clock.now = deadline * 1000 - 1
    hall.contribute("最后一刻")
    hall.clock.now = deadline * 1000
    hall.refused("lottery.too-late", SYSTEM, commands.contribute, hall.draw_id, "b" * 64)
    assert hall.advance() == "close_commitments"
    hall.refused("lottery.not-now", SYSTEM, commands.contribute, hall.draw_id, "b" * 64)


@SQLITE
def test_a_plan_without_a_public_seat_takes_no_contribution(hall: Hall) -> None:
    hall.prepare()
    hall.freeze()
    assert "contribute" not in hall.actions()
    hall.refused("lottery.unknown-seat", SYSTEM, commands.contribute, hall.draw_id, "a" * 64)


@SQLITE
def test_an_attempt_takes_a_thousand_contributions(hall: Hall) -> None:
    committing(hall)
    with hall.log.act(SYSTEM) as act:
        commands.contribute(act, hall.draw_id, "f" * 64)
        draw, attempt = hall.draw(), hall.attempt
        for number in range(MAX_CONTRIBUTIONS - 1):
            event = Contributed(
                draw_id=hall.draw_id, attempt=attempt.number, seat=PUBLIC_SEAT, contribution=f"{number:064x}"
            )
            act.record(event, draw.subject)
    assert hall.log.wait_for_all()
    refusal = hall.refused("lottery.contributions-full", SYSTEM, commands.contribute, hall.draw_id, "a" * 64)
    assert refusal.facts["limit"] == len(hall.attempt.contributions) == 1000
    hall.commit_public()


# Notes


@SQLITE
def test_what_happens_is_noted_from_the_roster_until_the_end(hall: Hall) -> None:
    noting = commands.note_meeting, hall.draw_id
    hall.decide()
    hall.refused("lottery.not-now", OPERATOR, *noting, "OTHER", "尚无会议")
    hall.call(hall.clock.now // 1000 + 3600)
    hall.sign_up()
    hall.clock.advance(3600)
    hall.publish_plan()
    hall.refused("lottery.not-now", OPERATOR, *noting, "OTHER", "尚无名单")
    hall.publish_roster()
    hall.at(hall.attempt.planned.event.draws_at)
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, PLACE)
    assert hall.actions()["note_meeting"].roles == rules.NOTERS
    for actor in (OPERATOR, SUPERVISOR, ORGANISATIONS["notary"][2]):
        hall.do(actor, *noting, "INTERRUPTED", "停电十分钟")
    for actor in (TENDERER, REGISTRAR):
        hall.refused("registry.not-permitted", actor, *noting, "OTHER", "旁听")
    hall.do(OPERATOR, *noting, "OTHER", "长" * rules.LONG_TEXT)
    hall.refused("lottery.bad-text", OPERATOR, *noting, "OTHER", "长" * (rules.LONG_TEXT + 1))
    hall.refused("lottery.seat-not-named", OPERATOR, *noting, "SEAT_REFUSES", "拒签")
    hall.refused("lottery.unknown-seat", OPERATOR, *noting, "SEAT_REFUSES", "拒签", "nobody")
    hall.refused("lottery.not-now", OPERATOR, *noting, "SEAL_SLIP", "尚未封存")
    hall.refused("registry.bad-fact", OPERATOR, *noting, "OTHER", "附件", None, b"no description of a file")
    hall.void("FORCE_MAJEURE")
    hall.do(OPERATOR, *noting, "OTHER", "作废后宣布散会")
    hall.do(OPERATOR, commands.close_meeting, hall.draw_id)
    hall.refused("lottery.not-now", OPERATOR, *noting, "OTHER", "散会之后")


# Minutes and the end


@SQLITE
def test_minutes_are_of_an_attempt_that_is_over_and_change_when_issued_again(hall: Hall) -> None:
    hall.prepare()
    issuing = commands.issue_minutes, hall.draw_id
    hall.refused("lottery.not-now", OPERATOR, *issuing, 1, PDF, 1)
    for number in (0, 2):
        hall.refused("lottery.unknown-attempt", OPERATOR, *issuing, number, PDF, 1)
    hall.void("FORCE_MAJEURE")
    hall.refused("registry.not-permitted", SUPERVISOR, *issuing, 1, PDF, 1)
    for data, pages in ((b"<html>", 1), (PDF, 0), (PDF, 10_001)):
        hall.refused("lottery.bad-minutes", OPERATOR, *issuing, 1, data, pages)
    hall.do(OPERATOR, *issuing, 1, PDF, 1)
    hall.refused("lottery.minutes-unchanged", OPERATOR, *issuing, 1, PDF, 1)
    hall.do(OPERATOR, *issuing, 1, PDF + b" 2", 2)
    hall.do(OPERATOR, *issuing, 1, PDF, 1)  # as they were before: these hold now
    assert [step.event.pages for step in hall.attempt.minutes] == [1, 2, 1]
    hall.publish_plan()
    hall.refused("lottery.not-now", OPERATOR, *issuing, 2, PDF, 1)
    assert "issue_minutes" not in hall.actions()  # of the present attempt
    hall.do(OPERATOR, *issuing, 1, PDF + b" 3", 3)


@SQLITE
def test_a_meeting_is_closed_once_when_its_attempt_is_over(hall: Hall) -> None:
    hall.prepare()
    hall.at(hall.attempt.planned.event.draws_at)
    hall.do(OPERATOR, commands.open_meeting, hall.draw_id, PLACE)
    closing = commands.close_meeting, hall.draw_id
    hall.refused("lottery.not-now", OPERATOR, *closing)
    hall.void("FORCE_MAJEURE")
    assert hall.state is State.VOID
    hall.refused("lottery.bad-hex", OPERATOR, *closing, "录像")
    hall.refused("registry.not-permitted", SUPERVISOR, *closing)
    hall.do(OPERATOR, *closing)
    hall.refused("lottery.not-now", OPERATOR, *closing)
    assert hall.attempt.meeting_closed is not None
    assert hall.attempt.meeting_closed.event.video_sha256 is None
