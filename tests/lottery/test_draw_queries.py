"""What pages read: lists, one draw, an agency's draws; and only what has its place in the log."""

from audit.rebuild import rebuild_check
from audit.tables import EntryRow
from lottery import commands, queries
from lottery.model import State
from lottery.queries.lists import MILESTONES
from tests.lottery.hall import HOUR, OPERATOR, PROJECT, TENDERER, Hall


def test_a_list_shows_the_newest_first_with_its_state(hall: Hall) -> None:
    hall.prepare("dice")
    hall.decide("MT-2023-0002", project_code="XM-2023-0002", project_name="演示市体育馆工程")
    hall.decide("DRILL-MT-2023-0001")
    now = hall.clock.now
    with hall.log.reading() as session:
        lines = queries.draws(session, now)
        assert [(line.draw_id, line.state, line.attempts) for line in lines] == [
            ("MT-2023-0002", State.DECIDED, 0),
            ("MT-2023-0001", State.ROSTER, 1),
        ]
        assert [line.draw_id for line in queries.draws(session, now, limit=1)] == ["MT-2023-0002"]
        assert [line.draw_id for line in queries.draws(session, now, before=lines[0].seq)] == ["MT-2023-0001"]
        assert [line.draw_id for line in queries.draws(session, now, text="体育馆")] == ["MT-2023-0002"]
        assert [line.draw_id for line in queries.draws(session, now, text="%")] == []
        assert [line.draw_id for line in queries.draws(session, now, states=[State.ROSTER])] == ["MT-2023-0001"]
        assert [line.draw_id for line in queries.draws(session, now, drills=True)] == ["DRILL-MT-2023-0001"]
        assert len(queries.draws(session, now, drills=None)) == 3
        assert queries.draws(session, now, year=2024) == []
        assert len(queries.project_draws(session, now, PROJECT)) == 2


def test_every_state_follows_from_a_milestone_or_from_giving_up() -> None:
    assert frozenset().union(*MILESTONES.values()) | {State.GIVEN_UP} == set(State)


