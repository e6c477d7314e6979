"""What is stored of a notice so that it is found: its words in their order, and its facets as words too.

No table and no database in here.
"""

import hashlib
from collections.abc import Iterable, Sequence

from trading.words import characters, tokens

MOST = 16_000
"""Words of one text that are kept in their order: PostgreSQL numbers no more."""

BANDS = tuple(yuan * 100 for yuan in (500_000, 1_000_000, 5_000_000, 10_000_000, 50_000_000, 100_000_000))
"""Where one band of amounts ends and the next begins, in fen."""
BLOCKS = (128, 512, 2048, 8192, 32_768, 131_072, 524_288, 2_097_152)
"""Row ids go into blocks of these sizes, whose numbers are tokens: so the newest can be asked for first."""
WINDOW = 4
"""The level of blocks beyond which nobody in haste looks for words that are common; SQLite knows this one alone."""


def document(dialect: str, entry_id: int, facets: Iterable[str], titles: Sequence[str], texts: Iterable[str]) -> str:
    """What is stored: on PostgreSQL each lexeme with its places, so that no parser of its own splits it otherwise."""
    return put_together(dialect, entry_id, [*facets, *titled(titles)], map(tokens, (*titles, *texts)))


def project_document(dialect: str, entry_id: int, code: str, title: str, trade: str, tenderer: str) -> str:
    """What is stored of a project. Each of its tokens says that it is a project's, so no notice is found by them."""
    marks = [trade_token(trade), tenderer_token(tenderer), *titled((title,))]
    texts = [[of_project(word) for word in tokens(one)] for one in (code, title)]
    return put_together(dialect, entry_id, list(map(of_project, marks)), texts)


def of_project(token: str) -> str:
    return f"p:{token}"


def titled(titles: Sequence[str]) -> list[str]:
    """The tokens of single characters: they are looked for in titles only."""
    return characters(titles)


def put_together(dialect: str, entry_id: int, marks: Sequence[str], texts: Iterable[list[str]]) -> str:
    """The same of texts whose tokens are there already. marks: tokens that stand at no place."""
    words: list[str] = []
    for one in texts:  # one unused place between two texts: no phrase reaches from one into the next
        words += one
        words.append("")
    if dialect == "sqlite":
        return " ".join([*marks, blocks(entry_id)[WINDOW], *(word or ":" for word in words)])
    # Of a lexeme that comes again PostgreSQL puts the places together, and keeps the first 255.
    unplaced = [*marks, *blocks(entry_id), *filter(None, dict.fromkeys(words[MOST:]))]
    placed = [f"'{word}':{place}" for place, word in enumerate(words[:MOST], 1) if word]
    return " ".join([*(f"'{word}'" for word in unplaced), *placed])


def facets(trade: str, kind: str, region: str, tenderer: str, agent: str | None, amount_fen: int | None) -> list[str]:
    """What a version is filtered by, as tokens that nobody can type: they hold a colon."""
    found = [trade_token(trade), kind_token(kind), tenderer_token(tenderer)]
    found += [region_token(region[:digits]) for digits in (2, 4, 6)]
    if agent is not None:
        found.append(agent_token(agent))
    if amount_fen is not None:
        found.append(band_token(band_of(amount_fen)))
    return found


def trade_token(trade: str) -> str:
    return f"t:{trade.lower()}"


def kind_token(kind: str) -> str:
    return "k:" + kind.replace("_", "")


def region_token(digits: str) -> str:
    return f"r:{digits}"


def tenderer_token(organisation: str) -> str:
    return "o:" + hashlib.sha256(organisation.encode()).hexdigest()[:20]


def agent_token(code: str) -> str:
    return f"a:{code.lower()}"


def band_token(band: int) -> str:
    return f"v:{band}"


def band_of(fen: int) -> int:
    """In which band of amounts it lies: 0 below the first bound."""
    return sum(fen >= bound for bound in BANDS)


def blocks(entry_id: int) -> list[str]:
    return [f"w{level}:{entry_id // width}" for level, width in enumerate(BLOCKS)]
