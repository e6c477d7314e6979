"""Why somebody is not invited, or may not bid without it."""

from audit.errors import Refusal


class NotInvited(Refusal):
    """Said to whoever is not invited, and to everybody while nobody is."""

    code = "trading.not-invited"
    zh = "标段 {lot} 只接受受邀单位投标，“{bidder}”不在受邀之列"
    en = "only who was invited bids for lot {lot}, and {bidder!r} was not"


class TooFewInvited(Refusal):
    code = "trading.too-few-invited"
    zh = "标段 {lot} 至少邀请 {wanted} 家（{law}），现有 {found} 家"
    en = "lot {lot} wants {wanted} invited at least ({law}); there are {found}"


class WayOfChoosing(Refusal):
    code = "trading.way-of-choosing"
    zh = "标段 {lot} 的受邀供应商不得以此方式产生（{law}）"
    en = "those invited for lot {lot} cannot be chosen in this way ({law})"


class RecommendersUnsaid(Refusal):
    code = "trading.recommenders-unsaid"
    zh = "书面推荐须写明“{bidder}”由采购人还是评审专家推荐"
    en = "say whether the purchaser or the experts recommended {bidder!r}"


class TooManyRecommended(Refusal):
    code = "trading.too-many-recommended"
    zh = "采购人推荐的供应商不得超过推荐总数的一半，现为 {own} / {found} 家（{law}）"
    en = "the purchaser may recommend half of those recommended at most, and did {own} of {found} ({law})"


class OneSourceOnly(Refusal):
    code = "trading.one-source-only"
    zh = "标段 {lot} 为单一来源采购，只能邀请一家供应商"
    en = "lot {lot} is bought from a single source: one supplier is invited and no other"


class InvitedAlready(Refusal):
    code = "trading.invited-already"
    zh = "“{bidder}”已在标段 {lot} 的受邀之列"
    en = "{bidder!r} was invited for lot {lot} already"


class InvitedByAnotherName(Refusal):
    code = "trading.invited-by-another-name"
    zh = "统一社会信用代码 {code} 登记的单位名称是“{name}”"
    en = "the organisation with the code {code} is on record as {name!r}"
