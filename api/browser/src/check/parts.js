/** Parts of the check page made from a verdict: the steps, the outcome, what was not checked. */

import { el, inFours } from "../dom.js";
import { MARKS, PLAIN, TEXTS } from "./words.js";

/** @typedef {import("../protocol/verify.js").Step} Step */
/** @typedef {import("../protocol/fault.js").Words} Words */
/** @typedef {import("./job.js").Summary} Summary */
/** @typedef {(words: Words) => string} Say */

/** @param {Step} step @param {Say} say @returns {HTMLElement} */
export function stepItem(step, say) {
  const [sign, meaning] = /** @type {[string, Words]} */ (MARKS.get(step.ok));
  const facts = el("dl");
  const fact = (/** @type {string} */ label, /** @type {string} */ value) =>
    facts.append(el("dt", {}, label), el("dd", {}, el("code", {}, value)));
  if (step.input === "…") facts.append(el("dt", {}, say(TEXTS.long)));
  else if (step.input) fact(say(step.input.endsWith("\n") ? TEXTS.lines : TEXTS.input), step.input);
  if (step.digest) fact("SHA-256", step.digest);
  for (const { label, value } of step.detail) fact(say(label), value);
  if (step.commands.length) {
    const commands = step.commands.map((line) => el("code", { class: "verify-command" }, line));
    facts.append(el("dt", {}, say(TEXTS.commands)), el("dd", {}, ...commands));
  }
  const item = el(
    "li",
    { "data-step": step.id, "data-ok": String(step.ok) },
    el("span", { class: "verify-mark", role: "img", "aria-label": say(meaning) }, sign),
    el("span", { class: "verify-title" }, say(step.title)),
    el("p", { class: "verify-plain" }, say(PLAIN[step.id])),
  );
  if (facts.childElementCount) item.append(el("details", {}, el("summary", {}, say(TEXTS.how)), facts));
  return item;
}

/** @param {Summary} summary @param {Say} say @returns {HTMLElement[]} */
export function outcomeParts(summary, say) {
  const list = (/** @type {Words} */ title, /** @type {string[]} */ codes, /** @type {string} */ kind) => {
    const shown = codes.filter((code) => code in summary.names);
    const items = shown.map((code) =>
      el("li", { "data-code": code }, `${summary.names[code]} `, el("code", {}, code)),
    );
    const section = el("section", { class: `verify-${kind}` }, el("h2", {}, say(title)), el("ol", {}, ...items));
    const rest = codes.length - shown.length;
    if (rest) section.append(el("p", {}, say(TEXTS.more(rest))));
    return section;
  };
  const facts = el("dl", { class: "verify-facts" });
  const fact = (/** @type {Words} */ label, /** @type {(Node | string)[]} */ ...value) =>
    facts.append(el("div", {}, el("dt", {}, say(label)), el("dd", {}, ...value)));
  if (summary.draw) {
    fact(TEXTS.project, summary.project);
    fact(TEXTS.draw, `${summary.draw} · ${say(TEXTS.attempt(summary.attempt))}`);
  }
  if (!summary.ok) return [facts];
  fact(TEXTS.pool, say(TEXTS.poolCount(summary.agents, summary.excluded)));
  fact(TEXTS.result, el("code", { class: "verify-digest" }, inFours(summary.result)));
  fact(TEXTS.seed, el("code", { "data-seed": summary.seed }, inFours(summary.seed)));
  const parts = [list(TEXTS.winners, summary.winners, "winners")];
  if (summary.alternates.length) parts.push(list(TEXTS.alternates, summary.alternates, "alternates"));
  return [...parts, facts];
}

/**
 * Whether the result is the one on the paper whose code led here.
 * @param {string} printed @param {string} result  digests @param {Say} say @returns {HTMLElement[]}
 */
export function paperParts(printed, result, say) {
  const isSame = printed === result;
  const [sign, words] = isSame ? ["✓", TEXTS.paperSame] : ["✗", TEXTS.paperOther];
  const line = el("p", { class: "verify-same", "data-ok": String(isSame) }, `${sign} ${say(words)}`);
  if (isSame) return [line];
  const fact = (/** @type {Words} */ label, /** @type {string} */ value) =>
    el("div", {}, el("dt", {}, say(label)), el("dd", {}, el("code", { class: "verify-digest" }, inFours(value))));
  const facts = [fact(TEXTS.paperPrinted, printed), fact(TEXTS.paperComputed, result)];
  return [line, el("dl", { class: "verify-facts" }, ...facts)];
}

/** What this page cannot know, with its own mark each. @param {Say} say @returns {HTMLElement} */
export function uncheckedPart(say) {
  const [sign, meaning] = /** @type {[string, Words]} */ (MARKS.get(null));
  const item = (/** @type {Words} */ words) =>
    el("li", {}, el("span", { class: "verify-mark", role: "img", "aria-label": say(meaning) }, sign), ` ${say(words)}`);
  return el(
    "section",
    { class: "verify-unchecked" },
    el("h2", {}, say(TEXTS.unchecked)),
    el("ul", {}, item(TEXTS.uncheckedLog), item(TEXTS.uncheckedWitness), item(TEXTS.uncheckedVideo)),
    el("p", {}, say(TEXTS.uncheckedHow)),
    el(
      "code",
      { class: "verify-command" },
      "mingtang verify draw evidence.json --receipt PROOF --entry FILE --log URL --key VKEY --witness VKEY",
    ),
  );
}

/**
 * An agency's place and tickets.
 * @param {string} code @param {import("./verdict.js").Answer | null} answer @param {Say} say @returns {HTMLElement[]}
 */
export function answerParts(code, answer, say) {
  if (!answer) return [];
  const output = [el("strong", { class: "verify-answer" }, say(answer.words))];
  if (answer.name) output.push(el("span", { class: "verify-name" }, answer.name));
  if (answer.tickets.length) {
    const [{ ball }] = answer.tickets;
    const tickets = answer.tickets.map(({ ball: n, ticket }) =>
      el("li", {}, `${say(TEXTS.ball(n))} `, el("code", {}, inFours(ticket))),
    );
    output.push(
      el(
        "details",
        {},
        el("summary", {}, say(TEXTS.tickets)),
        el("ol", { class: "verify-tickets" }, ...tickets),
        el("p", {}, say(TEXTS.ticketHow)),
        el("code", { class: "verify-command" }, `printf '%s:%s:%s' ${answer.seed} ${code} ${ball} | sha256sum`),
      ),
    );
  }
  return output;
}
