"""After the result: winners and alternates that drop out, and who moves up."""

from collections.abc import Sequence

from audit.act import Act
from audit.blobs import Blobs
from lottery import authority, documents, errors, queries, rules
from lottery.events import StandingChanged
from lottery.model import Draw, subject
from lottery.protocol.canonical import doc_hash
from lottery.protocol.errors import DrawError
from lottery.protocol.standing import Change, Standing, extends, make_standing
from registry.authority import REGISTRY, check_role, organisation_of


def change_standing(
    act: Act,
    event: StandingChanged,
    changes: Sequence[Change],
    document: bytes,
    *,
    document_name: str,
    media_type: str,
    public: bool,
) -> int:
    """Remove winners or alternates; alternates move up strictly in drawn order (现行结果变更). By an operator.

    event: signed by the operator's organisation and by one that holds a seat, another one. changes: all removals so
    far, the old list first. document: what the removal rests on, as a public file or as a private value of which only
    a commitment is published.
    Raises NotNow, UnknownAttempt, BadDocument, StandingDiffers, WrongSigners, NotThatOrganisation.
    """
    act.lock(subject(event.draw_id), REGISTRY)
    check_role(act, *rules.OPERATOR)
    draw = queries.known_draw(act.session, event.draw_id)
    rules.may_change_standing(draw, act.at)
    rules.present(draw, event.attempt)
    for change in changes:
        rules.check_text("reason", change["reason"])
    standing = _standing(act.blobs, draw, changes)
    wanted = doc_hash(standing)
    if (event.standing_sha256, event.changes) != (wanted, len(changes)):
        raise errors.StandingDiffers(wanted=wanted, changes=len(changes))
    _check_signers(act, draw, event)
    files = [documents.store(act.blobs, "standing.json", standing)]
    private = {}
    if public:
        files.append(act.blobs.put_file(document_name, media_type, document))
    else:
        private["document"] = document
    return act.record(event, subject(event.draw_id, event.attempt), files=files, private=private)


def standing_to_sign(blobs: Blobs, draw: Draw, changes: Sequence[Change]) -> StandingChanged:
    """The body that both sides sign, without signatures yet. Raises NotNow, BadDocument, StandingDiffers."""
    rules.may_change_standing(draw, 0)
    standing = _standing(blobs, draw, changes)
    return StandingChanged(
        draw_id=draw.draw_id,
        attempt=standing["attempt"],
        standing_sha256=doc_hash(standing),
        changes=len(changes),
        signatures=[],
    )


def _standing(blobs: Blobs, draw: Draw, changes: Sequence[Change]) -> Standing:
    attempt = draw.attempt
    assert attempt is not None  # the rules refused before
    result = documents.result(blobs, attempt)
    assert result is not None
    try:
        standing = make_standing(attempt.plan, result, changes)
    except DrawError as fault:
        raise errors.BadDocument.of(fault) from fault
    former = documents.standing(blobs, attempt)
    if not changes or not extends(former, standing):
        raise errors.StandingDiffers(wanted="…", changes=len(former["changes"]) + 1 if former else 1)
    return standing


def _check_signers(act: Act, draw: Draw, event: StandingChanged) -> None:
    """Refuse unless the operator's organisation signed, and another one that holds a seat. Raises WrongSigners."""
    assert draw.attempt is not None
    signed = authority.signers(act.session, event, subject(event.draw_id, event.attempt), event.signatures)
    own = signed & {organisation_of(act)}
    seated = {one.id for one in authority.seat_organisations(act.session, draw.attempt).values()}
    if len(own) != 1 or len(signed) != 2 or not signed - own <= seated:
        raise errors.WrongSigners(
            wanted="操作方机构和另一机构的席位 / the operator's organisation and another one's seat"
        )
