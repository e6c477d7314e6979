"""The charts of the fairness page. Beside each stands a table with the same numbers, for whoever cannot see it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

from api.i18n import Lang, translate
from lottery.fairness import Spread
from lottery.queries.fairness import AgencyLine

WIDTH, HEIGHT, FOOT, SIDE = 448, 240, 30, 34
"""Narrow enough to be read on a telephone without turning it."""
ROW = 22
MOST_ROWS = 12
"""Agencies in the chart; the table has all."""


def histogram(spread: Spread, lang: Lang) -> Markup:
    """How many first tickets fell into each tenth, and how many would if all tenths had the same."""
    count = sum(spread.counts)
    even = count / len(spread.counts)
    top = max(*spread.counts, even, 1) * 1.15
    step = (WIDTH - SIDE) / len(spread.counts)

    def height(value: float) -> float:
        return round(HEIGHT * value / top, 1)

    parts = []
    for at, found in enumerate(spread.counts):
        left, tall = SIDE + at * step, height(found)
        inside, y = (' class="inside"', HEIGHT - 9.0) if tall > 24 else ("", HEIGHT - tall - 5)
        parts.append(
            f'<rect class="bar" x="{left + 3:.1f}" y="{HEIGHT - tall}" width="{step - 6:.1f}" height="{tall}"/>'
            f'<text{inside} x="{left + step / 2:.1f}" y="{y:.1f}">{found}</text>'
            f'<text class="scale" x="{left:.1f}" y="{HEIGHT + 20}">{at / 10:.1f}</text>'
        )
    line = HEIGHT - height(even)
    parts.append(f'<text class="scale" x="{WIDTH - 10}" y="{HEIGHT + 20}">1.0</text>')
    parts.append(f'<path class="axis" d="M{SIDE} {HEIGHT} H{WIDTH}"/>')
    parts.append(f'<path class="even" d="M{SIDE} {line} H{WIDTH}"/>')
    parts.append(f'<text class="scale" x="{SIDE / 2}" y="{line + 4}">{even:.3g}</text>')
    label = translate("首签位置在十等分中的个数，数字见旁边的表", lang)
    return _svg(HEIGHT + FOOT, label, parts)


def intervals(lines: Sequence[AgencyLine], lang: Lang) -> Markup:
    """Of each agency the wins that an honest history leaves it, those to be expected, and those it had."""
    shown = lines[:MOST_ROWS]
    top = max((max(line.high, line.wins) for line in shown), default=1) or 1
    scale = (WIDTH - SIDE - 14) / top

    def x(wins: float) -> float:
        return round(SIDE + scale * wins, 1)

    bottom = ROW * len(shown) + 8
    parts = []
    every = max(1, -(-top // 8))
    for wins in range(0, top + 1, every):
        parts.append(f'<path class="grid" d="M{x(wins)} 0 V{bottom}"/>')
        parts.append(f'<text class="scale" x="{x(wins)}" y="{bottom + 18}">{wins}</text>')
    for at, line in enumerate(shown):
        y = ROW * at + ROW // 2 + 2
        kind = "flagged" if line.is_flagged else "usual"
        parts.append(
            f'<g class="{kind}"><text class="scale" x="{SIDE / 2}" y="{y + 4}">{at + 1}</text>'
            f'<rect class="range" x="{x(line.low) - 4}" y="{y - 5}" width="{x(line.high) - x(line.low) + 8:.1f}"'
            f' height="10" rx="5"/><path class="expected" d="M{x(line.expected)} {y - 8} V{y + 8}"/>'
            f'<circle class="won" cx="{x(line.wins)}" cy="{y}" r="5"/></g>'
        )
    label = translate("各机构的中签次数、应有次数和正常范围，数字见旁边的表", lang)
    return _svg(bottom + FOOT, label, parts)


def _svg(height: int, label: str, parts: Sequence[str]) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 - the label went through escape, the rest are numbers
