"""Calls to addresses of strangers: nothing of this machine or its network is reached, however it is named."""

import socket
import threading
from collections.abc import Sequence

import pytest

from api.following import outward
from api.following.errors import BadWebhook
from api.following.outward import Outward, Unreached
from tests.api.receivers import HERE, a_receiver, is_loopback

PRIVATE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
)  # fmt: skip


def names(*addresses: str) -> Outward:
    """The rules as they are, where every name has these addresses."""

    def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    return Outward(resolve=resolve)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_not_called_under_any_name(address: str) -> None:
    shown = f"[{address}]" if ":" in address else address
    with pytest.raises(BadWebhook):
        Outward().check(f"https://{shown}/hook")
    for resolved in ([address], ["93.184.215.14", address], [address, "93.184.215.14"]):
        with pytest.raises(Unreached, match="not on the public internet"):
            names(*resolved).post("https://hook.example/", {}, b"")


def test_public_addresses_may_be_called() -> None:
    for address in ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"):
        assert names(address).address("hook.example", 443) == address


@pytest.mark.parametrize("name", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"])
def test_this_machine_is_not_reached_by_the_names_that_the_system_knows(name: str) -> None:
    with pytest.raises(Unreached):
        Outward().post(f"https://{name}/hook", {}, b"")


@pytest.mark.parametrize(
    "url",
    [
        "", "http://hook.example/", "ftp://hook.example/", "//hook.example/", "https://", "https:///x", "javascript:1",
        "https://me@hook.example/", "https://me:pw@hook.example/", "https://hook.example/#x", "https://hook.example:0/",
        "https://hook.example:99999/", "https://hook.example/a b", "https://hook.example/\r\nX: y", "https://例子.example/",
        "https://[::1", "https://hook.example/" + "a" * 500,
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_refused(url: str) -> None:
    with pytest.raises(BadWebhook):
        Outward().check(url)
    with pytest.raises(Unreached):
        Outward().post(url, {}, b"")


def test_the_connection_goes_to_the_address_that_was_looked_at() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    here = Outward(schemes=frozenset({"http"}), allows=is_loopback, resolve=resolve)
    with a_receiver() as receiver:
        port = receiver.url.split(":")[2].split("/")[0]
        assert here.post(f"http://hook.example:{port}/in?a=1", {"X-Own": "1"}, b"{}") == 204
        ((headers, body),) = receiver.got
    assert asked == ["hook.example"]
    assert headers["host"] == f"hook.example:{port}"
    assert (headers["x-own"], body) == ("1", b"{}")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with a_receiver() as receiver:
        receiver.answers = [302, 307, 308]
        assert [HERE.post(receiver.url, {}, b"") for _ in range(3)] == [302, 307, 308]
        assert len(receiver.got) == 3


def test_who_does_not_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        sockets: list[socket.socket] = []

        def trickle() -> None:
            connection, _ = server.accept()
            sockets.append(connection)
            try:
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while True:
                    connection.sendall(b"X: y\r\n")
                    if stop.wait(0.05):
                        return
            except OSError:
                return

        stop = threading.Event()
        thread = threading.Thread(target=trickle, daemon=True)
        thread.start()
        with pytest.raises(Unreached):
            HERE.post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, b"")
        stop.set()
        thread.join(10)
        for one in sockets:
            one.close()


def test_a_receiver_that_is_not_there_is_unreached() -> None:
    with a_receiver() as receiver:
        url = receiver.url
    with pytest.raises(Unreached):
        HERE.post(url, {}, b"")
