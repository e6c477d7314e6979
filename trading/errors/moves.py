"""Why something may not be recorded of a lot in its present state."""

from audit.errors import Refusal


class WrongRound(Refusal):
    code = "trading.wrong-round"
    zh = "标段 {lot} 应为第 {wanted} 轮，不是第 {found} 轮"
    en = "lot {lot} is in round {wanted}, not {found}"


class OtherMethod(Refusal):
    code = "trading.other-method"
    zh = "标段 {lot} 已按“{method_zh}”方式公告，本轮不能改变交易方式"
    en = "lot {lot} was announced as {method_en}, which does not change within a round"


class NotInThisStage(Refusal):
    code = "trading.not-in-this-stage"
    zh = "标段 {lot} 现处“{stage_zh}”阶段，按程序表不能办理“{kind_zh}”"
    en = "lot {lot} is {stage_en}: the table of procedures knows no “{kind_en}” there"


class IsSuspended(Refusal):
    code = "trading.is-suspended"
    zh = "标段 {lot} 因 {reference} 暂停，恢复前不能办理"
    en = "lot {lot} is suspended because of {reference}; nothing moves before it is resumed"


class LacksPredecessor(Refusal):
    code = "trading.lacks-predecessor"
    zh = "标段 {lot} 本轮还没有“{missing_zh}”，不能办理“{kind_zh}”"
    en = "“{kind_en}” of lot {lot} needs “{missing_en}” in this round first"


class MethodMissing(Refusal):
    code = "trading.method-missing"
    zh = "开始一次交易的公告须载明交易方式（标段 {lot}）"
    en = "a notice that begins a procedure names its method (lot {lot})"
