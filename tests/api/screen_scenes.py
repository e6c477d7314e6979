"""The pictures worth looking at: every state in every mode, and what goes wrong in them, with evidence behind each."""

from collections.abc import Iterator
from typing import Any

from tests.api.screen_states import LONG_LATIN, LONG_NAME, a_name, dressed, every_state, voided, with_excluded
from tests.lottery.protocol.conftest import build_draw

Tree = dict[str, Any]
Scene = tuple[str, Tree, Tree]
"""Name, evidence, state."""

CHECK = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATIONS = {"notary": "虚构市诚信公证处", "operator": "虚构市公共资源交易中心", "supervisor": "虚构市发展和改革局"}


def a_code(number: int) -> str:
    """A unified social credit code with its right check character."""
    body = f"91{210100 + number % 7:06}MA{number:07}"
    total = sum(CHECK.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + CHECK[-total % 31]


def a_pool(count: int) -> dict[str, int]:
    return {a_code(number): number % 5 + 1 for number in range(count)}


def drawn(
    count: int, mode: str = "drand", winners: int = 1, alternates: int = 2, excluded: int = 0, **plan: Any
) -> Tree:
    evidence = with_excluded(build_draw(mode, a_pool(count), winners, alternates), [])
    facts = {
        "project_name": "虚构市东湖新区第二小学教学楼改扩建工程监理服务项目",
        "tenderer": "虚构市教育局",
        "code_scheme": "gb32100",
        "seats": [one | {"org": ORGANISATIONS.get(one["seat"], one["org"])} for one in evidence["plan"]["seats"]],
    }
    names = {code: a_name(number) for number, code in enumerate(sorted(a_pool(count)))}
    if excluded:
        evidence = with_excluded(evidence, [a_code(1000 + number) for number in range(excluded)])
    return dressed(evidence, names, **(facts | plan))


def long_draw(count: int = 40, winners: int = 3, alternates: int = 5) -> Tree:
    """All names as long as a name may be."""
    evidence = build_draw(pool=a_pool(count), winners=winners, alternates=alternates)
    texts = {
        code: (LONG_LATIN if number % 3 == 1 else LONG_NAME)[:-4] + f"{number:04}"
        for number, code in enumerate(sorted(a_pool(count)))
    }
    seats = [one | {"org": one["org"] + LONG_NAME[: 200 - len(one["org"])]} for one in evidence["plan"]["seats"]]
    return dressed(evidence, texts, project_name=LONG_NAME, seats=seats)


def failures(evidence: Tree) -> Iterator[Scene]:
    """Each row of what may go wrong that the screen tells of."""
    states = every_state(evidence)

    def scene(name: str, of: str, presentation: Tree | None = None, **members: Any) -> Scene:
        state = states[of]
        present = state["present"] | members.pop("present", {})
        shown = state["presentation"] | (presentation or {})
        return name, evidence, state | {"present": present, "presentation": shown} | members

    yield scene("S4 relays", "S4", {"message": "RELAYS_BEFORE_SEAL"})
    yield scene("S5 unwitnessed", "S5", present={"witness": "waiting", "witness_have": 1})
    yield scene("S6 network", "S6", {"message": "NETWORK_AFTER_SEAL"})
    yield scene("S8 computing", "S8", present={"evidence_url": "/not-there-yet.json"})
    yield scene("S7 unread", "S7", server_time=states["S7"]["server_time"] + 20_000)
    yield scene("S7 halted", "S7", {"message": "BEACON_HALTED"}, server_time=states["S7"]["server_time"] + 700_000)
    yield scene("S7 late", "S7", present={"witness": "late", "witness_have": 1})
    yield scene("S4 log down", "S4", {"message": "LOG_DOWN"})
    yield scene("S6 restored", "S6", restored_at=states["S6"]["server_time"] // 1000 - 30)
    yield scene("S8 mismatch", "S8", present={"seed": "0" * 64})
    yield scene("S9 objection", "S9", objections={"filed": 1, "open": 1})
    late = voided(evidence, "SEAL_LATE", evidence["seal_time"] + 200)
    at = evidence["seal_time"] - 9000
    first = {"attempt": 1, "reason": "QUORUM", "note": "揭示的席位不足", "time": at, "who": "operator"}
    shadow = {"seed": "ab" * 32, "winners": ["虚构东湖工程咨询有限公司", "虚构西岭招标代理有限公司"]}
    second = first | {"attempt": 2, "seal_sha256": "cd" * 32, "shadow": shadow}
    late["present"]["attempt"] = 3
    yield "V former", evidence, late | {"former": [first | {"seal_sha256": None, "shadow": None}, second]}


def scenes() -> list[Scene]:
    """One draw after another, each as its time goes on, so that a screen that is open may stay so.

    Evidence that is not there yet stands behind those states whose evidence was.
    """
    draws: dict[int, int] = {}
    found = list(_scenes())
    for _, evidence, _ in found:
        draws.setdefault(id(evidence), len(draws))
    return sorted(found, key=lambda one: (draws[id(one[1])], one[0] == "S8 computing", one[2]["server_time"]))


def _scenes() -> Iterator[Scene]:
    ordinary = drawn(37, excluded=2, winners=3, alternates=5)
    for name, state in every_state(ordinary).items():
        yield name, ordinary, state
    for mode, only in (("dice", ("S6d",)), ("drand+dice", ("S4d",))):
        thrown = drawn(12, mode)
        states = every_state(thrown)
        for name in only:
            yield name, thrown, states[name]
            shown = states[name]["presentation"] | {"digits": thrown["dice"]["digits"], "invalid_throws": 2}
            doubtful = shown | {"message": "DIGITS_DIFFER:7", "second": True}
            yield f"{name} differ", thrown, states[name] | {"presentation": doubtful}
    yield from failures(ordinary)
    few = drawn(6)
    for name in ("S1", "S8", "S9"):
        yield f"{name} few", few, every_state(few)[name]
    longest = long_draw()
    for name in ("S0", "S1", "S2", "S4", "S8", "S9", "V"):
        yield f"{name} long", longest, every_state(longest)[name]
    for name in ("S2", "S6", "S9"):
        yield f"{name} drill", few, every_state(few)[name] | {"is_drill": True}
