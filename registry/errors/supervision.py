"""Refusals about on-site supervision: incidents, answers, decisions, appeals."""

from audit.errors import Refusal
from registry.field_names import FieldRefusal


class NoSuchIncident(Refusal):
    code = "registry.no-such-incident"
    zh = "没有监察记录 {incident}"
    en = "there is no incident {incident}"


class NoSuchArticle(Refusal):
    code = "registry.no-such-article"
    zh = "发生之时施行的入场行为准则没有条款 {article}"
    en = "the code of conduct in force when it happened has no article {article}"


class BadIncident(FieldRefusal):
    code = "registry.bad-incident"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} is not right: {why_en}"


class BadRuling(FieldRefusal):
    """A sanction whose points or dates do not belong to it."""

    code = "registry.bad-ruling"
    zh = "处理决定的“{field}”不符合要求：{why_zh}"
    en = "{field!r} of the decision is not right: {why_en}"


class IncidentIsDecided(Refusal):
    code = "registry.incident-is-decided"
    zh = "监察记录 {incident} 已作出决定"
    en = "incident {incident} has been decided"


class AnswerAwaited(Refusal):
    """Whoever is to be sanctioned is heard first (Administrative Penalty Law, 行政处罚法, arts. 44, 45 and 64)."""

    code = "registry.answer-awaited"
    zh = "监察记录 {incident} 的机构尚未陈述申辩，其期限也未届满，不得作出不利的决定"
    en = "the agency of incident {incident} has not answered and still may, so nothing can be decided against it yet"


class NothingToAppeal(Refusal):
    code = "registry.nothing-to-appeal"
    zh = "监察记录 {incident} 没有可以申请复核的决定"
    en = "incident {incident} has no decision that could be appealed"


class AppealTooLate(Refusal):
    code = "registry.appeal-too-late"
    zh = "监察记录 {incident} 的决定已过六十日的申请期限"
    en = "the sixty days in which the decision on incident {incident} could be appealed are over"


class AppealFiledAlready(Refusal):
    code = "registry.appeal-filed-already"
    zh = "监察记录 {incident} 的决定已申请过复核"
    en = "the decision on incident {incident} was appealed before"


class NoAppealWaits(Refusal):
    code = "registry.no-appeal-waits"
    zh = "监察记录 {incident} 没有待决定的复核申请"
    en = "no appeal waits about incident {incident}"


class SameDecider(Refusal):
    """Nobody reviews his own decision."""

    code = "registry.same-decider"
    zh = "监察记录 {incident} 的原决定由同一人作出，复核须由另一监管人员决定"
    en = "the same person decided incident {incident}; someone else must decide the appeal"


class AppealMakesWorse(Refusal):
    """Administrative Reconsideration Law (行政复议法) art. 63: no change to the detriment of who appealed."""

    code = "registry.appeal-makes-worse"
    zh = "复核决定不得比监察记录 {incident} 的原决定更为不利"
    en = "an appeal cannot make the decision on incident {incident} worse for who appealed"
