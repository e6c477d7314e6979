"""What is refused about open bidding."""

from audit.errors import Refusal


class NoBidding(Refusal):
    code = "trading.no-such-bidding"
    zh = "标段 {lot} 没有开始竞价"
    en = "no bidding has been opened for lot {lot}"


class BiddingOpenedAlready(Refusal):
    code = "trading.bidding-opened-already"
    zh = "标段 {lot} 本轮已经开始竞价"
    en = "the bidding for lot {lot} has been opened in this round"


class BadBidding(Refusal):
    code = "trading.bad-bidding"
    zh = "竞价安排的“{field}”不符合要求：{why_zh}"
    en = "{field_en} of the bidding is not right: {why_en}"


class NotAsAnnounced(Refusal):
    code = "trading.bidding-not-as-announced"
    zh = "竞价安排的“{field}”须与公告一致：{announced}"
    en = "{field_en} of the bidding must be as it was announced: {announced}"


class BiddingOver(Refusal):
    """Both times to the millisecond, so that nobody has to argue."""

    code = "trading.bidding-over"
    zh = "竞价已经结束：结束 {ended}，到达 {arrived}"
    en = "the bidding is over: it ended at {ended}, this arrived at {arrived}"


class BiddingGoesOn(Refusal):
    code = "trading.bidding-goes-on"
    zh = "标段 {lot} 的竞价还没有结束"
    en = "the bidding for lot {lot} is not over"


class OfferTooLow(Refusal):
    code = "trading.offer-too-low"
    zh = "报价不得低于 {least} 元：他人的报价已先到，或低于起始价"
    en = "an offer must be {least} yuan at least: another came first, or it is below the starting price"


class OfferOffStep(Refusal):
    code = "trading.offer-off-step"
    zh = "报价须为起始价 {starting} 元加上加价幅度 {step} 元的整数倍"
    en = "an offer is the starting price of {starting} yuan and whole steps of {step} yuan"


class NoPaddle(Refusal):
    code = "trading.no-paddle"
    zh = "贵单位没有标段 {lot} 的竞买号牌，不能报价"
    en = "your organisation has no paddle for lot {lot}, so that it cannot make offers"


class NoSuchApplication(Refusal):
    code = "trading.no-such-application"
    zh = "标段 {lot} 本轮没有回执为 {receipt} 的竞买申请"
    en = "lot {lot} has no application under the receipt {receipt} in this round"


class ApplicationAnswered(Refusal):
    code = "trading.application-answered"
    zh = "回执为 {receipt} 的竞买申请已经答复"
    en = "the application under the receipt {receipt} has been answered"


class DepositMissing(Refusal):
    code = "trading.deposit-missing"
    zh = "公告要求竞买保证金 {wanted} 分，该申请人已到账 {found} 分，不能发放号牌"
    en = "the notice wants a deposit of {wanted} fen, of this applicant {found} fen are recorded"


class PaddleGivenAlready(Refusal):
    code = "trading.paddle-given-already"
    zh = "该申请人已有标段 {lot} 的竞买号牌"
    en = "that applicant has a paddle for lot {lot} already"
