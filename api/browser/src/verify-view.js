/** What the check page 核验页 says: the first line, the nine steps, who was drawn, and where one agency stands. */

import { el, inFours, languageOf } from "./dom.js";
import { SENTENCES } from "./protocol/fault.js";

/** @typedef {import("./protocol/verify.js").Verdict} Verdict */
/** @typedef {import("./protocol/verify.js").Step} Step */
/** @typedef {import("./dom.js").Words} Words */
/** @typedef {{outcome: "pass" | "fail" | "part" | "busy", shape: string} & Words} Headline */
/** @typedef {(evidence: ArrayBuffer, onStep: (step: Step, index: number) => void) => Promise<Verdict>} Runner */

/** @param {"pass" | "fail" | "part" | "busy"} outcome @param {string} zh @param {string} en @returns {Headline} */
const headlineOf = (outcome, zh, en) => ({
  outcome,
  shape: { pass: "✓", fail: "✗", part: "!", busy: "…" }[outcome],
  zh,
  en,
});

/**
 * The first line. The green mark is for a verdict that includes the log, which this page never gives by itself.
 * @param {Pick<Verdict, "ok" | "code" | "winners" | "bls"> & {log: string}} verdict
 * @param {string[] | null} expected  the winners that the page itself shows, in order; null where it shows none
 * @returns {Headline}
 */
export function headline(verdict, expected) {
  if (!verdict.ok) {
    const code = verdict.code ?? "";
    return headlineOf(
      "fail",
      `核验不通过：${code} ${SENTENCES[code].zh}`,
      `Does not verify: ${code} ${SENTENCES[code].en}`,
    );
  }
  if (expected && expected.join() !== verdict.winners.join()) {
    return headlineOf(
      "fail",
      "不一致：本页显示的中签机构与证据包不同",
      "Mismatch: this page shows other winners than the evidence gives",
    );
  }
  if (verdict.bls === "unchecked")
    return headlineOf("part", "部分核验：信标签名未核", "Partly verified: beacon signature not checked");
  if (verdict.log !== "ok") return headlineOf("part", "部分核验：日志未核", "Partly verified: log not checked");
  return headlineOf("pass", "核验通过", "Verified");
}

/**
 * What the draw says of one agency.
 * @param {Verdict} verdict  with ok true
 * @param {string} code
 * @returns {Words}
 */
export function standingOf(verdict, code) {
  const place = verdict.ranking.find((entry) => entry.code === code);
  const alternate = verdict.alternates.indexOf(code);
  const out = verdict.excluded.find((entry) => entry.code === code);
  const gone = verdict.removed.find((change) => change.code === code);
  if (verdict.winners.includes(code)) return { zh: `中签（第 ${place?.rank} 名）`, en: `Winner (rank ${place?.rank})` };
  if (alternate >= 0)
    return {
      zh: `候补第 ${alternate + 1}（第 ${place?.rank} 名）`,
      en: `Alternate ${alternate + 1} (rank ${place?.rank})`,
    };
  if (gone) return { zh: `已移出：${gone.kind}（${gone.reason}）`, en: `Removed: ${gone.kind} (${gone.reason})` };
  if (place) return { zh: `未中签（第 ${place.rank} 名）`, en: `Not drawn (rank ${place.rank})` };
  if (out) return { zh: `不参加：${out.reason}（${out.note}）`, en: `Excluded: ${out.reason} (${out.note})` };
  return { zh: "不在名单", en: "Not in the roster" };
}

/**
 * `data-expected-winners`: codes with commas between; absent means that the page shows none.
 * @param {string | undefined} text
 */
export const expectedWinners = (text) =>
  text === undefined
    ? null
    : text
        .split(",")
        .map((code) => code.trim())
        .filter(Boolean);

const LONG = 4000; // characters: a longer input is named by its digest only

const TEXTS = {
  busy: { zh: "正在核验", en: "Verifying" },
  unreachable: { zh: "未核验：取不到证据包", en: "Not verified: the evidence cannot be fetched" },
  crash: { zh: "未核验：核验程序出错", en: "Not verified: the verifier itself failed" },
  drill: { zh: "演练", en: "Rehearsal" },
  how: { zh: "怎样自己核对", en: "How to check this yourself" },
  input: { zh: "原文（UTF-8，末尾没有换行）", en: "input (UTF-8, no line feed at the end)" },
  lines: { zh: "原文（UTF-8，每行都以一个 LF 结尾）", en: "input (UTF-8, every line ends with one LF)" },
  long: { zh: "原文太长，见证据包", en: "the input is long: see the evidence file" },
  winners: { zh: "中签", en: "Winners" },
  alternates: { zh: "候补", en: "Alternates" },
  seed: { zh: "种子", en: "Seed" },
  unchecked: {
    zh: "本页没有核验：公开日志、见证方、现场录像。",
    en: "Not checked here: the public log, its witnesses, the video.",
  },
  local: { zh: "核验本机上的证据包", en: "Check an evidence file on this device" },
  lookup: { zh: "查我的机构（代码）", en: "Look up an agency (code)" },
  private: { zh: "核验只在本机进行，不上传任何内容。", en: "Everything happens on this device; nothing is sent." },
};
const MARKS = new Map([
  [true, "✓"],
  [false, "✗"],
  [null, "!"],
]);
const MARK_NAMES = new Map([
  [true, { zh: "通过", en: "holds" }],
  [false, { zh: "不通过", en: "does not hold" }],
  [null, { zh: "未核", en: "not checked" }],
]);

