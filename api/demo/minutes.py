"""The demo's minutes, where the machine can print them: lacking fonts or libraries the day goes on without paper."""

from api import minutes as papers
from api.demo.players import Players
from api.pages import Pages
from api.printing import PrintingBusy, PrintingFailed, PrintingFontMissing, PrintingMissing
from audit.settings import Settings
from lottery import commands, queries


def issue(players: Players, draw_id: str, base_url: str) -> None:
    """The minutes of a draw's present attempt, by the operator."""
    log = players.log
    players.settle()
    with log.reading() as session:
        draw = queries.known_draw(session, draw_id, placed=True)
        number = len(draw.attempts)
        evidence = queries.evidence(session, log.blobs, draw_id, number)
    minutes = papers.minutes_of(log, draw, number, base_url, evidence)
    pages = Pages(log, Settings(data=log.data, base_url=base_url), demo=True)
    try:
        paper = papers.minutes_pdf(pages, minutes, "zh", draft=False)
    except (PrintingMissing, PrintingFontMissing, PrintingFailed, PrintingBusy) as refusal:
        players.say(f"未签发会议记录。{refusal.zh}")
        return
    players.do("operator", commands.issue_minutes, draw_id, number, paper.data, paper.pages)
