"""In the place of the call, where an evaluation committee is drawn: who may be drawn, by codes that say nothing."""

from collections.abc import Mapping

from audit.act import Act
from lottery import queries, rules
from lottery.committee import private_name
from lottery.events import ExpertsListed
from lottery.model import subject
from registry.authority import account_locks, check_role


def list_experts(act: Act, event: ExpertsListed, names: Mapping[str, str]) -> int:
    """Publish who may be drawn into the committee and who not (评标专家抽取范围). By an operator or a registrar.

    names: code to the expert's name, which stays private until the law wants it public. Raises NotNow, GivenUp,
    BadExperts, BadText, BadTime.
    """
    act.lock(subject(event.draw_id), shared=account_locks(act))
    check_role(act, *rules.LISTERS)
    draw = queries.known_draw(act.session, event.draw_id)
    rules.check_experts(draw, act.at, event, names)
    private = {private_name(code): name.encode() for code, name in sorted(names.items())}
    return act.record(event, subject(event.draw_id), private=private)
