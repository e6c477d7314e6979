"""From a command to a published checkpoint, on both databases."""

from audit.events import Event
from audit.log import Log


class Noted(Event):
    kind = "test.noted"
    text: str


def note(log: Log, text: str, subject: str = "test:a") -> int:
    with log.act("operator:abc") as act:
        act.lock(subject)
        return act.record(Noted(text=text), subject)


def test_an_act_gets_a_place_in_a_published_checkpoint(log: Log) -> None:
    assert log.wait(note(log, "一")) == 1
    assert log.published_size == 2
