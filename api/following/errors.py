"""What is refused about saved searches."""

from audit.errors import Refusal


class NoSuchFollowing(Refusal):
    """Also where the key is wrong: who guesses learns nothing."""

    code = "api.no-such-following"
    zh = "没有这项订阅，或者链接不完整。"
    en = "There is no such saved search, or the link is not whole."


class BadFollowingQuery(Refusal):
    code = "api.bad-following-query"
    zh = "请先给出查询条件：订阅全部公告请使用日志的订阅源。"
    en = "Say what to look for first; for all that is published there are the feeds of the log."


class BadEmail(Refusal):
    code = "api.bad-email"
    zh = "电子邮箱地址不合格式。"
    en = "That is no mail address."


class NoWayToTell(Refusal):
    code = "api.no-way-to-tell"
    zh = "请填写电子邮箱；已登录的账户可以不填。"
    en = "Give a mail address; who is signed in may leave it empty."


class TooManyFollowings(Refusal):
    code = "api.too-many-followings"
    zh = "此网络地址或邮箱的订阅过于频繁，请在 {minutes} 分钟后再试。"
    en = "Too many searches were saved from this address or for this mailbox. Please try again in {minutes} minutes."


class FollowingIsFull(Refusal):
    code = "api.followings-full"
    zh = "每个邮箱或账户最多保存 {most} 项订阅。"
    en = "A mailbox or an account saves {most} searches at most."


class NotConfirmed(Refusal):
    code = "api.following-not-confirmed"
    zh = "这项订阅尚未确认：请先点击确认邮件中的链接。"
    en = "This saved search is not confirmed yet: follow the link in the mail first."


class BadWebhook(Refusal):
    code = "api.bad-webhook"
    zh = "该地址不能接收通知：{why_zh}"
    en = "That address cannot be called: {why_en}"


class NoWebhook(Refusal):
    code = "api.no-webhook-set"
    zh = "这项订阅没有设置接收地址。"
    en = "This saved search has no webhook."
