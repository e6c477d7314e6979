"""Who may act: the role that an account acts in must be its own by the register, as it is when the act has its locks.

Every command shares `account:ID` of the acting account (`account_locks`), which whoever grants or takes back a role
holds alone. So the log never shows an act after the end of the role that it was done in.
"""

from audit.act import Act
from audit.entry import SYSTEM
from registry import errors, queries, rules
from registry.model import Holding

REGISTRY = "registry"
"""The lock that every command of the register shares: who holds it alone knows that no key, role or agency changes."""


def account_locks(act: Act) -> list[str]:
    """What to share so that the acting account's roles stay as they are. Who holds `REGISTRY` alone needs no more."""
    return [] if act.actor == SYSTEM else [f"account:{_account(act)}"]


def check_role(act: Act, *roles: str) -> None:
    """Refuse whoever does not act in one of these roles, or does not hold it. Raises NotPermitted, RoleMissing.

    roles: `system` among them where the program itself may act.
    """
    rules.check_actor(act.actor, *roles)
    if act.actor != SYSTEM and holding(act) is None:
        raise errors.RoleMissing(roles=" / ".join(roles))


def acts_as(act: Act, role: str) -> bool:
    """Whether this is the role that the account acts in; `check_role` asks whether it holds it."""
    return act.actor.startswith(f"{role}:")


def holding(act: Act) -> Holding | None:
    """The acting account's hold of the role that it acts in, with the organisation it is held for."""
    role = act.actor.split(":")[0]
    return next((one for one in queries.roles(act.session, _account(act)) if one.role == role), None)


def organisation_of(act: Act) -> str | None:
    """Id of the organisation for which the account holds the role it acts in."""
    held = holding(act)
    return None if held is None else held.organisation


def _account(act: Act) -> str:
    return act.actor.split(":")[-1]