/**
 * Fill a `[data-verify]` element and verify what its `data-evidence-url` names, if it has one.
 * @param {HTMLElement} host @param {Runner} run @returns {void}
 */
export function mount(host, run) {
  const language = languageOf(host);
  const say = (/** @type {Words} */ words) => words[language];
  const expected = expectedWinners(host.dataset.expectedWinners);

  const drill = el("p", { class: "verify-drill", hidden: true }, say(TEXTS.drill));
  const first = el("p", { class: "verify-headline", role: "status", "data-outcome": "busy" });
  const why = el("p", { class: "verify-why" });
  const steps = el("ol", { class: "verify-steps" });
  const outcome = el("div", { class: "verify-outcome" });
  const picker = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept: ".json,application/json" }));
  const output = el(
    "div",
    { class: "verify-output" },
    drill,
    first,
    why,
    steps,
    outcome,
    el("p", { class: "verify-unchecked" }, say(TEXTS.unchecked)),
    el("p", {}, el("label", {}, say(TEXTS.local), " ", picker)),
    el("p", { class: "verify-private" }, say(TEXTS.private)),
  );
  host.querySelector(".verify-output")?.remove();
  host.append(output);

  const showHeadline = (/** @type {Headline} */ line) => {
    first.dataset.outcome = line.outcome;
    first.replaceChildren(el("span", { class: "verify-shape", "aria-hidden": "true" }, line.shape), ` ${say(line)}`);
  };
  let turn = 0; // a file picked meanwhile makes an older answer void

  /** @param {() => Promise<ArrayBuffer>} read @param {string[] | null} wanted */
  const check = async (read, wanted) => {
    const mine = (turn += 1);
    drill.hidden = true;
    why.textContent = "";
    steps.replaceChildren();
    outcome.replaceChildren();
    showHeadline(headlineOf("busy", TEXTS.busy.zh, TEXTS.busy.en));
    let evidence;
    try {
      evidence = await read();
    } catch {
      if (mine === turn) showHeadline(headlineOf("part", TEXTS.unreachable.zh, TEXTS.unreachable.en));
      return;
    }
    try {
      const verdict = await run(evidence, (step) => {
        if (mine === turn) steps.append(stepItem(step, say));
      });
      if (mine !== turn) return;
      drill.hidden = !verdict.draw.startsWith("DRILL-");
      showHeadline(headline(verdict, wanted));
      why.textContent = verdict.why ? say(verdict.why) : "";
      if (verdict.ok) outcome.append(...outcomeParts(verdict, say));
    } catch {
      if (mine === turn) showHeadline(headlineOf("part", TEXTS.crash.zh, TEXTS.crash.en));
    }
  };

  picker.addEventListener("change", () => {
    const [file] = picker.files ?? [];
    if (file) check(() => file.arrayBuffer(), null); // another draw's file, perhaps: the page's winners are no measure
  });
  const url = host.dataset.evidenceUrl;
  if (url) check(() => fetchBytes(url), expected);
  else first.textContent = say(TEXTS.local);
}

/** @param {string} url @returns {Promise<ArrayBuffer>} */
async function fetchBytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.arrayBuffer();
}

/** @param {Step} step @param {(words: Words) => string} say @returns {HTMLElement} */
function stepItem(step, say) {
  const facts = el("dl");
  const fact = (/** @type {string} */ label, /** @type {string} */ value) =>
    facts.append(el("dt", {}, label), el("dd", {}, el("code", {}, value)));
  if (step.input)
    fact(
      say(step.input.endsWith("\n") ? TEXTS.lines : TEXTS.input),
      step.input.length > LONG ? say(TEXTS.long) : step.input,
    );
  if (step.digest) fact("SHA-256", step.digest);
  for (const { label, value } of step.detail) fact(say(label), value);
  const item = el(
    "li",
    { "data-step": step.id, "data-ok": String(step.ok) },
    el(
      "span",
      { class: "verify-mark", role: "img", "aria-label": say(/** @type {Words} */ (MARK_NAMES.get(step.ok))) },
      MARKS.get(step.ok) ?? "",
    ),
    ` ${say(step.title)}`,
  );
  if (facts.childElementCount) item.append(el("details", {}, el("summary", {}, say(TEXTS.how)), facts));
  return item;
}

/** @param {Verdict} verdict @param {(words: Words) => string} say @returns {HTMLElement[]} */
function outcomeParts(verdict, say) {
  const names = new Map(verdict.agents.map((agent) => [agent.code, agent.name]));
  const list = (/** @type {Words} */ title, /** @type {string[]} */ codes, /** @type {string} */ kind) =>
    el(
      "section",
      { class: `verify-${kind}` },
      el("h2", {}, say(title)),
      el(
        "ol",
        {},
        ...codes.map((code) => el("li", { "data-code": code }, `${names.get(code)} `, el("code", {}, code))),
      ),
    );
  const answer = el("output", { class: "verify-answer" });
  const field = /** @type {HTMLInputElement} */ (
    el("input", {
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "32",
      oninput: () => {
        const code = field.value.trim().toUpperCase();
        answer.textContent = code ? say(standingOf(verdict, code)) : "";
      },
    })
  );
  return [
    list(TEXTS.winners, verdict.winners, "winners"),
    list(TEXTS.alternates, verdict.alternates, "alternates"),
    el(
      "p",
      { class: "verify-seed" },
      `${say(TEXTS.seed)} `,
      el("code", { "data-seed": verdict.seed }, inFours(verdict.seed)),
    ),
    el("p", { class: "verify-lookup" }, el("label", {}, say(TEXTS.lookup), " ", field), " ", answer),
  ];
}
