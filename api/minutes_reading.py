"""The text that is read aloud at the meeting (宣读稿): what is known at this moment, in sentences, one a line."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from api.draw_page import AttemptView
from api.draw_wording import vocabulary
from api.i18n import Lang, translate
from api.pages import SHANGHAI
from lottery.model import Draw

Tell = Callable[..., str]


def reading(draw: Draw, view: AttemptView, lang: Lang) -> str:
    """What the log shows of an attempt, as the screens have shown it by now: the roster, who committed, the round,
    the seal, and the result from the last alternate up to the first."""

    def tell(text: str, /, **facts: object) -> str:
        return translate(text, lang).format(**facts)

    return "\n".join(_lines(draw, view, lang, tell)) + "\n"


def _lines(draw: Draw, view: AttemptView, lang: Lang, tell: Tell) -> Iterator[str]:
    attempt = view.attempt
    if draw.is_drill:
        yield tell("这是一次演练，不是真实的摇号。")
    yield tell("{project}，第 {number} 次摇号。", project=attempt.plan["project_name"], number=attempt.number)
    yield from _roster(view, tell)
    yield from _seats(view, lang, tell)
    yield from _seal(view, tell)
    if attempt.voided is not None:
        yield from _void(view, lang, tell)
    elif view.outcome is not None:
        yield from _result(view, tell)


def _roster(view: AttemptView, tell: Tell) -> Iterator[str]:
    roster = view.page.roster
    if roster is None:
        yield tell("候选名单尚未公布。")
        return
    agents, excluded = len(roster["agents"]), len(roster["excluded"])
    yield tell(
        "候选机构 {agents} 家，共 {balls} 个号球；未入池 {excluded} 家。",
        agents=agents,
        balls=view.balls,
        excluded=excluded,
    )
    code = spelled(view.attempt.rosters[-1].event.roster_sha256)
    yield tell("名单校验码前八位：{code}。", code=code)
    if view.attempt.frozen is not None:
        yield tell("名单已经冻结，不能再改。")


def _seats(view: AttemptView, lang: Lang, tell: Tell) -> Iterator[str]:
    say, attempt = vocabulary(lang), view.attempt
    if attempt.frozen is None:
        return
    for seat in view.seats:
        yield tell("{seat}席位：{mark}。", seat=say("seat", seat.name), mark=say("seat-mark", seat.mark))
    if attempt.round is not None and attempt.round_at is not None and attempt.sealed is None:
        at = clock(attempt.round_at)
        yield tell("将使用第 {round} 轮公共随机数，产生时间 {time}。", round=attempt.round, time=at)


def _seal(view: AttemptView, tell: Tell) -> Iterator[str]:
    attempt, sha256 = view.attempt, view.page.seal_sha256
    if attempt.sealed is None or sha256 is None:
        return
    yield tell("已经封存。封存码：{code}。再读一遍：{code}。", code=spelled(sha256))
    if attempt.drawn is None and attempt.voided is None:
        yield tell("此刻起任何人不能再改变结果。请拍照。")
    if attempt.round_at is not None:
        yield tell("第 {round} 轮公共随机数，产生时间 {time}。", round=attempt.round, time=clock(attempt.round_at))
    else:
        yield tell("封存后现场掷骰，共 {digits} 位。", digits=attempt.plan["dice_digits"])


def _result(view: AttemptView, tell: Tell) -> Iterator[str]:
    attempt, outcome = view.attempt, view.outcome
    assert attempt.drawn is not None
    assert outcome is not None
    logged = attempt.drawn.logged or attempt.drawn.at
    yield tell("全部结果已于 {time} 确定并写入日志，以下依次宣读。", time=clock(logged))
    winners, alternates = attempt.plan["winners"], attempt.plan["alternates"]
    drawn = outcome.lines[: winners + alternates]
    for line in reversed(drawn):
        if line.rank > winners:
            yield tell("候补第 {place} 位：{name}。", place=line.rank - winners, name=line.name)
        else:
            yield tell("第 {rank} 名，中签：{name}。", rank=line.rank, name=line.name)
    for change, line in outcome.removed:
        yield tell("其后变更：{name} 移出，{reason}。", name=line.name, reason=change["reason"])
    if outcome.removed:
        for line in outcome.winners:
            yield tell("现行中签机构：{name}。", name=line.name)
    yield tell("请用手机扫码自行核验。")


def _void(view: AttemptView, lang: Lang, tell: Tell) -> Iterator[str]:
    assert view.attempt.voided is not None
    void = view.attempt.voided.event.void
    reason = vocabulary(lang)("void", void.reason)
    yield tell("第 {number} 次摇号作废。原因：{reason}。{note}。", number=void.attempt, reason=reason, note=void.note)
    if view.shadow is not None:
        for line in view.shadow.winners:
            yield tell("影子结果，仅供对照，不产生效力：{name}。", name=line.name)


def spelled(sha256: str) -> str:
    """The first eight digits one by one, as they are said."""
    return " ".join(sha256[:8])


def clock(milliseconds: int) -> str:
    """The time of the day in Beijing."""
    return f"{datetime.fromtimestamp(milliseconds // 1000, UTC).astimezone(SHANGHAI):%H:%M:%S}"
