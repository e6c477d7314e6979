"""How soon after the beacon's value the names stand on the big screen, which computes the result itself first.

From the moment at which the server tells of the result until all its lines are to be seen, in a real browser that has
shown the draw up to there; beside it what the server itself needs to work the result out, and a loop in the same page
that only hashes the same tickets.
"""

import json
import time

from playwright.sync_api import Browser, sync_playwright

from benchmarks.check_page import plain_loop
from benchmarks.drawing import an_evidence_file
from benchmarks.figures import Figure, heading, seconds, show
from lottery.protocol.draw import make_result
from tests.api.screen_stage import Stage, a_stage
from tests.api.screen_states import Tree, every_state

SIZES = ((500, 1.0), (10_000, 3.0))
"""Agents, and the seconds within which their names have to stand there."""
BALLS = 10
RUNS = 3


def until_names(browser: Browser, stage: Stage, evidence: Tree) -> float:
    """Seconds from the told result to its lines."""
    states = every_state(evidence)
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(60_000)
    stage.show(states["S7"])
    page.goto(f"{stage.url}/draws/SHOWN/screen")
    page.wait_for_selector("[data-screen=S7]")
    page.wait_for_timeout(3000)  # the hall has waited for half a minute at least
    start = time.perf_counter()
    stage.show(states["S9"])
    page.wait_for_selector("[data-screen=S9] .line .name")
    took = time.perf_counter() - start
    places = len(evidence["result"]["winners"]) + len(evidence["result"]["alternates"])
    assert page.locator(".line").count() == places
    page.close()
    return took


def only_hash(browser: Browser, stage: Stage, script: str, evidence: Tree) -> float:
    """Seconds of the plain loop, in a page of its own that has no screen to keep up."""
    page = browser.new_context(bypass_csp=True).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{stage.url}/static/seal.svg")
    page.evaluate(script)
    codes = [agent["code"] for agent in evidence["roster"]["agents"]]
    arguments = [evidence["result"]["seed"], codes, BALLS]
    took = min(page.evaluate("(all) => onlyHash(...all)", arguments) for _ in range(RUNS))
    page.context.close()
    return float(took)


def run(sizes: tuple[tuple[int, float], ...] = SIZES) -> None:
    heading("big screen: names after the value")
    script = plain_loop()
    with a_stage() as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for agents, aim in sizes:
            evidence: Tree = json.loads(an_evidence_file(agents, BALLS))
            stage.offer(evidence)
            plain = only_hash(browser, stage, script, evidence)
            took = min(until_names(browser, stage, evidence) for _ in range(RUNS))
            documents = [evidence[name] for name in ("plan", "roster", "seal", "beacon", "dice")]
            server = seconds(lambda: make_result(*documents))  # noqa: B023 - called at once
            means = f"of hashing {agents * BALLS:,} tickets in a page; {took:.2f} s, and {server:.2f} s in the server"
            show(
                Figure(f"names on the screen, {agents:,} agents", took / plain, "x hashing", means, f"< {aim} s in all")
            )
        browser.close()
