/**
 * The check page 核验页: `[data-verify]`, in full with `data-verify="full"`, else what fits into another page.
 *
 * A full one takes files, photographs, the camera and pasted text, and helps a hall without network. `data-switch`
 * gives it a switch of its own between the languages, for where no site around it has one.
 */

import { el, languageOf } from "../dom.js";
import { cameraButton, inputsPart } from "./inputs.js";
import { answerParts, outcomeParts, paperParts, stepItem, uncheckedPart } from "./parts.js";
import { roundPart } from "./round.js";
import { sharePicture } from "./share.js";
import { codeIn, expectedWinners, headline, headlineOf, printedResult } from "./verdict.js";
import { TEXTS } from "./words.js";

/** @typedef {import("../protocol/verify.js").Step} Step */
/** @typedef {import("../protocol/fault.js").Words} Words */
/** @typedef {import("./job.js").Summary} Summary */
/** @typedef {import("./verdict.js").Headline} Headline */

const MEANINGS = { pass: TEXTS.meansPass, part: TEXTS.meansPart, fail: TEXTS.meansFail };

export class CheckApp {
  /** @param {HTMLElement} host @param {import("./ask.js").Ask} ask */
  constructor(host, ask) {
    this.host = host;
    this.ask = ask;
    this.language = languageOf(host);
    this.isFull = host.dataset.verify === "full";
    this.turn = 0; // a file picked meanwhile makes an older answer void
    /** @type {Step[]} */
    this.steps = [];
    /** @type {Summary | null} */
    this.summary = null;
    /** @type {string[] | null} */
    this.wanted = null;
    /** @type {Headline} */
    this.line = headlineOf("idle", TEXTS.idle);
    this.lookedUp = "";
    /** @param {Words} words */
    this.say = (words) => words[this.language];
    this.build();
    window.addEventListener("hashchange", () => this.judge()); // another paper's code, scanned on the same page
    const url = host.dataset.evidenceUrl;
    if (url) this.check(async () => ({ kind: "verify", evidence: await fetchBytes(url) }), this.expected);
  }

  /** What the paper says whose code opened this page. */
  get printed() {
    return this.isFull ? printedResult(location.hash) : null;
  }

  get expected() {
    return expectedWinners(this.host.dataset.expectedWinners);
  }

  /** Everything anew, in the language chosen; what is known already stays. */
  build() {
    const { say, isFull } = this;
    this.closeCamera?.();
    this.drill = el("p", { class: "verify-drill", hidden: true });
    this.first = el("p", { class: "verify-headline", role: "status" });
    this.paper = el("div", { class: "verify-paper" });
    this.why = el("p", { class: "verify-why" });
    this.meaning = el("p", { class: "verify-meaning" });
    this.outcome = el("div", { class: "verify-outcome" });
    this.list = el("ol", { class: "verify-steps" });
    this.after = el("div", { class: "verify-after" });
    const inputs = inputsPart(this, isFull);
    this.closeCamera = inputs.close;
    const output = el("div", { class: "verify-output" });
    if (this.host.dataset.switch !== undefined) output.append(this.switcher());
    output.append(this.drill, this.first, this.paper, this.why, this.meaning);
    output.append(this.outcome, this.list, this.after, inputs.part);
    if (isFull) output.append(roundPart(this.ask, say, this.host.dataset.round ?? ""));
    output.append(el("p", { class: "verify-private" }, say(TEXTS.private)));
    this.host.querySelector(".verify-output")?.remove();
    this.host.append(output);
    this.show();
    for (const step of this.steps) this.list.append(stepItem(step, say));
  }

  switcher() {
    const to = this.language === "zh" ? "en" : "zh";
    const change = () => {
      this.language = to;
      this.host.lang = to === "zh" ? "zh-CN" : "en";
      document.documentElement.lang = this.host.lang;
      this.build();
    };
    const button = el("button", { type: "button", lang: to, onclick: change }, to === "zh" ? "中文" : "English");
    return el("p", { class: "verify-switch" }, button);
  }

