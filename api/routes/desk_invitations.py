"""The desk of an invitation: the project's tenderer or agent names whom it invites; the log only commits to them."""

from collections.abc import Mapping

from api.forms_words import VALUES
from api.routes.desk_forms import Field, Given
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routes.trading_invitations import INVITERS
from api.routing import APIRouter
from audit.act import Act
from trading import queries as projects
from trading.bids import queries
from trading.bids.invited import invited_of
from trading.bids.inviting import Invited, Recommender, invite
from trading.commands.standing import organisations_of
from trading.errors import BadMember, NoSuchLot
from trading.events import BiddersInvited

router = APIRouter(prefix="/desk", include_in_schema=False)

RECOMMENDERS: Mapping[str, Recommender] = {
    "采购人": "purchaser",
    "purchaser": "purchaser",
    "专家": "experts",
    "experts": "experts",
}


def invitation(desk: Desk) -> Form:
    """Whom one's own project invites: names and codes, which nobody else sees before the opening."""
    code, lot = desk.path("project"), desk.path("lot")
    desk.roles(*INVITERS)
    with desk.log.reading() as session:
        project = None if "\0" in code + lot else projects.project(session, code, placed=True)
        state = None if project is None else queries.lot(session, code, lot)
        if project is None or state is None:
            raise NoSuchLot(project=code[:64], lot=lot[:64])
        own = {desk.organisation(role) for role in INVITERS}
        parties = organisations_of(session, project, "tenderer") | organisations_of(session, project, "agent")
        known = invited_of(session, code, lot, state.round) if own & parties else []
        found = [(one.bidder, one.bidder_code) for one in known]

    def command(act: Act, given: Given) -> int:
        event = BiddersInvited.of(
            {"project": code, "lot": lot, "round": state.round, "occurred_at": None, "chosen": given.text("chosen")}
        )
        return invite(act, event, [_invited(line) for line in given.list("invited")])

    return Form(
        title="邀请投标人",
        roles=INVITERS,
        back=f"/desk/projects/{code}",
        note="受邀单位的名称和家数在开标前不公开，公开日志只显示已发出邀请；开标时由系统公布名单，人人可以核对。",
        fields=(
            Field(
                name="chosen",
                label="选择方式",
                type="choice",
                choices=tuple((value, words.zh) for value, words in VALUES["chosen"].items()),
                public=True,
            ),
            Field(
                name="invited",
                label="受邀单位",
                type="lines",
                most=260,
                hint="一行一家：单位名称、统一社会信用代码，用空格隔开。可以分次邀请，合计至少三家；单一来源只写一家。书面推荐的，行末写“采购人”或“专家”。",
                visibility="开标前不公开",
            ),
        ),
        blame={
            "trading.too-few-invited": "invited",
            "trading.one-source-only": "invited",
            "trading.way-of-choosing": "chosen",
            "trading.recommenders-unsaid": "invited",
            "trading.too-many-recommended": "invited",
            "trading.invited-already": "invited",
            "trading.invited-by-another-name": "invited",
            "trading.party-cannot-bid": "invited",
            "registry.bad-code-form": "invited",
            "registry.bad-code-check": "invited",
        },
        facts={"project": project, "lot": lot, "invited": found},
        above="trading/invited_above.html",
        command=command,
    )


def _invited(line: str) -> Invited:
    """Raises BadMember."""
    words = line.split()
    by = RECOMMENDERS.get(words[-1].lower()) if words else None
    name, _, code = " ".join(words[:-1] if by else words).rpartition(" ")
    if not name:
        why_zh, why_en = f"“{line[:40]}”不是名称和代码", f"{line[:40]!r} is no name and code"
        raise BadMember(field="受邀单位", why_zh=why_zh, why_en=why_en)
    return Invited(name, code.upper(), by)


mount(router, "/invitations/{project}/{lot}", invitation)
