"""What is refused in a prequalification."""

from audit.errors import Refusal


class ApplicationsOpen(Refusal):
    code = "trading.applications-open"
    zh = "标段 {lot} 的资格预审申请尚未截止，或者已经发出投标邀请，不能审查"
    en = "applications for lot {lot} are still taken, or bids are invited already: they are judged in between"


class NotJudgedYet(Refusal):
    code = "trading.not-judged-yet"
    zh = "标段 {lot} 的资格预审申请尚未审查，不能邀请投标"
    en = "the applications for lot {lot} are not judged yet: no bids can be invited"


class TooFewQualified(Refusal):
    code = "trading.too-few-qualified"
    zh = "标段 {lot} 通过资格预审的申请人不足三个，应当重新招标（实施条例 19）"
    en = "fewer than three applicants for lot {lot} passed: it is tendered again (Implementing Regulations, art. 19)"


class NotQualified(Refusal):
    code = "trading.not-qualified"
    zh = "{bidder} 没有通过标段 {lot} 的资格预审，不能投标"
    en = "{bidder} did not pass the prequalification of lot {lot} and cannot bid"
