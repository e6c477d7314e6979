"""A register with something on every page: three agencies, forms in two versions, promises, decisions, credit."""

from audit.entry import SYSTEM
from registry import commands
from registry.events import AgencyRemoved, ConductAcknowledged, CreditFactRecorded
from registry.model.supervision import Ruling
from tests.ground import START, FakeClock
from tests.kept import once
from tests.registry.builders import REGISTRAR, SUPERVISOR, Register, a_code
from tests.registry.forms import Forms
from tests.registry.supervised import (
    AGENT,
    CODE,
    DAY,
    a_commitment,
    a_conduct,
    a_formula,
    a_promise,
    decide,
    heard,
    settle,
)

NOW = START // 1000
END = NOW + 30 * DAY
"""When the decision on the first agency ends."""
OTHER, STRUCK = a_code(2), a_code(3)
PRIVATE = ("联系人1", "024-23000001", "6222 0000 0000 0001", "控制人1", "13900000001", "210102198001013")
"""Parts of what nobody may see: contact, account, controller, telephone, identity numbers."""


def a_register(register: Register, clock: FakeClock, practitioners: int = 3) -> list[str]:
    """Fill it; returns the ids of the first agency's practitioners."""
    return once(register.log, ("public", practitioners), lambda: _filled(register, clock, practitioners))


def _filled(register: Register, clock: FakeClock, practitioners: int) -> list[str]:
    register.grant("s2", "supervisor", person="s2")
    for number in (1, 2, 3):
        settle(register, number)
    forms = Forms(register)
    people = forms.whole(1, practitioners)
    forms.agency(1, address="沈阳市和平区演示路 99 号", capital=600_000_000, reason="搬迁")
    forms.accept(1, ("agency", None, 2))
    forms.practitioner(1, 50, practitioner=people[0], titles=("高级工程师",), reason="晋升")  # waits
    register.do(REGISTRAR, commands.publish_commitment, a_commitment())
    register.do(SUPERVISOR, commands.publish_conduct, a_conduct(effective=NOW))
    register.do(SUPERVISOR, commands.publish_conduct, a_conduct(version=2, effective=NOW + 10 * DAY))
    register.do(SUPERVISOR, commands.publish_formula, a_formula())
    register.do(AGENT, commands.sign_commitment, a_promise(register))
    for number in (1, 2):
        fact = CreditFactRecorded(
            code=CODE, fact="commission_completed", project_code="XM-1", reference=f"验{number}号", day="2025-10-01"
        )
        with register.as_(SYSTEM) as act:
            act.lock(f"agency:{CODE}")
            act.record(fact, f"agency:{CODE}")
    acknowledged = ConductAcknowledged(code=CODE, version=1, practitioners=sorted(people[:2]))
    register.do(AGENT, commands.acknowledge_conduct, acknowledged)
    removed = AgencyRemoved(code=STRUCK, ground="演示办法第十二条", decision_number="演示监决〔2025〕9号")
    register.do(SUPERVISOR, commands.remove_agency, removed)
    decide(register, heard(register, clock), Ruling("points", points=4, ends=END), "演示监决〔2025〕1号")
    register.publish()
    return people