def test_a_list_of_one_state_holds_the_draws_in_it_and_no_other(hall: Hall) -> None:
    passed = []

    def stands() -> None:
        """In the list of its own state and in none of the others."""
        with hall.log.reading() as session:
            listed = [one for one in State if queries.draws(session, hall.clock.now, states=[one], drills=None)]
        assert listed == [hall.state]
        passed.append(hall.state)

    hall.decide()
    stands()
    hall.call(hall.clock.now // 1000 + HOUR)
    stands()
    hall.sign_up(hall.codes[:-1])
    hall.clock.advance(HOUR)
    hall.publish_plan("drand+dice")
    stands()
    hall.publish_roster()
    stands()
    hall.freeze()
    stands()
    hall.commit()
    hall.at(hall.attempt.planned.event.commit_deadline)
    for step in ("close_commitments", "announce_round"):
        assert hall.advance() == step
        stands()
    hall.reveal()
    stands()
    hall.throw()
    stands()
    assert hall.attempt.round_at is not None
    hall.at(max(hall.clock.now / 1000, hall.attempt.round_at // 1000 - hall.attempt.plan["max_lead"]))
    assert hall.advance() == "seal"
    stands()
    hall.at(hall.attempt.round_at / 1000)
    stands()
    assert hall.beacon.fetch(hall.attempt.round or 0, 20) is not None
    assert hall.advance() == "complete"
    stands()
    assert set(State) - set(passed) == {State.VOID, State.GIVEN_UP, State.DICE_AFTER_SEAL}


def test_a_list_of_one_state_follows_a_draw_through_void_and_given_up(hall: Hall) -> None:
    def listed() -> dict[State, list[str]]:
        with hall.log.reading() as session:
            lines = {one: queries.draws(session, hall.clock.now, states=[one]) for one in State}
        return {state: [line.draw_id for line in found] for state, found in lines.items() if found}

    hall.prepare("dice")
    hall.void("ROSTER_ERROR")
    assert listed() == {State.VOID: ["MT-2023-0001"]}
    hall.decide("MT-2023-0002", former_draw="MT-2023-0001", former_reason="改用现场骰子和公共随机数")
    assert listed() == {State.GIVEN_UP: ["MT-2023-0001"], State.DECIDED: ["MT-2023-0002"]}


def test_a_list_of_one_state_comes_in_pages(hall: Hall) -> None:
    names = [f"MT-2023-{number:04}" for number in range(1, 5)]
    for name in names:
        hall.decide(name, project_code=f"XM-2023-{name[-4:]}")
    hall.draw_id = names[2]
    hall.call()
    with hall.log.reading() as session:
        first = queries.draws(session, hall.clock.now, states=[State.DECIDED], limit=2)
        second = queries.draws(session, hall.clock.now, states=[State.DECIDED], limit=2, before=first[-1].seq)
    assert [line.draw_id for line in first] == [names[3], names[1]]
    assert [line.draw_id for line in second] == [names[0]]


def test_pages_see_nothing_that_has_no_place(hall: Hall) -> None:
    hall.log.stop()
    hall.waits = False
    hall.decide()
    with hall.log.reading() as session:
        assert session.query(EntryRow).where(EntryRow.seq.is_(None)).count() == 1
        assert queries.draw(session, hall.draw_id, placed=True) is None
        assert queries.draw(session, hall.draw_id) is not None
        assert queries.draws(session, hall.clock.now) == []
        assert queries.newest_draws(session, hall.clock.now, 5) == []


def test_the_newest_draws_come_as_the_rules_know_them_and_only_if_the_log_shows_them(hall: Hall) -> None:
    hall.decide()
    hall.decide("DRILL-MT-2023-0001")
    hall.log.stop()
    hall.waits = False
    hall.call()
    hall.decide("MT-2023-0002", project_code="XM-2023-0002")
    now = hall.clock.now
    with hall.log.reading() as session:
        found = queries.newest_draws(session, now, 5)
        assert [(line.draw_id, line.state) for line, _ in found] == [
            ("DRILL-MT-2023-0001", State.DECIDED),
            ("MT-2023-0001", State.CALLED),
        ]
        assert [draw for _, draw in found] == [queries.known_draw(session, line.draw_id) for line, _ in found]
        assert queries.newest_draws(session, now, 1) == found[:1]


def test_an_agency_sees_every_draw_it_was_in_and_how_it_ended(hall: Hall) -> None:
    hall.prepare("dice")
    hall.to_result()
    result = queries.attempt_page(hall.log.blobs, hall.attempt).result
    assert result is not None
    with hall.log.reading() as session:
        (won,) = queries.agency_draws(session, hall.log.blobs, hall.clock.now, result["winners"][0])
        (next_,) = queries.agency_draws(session, hall.log.blobs, hall.clock.now, result["alternates"][0])
        (last,) = queries.agency_draws(session, hall.log.blobs, hall.clock.now, result["ranking"][-1]["code"])
        (out,) = queries.agency_draws(session, hall.log.blobs, hall.clock.now, hall.codes[-1])
        assert queries.agency_draws(session, hall.log.blobs, hall.clock.now, "NOBODY") == []
    assert (won.place, won.rank, won.state) == ("winner", 1, State.DRAWN)
    assert (next_.place, next_.rank) == ("alternate", 2)
    assert (last.place, last.rank) == ("not-drawn", 5)
    assert (out.place, out.reason) == ("excluded", "DID_NOT_ANSWER")


def test_an_agency_that_signed_up_is_there_before_the_roster(hall: Hall) -> None:
    hall.decide()
    hall.call()
    hall.sign_up(hall.codes[:2])
    with hall.log.reading() as session:
        (line,) = queries.agency_draws(session, hall.log.blobs, hall.clock.now, hall.codes[0])
        assert (line.place, line.attempt, line.state) == ("signed-up", None, State.CALLED)
        assert queries.agency_draws(session, hall.log.blobs, hall.clock.now, hall.codes[2]) == []


def test_an_agencys_draws_come_in_pages_with_every_attempt_of_a_draw(hall: Hall) -> None:
    hall.prepare("dice")
    hall.void("ROSTER_ERROR")
    hall.publish_plan("dice")
    hall.publish_roster()
    hall.decide("MT-2023-0002", project_code="XM-2023-0002")
    hall.draw_id = "MT-2023-0002"
    hall.call()
    hall.sign_up(hall.codes[:1])
    with hall.log.reading() as session:
        asked = (session, hall.log.blobs, hall.clock.now, hall.codes[0])
        everything = queries.agency_draws(*asked)
        first = queries.agency_draws(*asked, limit=1)
        second = queries.agency_draws(*asked, limit=1, before=first[-1].seq)
    assert [(line.draw_id, line.attempt) for line in first] == [("MT-2023-0002", None)]
    assert [(line.draw_id, line.attempt) for line in second] == [("MT-2023-0001", 2), ("MT-2023-0001", 1)]
    assert first + second == everything


def test_running_draws_are_those_with_something_to_do(hall: Hall) -> None:
    def running() -> list[str]:
        with hall.log.reading() as session:
            return queries.running_draws(session)

    hall.prepare("dice")
    assert running() == []
    hall.freeze()
    assert running() == [hall.draw_id]
    hall.commit()
    hall.advance()
    hall.reveal()
    hall.advance()
    assert running() == [hall.draw_id]
    hall.clock.advance(30)
    hall.throw()
    hall.advance()
    assert running() == []


def test_the_log_alone_rebuilds_the_tables(hall: Hall) -> None:
    hall.prepare("drand+dice")
    hall.do("supervisor:su1", commands.file_objection, hall.draw_id, "conduct", "请公布投掷规则")
    hall.do(OPERATOR, commands.answer_objection, hall.draw_id, 1, "upheld", "已公布")
    hall.do(TENDERER, commands.decide, hall.decision("MT-2023-0002", project_code="XM-2023-0002"))
    hall.to_revealing()
    hall.reveal("notary", secret="0" * 64)
    hall.clock.advance(HOUR / 60)
    hall.void("OBJECTION")
    report = rebuild_check(hall.log.database, hall.log.folder, hall.log.signer.key)
    assert report.differences == []
    assert report.entries == hall.entries()