  /** The first line, and what follows once there is a verdict. */
  show() {
    const { say, summary, line } = this;
    const { drill, first, paper, why, meaning, outcome, after } = /** @type {Required<CheckApp>} */ (this);
    drill.hidden = !summary?.draw.startsWith("DRILL-");
    drill.replaceChildren(el("strong", {}, say(TEXTS.drill)), ` ${say(TEXTS.drillMeaning)}`);
    first.dataset.outcome = line.outcome;
    const shape = el("span", { class: "verify-shape", "aria-hidden": "true" }, line.shape);
    first.replaceChildren(...(line.shape ? [shape, " "] : []), el("span", {}, say(line)));
    why.textContent = summary?.why ? say(summary.why) : "";
    const isOther = summary?.ok && this.printed !== null && this.printed !== summary.result;
    paper.replaceChildren(...(summary?.ok && this.printed ? paperParts(this.printed, summary.result, say) : []));
    const means =
      summary && (isOther ? TEXTS.meansOther : MEANINGS[/** @type {keyof typeof MEANINGS} */ (line.outcome)]);
    meaning.textContent = means ? say(means) : "";
    outcome.replaceChildren();
    after.replaceChildren();
    if (!summary) return;
    outcome.append(...outcomeParts(summary, say));
    if (summary.ok) outcome.append(this.lookupPart());
    outcome.append(el("h2", { class: "verify-nine" }, say(TEXTS.nine)));
    const share = () => sharePicture(line, summary, say);
    after.append(
      uncheckedPart(say),
      el("p", { class: "verify-share" }, el("button", { type: "button", onclick: share }, say(TEXTS.share))),
    );
  }

  lookupPart() {
    const { say } = this;
    const answer = el("output", { class: "verify-answers" });
    const field = /** @type {HTMLInputElement} */ (
      el("input", { type: "text", autocomplete: "off", autocapitalize: "characters", spellcheck: "false" })
    );
    const look = async () => {
      const code = (this.lookedUp = codeIn(field.value));
      const found = code ? await this.ask({ kind: "lookup", code }) : null;
      if (code === this.lookedUp) answer.replaceChildren(...answerParts(code, found, say));
    };
    field.addEventListener("input", look);
    field.value = this.lookedUp;
    if (this.lookedUp) look();
    const part = el("div", { class: "verify-lookup" }, el("label", {}, say(TEXTS.lookup), " ", field), " ");
    if (this.isFull) {
      const take = (/** @type {string} */ text) => {
        field.value = codeIn(text);
        look();
        return true;
      };
      part.append(cameraButton(TEXTS.scanCode, take, say).part);
    }
    part.append(answer);
    return part;
  }

  /**
   * @param {() => Promise<any>} request  what to ask of the work
   * @param {string[] | null} [wanted]    winners that the page shows; another draw's file has none to compare
   */
  async check(request, wanted = null) {
    const mine = (this.turn += 1);
    const isCurrent = () => mine === this.turn;
    this.steps = [];
    this.summary = null;
    this.list?.replaceChildren();
    this.set(headlineOf("busy", TEXTS.busy));
    let asked;
    try {
      asked = await request();
    } catch {
      if (isCurrent()) this.set(headlineOf("part", TEXTS.unreachable));
      return;
    }
    try {
      const summary = await this.ask(asked, (step) => {
        if (!isCurrent()) return;
        this.steps.push(step);
        this.list?.append(stepItem(step, this.say));
      });
      if (!isCurrent()) return;
      this.summary = summary;
      this.wanted = wanted;
      this.judge();
    } catch {
      if (isCurrent()) this.set(headlineOf("part", TEXTS.crash));
    }
  }

  /** The first line of what was computed. */
  judge() {
    if (this.summary) this.set(headline(this.summary, this.wanted, this.printed));
  }

  /** @param {Headline} line */
  set(line) {
    this.line = line;
    this.show();
  }
}

/** @param {string} url @returns {Promise<ArrayBuffer>} */
async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.arrayBuffer();
}

/**
 * Fill what is still empty: all of the page at first, later what a live page took over.
 * @param {(host: HTMLElement) => import("./ask.js").Ask} askFor
 */
export function mountAll(askFor) {
  for (const host of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-verify]"))) {
    if (!host.querySelector(".verify-output")) new CheckApp(host, askFor(host));
  }
}
