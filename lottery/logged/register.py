"""Organisations, their keys and their accounts' roles as the log alone tells them, at every place of it."""

from audit.entry import Entry, check_signatures
from audit.errors import Refusal
from lottery.logged.faults import EntryFault, at
from registry.names import name_key

KINDS = (
    "registry.organisation_recorded",
    "registry.key_recorded",
    "registry.key_revoked",
    "registry.role_granted",
    "registry.role_revoked",
)


class Register:
    """Every question names the place (`seq`) at which it is asked: only what stands before it counts."""

    def __init__(self) -> None:
        self._names: list[tuple[int, str, str]] = []
        """(seq, organisation, name), in log order."""
        self._keys: dict[str, tuple[int, str]] = {}
        """Key to where it was first recorded, and for whom: it never becomes another's."""
        self._revoked: dict[str, int] = {}
        self._roles: list[tuple[int, str, str, str | None]] = []
        """(seq, account, role, organisation); a role that was taken back stands for no organisation."""

    def add(self, entry: Entry) -> None:
        """Take up an entry of the register; one of another form says nothing, and so vouches for nobody."""
        body = entry.body
        organisation, name, key = body.get("organisation"), body.get("name"), body.get("key")
        account, role = body.get("account"), body.get("role")
        if entry.kind == "registry.organisation_recorded" and type(organisation) is str and type(name) is str:
            self._names.append((entry.seq, organisation, name))
        elif entry.kind == "registry.key_recorded" and type(organisation) is str and type(key) is str:
            self._keys.setdefault(key, (entry.seq, organisation))
        elif entry.kind == "registry.key_revoked" and type(key) is str:
            self._revoked.setdefault(key, entry.seq)
        elif entry.kind.startswith("registry.role_") and type(account) is str and type(role) is str:
            held = organisation if entry.kind == "registry.role_granted" and type(organisation) is str else None
            self._roles.append((entry.seq, account, role, held))

    def named(self, name: str, seq: int) -> str | None:
        """The organisation that bore a name at a place, however the name was spelt."""
        bore: dict[str, str] = {}
        for place, organisation, called in self._names:
            if place < seq:
                bore[organisation] = called
        wanted = name_key(name)
        return next((one for one, called in sorted(bore.items()) if name_key(called) == wanted), None)

    def organisation_of(self, actor: str, seq: int) -> str | None:
        """For which organisation an account held the role it acted in (`role:account`), at a place."""
        role, _, account = actor.partition(":")
        found = None
        for place, holder, held_role, organisation in self._roles:
            if place < seq and (holder, held_role) == (account, role):
                found = organisation
        return found

    def owner(self, key: str, seq: int) -> str | None:
        """Whose key it was at a place, if it was in force."""
        recorded, organisation = self._keys.get(key, (seq, ""))
        return organisation if recorded < seq <= self._revoked.get(key, seq) else None

    def signers(self, entry: Entry, signatures: object = None) -> set[str]:
        """The organisations whose keys, in force at the entry's place, signed it.

        signatures: where they do not stand in the body itself. Raises EntryFault.
        """
        body = entry.body if signatures is None else {**entry.body, "signatures": signatures}
        try:
            keys = check_signatures(entry.kind, entry.subject, body)
        except Refusal as refusal:
            raise at(entry, refusal.message("zh"), refusal.message("en")) from None
        found = {key: self.owner(key, entry.seq) for key in keys}
        for key, organisation in found.items():
            if organisation is None:
                raise at(entry, f"公钥 {key[:16]}… 当时不在有效公钥之列", f"key {key[:16]}… was not in force then")
        return {organisation for organisation in found.values() if organisation is not None}

    def seats(self, plan: Entry, orgs: dict[str, str]) -> dict[str, str]:
        """Seat to the organisation that bore the plan's name for it when the plan was entered. Raises EntryFault."""
        found: dict[str, str] = {}
        for seat, name in orgs.items():
            organisation = self.named(name, plan.seq)
            if organisation is None:
                raise at(plan, f"席位 {seat} 的机构「{name}」当时未登记", f"{name}, of seat {seat}, was not on record")
            found[seat] = organisation
        return found


def check_signed_by(register: Register, entry: Entry, organisations: set[str]) -> None:
    """Refuse an entry that exactly these organisations did not sign. Raises EntryFault."""
    signed = register.signers(entry)
    if signed != organisations:
        raise not_signed(entry, organisations)


def not_signed(entry: Entry, organisations: set[str]) -> EntryFault:
    wanted = ", ".join(sorted(organisations)) or "-"
    return at(entry, f"不是由应签的机构（{wanted}）签名", f"not signed by those who have to, {wanted}")
