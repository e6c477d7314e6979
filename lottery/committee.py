"""Draws of evaluation committees (评标专家抽取): what stands in the place of a project's code in such a draw.

    PROJECT#LOT#ROUND

No project's own code has a `#` in it, so no draw can be both. One project, one draw (section 12, rule 13) so becomes
one lot's round, one draw. Its "agents" are experts, by codes that say nothing (`code_scheme` `opaque`).
"""

MARK = "#"
_PRIVATE = "expert_"


def committee_code(project: str, lot: str, round_number: int) -> str:
    return f"{project}{MARK}{lot}{MARK}{round_number}"


def private_name(code: str) -> str:
    """What the private value with an expert's name is called in the list's entry: `ZJ-017` is `expert_zj_017`."""
    return _PRIVATE + code.lower().replace("-", "_")


def committee_of(code: str) -> tuple[str, str, int] | None:
    """Project, lot and round, where this is such a code."""
    project, _, rest = code.partition(MARK)
    lot, _, number = rest.rpartition(MARK)
    if not project or not lot or not (number.isascii() and number.isdigit()) or number != str(int(number)):
        return None
    return project, lot, int(number)
