"""Incidents, decisions, appeals and dates in any order: the register keeps out whom the newest decisions keep out."""

from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.errors import Refusal
from audit.rebuild import rebuild_check
from registry import commands, errors, queries
from registry.model.supervision import Ruling
from registry.queries import supervision
from tests.ground import FakeClock
from tests.registry.builders import Register
from tests.registry.supervised import DAY, GROUND, OTHER_SUPERVISOR, decide, heard, settle, supervised
from tests.sampled import sampled

HOUR = 3600
Kind = Literal["none", "warning", "points", "suspension", "removal"]


@dataclass(frozen=True)
class Ruled:
    """A ruling in hours from when it is made."""

    kind: Kind
    starts: int
    lasts: int

    def at(self, now: int) -> Ruling:
        start, end = now + self.starts * HOUR, now + (self.starts + self.lasts) * HOUR
        match self.kind:
            case "suspension":
                return Ruling("suspension", starts=start, until=end)
            case "points":
                return Ruling("points", points=1, ends=end)
            case "warning":
                return Ruling("warning", ends=end)
            case _:
                return Ruling(self.kind)


rulings = st.builds(
    Ruled,
    st.sampled_from(["none", "warning", "points", "suspension", "suspension", "removal"]),
    st.integers(0, 48),
    st.integers(1, 72),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), rulings),
        st.tuples(st.just("decide"), rulings),
        st.tuples(st.just("appeal"), st.integers(0, 2)),
        st.tuples(st.just("review"), st.integers(0, 2), st.none() | rulings),
        st.tuples(st.just("contest"), st.integers(0, 2), rulings),
        st.tuples(st.just("wait"), st.integers(1, 20)),
    ),
    min_size=3,
    max_size=12,
)


@dataclass
class Plain:
    """The same told plainly: of each incident the one ruling that holds, and nothing else."""

    holding: dict[str, Ruling] = field(default_factory=dict)

    def is_out(self, at: int) -> bool:
        return any(
            one.sanction == "removal" or (one.sanction == "suspension" and (one.starts or 0) <= at < (one.until or 0))
            for one in self.holding.values()
        )


@pytest.fixture
def centre(register: Register, clock: FakeClock) -> Register:
    supervised(register, clock, agencies=0)
    return register


def test_who_is_kept_out_is_whom_the_newest_decisions_keep_out(centre: Register, clock: FakeClock) -> None:
    numbers = iter(range(1, 1000))

    @settings(max_examples=sampled(6), deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(steps)
    def walk(walked: list[tuple[object, ...]]) -> None:
        number = next(numbers)
        code, agent, plain = settle(centre, number), f"agent:g{number}", Plain()
        cases: list[str] = []
        for count, (what, *given_) in enumerate(walked):
            now, decision = clock.now // 1000, f"{number}-{count}号"
            if what == "wait":
                assert isinstance(given_[0], int)
                clock.advance(given_[0] * HOUR)
            elif what == "decide":
                assert isinstance(given_[0], Ruled)
                ruling = given_[0].at(now)
                incident = heard(centre, clock, code, agent)
                try:
                    decide(centre, incident, ruling, decision, code)
                except errors.AgencyIsRemoved:
                    assert plain.is_out(now)
                    continue
                cases.append(incident)
                plain.holding[incident] = ruling
            elif cases:
                assert isinstance(given_[0], int)
                incident = cases[given_[0] % len(cases)]
                try:
                    if what in ("appeal", "contest"):
                        centre.do(agent, commands.file_appeal, code, incident, "处理过重。")
                    if what in ("review", "contest"):
                        ruled = given_[1]
                        assert ruled is None or isinstance(ruled, Ruled)
                        milder = None if ruled is None else ruled.at(now)
                        centre.do(
                            OTHER_SUPERVISOR,
                            commands.decide_appeal,
                            *(code, incident, milder, GROUND, decision, "复核认为如此。"),
                        )
                        plain.holding[incident] = milder or plain.holding[incident]
                except Refusal:
                    continue
        now = clock.now // 1000
        with centre.log.reading() as session:
            agency = queries.agency(session, code)
            assert agency is not None
            for at in (now, now + 5 * HOUR, now + DAY, now + 2 * DAY, now + 5 * DAY):
                is_out = agency.removal is not None or agency.suspension_at(at) is not None
                assert is_out == plain.is_out(at)
                told = {one.incident.number for one in supervision.in_force(session, code, at, placed=False)}
                for one, ruling in plain.holding.items():
                    if ruling.sanction in ("suspension", "removal"):
                        assert (one in told) == (ruling.until is None or at < ruling.until)

    walk()
    centre.publish()
    assert rebuild_check(centre.log.database, centre.log.folder, centre.log.signer.key).differences == []
