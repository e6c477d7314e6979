"""Who of the witnesses in force saw an entry, and when, as far as receipts and the log's own checkpoint show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.checkpoint import Checkpoint
from audit.cosignature import parse_witnesses, quorum_time, verify_cosignatures
from audit.entry import Entry
from audit.errors import Refusal
from audit.note import VerifierKey
from lottery.logged.faults import at
from lottery.logged.reading import History


@dataclass(frozen=True)
class InForce:
    """The witnesses whose cosignatures counted, as the log said at a place; `quorum` of them had to sign."""

    keys: tuple[VerifierKey, ...] = ()
    quorum: int = 0

    def saw(self, seq: int, checkpoints: Iterable[Checkpoint]) -> int | None:
        """The earliest time (Unix seconds) by which a quorum had cosigned one tree that holds entry `seq`.

        None where no checkpoint at hand shows it.
        """
        times: list[int] = []
        for checkpoint in checkpoints:
            if checkpoint.size <= seq:
                continue
            try:
                cosignatures = verify_cosignatures(checkpoint, self.keys)
            except Refusal:
                continue  # a wrong one shows nothing
            time = quorum_time(cosignatures, self.quorum)
            if time is not None:
                times.append(time)
        return min(times, default=None)


def in_force(history: History, seq: int) -> InForce:
    """As the last entry before `seq` that sets witnesses says. Raises EntryFault."""
    entry: Entry | None = None
    for one in history.witnesses:
        if one.seq < seq:
            entry = one
    if entry is None:
        return InForce()
    named, quorum = entry.body.get("witnesses"), entry.body.get("quorum")
    vkeys = [one.get("vkey") for one in named if type(one) is dict] if type(named) is list else [None]
    try:
        keys = tuple(parse_witnesses([vkey for vkey in vkeys if type(vkey) is str]))
    except Refusal as refusal:
        raise at(entry, refusal.message("zh"), refusal.message("en")) from None
    if len(keys) != len(vkeys) or type(quorum) is not int or not min(1, len(keys)) <= quorum <= len(keys):
        raise at(entry, "见证人名单不合格式", "it does not have the form of a list of witnesses")
    return InForce(keys, quorum)
