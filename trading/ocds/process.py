"""One contracting process while its releases are written: what it came to, who takes part, what one entry changes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.entry import File
from audit.step import Step
from trading.events import Member, Method, NoticeKind, ProjectLot, ProjectRegistered
from trading.ocds.feed import Feed, Publication
from trading.ocds.merge import Merged
from trading.ocds.values import Json, moment

SCHEME = "CN-USCC"
"""Of unified social credit codes (统一社会信用代码)."""
BLOB_FORMATS = frozenset({"application/pdf", "text/plain", "image/png", "image/jpeg", "application/zip", "text/html"})


@dataclass(frozen=True)
class Known:
    """What the register said of those who take part when the project was registered, or the agent engaged."""

    tenderer_code: str | None = None
    agents: Mapping[str, str] = field(default_factory=dict)
    """Names by code."""


@dataclass
class Process:
    """A project in one of its rounds."""

    feed: Feed
    publication: Publication
    known: Known
    project: ProjectRegistered
    """As it is now."""
    round: int
    ocid: str
    former: "Process | None" = None
    """The round before, whose failure this one follows."""
    begun: bool = False
    """Whether it has a release."""
    merged: Merged = field(default_factory=Merged)
    last_release: dict[str, str] = field(default_factory=dict)
    """By notice: the release that published its newest version."""
    notice_kinds: dict[str, NoticeKind] = field(default_factory=dict)
    announced: bool = False
    awards: dict[str, list[str]] = field(default_factory=dict)
    """By lot: the ids of its awards that are not cancelled."""
    award_count: dict[str, int] = field(default_factory=dict)
    deadlines: dict[str, int] = field(default_factory=dict)
    """By lot, Unix seconds."""
    method: Method | None = None
    tenderers: set[str] = field(default_factory=set)
    parties: dict[str, Json] = field(default_factory=dict)
    _touched: set[str] = field(default_factory=set)

    # Parties

    def party(self, party: str, name: str, role: str, code: str | None = None) -> Json:
        """A reference to an organisation, which thereby is among the release's parties in this role."""
        roles = self.parties.setdefault(party, {"id": party, "name": name, "roles": []})["roles"]
        if code:
            self.parties[party]["identifier"] = {"scheme": SCHEME, "id": code, "legalName": name}
        if role not in roles:
            roles.append(role)
        self._touched.add(party)
        return {"id": party, "name": name}

    def coded(self, code: str, name: str, role: str) -> Json:
        """The same of an organisation that is known by its unified social credit code."""
        return self.party(f"{SCHEME}-{code}", name, role, code)

    def bidders(self, code: str, name: str, members: Iterable[Member], role: str) -> list[Json]:
        """References to all of a consortium, the lead first, or to whoever bids alone."""
        others = [one for one in members if one.code != code]
        return [self.coded(code, name, role), *(self.coded(one.code, one.name, role) for one in others)]

    def authority(self, name: str) -> Json:
        """The same of a supervising department, of which nothing but its name is known."""
        return self.party(f"NAME-{hashlib.sha256(name.encode()).hexdigest()[:16]}", name, "reviewBody")

    def tenderer(self) -> Json:
        """The project's tenderer: the buyer, or the seller."""
        role = "x_seller" if self.feed.is_sale else "buyer"
        return self.party(f"ORG-{self.project.tenderer}", self.project.tenderer_name, role, self.known.tenderer_code)

    def touched_parties(self) -> list[Json]:
        """Those who were referred to since this was asked last."""
        names, self._touched = sorted(self._touched), set()
        return [self.parties[name] | {"roles": list(self.parties[name]["roles"])} for name in names]

    # Parts that many entries write

    def tender(self, **members: Any) -> Json:
        """A release's tender section with these members."""
        return {"tender": {"id": self.project.code, **members}}

    def lots_of(self, lot: str | None) -> list[ProjectLot]:
        """The lot of that number, or all lots of this process."""
        numbers = {one["id"] for one in self.merged.each("tender", "lots")}
        return [one for one in self.project.lots if (one.lot == lot if lot is not None else one.lot in numbers)]

    @property
    def update(self) -> str:
        """The tag of a release that changes nothing legally."""
        return "tenderUpdate" if self.announced else "planningUpdate"

    def whole_period(self, changed: dict[str, Json]) -> Json:
        """From the first begin to the last end of all lots, once these lots have these periods."""
        periods = {one["id"]: one.get("tenderPeriod", {}) for one in self.merged.each("tender", "lots")} | changed
        begins = [one["startDate"] for one in periods.values() if one.get("startDate")]
        ends = [one["endDate"] for one in periods.values() if one.get("endDate")]
        return {"startDate": min(begins, default=None), "endDate": max(ends, default=None)}

    def milestone(self, identifier: str, title: str, lot: str | None = None, **members: Any) -> Json:
        return {
            "id": identifier,
            "title": title,
            **members,
            "relatedLots": None if lot is None else [lot],
        }

    def files(self, files: Iterable[File], kind: str | None, published: str, lot: str | None = None) -> list[Json]:
        """The documents that an entry holds, each under the digest of its content."""
        return [
            {
                "id": file.sha256,
                "documentType": kind,
                "title": file.name,
                "url": f"{self.publication.base_url}/log/blob/{file.sha256}",
                "format": file.media_type if file.media_type in BLOB_FORMATS else None,
                "datePublished": published,
                "relatedLots": None if lot is None else [lot],
            }
            for file in {file.sha256: file for file in files}.values()
        ]

    def award_ids(self, lot: str) -> list[str]:
        return self.awards.get(lot, [])

    def new_award(self, lot: str) -> str:
        """The id of the lot's next award."""
        number = self.award_count.get(lot, 0) + 1
        self.award_count[lot] = number
        award = f"{lot}-{number}"
        self.awards.setdefault(lot, []).append(award)
        return award

    def status(self, **lots: str) -> str | None:
        """The tender's status once these lots have theirs."""
        stands = {one["id"]: one.get("status") for one in self.merged.each("tender", "lots")} | lots
        kinds = set(stands.values())
        if kinds & {"active", "planned", "planning"}:
            return None
        for kind in ("complete", "unsuccessful", "withdrawn", "cancelled"):
            if kind in kinds:
                return kind
        return None


def happened(step: Step[Any]) -> int:
    """When it happened, Unix seconds: as reported, else when the act was accepted."""
    reported = getattr(step.event, "occurred_at", None)
    return reported if reported is not None else int(step.at // 1000)


def happened_at(step: Step[Any]) -> str | None:
    return moment(happened(step)) or moment(step.at // 1000)


def consortium(members: Iterable[Member]) -> list[Json] | None:
    """Who of a consortium leads, and what each does of the work; None: there is none."""
    return [
        {"id": f"{SCHEME}-{one.code}", "name": one.name, "lead": one.lead, "sharePermille": one.share_permille}
        for one in members
    ] or None
