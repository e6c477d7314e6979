"""A bid bond that has come in (投标保证金): by its bidder, or the registrar whose account took it.

Nobody else sees whose it is, for which lot and how much before the bids are opened.
"""

import registry.queries
from api.forms_words import VALUES
from api.routes.desk_forms import Field, Given, money_text
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, mount
from api.routing import APIRouter
from audit.act import Act
from trading import queries as projects
from trading.bids import commands, queries
from trading.bids.commands import Bond
from trading.bids.errors import NotABidder
from trading.errors import NoSuchLot

router = APIRouter(prefix="/desk", include_in_schema=False)

ROLES = ("registrar", "bidder")
AMOUNTS = ("bond_fen", "deposit_fen")
"""Particulars of a notice that ask for one."""


def bond(desk: Desk) -> Form:
    code, lot = desk.path("project"), desk.path("lot")
    desk.roles(*ROLES)
    by_registrar = desk.user.holds("registrar")
    with desk.log.reading() as session:
        project = None if "\0" in code + lot else projects.project(session, code, placed=True)
        state = None if project is None else queries.lot(session, code, lot)
        own = registry.queries.organisation(session, desk.organisation("bidder") or "")
    if project is None or state is None:
        raise NoSuchLot(project=code[:64], lot=lot[:64])
    if not by_registrar and (own is None or own.code is None):
        raise NotABidder
    asked = next((value for name in AMOUNTS if isinstance(value := state.term(name), int)), None)

    def command(act: Act, given: Given) -> int:
        if by_registrar or own is None:
            name, number = given.text("bidder"), given.text("bidder_code")
        else:
            name, number = own.name, own.code or ""
        paid = Bond(name, number, given.text("form"), given.number("amount_fen"), None, given.text("reference"))
        return commands.record_bond(act, code, lot, paid)

    whose = (
        Field(name="bidder", label="投标人", visibility="开标前不公开"),
        Field(name="bidder_code", label="投标人代码", most=18, visibility="开标前不公开"),
    )
    return Form(
        title="登记投标保证金",
        roles=("registrar",) if by_registrar else ("bidder",),
        back="/desk/trading" if by_registrar else "/desk/bids",
        note="公开日志只显示有一件密封事项，不显示标段、投标人、形式和金额；开标时宣读保证金的形式。",
        fields=(
            *(whose if by_registrar else ()),
            Field(
                name="form",
                label="保证金形式",
                type="choice",
                choices=[(name, words.zh) for name, words in VALUES["bonds"].items()],
                visibility="开标前不公开",
            ),
            Field(
                name="amount_fen",
                label="金额（元）",
                type="money",
                value=money_text(asked),
                visibility="开标前不公开",
            ),
            Field(
                name="reference",
                label="凭证编号",
                hint="转账流水号、保函或者保单的编号。",
                visibility="开标前不公开",
            ),
        ),
        blame={
            "trading.bad-sealed-act": "amount_fen",
            "registry.bad-code-form": "bidder_code",
            "registry.bad-code-check": "bidder_code",
        },
        facts={"project": project, "lot": lot, "applicant": None if by_registrar else own, "until": state.open_until},
        above="trading/lot_above.html",
        command=command,
    )


mount(router, "/bonds/{project}/{lot}", bond)
