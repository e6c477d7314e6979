"""Sets a page of HTML as PDF, in a process of its own: `python -m api.typesetter` reads a job, writes pages and PDF.

It stands alone, since it takes seconds of a processor and hundreds of megabytes that the server must not spend on
paper, loads libraries that a machine may lack, and can be ended when it takes too long. It fetches nothing: whatever
the page needs stands in it, pictures as `data:` addresses.

    in    JSON: html, identifier (hexadecimal digits), attachments [{name, description, time (Unix seconds), base64}]
    out   the number of pages, a line feed, the PDF
    exit  0 done; 3 a system library is missing; 4 there is no font for some of the text

The same job gives the same bytes on one machine: no clock and no random number goes into them.
"""

import base64
import json
import logging
import os
import re
import sys
from datetime import UTC, datetime
from typing import Any

LIBRARY_MISSING = 3
FONT_MISSING = 4
VARIANT = "pdf/a-3u"
"""Archival PDF (ISO 19005-3) whose text can be searched, with files inside it."""


def main() -> int:
    os.nice(5)  # a running draw comes first
    job = json.load(sys.stdin.buffer)
    try:
        from weasyprint import HTML, Attachment  # type: ignore[import-untyped]  # ships no types
        from weasyprint.urls import URLFetcher  # type: ignore[import-untyped]
    except OSError as fault:  # the wheel is there, Pango or HarfBuzz is not
        sys.stderr.write(f"{fault}\n")
        return LIBRARY_MISSING
    lacking = _Lacking()
    logging.getLogger("weasyprint").addHandler(lacking)
    fetcher = URLFetcher(allowed_protocols={"data"})
    document = HTML(string=job["html"], url_fetcher=fetcher).render(pdf_variant=VARIANT)
    document.metadata.attachments = [_attachment(Attachment, one) for one in job["attachments"]]
    pdf = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=bytes.fromhex(job["identifier"]))
    if lacking.found:
        sys.stderr.write("\n".join(lacking.found[:5]))
        return FONT_MISSING
    sys.stdout.buffer.write(b"%d\n" % len(document.pages) + pdf)
    return 0


class _Lacking(logging.Handler):
    """Notes common ideographs that no font has: without a Chinese font the paper would be rows of boxes.

    A rare one in somebody's name is no reason to have no paper at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        points = (int(point, 16) for point in re.findall(r"\(U\+([0-9A-F]{4,6})\)", said))
        if any(0x4E00 <= point <= 0x9FA5 for point in points):
            self.found.append(said)


def _attachment(make: Any, given: dict[str, Any]) -> Any:
    at = datetime.fromtimestamp(given["time"], UTC)
    data = base64.b64decode(given["base64"])
    return make(
        string=data, name=given["name"], description=given["description"], created=at, modified=at, relationship="Data"
    )


if __name__ == "__main__":
    sys.exit(main())
