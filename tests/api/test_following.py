"""Saved searches: whom a new notice concerns, mails and calls that arrive, and what happens where they do not."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from api.following import asked, keeping, keys
from api.following.keeping import Following, Owner
from api.following.mail import SmtpServer, is_email
from api.following.noticing import notice_new
from api.following.outward import Outward
from api.following.sending import LEASE, Sender
from api.following.tables import FollowingRow, OutgoingRow
from api.following.webhooks import AGAIN, BOTH, delay, headers, signature
from audit.errors import Refusal
from audit.log import Log
from audit.settings import Settings
from tests.api.receivers import HERE, Receiver, a_mail_server, a_receiver
from tests.api.site import ON_SQLITE
from tests.ground import FakeClock
from tests.trading.noticed import correct, publish, register, withdraw

BASE = "https://centre.example"
MAIL = "miao.qinghe@example.org"
QUERY = "q=%E5%85%BB%E6%8A%A4&trade=A"
"""养护, construction."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with a_receiver() as receiver:
        yield receiver


def settings(log: Log, **more: str) -> Settings:
    return Settings.model_validate({"data": log.data, "base_url": BASE, "mail_from": "centre@example.org"} | more)


def a_following(log: Log, query: str = QUERY, hook: str | None = None, mail: str | None = None) -> Following:
    """In force; without a mailbox it is an account's."""
    saved = keeping.save(log, query, "zh", BASE, mail, None if mail else "account1")
    key = keys.owner_key(log, saved.id)
    if mail is not None:
        keeping.confirm(log, saved.id, key)
    return keeping.set_webhook(log, saved.id, Owner(key), hook, HERE) if hook else saved


def begun(log: Log) -> None:
    """Everything that was published before is past."""
    register(log)
    assert notice_new(log, BASE) == 0


def queued(log: Log) -> list[OutgoingRow]:
    with log.reading() as session:
        rows = list(session.scalars(select(OutgoingRow).order_by(OutgoingRow.made, OutgoingRow.id)))
        session.expunge_all()
    return rows


