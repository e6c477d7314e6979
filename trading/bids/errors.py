"""What is refused about sealed bids."""

from audit.errors import Refusal


class NoDeadline(Refusal):
    code = "trading.no-bid-deadline"
    zh = "标段 {lot} 尚未公布投标截止时间"
    en = "no deadline for bids has been published for lot {lot}"


class LateBid(Refusal):
    """Both times to the millisecond, so that nobody has to argue."""

    code = "trading.late-bid"
    zh = "已过截止时间：截止 {deadline}，到达 {arrived}"
    en = "too late: the deadline was {deadline}, this arrived at {arrived}"


class NoPlan(Refusal):
    code = "trading.no-opening-plan"
    zh = "标段 {lot} 尚未公布开标方案，不能封装投标文件"
    en = "no opening is planned for lot {lot} yet, so that no bid can be sealed for it"


class PlanOutOfDate(Refusal):
    """A timelock for an earlier moment would open before the deadline that has moved."""

    code = "trading.opening-plan-out-of-date"
    zh = "截止时间已变更，开标方案的时间锁早于新的截止时间，须先公布新的开标方案"
    en = "the deadline has moved past the timelock of the opening's plan: a new plan is needed first"


class BadPlan(Refusal):
    code = "trading.bad-opening-plan"
    zh = "开标方案不符合要求：{why_zh}"
    en = "the opening's plan is not right: {why_en}"


class SeatHasNoKey(Refusal):
    """Nobody else can name a key for it: what is encrypted to that would not be for this organisation."""

    code = "trading.seat-has-no-key"
    zh = "单位“{organisation}”在用的开标公钥有 {found} 把，须有 {wanted} 把：由该单位在“机构密钥”页自行生成、签名登记"
    en = "{organisation!r} has {found} opening keys in force and needs {wanted}: it records and signs them itself"


class SeatKeyNotOwn(Refusal):
    """Only a forged log holds such a plan."""

    code = "trading.seat-key-not-own"
    zh = "席位“{seat}”的公钥不是单位“{organisation}”自行登记、当时在用的开标公钥"
    en = "the key of seat {seat!r} is no opening key that {organisation!r} itself had recorded and in force then"


class NotABidder(Refusal):
    code = "trading.not-a-bidder"
    zh = "账户所代表的单位没有登记统一社会信用代码，不能投标"
    en = "the account acts for no organisation with a unified social credit code on record"


class BadSeal(Refusal):
    code = "trading.bad-seal"
    zh = "投标文件没有按开标方案封装：{why}"
    en = "the bid is not sealed as the opening's plan wants: {why}"


class BidTooLarge(Refusal):
    code = "trading.bid-too-large"
    zh = "投标文件超过 {most} 字节的上限"
    en = "the bid has more than {most} bytes"


class BidStands(Refusal):
    """Said to its own bidder only."""

    code = "trading.bid-stands"
    zh = "贵单位在该标段已有投标文件（回执 {receipt}），可替换或撤回"
    en = "a bid of yours stands for that lot (receipt {receipt}): replace it or take it back"


class NoSuchBid(Refusal):
    """Said of another's receipt as of one that there is not."""

    code = "trading.no-such-bid"
    zh = "贵单位没有回执为 {receipt} 的有效投标文件"
    en = "no bid of yours stands under the receipt {receipt}"


class BadSealedAct(Refusal):
    code = "trading.bad-sealed-act"
    zh = "“{field}”不符合要求：{why_zh}"
    en = "{field!r} is not right: {why_en}"


class PartyCannotBid(Refusal):
    code = "trading.party-cannot-bid"
    zh = "“{bidder}”是本项目的招标人、代理机构或者开标席位，不得参加投标（招标投标法实施条例第十三条、第三十四条）"
    en = "{bidder!r} is the tenderer, its agent or a seat of the opening here, and does not bid"


class ApplicationUnsealed(Refusal):
    """Its readers have recorded keys, so that nobody else need be able to read it."""

    code = "trading.application-unsealed"
    zh = "标段 {lot} 的资格预审申请须在本机按招标人、代理机构登记的公钥封装（age 格式）后提交"
    en = "an application for lot {lot} is sealed as an age file for the keys of its readers before it is sent"


class NotClosedYet(Refusal):
    code = "trading.bids-not-closed"
    zh = "标段 {lot} 的投标尚未截止"
    en = "bids for lot {lot} are not closed yet"


class NotOpeningTime(Refusal):
    code = "trading.not-opening-time"
    zh = "开标时间为 {opening}，现在不能开启投标文件"
    en = "bids are opened at {opening} and not before"


class NotThatSeat(Refusal):
    code = "trading.not-that-seat"
    zh = "账户所代表的单位不是开标席位“{seat}”"
    en = "the account's organisation does not hold seat {seat!r} of the opening"


class BadShares(Refusal):
    code = "trading.bad-shares"
    zh = "密钥份额的格式不正确，或不属于该标段的投标文件"
    en = "the shares are not of the form, or not of that lot's bids"


class WrongBidKey(Refusal):
    code = "trading.wrong-bid-key"
    zh = "该密钥不是封装此投标文件时生成的密钥"
    en = "this is not the key that was made when the bid was sealed"


class OpenedAlready(Refusal):
    code = "trading.bid-opened-already"
    zh = "回执 {receipt} 的投标文件已经处理"
    en = "the bid under the receipt {receipt} has been dealt with"


class KeysMayCome(Refusal):
    code = "trading.keys-may-come"
    zh = "解密时限至 {until}，此前不能认定投标文件未能开启"
    en = "keys may come until {until}; before that no bid is given up"


class NothingUnopened(Refusal):
    code = "trading.nothing-unopened"
    zh = "标段 {lot} 没有未开启的投标文件"
    en = "no bid of lot {lot} is unopened"


class BadRound(Refusal):
    code = "trading.bad-round-signature"
    zh = "不是随机信标第 {round} 轮的签名"
    en = "not the beacon's signature of round {round}"
