"""What an insider with the log's key might write into it, each with the words that give it away.

Every forgery takes an honest history, changes it, and returns the evidence to be shown with it (None: the one that was
published). All hashes, signatures of the log and, where the forger holds them, of the parties are made anew.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lottery.protocol import canonical
from lottery.protocol.beacon import round_time
from lottery.protocol.canonical import doc_hash
from lottery.protocol.standing import make_standing
from tests.lottery.forged import Story, fresh, signed
from tests.lottery.hall import LATER_ROUND, ROUND, a_secret, public_half

Forge = Callable[[Story], bytes | None]
FORGERIES: dict[str, tuple[str, str, Forge]] = {}
"""Name to the story that is forged, what the verifier must say, and how."""


def forgery(story: str, words: str) -> Callable[[Forge], Forge]:
    def keep(forge: Forge) -> Forge:
        FORGERIES[forge.__name__] = (story, words, forge)
        return forge

    return keep


def _seal_seats(story: Story, **secrets: Any) -> list[dict[str, Any]]:
    """The seats of the last seal, with other secrets."""
    seats: list[dict[str, Any]] = [dict(one) for one in story.entry("sealed").body["seal"]["seats"]]  # type: ignore
    return [one | ({"secret": secrets[one["seat"]]} if one["seat"] in secrets else {}) for one in seats]


def _deadline(story: Story) -> int:
    deadline: Any = story.entry("commitments_closed").body["reveal_deadline"]
    return int(deadline) * 1000


# The seal


@forgery("public", "it lacks the commitment of seat centre")
def drop_a_commitment_from_the_seal(story: Story) -> bytes | None:
    return story.redraw(seats=[one for one in _seal_seats(story) if one["seat"] != "centre"])


@forgery("public", "it drops the reveal of notary")
def drop_a_reveal_from_the_seal(story: Story) -> bytes | None:
    return story.redraw(seats=_seal_seats(story, notary=None))


@forgery("public", "the log holds no reveal of seat centre")
def invent_a_reveal_in_the_seal(story: Story) -> bytes | None:
    return story.redraw(seats=_seal_seats(story, centre=a_secret("centre", 2)))


@forgery("public", "sealed while seats could still reveal")
def seal_before_the_deadline(story: Story) -> bytes | None:
    story.set(story.place("sealed"), at=_deadline(story) - 1)
    return None


@forgery("both", "dice of the seal is not what the log holds")
def seal_other_dice(story: Story) -> bytes | None:
    story.change(story.place("sealed"), seal={**story.entry("sealed").body["seal"], "dice": "1" * 20})  # type: ignore
    return None


# Reveals


@forgery("public", "it was not after the deadline")
def call_a_reveal_late_that_was_not(story: Story) -> bytes | None:
    story.set(story.place("reveal_refused", reason="LATE"), at=_deadline(story) - 1)
    return None


@forgery("public", "it opens the commitment and was refused as wrong")
def call_a_reveal_wrong_that_was_right(story: Story) -> bytes | None:
    story.change(story.place("reveal_refused", reason="WRONG"), secret=a_secret("supervisor", 2))
    return None


@forgery("public", "had used up its three tries")
def try_a_secret_too_often(story: Story) -> bytes | None:
    place = story.place("reveal_refused", reason="WRONG")
    for _ in range(3):
        story.entries.insert(place, story.entries[place])
    return None


@forgery("public", "it does not open the seat's commitment")
def take_a_reveal_that_opens_nothing(story: Story) -> bytes | None:
    story.change(story.place("revealed", seat="notary"), "notary", secret="8" * 64)
    return None


@forgery("public", "it came after the deadline")
def take_a_reveal_after_the_deadline(story: Story) -> bytes | None:
    story.set(story.place("revealed", seat="notary"), at=_deadline(story))
    return None


@forgery("public", "seat notary had revealed")
def take_two_reveals_of_one_seat(story: Story) -> bytes | None:
    place = story.place("revealed", seat="notary")
    story.entries.insert(place, story.entries[place])
    return None


@forgery("public", "seat nobody had not committed")
def take_a_reveal_of_no_seat(story: Story) -> bytes | None:
    story.change(story.place("revealed", seat="notary"), "notary", seat="nobody")
    return None


@forgery("public", "not signed by those who have to, notary")
def reveal_with_the_key_of_another(story: Story) -> bytes | None:
    story.change(story.place("revealed", seat="notary"), "centre")
    return None


@forgery("public", "does not verify")
def commit_with_a_signature_that_is_none(story: Story) -> bytes | None:
    place = story.place("committed", seat="notary")
    story.change(place, signatures=[{"key": public_half("notary"), "signature": "0" * 128}])
    return None


@forgery("public", "was not in force then")
def reveal_with_a_key_that_was_revoked(story: Story) -> bytes | None:
    body = {"organisation": "notary", "key": public_half("notary"), "reason": "遗失"}
    story.insert(story.place("revealed", seat="notary"), "registry.key_revoked", "organisation:notary", body)
    return None


@forgery("public", "was not in force then")
def record_a_key_after_it_signed(story: Story) -> bytes | None:
    kind = "registry.key_recorded"
    place = next(
        index
        for index, one in enumerate(story.entries)
        if one.kind == kind and one.body["organisation"] == "supervisor"
    )
    story.move(place, len(story.entries) - 1)
    return None


# Commitments, closing, round


@forgery("public", "it came after the deadline")
def commit_too_late(story: Story) -> bytes | None:
    deadline: Any = story.entry("planned").body["commit_deadline"]
    story.set(story.place("committed", seat="notary"), at=deadline * 1000)
    return None


@forgery("public", "the plan has no seat nobody")
def commit_for_no_seat(story: Story) -> bytes | None:
    story.change(story.place("committed", seat="notary"), "notary", seat="nobody")
    return None


@forgery("public", "seat notary had committed")
def commit_twice(story: Story) -> bytes | None:
    place = story.place("committed", seat="notary")
    story.entries.insert(place, story.entries[place])
    return None


@forgery("public", "the seats that committed are centre, notary, public, supervisor")
def close_with_a_seat_less(story: Story) -> bytes | None:
    story.change(story.place("commitments_closed"), seats=["centre", "notary", "public"])
    return None


@forgery("public", "with seats that had not committed")
def close_before_a_seat_could_commit(story: Story) -> bytes | None:
    del story.entries[story.place("reveal_refused", seat="centre")]
    del story.entries[story.place("committed", seat="centre")]
    closed = story.place("commitments_closed")
    story.change(closed, seats=["notary", "public", "supervisor"])
    story.set(closed, at=story.entries[closed].at - 1000)
    return story.redraw(seats=[one for one in _seal_seats(story) if one["seat"] != "centre"])


@forgery("public", "its deadline for reveals had passed")
def close_reveals_before_they_open(story: Story) -> bytes | None:
    closed = story.place("commitments_closed")
    story.change(closed, reveal_deadline=story.entries[closed].at // 1000)
    return None


@forgery("public", f"the rule gives round {LATER_ROUND}")
def announce_a_round_of_ones_choice(story: Story) -> bytes | None:
    story.change(story.place("round_announced"), round=LATER_ROUND + 20)
    return None


@forgery("public", "it must follow lottery.round_announced")
def announce_the_round_after_a_reveal(story: Story) -> bytes | None:
    story.move(story.place("round_announced"), story.place("revealed", seat="supervisor"))
    return None


@forgery("public", "the attempt has one already")
def announce_two_rounds(story: Story) -> bytes | None:
    place = story.place("round_announced")
    story.entries.insert(place, story.entries[place])
    return None


# The public seat


@forgery("public", "it does not commit to what the contributions give")
def drop_a_visitors_contribution(story: Story) -> bytes | None:
    del story.entries[story.place("contributed")]
    return None


@forgery("public", "that seat had committed")
def take_a_contribution_after_the_commitment(story: Story) -> bytes | None:
    story.move(story.place("contributed"), story.place("committed", seat="public"))
    return None


@forgery("public", "the same contribution came before")
def repeat_a_contribution(story: Story) -> bytes | None:
    place = story.place("contributed")
    story.entries.insert(place, story.entries[place])
    return None


@forgery("public", "it is not for a seat `public` of the plan")
def contribute_to_another_seat(story: Story) -> bytes | None:
    story.change(story.place("contributed"), seat="notary")
    return None


# The roster


@forgery("public", "it must come before lottery.roster_frozen")
def publish_a_roster_after_the_freeze(story: Story) -> bytes | None:
    frozen = story.place("roster_frozen")
    story.entries.insert(frozen + 1, replace(story.entry("roster_published"), logged=story.entries[frozen].logged))
    return None


@forgery("public", "not the roster last published")
def freeze_a_roster_that_nobody_saw(story: Story) -> bytes | None:
    story.change(story.place("roster_frozen"), roster_sha256="ab" * 32)
    return None


@forgery("public", "its file is not the roster whose hash it names")
def publish_another_file_than_the_roster(story: Story) -> bytes | None:
    story.set(story.place("roster_published"), files=[story.file("roster.json", {})])
    return None


@forgery("public", "it came before the meeting")
def freeze_before_the_meeting(story: Story) -> bytes | None:
    starts: Any = story.entry("planned").body["draws_at"]
    story.set(story.place("roster_frozen"), at=starts * 1000 - 1)
    return None


@forgery("public", "its counts are not those of the roster")
def tell_of_another_number_of_balls(story: Story) -> bytes | None:
    place = story.place("roster_published")
    story.change(place, counts={**story.entries[place].body["counts"], "balls": 99})  # type: ignore[dict-item]
    return None


def _with_other_roster(story: Story, place: int, change: Callable[[Any], None]) -> None:
    roster = story.document(place, "roster.json")
    change(roster)
    file = story.file("roster.json", roster)
    counts = {name: len(roster[name]) for name in ("agents", "excluded")}
    counts["balls"] = sum(one["balls"] for one in roster["agents"])
    story.change(place, roster_sha256=file.sha256, counts=counts)
    story.set(place, files=[file])


@forgery("public", "not the roster of the evidence")
def draw_from_another_roster_than_the_logs(story: Story) -> bytes | None:
    other = fresh(story)
    _with_other_roster(other, other.place("roster_published"), lambda roster: roster["agents"].pop())
    return other.redraw()


@forgery("public", "2→")
def change_balls_that_the_void_note_does_not_list(story: Story) -> bytes | None:
    place = story.place("roster_published", 1)
    _with_other_roster(story, place, lambda roster: roster["agents"][0].update(balls=2))
    _void_again(story, roster_sha256=story.entries[place].body["roster_sha256"])
    return story.redraw()


def _void_again(story: Story, **members: Any) -> None:
    """Change the void record of attempt 1, and the plan that follows it."""
    voided, planned = story.place("voided", 1), story.place("planned", 2)
    record: Any = {**story.entries[voided].body["void"], **members}  # type: ignore[dict-item]  # a void record
    story.change(voided, void=record)
    plan: Any = {**story.entries[planned].body["plan"], "prev_sha256": doc_hash(record)}  # type: ignore[dict-item]
    story.change(planned, plan=plan)


# Evidence that is not the log's


@forgery("public", "not the plan of the evidence")
def show_evidence_of_another_plan(story: Story) -> bytes | None:
    other = fresh(story)
    plan: Any = other.entry("planned").body["plan"]
    other.change(other.place("planned"), plan={**plan, "alternates": 1})
    return other.redraw()


@forgery("public", "not the seal of the evidence")
def show_evidence_of_another_seal(story: Story) -> bytes | None:
    return fresh(story).redraw(seats=_seal_seats(story, notary=None))


@forgery("public", "logged at ")
def show_evidence_that_was_sealed_earlier(story: Story) -> bytes | None:
    evidence: Any = canonical.decode(story.evidence())
    return canonical.encode({**evidence, "seal_time": evidence["seal_time"] - 1})


@forgery("dice", "not the dice of the evidence")
def show_evidence_of_dice_a_second_later(story: Story) -> bytes | None:
    evidence: Any = canonical.decode(story.evidence())
    evidence["dice"]["time"] += 1
    return canonical.encode(evidence)


@forgery("public", "the log holds no result of MT-2023-0001, attempt 2")
def hide_the_result(story: Story) -> bytes | None:
    evidence = story.evidence()
    del story.entries[story.place("standing_changed")]
    del story.entries[story.place("drawn")]
    return evidence


@forgery("public", "its seed is not that of the evidence")
def log_another_seed(story: Story) -> bytes | None:
    story.change(story.place("drawn"), seed="0" * 64)
    return None


@forgery("public", "its result_sha256 is not that of the evidence")
def log_another_result(story: Story) -> bytes | None:
    story.change(story.place("drawn"), result_sha256="0" * 64)
    return None


@forgery("public", "its file result.json is not that of the evidence")
def show_another_winner_in_the_result(story: Story) -> bytes | None:
    place, evidence = story.place("drawn"), story.evidence()
    result = story.document(place, "result.json")
    result["winners"], result["alternates"][:1] = result["alternates"][:1], result["winners"]
    kept = next(file for file in story.entries[place].files if file.name == "evidence.json")
    story.set(place, files=[story.file("result.json", result), kept])
    return evidence


@forgery("public", "it came before its round was due")
def know_the_result_before_the_round(story: Story) -> bytes | None:
    story.set(story.place("drawn"), logged=round_time(LATER_ROUND) * 1000 - 1)
    return None


@forgery("public", "the attempt has one already")
def draw_twice(story: Story) -> bytes | None:
    evidence = story.evidence()
    story.entries.insert(story.place("drawn"), story.entry("drawn"))
    return evidence


# Standing


@forgery("public", "not signed by those who have to")
def change_the_standing_alone(story: Story) -> bytes | None:
    story.change(story.place("standing_changed"), "centre")
    return None


@forgery("public", "not signed by those who have to")
def change_the_standing_without_the_operator(story: Story) -> bytes | None:
    story.change(story.place("standing_changed"), "notary", "supervisor")
    return None


@forgery("public", "it has no more removals than the one before")
def change_the_standing_back(story: Story) -> bytes | None:
    place = story.place("standing_changed")
    story.entries.insert(place, story.entries[place])
    return None


@forgery("public", "its file is not the standing whose hash it names")
def keep_another_standing(story: Story) -> bytes | None:
    story.set(story.place("standing_changed"), files=[story.file("standing.json", {})])
    return None


@forgery("public", "the standing in the evidence is none that the log holds")
def show_a_standing_that_nobody_decided(story: Story) -> bytes | None:
    evidence: Any = canonical.decode(story.evidence())
    code = evidence["result"]["alternates"][0]
    standing = make_standing(
        evidence["plan"], evidence["result"], [{"seq": 1, "code": code, "kind": "DECLINED", "reason": "放弃"}]
    )
    return canonical.encode({**evidence, "standing": standing})


# Attempts


@forgery("public", "attempt 2 was not voided")
def plan_another_attempt_after_the_result(story: Story) -> bytes | None:
    subject = "draw:MT-2023-0001/3"
    plan: Any = {**story.entry("planned").body["plan"], "attempt": 3}  # type: ignore[dict-item]
    body: Any = {**story.entry("planned").body, "attempt": 3, "plan": plan}
    story.insert(len(story.entries), "lottery.planned", subject, body)
    return None


@forgery("public", "it must come before lottery.drawn")
def void_after_the_result(story: Story) -> bytes | None:
    record: Any = {**story.entry("voided").body["void"], "attempt": 2}  # type: ignore[dict-item]
    body = {**story.entry("voided").body, "attempt": 2, "void": record}
    story.insert(len(story.entries), "lottery.voided", "draw:MT-2023-0001/2", body)
    return None


@forgery("public", "it should be the plan of attempt 2")
def leave_out_an_attempt(story: Story) -> bytes | None:
    place = story.place("planned", 2)
    story.change(place, attempt=3)
    story.set(place, subject="draw:MT-2023-0001/3")
    return None


@forgery("public", "attempt 2 has no plan yet")
def speak_of_an_attempt_without_a_plan(story: Story) -> bytes | None:
    del story.entries[story.place("planned", 2)]
    return None


@forgery("public", "E_HASH plan.prev_sha256")
def follow_another_void_record(story: Story) -> bytes | None:
    plan: Any = {**story.entry("planned").body["plan"], "prev_sha256": "0" * 64}  # type: ignore[dict-item]
    story.change(story.place("planned"), plan=plan)
    return story.redraw()


@forgery("public", "the void note does not list winners 1→2")
def draw_more_winners_than_before(story: Story) -> bytes | None:
    plan: Any = {**story.entry("planned").body["plan"], "winners": 2}  # type: ignore[dict-item]
    story.change(story.place("planned"), plan=plan)
    return story.redraw()


@forgery("public", "E_HASH void.roster_sha256")
def void_another_roster(story: Story) -> bytes | None:
    _void_again(story, roster_sha256="ab" * 32)
    return story.redraw()


@forgery("public", "its time is later than when it was logged")
def void_in_the_future(story: Story) -> bytes | None:
    _void_again(story, time=story.entry("voided").logged // 1000 + 60)
    return story.redraw()


@forgery("public", "there was no seal that waited for the beacon")
def blame_the_beacon_before_any_seal(story: Story) -> bytes | None:
    _void_again(story, reason="BEACON_HALTED")
    return story.redraw()


@forgery("public", "no round was announced, so no seal could be late")
def blame_a_late_seal_before_any_round(story: Story) -> bytes | None:
    _void_again(story, reason="SEAL_LATE")
    return story.redraw()


# Voids after the seal


@forgery("halted", "the outcome existed, and FORCE_MAJEURE is no ground then")
def void_after_the_round_for_another_reason(story: Story) -> bytes | None:
    _void_again(story, reason="FORCE_MAJEURE")
    return story.redraw()


@forgery("both", "the outcome existed, and FORCE_MAJEURE is no ground then")
def void_a_second_too_late(story: Story) -> bytes | None:
    story.set(story.place("voided"), logged=round_time(ROUND) * 1000)
    return None


@forgery("halted", "was not late")
def call_a_seal_late_that_was_not(story: Story) -> bytes | None:
    _void_again(story, reason="SEAL_LATE")
    return story.redraw()


@forgery("halted", "the seal was late, and SEAL_LATE the reason")
def blame_the_beacon_for_a_late_seal(story: Story) -> bytes | None:
    story.set(story.place("sealed", 1), logged=(round_time(ROUND) - 59) * 1000)
    return None


@forgery("halted", "before ten minutes had passed since the round's time")
def give_the_beacon_less_than_ten_minutes(story: Story) -> bytes | None:
    _void_again(story, time=round_time(ROUND) + 599)
    return story.redraw()


@forgery("halted", "not confirmed by two organisations that hold seats")
def confirm_with_one_seat(story: Story) -> bytes | None:
    place = story.place("voided")
    found = story.entries[place]
    made: Any = signed(found.kind, found.subject, found.body, "notary")
    story.set(place, files=[story.file("confirmations.json", made)])
    return None


@forgery("halted", "not confirmed by two organisations that hold seats")
def confirm_with_one_who_holds_no_seat(story: Story) -> bytes | None:
    place = story.place("voided")
    found = story.entries[place]
    made: Any = signed(found.kind, found.subject, found.body, "notary", "tenderer")
    story.set(place, files=[story.file("confirmations.json", made)])
    return None


@forgery("dice", "it names no file confirmations.json")
def void_a_seal_of_dice_without_the_seats(story: Story) -> bytes | None:
    story.set(story.place("voided"), files=[])
    return None


@forgery("dice", "the dice had been thrown: the outcome existed")
def void_after_the_dice(story: Story) -> bytes | None:
    time = story.entry("sealed", 1).logged // 1000 + 10
    body: Any = {**story.entry("dice_thrown").body, "attempt": 1, "time": time}
    subject = "draw:MT-2023-0001/1"
    body["signatures"] = signed("lottery.dice_thrown", subject, body, "centre", "notary")
    story.insert(story.place("voided"), "lottery.dice_thrown", subject, body)
    story.set(story.place("dice_thrown", 1), logged=story.entry("voided").logged)
    return None


@forgery("halted", "it is not what the seal would have given")
def publish_another_shadow(story: Story) -> bytes | None:
    story.change(story.place("shadow_drawn"), result_sha256="0" * 64)
    return None


@forgery("halted", "E_BEACON_SIG")
def publish_a_shadow_of_no_round(story: Story) -> bytes | None:
    place = story.place("shadow_drawn")
    beacon: Any = {**story.entries[place].body["beacon"], "round": LATER_ROUND}  # type: ignore[dict-item]
    story.change(place, beacon=beacon)
    return None


# Dice


@forgery("dice", "logged more than fifteen minutes after the seal")
def log_the_dice_too_late(story: Story) -> bytes | None:
    late = story.entry("sealed").logged + 902_000
    for index in range(story.place("dice_thrown"), len(story.entries)):
        story.set(index, logged=late)
    return None


@forgery("dice", "thrown later than it was logged")
def throw_after_it_was_logged(story: Story) -> bytes | None:
    place = story.place("dice_thrown")
    story.change(place, "centre", "notary", time=story.entries[place].logged // 1000 + 1)
    return None


@forgery("dice", "it must follow lottery.sealed")
def throw_before_the_seal(story: Story) -> bytes | None:
    story.move(story.place("dice_thrown"), story.place("sealed"))
    return None


@forgery("dice", "not thrown after the seal")
def throw_in_the_second_of_the_seal(story: Story) -> bytes | None:
    time = -(-story.entry("sealed").logged // 1000)
    story.change(story.place("dice_thrown"), "centre", "notary", time=time)
    return None


@forgery("dice", "digit 1 is not what both people entered")
def enter_another_digit(story: Story) -> bytes | None:
    story.change(story.place("dice_thrown"), "centre", "notary", digits="9" + "1415926535897932384")
    return None


@forgery("dice", "not signed by those who have to, centre, notary")
def confirm_dice_for_another(story: Story) -> bytes | None:
    story.change(story.place("dice_thrown"), "notary", "supervisor")
    return None


@forgery("dice", "E_DICE")
def confirm_dice_alone(story: Story) -> bytes | None:
    story.change(story.place("dice_thrown"), "notary", confirmed_by=["notary"])
    return None


@forgery("both", "thrown before reveals were closed")
def throw_before_the_reveals_are_in(story: Story) -> bytes | None:
    place = story.place("dice_thrown")
    earliest = max(one.at for one in story.entries[:place] if one.kind == "lottery.revealed") // 1000
    story.change(place, "centre", "notary", time=earliest - 1)
    return None


@forgery("both", "it must follow lottery.dice_thrown")
def throw_after_the_seal(story: Story) -> bytes | None:
    story.move(story.place("dice_thrown"), story.place("sealed"))
    return None


# The decision, the project, the form of entries


@forgery("public", "not signed by those who have to, tenderer")
def decide_for_the_tenderer(story: Story) -> bytes | None:
    story.change(story.place("decided"), "centre")
    return None


@forgery("public", "its project_code is not that of the plan")
def decide_on_another_project(story: Story) -> bytes | None:
    story.change(story.place("decided"), "tenderer", project_code="XM-2023-0009")
    return None


@forgery("public", "had decided on this draw")
def decide_twice(story: Story) -> bytes | None:
    story.entries.insert(story.place("decided"), story.entry("decided"))
    return None


@forgery("public", "it came before the tenderer's decision")
def decide_afterwards(story: Story) -> bytes | None:
    story.move(story.place("decided"), story.place("planned", 1))
    return None


@forgery("public", "the project has the draw MT-2023-0001")
def draw_the_project_again(story: Story) -> bytes | None:
    _decide_again(story, former_draw=None, former_reason=None)
    return None


@forgery("public", "MT-2023-0001 has a result and no vacant place")
def draw_the_project_again_without_need(story: Story) -> bytes | None:
    _decide_again(story, former_draw="MT-2023-0001", former_reason="重摇")
    return None


def _decide_again(story: Story, place: int | None = None, **members: Any) -> None:
    draw_id = "MT-2023-0002"
    body: Any = {**story.entry("decided").body, "draw_id": draw_id, **members}
    body["signatures"] = signed("lottery.decided", f"draw:{draw_id}", body, "tenderer")
    story.insert(place or len(story.entries), "lottery.decided", f"draw:{draw_id}", body)


@forgery("public", "MT-2023-0001 went on, or had been sealed")
def go_on_after_the_draw_was_given_up(story: Story) -> bytes | None:
    _decide_again(story, story.place("planned", 2) + 1, former_draw="MT-2023-0001", former_reason="重摇")
    return None


@forgery("public", "the draw had been given up")
def go_on_with_a_draw_that_was_given_up(story: Story) -> bytes | None:
    _decide_again(story, story.place("voided", 1) + 1, former_draw="MT-2023-0001", former_reason="重摇")
    return None


@forgery("public", "the project had no draw before")
def name_a_draw_before_that_never_was(story: Story) -> bytes | None:
    story.change(story.place("decided"), "tenderer", former_draw="MT-2022-0001", former_reason="重摇")
    return None


@forgery("public", "is not what its body says")
def hide_an_entry_under_another_subject(story: Story) -> bytes | None:
    story.set(story.place("revealed", seat="notary"), subject="draw:MT-2023-0007/1")
    return None


@forgery("public", "E_FORMAT body: missing -; surplus also")
def say_more_than_the_kind_allows(story: Story) -> bytes | None:
    story.change(story.place("drawn"), also=1)
    return None


@forgery("public", "E_FORMAT")
def write_true_for_one(story: Story) -> bytes | None:
    story.change(story.place("planned", 1), attempt=True)
    return None


@forgery("public", "is not what its body says")
def write_a_list_for_a_name(story: Story) -> bytes | None:
    place = story.place("contributed")
    story.set(place, kind="lottery.noted", body={"draw_id": ["MT-2023-0001"], "attempt": 2})
    return None


def numbered(story: Story, *draw_ids: str) -> Story:
    """The story with decisions of other draws of other projects before its own, under these numbers."""
    own = story.place("decided")
    for draw_id in draw_ids:
        body: Any = {**story.entry("decided").body, "draw_id": draw_id, "project_code": f"XM-{draw_id}"}
        made = replace(story.entries[own], subject=f"draw:{draw_id}", body=body)
        story.entries.insert(own, made)
    return story