def outbox(log: Log) -> list[email.message.EmailMessage]:
    found = sorted((log.data / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]


def test_who_saved_a_search_is_told_of_what_it_finds_and_of_nothing_else(log: Log, receiver: Receiver) -> None:
    begun(log)
    mine = a_following(log, hook=receiver.url)
    mailed = a_following(log, "q=%E5%85%BB%E6%8A%A4", mail=MAIL)
    other = a_following(log, "q=%E6%9C%BA%E5%9C%BA", hook=receiver.url)  # 机场
    sender = Sender(log, settings(log), HERE)
    sender.send_due()  # the mail that asks to confirm
    publish(log, "XM-2025-D01", "GG-1", title="课桌椅采购")
    seq = publish(log, "XM-2025-A01", "GG-2", title="道路养护工程招标公告")
    assert notice_new(log, BASE) == 2
    assert notice_new(log, BASE) == 0
    assert sender.send_due() == 2
    assert sender.send_due() == 0
    ((sent, body),) = receiver.got
    payload = json.loads(body)
    assert payload["type"] == "notices.found"
    assert payload["data"] == {"following": mine.id, "cursor": seq, "feed": f"{BASE}/following/{mine.id}.json"}
    assert sent["content-type"] == "application/json"
    key = keys.webhook_secret(log, mine.id, 1)
    signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert sent["webhook-signature"] == f"v1,{wanted}"
    assert int(sent["webhook-timestamp"]) == log.clock() // 1000
    told = outbox(log)[-1]
    assert told["To"] == MAIL
    assert told["Subject"] == "道路养护工程招标公告"
    text = told.get_content()
    assert f"{BASE}/notices/GG-2" in text
    assert "GG-1" not in text
    assert f"{BASE}/following/{mailed.id}?key={keys.owner_key(log, mailed.id)}" in text
    assert told["List-Unsubscribe"] == f"<{BASE}/following/{mailed.id}/stop?key={keys.owner_key(log, mailed.id)}>"
    assert not [one for one in queued(log) if one.following == other.id]
    mails = [one for one in queued(log) if one.channel == "mail"]
    assert [one.body for one in mails] == [b"", b""]  # what was sent is not kept


def test_corrections_and_withdrawals_are_told_too_each_batch_in_one_mail(log: Log) -> None:
    begun(log)
    a_following(log, mail=MAIL)
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    publish(log, "XM-2025-A01", "GG-2", title="桥梁养护工程招标公告")
    assert notice_new(log, BASE) == 1
    correct(log, "XM-2025-A01", "GG-1", 2, title="道路养护工程招标公告（更正）")
    assert notice_new(log, BASE) == 1
    withdraw(log, "XM-2025-A01", "GG-1")
    assert notice_new(log, BASE) == 1
    Sender(log, settings(log)).send_due()
    texts = [one.get_content() for one in outbox(log) if "确认" not in one["Subject"]]
    assert len(texts) == 3
    assert sum("第 1 版" in text and "GG-2" in text for text in texts) == 1
    assert sum("第 2 版" in text and "（更正）" in text for text in texts) == 1
    assert sum("已撤回" in text for text in texts) == 1
    assert sum("等 2 件" in one["Subject"] for one in outbox(log)) == 1


def test_a_mailbox_is_asked_first_and_gets_nothing_until_it_confirms(log: Log) -> None:
    begun(log)
    saved = keeping.save(log, QUERY, "en", BASE, MAIL, None)
    sender = Sender(log, settings(log))
    assert sender.send_due() == 1
    (mail,) = outbox(log)
    link = re.search(rf"{BASE}/following/(\S+)\?key=(\S+)", mail.get_content())
    assert link is not None
    assert mail["List-Unsubscribe"] is None
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    assert notice_new(log, BASE) == 0
    for wrong in ("", "x", keys.owner_key(log, "another")):
        with pytest.raises(Refusal, match="没有这项订阅"):
            keeping.confirm(log, saved.id, wrong)
    with pytest.raises(Refusal, match="尚未确认"):
        keeping.set_webhook(log, saved.id, Owner(link[2]), "https://example.org/", Outward())
    keeping.confirm(log, link[1], link[2])
    publish(log, "XM-2025-A01", "GG-2", title="桥梁养护工程招标公告")
    assert notice_new(log, BASE) == 1
    keeping.end(log, saved.id, Owner(link[2]))
    assert sender.send_due() == 0
    with log.reading() as session:
        assert session.scalars(select(FollowingRow)).all() == []


def test_what_nobody_confirms_is_forgotten_and_a_mailbox_holds_so_many(log: Log, clock: FakeClock) -> None:
    for _ in range(keeping.MOST):
        keeping.save(log, QUERY, "zh", BASE, MAIL, None)
    with pytest.raises(Refusal, match="最多保存 50 项"):
        keeping.save(log, QUERY, "zh", BASE, MAIL, None)
    kept = a_following(log)
    clock.now += keeping.UNCONFIRMED - 1
    keeping.forget_old(log)
    assert len(queued(log)) == keeping.MOST
    clock.now += 1
    keeping.forget_old(log)
    assert queued(log) == []
    with log.reading() as session:
        assert [one.id for one in session.scalars(select(FollowingRow))] == [kept.id]


def test_a_call_that_fails_is_made_again_for_about_a_day_under_one_id(
    log: Log, clock: FakeClock, receiver: Receiver
) -> None:
    begun(log)
    a_following(log, hook=receiver.url)
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    assert notice_new(log, BASE) == 1
    sender = Sender(log, settings(log), HERE)
    receiver.answers = [500, 302, 404, 503, 429, 500, 500, 500]
    for wait in AGAIN:
        assert sender.send_due() == 1
        clock.advance(wait - 1)
        assert sender.send_due() == 0
        clock.advance(1)
    assert sender.send_due() == 1
    (row,) = queued(log)
    assert (row.outcome, row.attempts) == ("given_up", len(AGAIN) + 1)
    clock.advance(7 * 86_400)
    assert sender.send_due() == 0
    assert {one["webhook-id"] for one, _ in receiver.got} == {row.id}
    assert len({one["webhook-timestamp"] for one, _ in receiver.got}) == len(AGAIN) + 1
    assert 20 * 3600 < sum(AGAIN) < 30 * 3600
    assert delay(len(AGAIN)) == AGAIN[-1] * 1000
    assert delay(len(AGAIN) + 1) is None
    keeping.forget_old(log)
    assert queued(log) == []


def test_a_receiver_that_is_gone_is_called_no_more(log: Log, receiver: Receiver) -> None:
    begun(log)
    mine = a_following(log, hook=receiver.url)
    sender = Sender(log, settings(log), HERE)
    for number in (1, 2):
        publish(log, "XM-2025-A01", f"GG-{number}", title="道路养护工程招标公告")
        assert notice_new(log, BASE) == 1
    receiver.answers = [410, 410]
    sender.send_due()
    found = keeping.known(log, mine.id)
    assert (found.webhook, found.webhook_ended) == (None, "gone")
    publish(log, "XM-2025-A01", "GG-3", title="道路养护工程招标公告")
    assert notice_new(log, BASE) == 0


def test_for_a_day_after_a_rotation_both_secrets_sign(log: Log, clock: FakeClock, receiver: Receiver) -> None:
    begun(log)
    mine = a_following(log, hook=receiver.url)
    owner = Owner(keys.owner_key(log, mine.id))
    old, new = (keys.webhook_secret(log, mine.id, number) for number in (1, 2))
    rotated = keeping.rotate(log, mine.id, owner)
    assert rotated.secrets(log, clock.now + BOTH - 1) == [new, old]
    assert rotated.secrets(log, clock.now + BOTH) == [new]
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    notice_new(log, BASE)
    Sender(log, settings(log), HERE).send_due()
    ((sent, body),) = receiver.got
    at = int(sent["webhook-timestamp"])
    assert sent["webhook-signature"].split() == [signature(one, sent["webhook-id"], at, body) for one in (new, old)]
    assert len({old, new}) == 2


def test_a_process_that_dies_while_it_sends_leaves_it_to_the_next(
    log: Log, clock: FakeClock, receiver: Receiver
) -> None:
    begun(log)
    a_following(log, hook=receiver.url)
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    notice_new(log, BASE)
    dying, other = Sender(log, settings(log), HERE), Sender(log, settings(log), HERE)
    (taken,) = dying.take()
    assert dying._attempt(taken).outcome == "sent"  # and it ends before it says so
    assert other.send_due() == 0
    clock.now += LEASE
    assert other.send_due() == 1
    first, again = receiver.got
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    assert first[1] == again[1]
    assert other.send_due() == 0


def test_two_processes_send_nothing_twice(log: Log, receiver: Receiver) -> None:
    begun(log)
    a_following(log, hook=receiver.url)
    publish(log, "XM-2025-A01", "GG-1", title="道路养护工程招标公告")
    assert notice_new(log, BASE) + notice_new(log, BASE) == 1
    one, two = Sender(log, settings(log), HERE), Sender(log, settings(log), HERE)
    assert len(one.take()) == 1
    assert two.take() == []


@ON_SQLITE
def test_mails_go_to_a_server_and_what_it_refuses_for_good_is_given_up(log: Log, clock: FakeClock) -> None:
    with a_mail_server() as box:
        sender = Sender(log, settings(log, smtp=f"smtp+plain://127.0.0.1:{box.port}"))
        saved = keeping.save(log, QUERY, "zh", BASE, MAIL, None)
        assert sender.send_due() == 1
        ((to, text),) = box.mails
        assert to == [f"rcpt TO:<{MAIL}>"]
        message = email.message_from_string(text, policy=email.policy.default)
        assert saved.id in message.get_content()
        assert message["Auto-Submitted"] == "auto-generated"
        for code, is_over in ((450, False), (550, True)):
            box.refuses = code
            clock.advance(1)
            keeping.save(log, QUERY, "zh", BASE, MAIL, None)
            sender.send_due()
            row = queued(log)[-1]
            assert (row.outcome, row.ended is not None, row.body == b"") == ("refused", is_over, is_over)
    with pytest.raises(OSError, match=r".*"):
        SmtpServer(f"smtp+plain://127.0.0.1:{box.port}").send(message, "x")


def test_the_published_vector_of_standard_webhooks_holds() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    id_, at, body = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, id_, at, body) == wanted
    assert headers([secret], id_, at, body)["webhook-signature"] == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b\n",
        "a@b\nBcc: c@d",
        "a b@c",
        "a@b,c@d",
        "<a@b>",
        "a..b@c",
        "a@.b",
        "名@b",
        "a@" + "b" * 200,
    ],
)
def test_what_is_no_mail_address_never_gets_into_a_header(text: str) -> None:
    assert not is_email(text)
    assert is_email(MAIL)


def test_a_query_is_kept_in_one_order_and_without_what_asks_for_nothing() -> None:
    assert asked.canonical("trade=A&q= 养护 &before=9&kind=&x=1&band=99") == QUERY
    assert asked.told(QUERY, "zh") == "公告 · 养护 · 工程建设"
    for nothing in ("", "trade=Z", "x=1", "q=%20", "q=" + "a" * 1001):
        with pytest.raises(Refusal, match="查询条件"):
            asked.canonical(nothing)


def test_the_outbox_is_for_nobody_else(tmp_path: Path, log: Log) -> None:
    keeping.save(log, QUERY, "zh", BASE, MAIL, None)
    Sender(log, settings(log)).send_due()
    assert (log.data / "outbox").stat().st_mode & 0o077 == 0
