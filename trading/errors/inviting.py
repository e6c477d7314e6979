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
