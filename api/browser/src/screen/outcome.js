/** Pictures S7 to S10 and V: what the entropy gave, or that there is no result. */

import { el, qrCode } from "../dom.js";
import { SENTENCES } from "../protocol/fault.js";
import { layOut, paginate } from "./fit.js";
import { formerParts } from "./former.js";
import { inChunks, PAGE, pagedList } from "./hall.js";
import { isUnread, linesOf, shareOf } from "./picture.js";
import { both, clockTime, dayTime, digest, hex, marked, outcomeOf, said } from "./parts.js";
import { MESSAGES, SAY, STATES, TEXTS, WITNESSES } from "./words.js";

/** @typedef {import("./hall.js").Context} Context */
/** @typedef {import("./hall.js").Panel} Panel */
/** @typedef {ReturnType<typeof linesOf>[number]} Line */

// S7

/** What is ticked off: each when the stage of the verifier that computes it is done. */
const CHECKS = [
  { stage: "roster", zh: "名单", en: "Roster" },
  { stage: "seal", zh: "封存", en: "Seal" },
  { stage: "entropy", zh: "信标签名", en: "Beacon signature" },
  { stage: "result", zh: "种子", en: "Seed" },
  { stage: "result", zh: "签值", en: "Tickets" },
];
const THROWN = { stage: "entropy", zh: "骰子记录", en: "Record of the dice" };

/** @param {Context} context @returns {Panel} */
export function deriving({ state, check, now }) {
  const { present } = state;
  const isUnreadable = isUnread(state, now);
  let title = TEXTS.fetching;
  if (present.randomness) title = TEXTS.randomness;
  else if (present.dice && present.entropy === "dice") title = TEXTS.dice;
  else if (present.witness === "late" && present.entropy !== "dice") title = TEXTS.noResult;
  else if (state.presentation?.message === "BEACON_HALTED") title = MESSAGES.BEACON_HALTED;
  else if (isUnreadable) title = SAY.unread(present.round);
  else if (!present.round) title = TEXTS.awaiting;
  const value = present.randomness ?? (present.entropy === "dice" ? present.dice : "");
  const list = CHECKS.map((one) => (one.stage === "entropy" && present.entropy === "dice" ? THROWN : one));
  const marks = list.map((one) => {
    const step = check.steps.find((done) => done.id === one.stage);
    const sign = step?.ok ? "✓" : step?.ok === false ? "✗" : "…";
    return el("li", {}, marked(sign, one, outcomeOf(sign)));
  });
  const steps = present.seed ? el("ul", { class: "checks" }, ...marks) : "";
  return {
    nodes: [
      el(
        "div",
        { class: "stack" },
        both(title, "heading", "h1"),
        value ? el("p", { class: "value" }, hex(value)) : "",
        steps,
      ),
    ],
    spoken: title,
  };
}

/** The screen shows no result. @param {Context} context @returns {Panel} */
export function stopped({ state: { present }, check }) {
  const title = { unchecked: TEXTS.unchecked, "bad-signature": TEXTS.badSignature }[check.status] ?? TEXTS.mismatch;
  const sentence = SENTENCES[check.code];
  return {
    nodes: [
      el(
        "div",
        { class: "stack stop" },
        both(title, "heading huge", "h1"),
        sentence ? both(SAY.code(check.code, sentence), "strong") : "",
        ...(check.status === "mismatch"
          ? [
              check.ownSeed ? digest(TEXTS.ownSeed, check.ownSeed, "long") : both(TEXTS.unknown, "strong"),
              digest(TEXTS.serverSeed, present.seed, "long"),
              both(TEXTS.independent, "note"),
            ]
          : [both(TEXTS.again, "note")]),
      ),
    ],
    spoken: title,
  };
}

// S8

/** @param {Line} line */
export const lineWords = (line) =>
  line.drawn === "winner" ? STATES_OF.winner : SAY.alternate(line.alternate);
