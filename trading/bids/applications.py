"""Applications to be prequalified are sealed for those who will judge them: to the keys that the project's tenderer and
its agent have recorded themselves. They have no file before the deadline, and this centre never has a key.

An application to take part in a sale is read by the registrar as it comes, and is not sealed.
"""

from typing import Final

from sqlalchemy.orm import Session

import registry.queries
from audit.act import Act
from trading.bids import errors
from trading.bids.qualified import NOTICE
from trading.commands.standing import organisations_of
from trading.lots import LotState
from trading.model import Project

AGE: Final = b"age-encryption.org/v1\n"
"""How a sealed application begins: a file that `age` makes and opens."""


def is_sealed(data: bytes) -> bool:
    return data.startswith(AGE)


def readers_keys(session: Session, project: Project, state: LotState) -> list[str]:
    """Recipients for which an application must be sealed; none: it need not be, or no reader has recorded a key."""
    if not state.has(NOTICE):
        return []
    parties = organisations_of(session, project, "tenderer") | organisations_of(session, project, "agent")
    keys = [registry.queries.opening_keys_in_force(session, one) for one in sorted(parties)]
    return [one.recipient for found in keys for one in found]


def check_sealed(act: Act, project: Project, state: LotState, sha256: str) -> None:
    """Raises ApplicationUnsealed."""
    if readers_keys(act.session, project, state) and not is_sealed(act.blobs.get(sha256) or b""):
        raise errors.ApplicationUnsealed(lot=state.lot)
