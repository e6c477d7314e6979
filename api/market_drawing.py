"""The charts of the statistics page. Beside each stands a table with the same numbers, for whoever cannot see it."""

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, FOOT = 448, 200, 30
ROW, SIDE, FIGURE = 26, 130, 64


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
    scale = (WIDTH - SIDE - FIGURE) / top
    parts = []
    for at, (name, count) in enumerate(values):
        y, wide = at * ROW, round(scale * count, 1)
        parts.append(
            f'<text text-anchor="end" x="{SIDE - 8}" y="{y + 17}">{escape(_short(name))}</text>'
            f'<rect class="bar" x="{SIDE}" y="{y + 4}" width="{wide}" height="{ROW - 9}"/>'
            f'<text x="{SIDE + wide + 6:.1f}" y="{y + 17}">{count}</text>'
        )
    return _svg(ROW * len(values) + 4, label, parts)


def _short(name: str) -> str:
    """What fits beside a bar; the table has it whole."""
    most = 9 if any("\u4e00" <= character <= "\u9fff" for character in name) else 18
    return name if len(name) <= most else name[: most - 1] + "…"


def _svg(height: int, label: str, parts: Sequence[str]) -> Markup:
    head = f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">'
    return Markup(f"{head}{''.join(parts)}</svg>")  # noqa: S704 - names went through escape, the rest are numbers
