"""Whose act it may be."""

from registry import errors


def check_actor(actor: str, *wanted: str) -> None:
    """Refuse an act of whoever does not act in one of these roles. actor: `role:account` or `system`.

    Whether the account holds that role is what `registry.authority.check_role` asks of the register besides.
    Raises NotPermitted.
    """
    if actor.split(":")[0] not in wanted:
        raise errors.NotPermitted(wanted=" / ".join(wanted), actor=actor)
