"""Refusals about agencies on record and decisions on them."""

from audit.errors import Refusal
from registry.field_names import FieldRefusal


class NoSuchAgency(Refusal):
    code = "registry.no-such-agency"
    zh = "没有登记过代理机构 {code}"
    en = "there is no agency {code} on record"


class AgencyExists(Refusal):
    code = "registry.agency-exists"
    zh = "代理机构 {code} 已经登记；变更请用变更登记"
    en = "agency {code} is on record already; amend it instead"


class AgencyIsRemoved(Refusal):
    code = "registry.agency-is-removed"
    zh = "代理机构 {code} 已被除名"
    en = "agency {code} has been struck off"


class NotAnAgency(Refusal):
    code = "registry.not-an-agency"
    zh = "单位“{organisation}”没有登记代理机构身份，或其统一社会信用代码与 {code} 不同"
    en = "organisation {organisation!r} is not recorded as an agency, or its code is not {code}"


class OrganisationHasAgency(Refusal):
    code = "registry.organisation-has-agency"
    zh = "单位“{organisation}”已是代理机构 {other} 的单位"
    en = "organisation {organisation!r} belongs to agency {other}"


class BadFact(FieldRefusal):
    code = "registry.bad-fact"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} is not right: {why_en}"


class DecisionRecorded(Refusal):
    code = "registry.decision-recorded"
    zh = "决定书 {decision_number} 对代理机构 {code} 已经登记"
    en = "decision {decision_number} on agency {code} is on record already"


class NothingToReinstate(Refusal):
    code = "registry.nothing-to-reinstate"
    zh = "代理机构 {code} 没有生效或将生效的暂停，也未被除名"
    en = "agency {code} is neither struck off nor under a suspension that is in force or to come"
