"""Where an organisation says which are its keys at openings (开标公钥): made in its browser, signed by its own key."""

from collections.abc import Callable
from typing import Any

from api.routes.desk_forms import Field, Given
from api.routes.desk_organisations import known_organisation, own_organisations
from api.routes.desk_request import Desk
from api.routes.desk_steps import Form, Signing, mount, rehearse
from api.routing import APIRouter
from audit.act import Act
from audit.events import SignedEvent
from registry import commands, queries
from registry.commands.opening_keys import HOLDERS, check_recording, check_withdrawal
from registry.errors import NoSuchOpeningKey, NotOwnOrganisation
from registry.events import OpeningKeyRecorded, OpeningKeyWithdrawn
from registry.model import Organisation

router = APIRouter(prefix="/desk", include_in_schema=False)

BESIDE = "beside"
"""In the place of no other key."""


def record(desk: Desk) -> Form:
    own = _own(desk)
    with desk.log.reading() as session:
        in_force = queries.opening_keys_in_force(session, own.id)

    def signing(given: Given) -> Signing:
        chosen = given.text("replaces") if in_force else BESIDE
        event = OpeningKeyRecorded(
            organisation=own.id,
            recipient=given.text("recipient"),
            replaces=None if chosen == BESIDE else chosen,
            signatures=[],
        )
        return _checked(desk, own, check_recording, event)

    def signed(act: Act, event: OpeningKeyRecorded, given: Given) -> int:
        return commands.record_opening_key(act, event)

    replaces = Field(
        name="replaces",
        label="替换",
        type="choice",
        choices=(*((one.recipient, one.recipient) for one in in_force), (BESIDE, "不替换，另增一把（持有多个席位时）")),
        value=in_force[0].recipient if in_force else "",
        hint="以后的开标方案用新公钥；已公布的方案仍用原公钥，原密钥须留存到那些标段开标完毕。",
    )
    return Form(
        title="登记开标公钥",
        roles=HOLDERS,
        back=f"/desk/keys/{own.id}",
        note="开标公钥用来接收投标文件密钥的份额。密钥在这台设备上生成，只登记公开的一半，由本单位签名。",
        above="desk/opening_key_make.html",
        fields=(
            Field(
                name="recipient",
                label="开标公钥",
                most=62,
                public=True,
                hint="生成后自动填入；也可填入本单位用 age-keygen 生成的公钥（age1…）。",
            ),
            *((replaces,) if in_force else ()),
            Field(name="kept", label="我已保存密钥文件或打印二维码", type="tick"),
        ),
        blame={
            "registry.bad-opening-key": "recipient",
            "registry.opening-key-taken": "recipient",
            "registry.no-such-opening-key": "replaces",
        },
        facts={"organisation": own},
        signing=signing,
        signed=signed,
        warning="登记后，开标方案即可取用此公钥；丢失密钥，本席位就无法解开份额。",
    )


def withdraw(desk: Desk) -> Form:
    own, recipient = _own(desk), desk.path("recipient")
    with desk.log.reading() as session:
        known = None if "\0" in recipient else queries.opening_key(session, recipient)
    if known is None or known.organisation != own.id or known.is_compromised:
        raise NoSuchOpeningKey(organisation=own.id, recipient=recipient[:80])

    def signing(given: Given) -> Signing:
        event = OpeningKeyWithdrawn(
            organisation=own.id,
            recipient=recipient,
            compromised=given.text("compromised") == "yes",
            reason=given.text("reason"),
            signatures=[],
        )
        return _checked(desk, own, check_withdrawal, event)

    def signed(act: Act, event: OpeningKeyWithdrawn, given: Given) -> int:
        return commands.withdraw_opening_key(act, event)

    ways = (("no", "只是不再使用"), ("yes", "失密：他人可能已得到密钥"))
    return Form(
        title="停用开标公钥",
        roles=HOLDERS,
        back=f"/desk/keys/{own.id}",
        note="以后的开标方案不再取用此公钥。已按它封装的投标文件仍由原密钥解开份额。",
        fields=(
            Field(
                name="compromised",
                label="情形",
                type="choice",
                public=True,
                choices=ways if known.is_in_force else ways[1:],
                hint="失密的，项目方应公布新的开标方案，请投标人替换投标文件。",
            ),
            Field(name="reason", label="原因", type="long", public=True, hint="不得写入个人信息。"),
        ),
        facts={"organisation": own, "key": recipient},
        above="desk/opening_key_withdrawn.html",
        signing=signing,
        signed=signed,
        warning="停用后不再恢复；如需要，登记新的开标公钥。",
    )


def _own(desk: Desk) -> Organisation:
    """Raises NoSuchOrganisation, NotOwnOrganisation."""
    known = known_organisation(desk, desk.path("organisation"))
    if known.id not in own_organisations(desk):
        raise NotOwnOrganisation(organisation=known.name)
    return known


def _checked(desk: Desk, own: Organisation, check: Callable[[Act, Any], None], event: SignedEvent) -> Signing:
    """What is to be signed, once everything but the signature has been asked."""
    role = next((one.role for one in desk.user.holdings if one.organisation == own.id and one.role in HOLDERS), None)
    if role is None:
        raise NotOwnOrganisation(organisation=own.name)
    rehearse(desk, role, lambda act: check(act, event))
    return Signing(event=event, subject=f"organisation:{own.id}", organisation=own)


mount(router, "/keys/{organisation}/opening/new", record)
mount(router, "/keys/{organisation}/opening/{recipient}/withdraw", withdraw)
