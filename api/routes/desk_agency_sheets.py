"""A form (登记表) as it is printed: from what was typed, before it is handed in, or from a version in the log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from api.pages import SHANGHAI
from api.routes.desk_agency_fields import FORMS, PREMISES
from registry.events import Form
from registry.model import AgencyForm, LegalPersonForm, PractitionerForm


@dataclass(frozen=True)
class Sheet:
    """What one printed form shows. private: only what this reader may see, as it is to be shown."""

    form: Form
    agency: str
    """Name."""
    code: str
    day: str
    """On which it was filled in: ISO date, Beijing."""
    content: Mapping[str, Any]
    """Members of the entry."""
    private: Mapping[str, str] = field(default_factory=dict)
    certificate_numbers: Sequence[str | None] = ()
    practitioner: str | None = None
    version: int | None = None
    """None before it is handed in."""
    seq: int | None = None

    @property
    def title(self) -> str:
        return FORMS[self.form]

    @property
    def premises(self) -> str:
        """In Chinese; pages translate it."""
        return PREMISES.get(self.content.get("premises", ""), "")

    @property
    def certificates(self) -> list[dict[str, Any]]:
        numbers = [*self.certificate_numbers, *[None] * len(self.content.get("certificates", ()))]
        return [
            {"name": one["name"], "issued": one["issued"], "until": one["until"], "number": number}
            for one, number in zip(self.content.get("certificates", ()), numbers, strict=False)
        ]


def contents_of(content: AgencyForm | LegalPersonForm | PractitionerForm) -> dict[str, Any]:
    """The members that an entry of this form would have."""
    members = dict(vars(content))
    if isinstance(content, PractitionerForm):
        members["certificates"] = [one.model_dump() for one in content.certificates]
    return members


def day_in_beijing(milliseconds: int) -> str:
    """ISO date of a moment in Unix milliseconds."""
    return _local(milliseconds).date().isoformat()


def time_in_beijing(milliseconds: int) -> str:
    return f"{_local(milliseconds):%H:%M:%S}"


def _local(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone(SHANGHAI)
