"""What the register does by itself each night: compare everything anew, and remove files that nothing refers to.

`serve` calls `review` when it starts and once in every day of Beijing. It is one act by `system` under the locks of any
other, so two processes may do it at once: the second finds nothing to do.
"""

import logging

from audit import keys
from audit.entry import SYSTEM
from audit.log import Log
from registry import documents
from registry.commands import review_findings

talk = logging.getLogger(__name__)


def review(log: Log) -> bool:
    """Do the night's work; False where it failed, and is to be tried again. No fault stops the caller."""
    try:
        with log.act(SYSTEM) as act:
            review_findings(act, key=keys.load_digest_key(log.data / "keys"))
        documents.forget_files(log)
    except Exception:
        talk.exception("the register was not reviewed")
        return False
    return True
