"""The agency's desk and the three rules (三制): its key, the promise it signs with it, the code it acknowledges."""

from starlette.responses import RedirectResponse, Response

from api import dispatch, problems
from api.pages import with_query
from api.routes.desk_agency_own import AGENT, DESK, admitted
from api.routes.desk_agency_people import practitioners
from api.routes.desk_forms import Fault, Field, Given
from api.routes.desk_request import Desk, DeskDep, PostedDep
from api.routes.desk_steps import Form, Signing, done_before, mount
from api.routing import APIRouter
from audit.act import Act
from audit.errors import Refusal
from registry import commands, queries
from registry.errors import NoSuchVersion
from registry.events import CommitmentPublished, CommitmentSigned, ConductAcknowledged, ConductPublished, KeyRecorded
from registry.model import Organisation
from registry.queries import rulebook

router = APIRouter(prefix="/desk", include_in_schema=False)

READ = Field(name="read", label="我已代表本机构逐条阅读上文", type="tick")


# The key


@router.get("/agency/key")
def agency_key(desk: DeskDep) -> Response:
    desk.roles(*AGENT)
    _, organisation = admitted(desk)
    return _key_page(desk, organisation)


@router.post("/agency/key")
def record_agency_key(desk: DeskDep, posted: PostedDep) -> Response:
    """Record the public half of the key that was made in this browser; the first one only, others by a registrar."""
    desk.roles(*AGENT)
    before = done_before(desk, posted)
    if before is not None:
        return before
    _, organisation = admitted(desk)
    event = KeyRecorded(organisation=organisation.id, key=posted.text("key").strip().lower())
    try:
        outcome = dispatch.perform(
            desk.log, desk.user, "agent", posted.intent, lambda act: commands.record_key(act, event)
        )
    except Refusal as refusal:
        return _key_page(desk, organisation, refusal)
    return RedirectResponse(with_query(f"/desk/done/{outcome.entry}", next=DESK), 303)


def _key_page(desk: Desk, organisation: Organisation, refusal: Refusal | None = None) -> Response:
    with desk.log.reading() as session:
        in_force = queries.keys_in_force(session, organisation.id)
        is_first = not queries.ever_had_key(session, organisation.id)
    return desk.render(
        "agency/key.html",
        200 if refusal is None else problems.status_of(refusal),
        organisation=organisation,
        in_force=in_force,
        is_first=is_first,
        faults=[] if refusal is None else [Fault("", refusal.code, refusal.message(desk.lang))],
    )


# The promise


def sign_commitment(desk: Desk) -> Form:
    own, organisation = admitted(desk)
    with desk.log.reading() as session:
        text = rulebook.newest(session, CommitmentPublished)
        promise = rulebook.promise(session, own.code)
        keys = queries.keys_in_force(session, organisation.id)
    if text is None:
        raise NoSuchVersion(version=1)

    def signing(given: Given) -> Signing:
        with desk.log.reading() as session:
            event = commands.commitment_to_sign(session, own.code, organisation.id, desk.now // 1000)
        return Signing(event=event, subject=f"agency:{own.code}", organisation=organisation)

    def signed(act: Act, event: CommitmentSigned, given: Given) -> int:
        return commands.sign_commitment(act, event)

    return Form(
        title="签署入场服务承诺",
        roles=AGENT,
        back=DESK,
        fields=(READ,),
        signing=signing,
        signed=signed,
        facts={"text": text.event, "promise": promise, "keys": keys, "at": desk.now // 1000},
        above="desk/agency/commitment_text.html",
        warning="签名后即记入公开日志，在期限内有效；以后的新文本不影响本次承诺。",
    )


# The code of conduct


def acknowledge_conduct(desk: Desk) -> Form:
    own, _ = admitted(desk)
    with desk.log.reading() as session:
        conduct = rulebook.conduct_at(session, desk.now // 1000) or rulebook.newest(session, ConductPublished)
        people = [one for one in practitioners(session, own.code) if one.left is None]
        done = rulebook.acknowledgements(session, own.code)
    if conduct is None:
        raise NoSuchVersion(version=1)
    version = conduct.event.version
    known = next((one for one in done if one.version == version), None)
    others = [one for one in people if known is None or one.id not in known.practitioners]

    def command(act: Act, given: Given) -> int:
        chosen = sorted(given.list("practitioners"))
        return commands.acknowledge_conduct(
            act, ConductAcknowledged(code=own.code, version=version, practitioners=chosen)
        )

    return Form(
        title="确认入场行为准则",
        roles=AGENT,
        back=DESK,
        fields=(
            READ,
            Field(
                name="practitioners",
                label="一并确认的从业人员",
                type="choices",
                needed=False,
                hint="勾选已阅读并确认的人员。日志中只有人员编号，没有姓名。",
                choices=[(one.id, one.name or one.id) for one in others],
            ),
        ),
        command=command,
        facts={"conduct": conduct.event, "known": known},
        above="desk/agency/conduct_text.html",
    )


mount(router, "/agency/commitment", sign_commitment)
mount(router, "/agency/conduct", acknowledge_conduct)
