"""Two languages: the source text is Chinese, `en` is a catalogue (gettext .po files, one for each part of the site).

The .po files are read at start, so nothing has to be compiled and an edited text shows after a restart.
"""

from functools import cache
from pathlib import Path
from typing import Literal

from babel.messages.pofile import read_po
from starlette.requests import Request

Lang = Literal["zh", "en"]
COOKIE = "lang"
LOCALES = Path(__file__).parent / "locales"


@cache
def catalogue() -> dict[str, str]:
    """Chinese text to English text, from every .po file."""
    found: dict[str, str] = {}
    for path in sorted((LOCALES / "en" / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if isinstance(message.id, str) and message.id and message.string:
                    found[message.id] = str(message.string)
    return found


def translate(text: str, lang: Lang) -> str:
    """The text in `lang`; what has no English yet stays Chinese rather than vanish."""
    return text if lang == "zh" else catalogue().get(text, text)


def language(request: Request) -> Lang:
    """What the reader asked for: `?lang=`, else the cookie, else the browser's choice of the two; else Chinese."""
    for wanted in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if wanted == "zh":
            return "zh"
        if wanted == "en":
            return "en"
    return _accepted(request.headers.get("accept-language", ""))


def _accepted(header: str) -> Lang:
    weights = {"zh": 0.0, "en": 0.0}
    for item in header[:500].split(","):
        tag, _, parameter = item.strip().partition(";")
        main = tag.split("-")[0].strip().lower()
        if main in weights:
            weights[main] = max(weights[main], _weight(parameter))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _weight(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
