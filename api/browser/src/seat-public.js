/** The page of the public seat 群众席, `[data-public-seat]`: a visitor's telephone gives a number and sees it counted. */

import { hexToBytes } from "@noble/hashes/utils.js";
import { el, inFours, languageOf, whenReady } from "./dom.js";
import { keep, randomHex, Refused } from "./keys.js";
import { contributionOf } from "./protocol/contributions.js";
import { NotReached } from "./seat-proof.js";
import { fetchPublicSeat } from "./seat-public-list.js";
import { TEXTS, VERDICTS } from "./seat-public-words.js";
import { verdictOn } from "./seat-verdict.js";
import { followState } from "./state-stream.js";

const PAUSE = 4000; // milliseconds between two looks: a hall full of telephones looks at the same list
const SHOWN = 20; // of the list, the newest

/** @param {string} draw @param {number} attempt */
const slot = (draw, attempt) => `mingtang-contribution/${draw}/${attempt}`;

/** What this device gave: the random bytes and the words stay here. @param {string} draw @param {number} attempt */
function given(draw, attempt) {
  const text = localStorage.getItem(slot(draw, attempt));
  return text === null ? null : /** @type {{contribution: string, isSent: boolean}} */ (JSON.parse(text));
}

/** @param {HTMLElement} root */
function start(root) {
  const { draw = "", attempt: text = "", serverTime } = root.dataset;
  const attempt = Number(text);
  const language = languageOf(root);
  const say = (/** @type {keyof typeof TEXTS} */ name) => TEXTS[name][language];
  const lost = el("p", { class: "stream-lost", role: "status", hidden: true }, say("lost"));
  const verdict = el("div", { role: "status" });
  const giving = el("div");
  const list = el("div");
  root.replaceChildren(lost, verdict, giving, list);

  const words = /** @type {HTMLTextAreaElement} */ (el("textarea", { id: "words", rows: "2", maxlength: "500" }));
  const problem = el("p", { role: "alert", class: "seat-problem" });
  const button = /** @type {HTMLButtonElement} */ (el("button", { class: "big" }, say("give")));
  const form = el(
    "form",
    { class: "seat-words", onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), send()) },
    el("label", { for: "words" }, say("words")),
    words,
    el("p", { class: "actions" }, button),
    problem,
  );

  const send = async () => {
    button.disabled = true;
    button.textContent = say("sending");
    problem.textContent = "";
    try {
      const random = randomHex();
      const made = given(draw, attempt) ?? {
        random,
        words: words.value,
        contribution: contributionOf(hexToBytes(random), words.value),
      };
      keep(localStorage, slot(draw, attempt), JSON.stringify({ ...made, isSent: false }));
      const response = await fetch(`/api/v1/draws/${encodeURIComponent(draw)}/contributions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ contribution: made.contribution }),
      });
      const answer = await response.json();
      // sent before, and only the answer was lost
      const isThere = response.ok || answer.code === "lottery.contributed-already";
      if (!isThere) throw new Refused(answer.detail, answer.detail);
      keep(localStorage, slot(draw, attempt), JSON.stringify({ ...made, isSent: true }));
      look();
      wake();
    } catch (error) {
      problem.textContent = error instanceof Refused ? error.words[language] : say("failed");
    } finally {
      button.disabled = false;
      button.textContent = say("give");
    }
  };

  let isLooking = false;
  let isStale = false;
  let wake = () => {};
  let sequence = -1; // of the newest state
  /** Look at the list and at the log; what happens meanwhile makes one more turn. */
  const look = async () => {
    isStale = true;
    if (isLooking) return;
    isLooking = true;
    while (isStale) {
      isStale = false;
      try {
        const seen = await fetchPublicSeat(draw, attempt);
        if (seen.size <= sequence) isStale = true; // what happened has no receipt yet
        const own = given(draw, attempt);
        show(seen, own?.isSent ? own.contribution : null);
        const found = await verdictOn({ draw, attempt }, seen, own?.isSent ? own.contribution : null);
        tell(found);
      } catch (error) {
        if (!(error instanceof NotReached)) throw error;
        verdict.replaceChildren(el("p", { class: "hint" }, say("unreached")));
        isStale = true;
      }
      await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
        wake = resolve;
        setTimeout(resolve, PAUSE * (0.75 + (performance.now() % 500) / 1000)); // not all telephones at one moment
      });
    }
    isLooking = false;
  };

  /** @param {import("./seat-verdict.js").Verdict} found */
  const tell = (found) => {
    const [first, rest] = VERDICTS[found.stage][language](found);
    const more = [el("small", {}, rest ?? "")];
    if (found.secret) more.push(el("small", {}, `${say("secret")} `, el("code", {}, inFours(found.secret))));
    if (found.seq !== undefined) {
      const receipt = { href: `/log/receipt/${found.seq}`, download: true };
      more.push(el("small", {}, el("a", receipt, say("receipt"))));
    }
    verdict.dataset.stage = found.stage;
    const { outcome } = VERDICTS[found.stage];
    verdict.replaceChildren(
      ...(first ? [el("div", { class: "seat-verdict", "data-outcome": outcome }, first, ...more)] : []),
    );
  };
  /** @param {import("./seat-public-list.js").PublicSeat} seen @param {string | null} own */
  const show = (seen, own) => {
    if (own !== null) giving.replaceChildren();
    else if (!seen.is_open) giving.replaceChildren(el("p", { class: "notice" }, say(seen.commit ? "closed" : "soon")));
    else if (!form.isConnected) giving.replaceChildren(form);
    const newest = seen.contributions.slice(-SHOWN).reverse();
    const items = newest.map(({ seq, contribution, at }) =>
      el(
        "li",
        { class: contribution === own ? "is-own" : "" },
        el("a", { href: `/entries/${seq}` }, el("code", {}, inFours(contribution.slice(0, 12)))),
        el("span", {}, contribution === own ? `${say("mine")} ` : "", timeOf(at)),
      ),
    );
    const count = `${say("list")} ${seen.contributions.length}`;
    list.replaceChildren(el("h2", {}, count), el("ol", { class: "seat-list" }, ...items));
  };

  look();
  const onState = (/** @type {{sequence: number}} */ state) => {
    if (state.sequence !== sequence) look();
    sequence = state.sequence;
  };
  followState(draw, onState, (isLost) => (lost.hidden = !isLost), Number(serverTime));
}

/** In Beijing's time. @param {number} milliseconds @returns {string} */
const timeOf = (milliseconds) => new Date(milliseconds + 8 * 3600_000).toISOString().slice(11, 19);

if (typeof document !== "undefined") {
  whenReady(() => {
    for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-public-seat]"))) {
      start(root);
    }
  });
}