const STATES_OF = { winner: TEXTS.winner, alternate: TEXTS.alternate, removed: TEXTS.removed };

/** @param {Line} line @param {number} largest  share of the longest bar @param {Node} status @param {boolean} hasBar */
function lineItem(line, largest, status, hasBar) {
  const bar = el("span", { class: "bar", "aria-hidden": "true" });
  bar.style.setProperty("--share", String(shareOf(line.ticket) / largest));
  return el(
    "li",
    { class: `line is-${line.drawn}`, "data-rank": String(line.rank), "data-code": line.code },
    el("span", { class: "rank" }, String(line.rank)),
    el("span", { class: "status" }, status),
    el("span", { class: "name" }, line.name),
    el(
      "span",
      { class: "facts" },
      el("span", { class: "code" }, line.code),
      " ",
      el("span", { class: "ball" }, both(TEXTS.ball, "", "span"), " ", String(line.ball)),
      " ",
      el("span", { class: "ticket" }, both(TEXTS.ticket, "", "span"), " ", hex(line.ticket.slice(0, 8))),
    ),
    ...(hasBar ? [bar] : []),
  );
}

/** The lines that were called so far, the newest on top. @param {Context} context */
function calledLines({ state, check }) {
  if (!check.verdict) return { lines: [], all: [] };
  const all = linesOf(check.verdict, state.present);
  const shown = Math.min(state.presentation?.shown ?? 0, all.length);
  return { all, lines: all.slice(all.length - shown) };
}

/** @param {Line} line */
const lineStatus = (line) =>
  line.drawn === "winner" ? marked("●", TEXTS.winner, "good") : marked("○", SAY.alternate(line.alternate), "open");

/** Text of a line that is read aloud. @param {Line} line @param {"zh" | "en"} language */
export const lineText = (line, language) =>
  [SAY.rank(line.rank)[language], lineWords(line)[language], line.name, line.code].join(" ");

/** @param {Context} context @returns {Panel & {lines: Line[]}} */
export function called(context) {
  const { state } = context;
  const { all, lines } = calledLines(context);
  const at = state.present.result_at;
  const fixed = at ? both(SAY.fixed(clockTime(at)), "note") : "";
  const last = all.at(-1); // the largest ticket of those that are called
  const largest = last ? shareOf(last.ticket) || 1 : 1;
  const newest = lines.slice(0, PAGE); // as many as any screen has room for
  const items = newest.map((line) => lineItem(line, largest, lineStatus(line), true));
  const list = el("ol", { class: "list lines" });
  const rest = el("p", { class: "pages", hidden: true });
  const title = SAY.called(lines.length, all.length);
  return {
    nodes: [
      fixed,
      el("div", { class: "head called" }, both(title, "heading", "h1"), both(TEXTS.bars, "note")),
      lines.length ? el("div", { class: "list-box" }, list, rest) : both(TEXTS.callSoon, "notice"),
    ].filter(Boolean),
    lay: () => {
      if (!lines.length) return;
      const options = { columns: all.length > 8 ? [1, 2] : [1] };
      let [first] = paginate(list, items, options);
      if (first.items.length < lines.length) {
        rest.hidden = false;
        rest.replaceChildren(both(SAY.earlier(lines.length), "", "span"));
        [first] = paginate(list, items, options);
        rest.replaceChildren(both(SAY.earlier(lines.length - first.items.length), "", "span"));
      }
      layOut(list, first);
    },
    spoken: lines.length ? title : TEXTS.callSoon,
    lines,
  };
}

// S9, S10

/** How a line stands now, after removals. @param {Line} line @param {Context["name"]} name */
function standing(line, name) {
  if (line.gone) return marked("✗", join(TEXTS.removed, name("removal", line.gone)), "bad");
  if (line.now === "winner" && line.drawn === "alternate") return marked("●", TEXTS.winner, "good");
  return lineStatus(line);
}

