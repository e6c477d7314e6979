"""How quick the check page is in a real browser, on the largest rosters, against a loop that only hashes the tickets.

The page works in a worker. A slower telephone is imitated by slowing the page's own thread down, which leaves workers
as they are; so the same is measured once more with the work done by the page itself, as where there are no workers.
"""

import json
import subprocess
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.drawing import an_evidence_file
from benchmarks.figures import Figure, heading, show
from tests.lottery.protocol.mutants import BROWSER, node_program

SIZES = (500, 10_000)
BALLS = 10
RUNS = 3

PLAIN = """
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
globalThis.onlyHash = (seed, codes, balls) => {
  const utf8 = new TextEncoder();
  const start = performance.now();
  for (const code of codes)
    for (let n = 1; n <= balls; n += 1) bytesToHex(sha256(utf8.encode(`${seed}:${code}:${n}`)));
  return (performance.now() - start) / 1000;
};
"""
BUNDLE = """
import { build } from "esbuild";
const stdin = { contents: process.argv[1], resolveDir: "." };
const { outputFiles } = await build({ stdin, bundle: true, format: "iife", write: false });
process.stdout.write(outputFiles[0].text);
"""
WATCH = """() => {
  globalThis.tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((one) => one.duration)))
    .observe({ type: "longtask" });
  const line = document.querySelector(".verify-headline");
  globalThis.begun = globalThis.ended = 0;
  new MutationObserver(() => {
    const { outcome } = line.dataset;
    if (outcome === "busy") [begun, ended] = [performance.now(), 0];
    else if (begun && !ended) ended = performance.now();
  }).observe(line, { attributes: true });
}"""


def plain_loop() -> str:
    command = [node_program(), "--input-type=module", "-e", BUNDLE, "--", PLAIN]
    return subprocess.run(command, cwd=BROWSER, check=True, capture_output=True, text=True).stdout


def a_page(browser: Browser, built: Path, slower: int, has_workers: bool) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(120_000)
    if not has_workers:
        page.add_init_script("delete globalThis.Worker")
    page.goto((built / "verify.html").as_uri())
    page.locator("input[type=file]").wait_for(state="attached")
    if slower > 1:
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    return page


def check(page: Page, path: Path) -> tuple[float, float]:
    """Seconds until the verdict stands in the first line, and the page's longest task in seconds."""
    page.evaluate(WATCH)
    page.set_input_files("input[type=file]", path)
    page.wait_for_function("() => globalThis.ended > 0")
    page.wait_for_timeout(200)  # a task is told of after its end
    assert page.locator(".verify-headline").get_attribute("data-outcome") == "part"
    took, tasks = page.evaluate("[(ended - begun) / 1000, tasks]")
    return took, max(tasks, default=0) / 1000


def run(sizes: tuple[int, ...] = SIZES) -> None:
    heading("check page")
    with tempfile.TemporaryDirectory(prefix="mingtang-bench-") as folder, sync_playwright() as playwright:
        built = Path(folder, "built")
        command = [node_program(), "build.mjs", "--out", str(built)]
        subprocess.run(command, cwd=BROWSER, check=True, capture_output=True)
        loop = plain_loop()
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size in sizes:
            path = Path(folder, f"{size}.json")
            path.write_bytes(an_evidence_file(size, BALLS))
            evidence = json.loads(path.read_bytes())
            codes = [agent["code"] for agent in evidence["roster"]["agents"]]
            for slower, has_workers in ((1, True), (4, True), (1, False), (4, False)):
                took, longest, plain = float("inf"), float("inf"), float("inf")
                for _ in range(RUNS):  # a new page each time: nothing is compiled, no signature known
                    page = a_page(browser, built, slower, has_workers)
                    seconds, task = check(page, path)
                    took, longest = min(took, seconds), min(longest, task)
                    page.evaluate(loop)
                    asked = [evidence["result"]["seed"], codes, BALLS]
                    plain = min(plain, page.evaluate("(asked) => onlyHash(...asked)", asked))
                    page.context.close()
                where = "in a worker" if has_workers else "in the page itself"
                what = f"{size:,} agents of {BALLS} balls, {where}" + (f", {slower}x slower" if slower > 1 else "")
                aim = {(500, 1): "< 1 s", (10_000, 1): "< 2 s", (10_000, 4): "< 6 s"}.get((size, slower), "")
                means = f"of only hashing the tickets; {took:.2f} s, longest task of the page {longest * 1000:.0f} ms"
                show(Figure(what, took / plain, "x hashing", means, aim))
        browser.close()


if __name__ == "__main__":
    run()
