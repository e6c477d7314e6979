"""The charts of the statistics page. Beside each stands a table with the same numbers, for whoever cannot see it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, FOOT = 448, 200, 30
ROW, FIGURE = 26, 64
SIDE = 228.0
"""The most that names may take beside their bars."""
HAN, LATIN = 13.0, 8.4
"""How wide a character is at most, but for a few capitals, at the size in which names are written."""


def columns(values: Sequence[tuple[str, int]], label: str) -> Markup:
    """One column for each, from left to right, such as months."""
    top = max([count for _, count in values] + [1]) * 1.15
    step = WIDTH / max(len(values), 6)
    every = max(1, -(-len(values) // 8))
    parts = []
    for at, (name, count) in enumerate(values):
        tall = round(HEIGHT * count / top, 1)
        left, middle = at * step, at * step + step / 2
        parts.append(
            f'<rect class="bar" x="{left + 2:.1f}" y="{HEIGHT - tall}" width="{step - 4:.1f}" height="{tall}"/>'
            f'<text text-anchor="middle" x="{middle:.1f}" y="{HEIGHT - tall - 4:.1f}">{count}</text>'
        )
        if at % every == 0:
            parts.append(
                f'<text class="scale" text-anchor="middle" x="{middle:.1f}" y="{HEIGHT + 20}">{escape(name)}</text>'
            )
    parts.append(f'<path class="axis" d="M0 {HEIGHT} H{WIDTH}"/>')
    return _svg(HEIGHT + FOOT, label, parts)


def bars(values: Sequence[tuple[str, int]], label: str) -> Markup:
    """One bar for each, from top to bottom."""
    top = max([count for _, count in values] + [1])
    names = [_short(name) for name, _ in values]
    side = round(max([_wide(name) for name in names] + [0.0])) + 16
    scale = (WIDTH - side - FIGURE) / top
    parts = []
    for at, (name, (_, count)) in enumerate(zip(names, values, strict=True)):
        y, wide = at * ROW, round(scale * count, 1)
        parts.append(
            f'<text text-anchor="end" x="{side - 8}" y="{y + 17}">{escape(name)}</text>'
            f'<rect class="bar" x="{side}" y="{y + 4}" width="{wide}" height="{ROW - 9}"/>'
            f'<text x="{side + wide + 6:.1f}" y="{y + 17}">{count}</text>'
        )
    return _svg(ROW * len(values) + 4, label, parts)


def _wide(name: str) -> float:
    return sum(HAN if character > "\u2e7f" else LATIN for character in name)


def _short(name: str) -> str:
    """What fits beside a bar; the table has it whole."""
    if _wide(name) <= SIDE:
        return name
    while _wide(name) + HAN > SIDE:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _svg(height: int, label: str, parts: Sequence[str]) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 - names went through escape, the rest are numbers