/** @param {import("../protocol/fault.js").Words} a @param {import("../protocol/fault.js").Words} b */
const join = (a, b) => ({ zh: `${a.zh}：${b.zh}`, en: `${a.en}: ${b.en}` });

/** @param {Context} context @returns {Panel} */
export function table(context) {
  const { state, check, base, name } = context;
  const { present, draw_id: drawId } = state;
  if (!check.verdict) return noResult(context);
  const all = linesOf(check.verdict, present);
  const chunks = inChunks(all, PAGE).map(
    (chunk) => () => chunk.map((line) => lineItem(line, 1, standing(line, name), false)),
  );
  const list = pagedList(chunks, 0, { columns: [1, 2, 3], largest: 0.88 });
  const count = { zh: `中签 ${present.winners} 家`, en: `${present.winners} drawn` };
  return {
    nodes: [
      present.result_at ? both(SAY.fixed(clockTime(present.result_at)), "note") : "",
      el(
        "div",
        { class: "split" },
        list.box,
        el(
          "aside",
          { class: "aside" },
          qrCode(`${base}/verify/${drawId}`, said(TEXTS.scan)),
          both(TEXTS.scan, "strong"),
        ),
      ),
      digest(TEXTS.seed, check.verdict.seed, "long"),
    ].filter(Boolean),
    lay: list.lay,
    tick: list.tick,
    spoken: count,
  };
}

/** A draw that ended without a result of its own. @param {Context} context @returns {Panel} */
function noResult(context) {
  const title = context.state.state === "given-up" ? TEXTS.givenUp : STATES.S10;
  return {
    nodes: [
      el("div", { class: "stack" }, both(title, "heading huge", "h1"), ...formerParts(context, context.state.former)),
    ],
    spoken: title,
  };
}

// V

/** What the hall was told of the same reason. @type {Readonly<Record<string, import("../protocol/fault.js").Words>>} */
const WHY = { SEAL_LATE: WITNESSES.late, BEACON_HALTED: MESSAGES.BEACON_HALTED };

/** @param {Context} context @returns {Panel} */
export function voided(context) {
  const { state, name, now } = context;
  const { present } = state;
  const title = SAY.void(present.attempt);
  const end = present.void ?? { reason: present.void_reason, note: present.void_note, time: 0, who: "" };
  const fact = (/** @type {any} */ label, /** @type {(Node | string)[]} */ ...value) =>
    el("div", {}, el("dt", {}, both(label, "", "span")), el("dd", {}, ...value));
  const unrevealed = present.seats.filter((/** @type {any} */ seat) => seat.mark !== "revealed");
  const have = present.seats.length - unrevealed.length;
  const isQuorum = end.reason === "QUORUM";
  const missing = unrevealed.flatMap((/** @type {any} */ seat, /** @type {number} */ i) => [
    i ? "、" : "",
    both(name("seat", seat.seat), "", "span"),
    ` ${seat.organisation}`,
  ]);
  return {
    nodes: [
      el(
        "div",
        { class: "stack void" },
        marked("✗", title, "bad"),
        el(
          "dl",
          { class: "facts-list" },
          fact(TEXTS.reason, both(name("void", end.reason), "strong", "span"), ` ${end.note ?? ""}`),
          ...(WHY[end.reason] ? [fact(TEXTS.sentence, both(WHY[end.reason], "", "span"))] : []),
          ...(isQuorum
            ? [fact(TEXTS.missing, both(SAY.quorum(have, present.min_reveals), "", "span"), " ", ...missing)]
            : []),
          ...(end.time ? [fact(TEXTS.time, dayTime(end.time * 1000, now))] : []),
          ...(end.who ? [fact(TEXTS.who, both(name("role", end.who), "", "span"))] : []),
        ),
        both(SAY.next(present.attempt + 1), "strong"),
        ...formerParts(context, state.former ?? []),
      ),
    ],
    spoken: title,
  };
}
