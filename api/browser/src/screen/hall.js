/** Pictures S0 to S6d: before the entropy exists. Nothing here tells one agent from another but its code and name. */

import { el, inFours, qrCode } from "../dom.js";
import { fitText, layOut, paginate } from "./fit.js";
import { formerParts } from "./former.js";
import { witnessLine } from "./picture.js";
import { both, chance, clockTime, dayTime, hex, marked, outcomeOf, said, timeSpan } from "./parts.js";
import { COMMITS, REVEALS, rulesOf, SAY, TEXTS } from "./words.js";

/**
 * @typedef {object} Context
 * @property {any} state
 * @property {import("./check.js").Check} check
 * @property {{roster: any, status: string}} held    the roster
 * @property {number} now                            Unix milliseconds by the server's clock
 * @property {string} base                           address of the site, for telephones
 * @property {(table: string, key: string) => import("../protocol/fault.js").Words} name  from the site's vocabulary
 */
/**
 * @typedef {object} Panel
 * @property {Node[]} nodes
 * @property {() => void} [lay]                 once the nodes stand in the page
 * @property {(now: number) => void} [tick]     several times a second
 * @property {import("../protocol/fault.js").Words} [spoken]  read aloud with the state's name
 */

export const PAGE = 40; // agents; how the console counts pages as well
const TURN = 8000; // milliseconds after which a page turns by itself
const MANY = 8; // chunks that are laid out at once

const heading = (/** @type {import("../protocol/fault.js").Words} */ words, name = "") =>
  both(words, `heading ${name}`.trim(), "h1");

/**
 * A list over as many pages as it needs, which turn by themselves, on every screen at the same time.
 *
 * Lists of very many chunks are laid out chunk by chunk, as they are shown; each then has as many turns as the first
 * one has pages, and what is more comes the next time round.
 * @param {(() => HTMLElement[])[]} chunks  each begins a page; the operator turns from one to the next
 * @param {number} chosen  the operator's page; 0 leaves all of them to turn by themselves
 * @param {import("./fit.js").Options} [options]
 */
export function pagedList(chunks, chosen, options) {
  const list = el("ol", { class: "list" });
  const counter = el("p", { class: "pages", hidden: true });
  const box = el("div", { class: "list-box" }, list, counter);
  const before = chosen > 0 ? Math.min(chosen, chunks.length - 1) : 0; // pages in front of those that are shown
  const wanted = chosen > 0 ? chunks.slice(before, before + 1) : chunks;
  /** @type {Map<number, import("./fit.js").Page[]>} by chunk */
  const laid = new Map();
  const isMany = wanted.length > MANY;
  let turns = 1; // of each chunk, where there are many
  let total = 0;
  let at = "";
  const pagesOf = (/** @type {number} */ chunk) => {
    const pages = laid.get(chunk) ?? paginate(list, wanted[chunk](), options);
    laid.clear();
    laid.set(chunk, pages);
    return pages;
  };
  /** @type {import("./fit.js").Page[]} */
  let all = [];
  const show = (/** @type {number} */ turn) => {
    if (!total) return;
    const index = turn % (isMany ? wanted.length * turns : all.length);
    const round = isMany ? Math.floor(turn / (wanted.length * turns)) : 0;
    if (at === `${round} ${index}`) return;
    at = `${round} ${index}`;
    const own = isMany ? pagesOf(Math.floor(index / turns)) : all;
    layOut(list, own[(isMany ? round * turns + (index % turns) : index) % own.length]);
    list.dataset.page = String(before + index + 1);
    counter.hidden = total < 2;
    counter.replaceChildren(both(SAY.page(before + index + 1, total), "", "span"));
  };
  return {
    box,
    lay: () => {
      const isAlone = chunks.length === 1;
      counter.hidden = isAlone;
      counter.replaceChildren(both(SAY.page(1, 1), "", "span"));
      laid.clear();
      if (isMany) turns = pagesOf(0).length;
      else {
        all = wanted.flatMap((chunk) => paginate(list, chunk(), options));
        if (isAlone && all.length > 1) {
          counter.hidden = false; // takes room of its own
          all = paginate(list, wanted[0](), options);
        }
      }
      total = (isMany ? wanted.length * turns : all.length) + chunks.length - wanted.length;
      at = "";
      show(0);
    },
    tick: (/** @type {number} */ now) => show(Math.floor(now / TURN)),
    pages: () => total,
  };
}

/** @param {any[]} items @param {number} size @returns {any[][]} */
export const inChunks = (items, size) =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

// S0

/** @param {Context} context @returns {Panel} */
export function scheduled(context) {
  const { state, now } = context;
  const begins = state.draws_at ? SAY.starts(dayTime(state.draws_at * 1000, now)) : null;
  const rules = state.present
    ? el("ol", { class: "rules" }, ...rulesOf(state.present).map((line) => both(line, "", "li")))
    : "";
  return {
    nodes: [
      el(
        "div",
        { class: "stack" },
        begins ? heading(begins, "huge") : "",
        rules,
        both(TEXTS.redraw, "redraw"),
        ...formerParts(context, state.former ?? []),
      ),
    ],
    spoken: begins ?? undefined,
  };
}

// S1

/** @param {{code: string, name: string, balls: number}} agent @param {number} total */
const agentItem = ({ code, name, balls }, total) =>
  el(
    "li",
    { class: "agent" },
    el("span", { class: "name" }, name),
    el(
      "span",
      { class: "facts" },
      el("span", { class: "code" }, code),
      el("span", { class: "chance" }, both(SAY.balls(balls), "", "span"), " ", chance(balls, total)),
    ),
  );

/** @param {{code: string, name: string, reason: string, note: string}} agent @param {Context["name"]} name */
const excludedItem = (agent, name) =>
  el(
    "li",
    { class: "agent is-excluded" },
    el("span", { class: "name" }, agent.name),
    el(
      "span",
      { class: "facts" },
      el("span", { class: "code" }, agent.code),
      " ",
      marked("✗", name("exclusion", agent.reason), "bad"),
      " ",
      el("span", {}, agent.note),
    ),
  );

/** @param {Context} context @returns {Panel} */
export function roster({ state, held, name }) {
  const { roster: facts, winners } = state.present;
  const say = state.is_committee ? SAY.experts : SAY.candidates;
  const title = say(facts?.agents ?? 0, facts?.excluded ?? 0);
  const head = el("div", { class: "head roster" }, heading(title), both(TEXTS.legend, "note"));
  const notes = winners > 1 ? [both(TEXTS.ownBalls, "note roster")] : [];
  if (!held.roster) {
    const words = held.status === "bad" ? TEXTS.badRoster : TEXTS.noRoster;
    return { nodes: [head, both(words, held.status === "bad" ? "notice stop" : "notice")], spoken: title };
  }
  const { agents, excluded } = held.roster;
  const total = agents.reduce((/** @type {number} */ sum, /** @type {any} */ agent) => sum + agent.balls, 0);
  const inPool = inChunks(agents, PAGE).map((chunk) => () => chunk.map((one) => agentItem(one, total)));
  const out = inChunks(excluded, PAGE).map((chunk) => () => chunk.map((one) => excludedItem(one, name)));
  const chosen = state.presentation?.page ?? 0;
  const isOne = inPool.length === 1 && out.length === 1 && chosen === 0;
  const options = { isTight: true, largest: 0.64 };
  const apart = pagedList([...inPool, ...out], chosen, options);
  const whole = { ...options, isWhole: true };
  const together = isOne ? pagedList([() => [...inPool[0](), ...out[0]()]], 0, whole) : apart;
  let list = together;
  const place = el("div", { class: "list-box" }, together.box);
  return {
    nodes: [head, ...notes, place],
    lay: () => {
      list.lay();
      if (list === apart || list.pages() === 1) return;
      list = apart; // the excluded on a page of their own
      place.replaceChildren(list.box);
      list.lay();
    },
    tick: (now) => list.tick(now),
    spoken: title,
  };
}

// S2, S4

/**
 * @param {any} seat @param {Readonly<Record<string, any>>} table @param {Context["name"]} name
 */
function seatItem(seat, table, name) {
  const key = seat.mark !== "revealed" && seat.refused?.includes("WRONG") ? "WRONG" : seat.mark;
  const mark = table[key] ?? table[seat.mark] ?? table.committed;
  const words = name("seat", seat.seat);
  return el(
    "li",
    { class: "seat", "data-seat": seat.seat, "data-mark": key },
    marked(mark.mark, mark, outcomeOf(mark.mark)),
    el("span", { class: "who" }, both(words, "label", "span"), " ", el("span", { class: "name" }, seat.organisation)),
  );
}

/** A deadline that is counted down. @param {import("../protocol/fault.js").Words} label @param {number | null} at */
function deadlineLine(label, at) {
  const left = el("span", { class: "left" });
  const over = both(TEXTS.over, "", "span");
  const line = el("p", { class: "deadline" }, both(label, "label", "span"), " ", left);
  return {
    line: at ? line : el("p", { class: "deadline", hidden: true }),
    tick: (/** @type {number} */ now) => {
      if (!at) return;
      const seconds = at - now / 1000;
      if (seconds > 0) show(left, timeSpan(seconds));
      else if (!over.isConnected) left.replaceChildren(over);
    },
  };
}

/** @param {Element} element @param {string} text */
function show(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {Context} context @returns {Panel} */
export function commits({ state, name, base }) {
  const { present, draw_id: drawId } = state;
  const { seats } = present;
  const have = seats.filter((/** @type {any} */ seat) => seat.mark === "committed").length;
  const title = SAY.counted(have, seats.length);
  const due = deadlineLine(TEXTS.commitDeadline, state.commit_deadline);
  const list = pagedList([() => seats.map((/** @type {any} */ seat) => seatItem(seat, COMMITS, name))], 0, {
    columns: [1, 2],
    largest: 0.76,
  });
  const isOpen = seats.some((/** @type {any} */ seat) => seat.seat === "public" && seat.mark === "waiting");
  const aside = isOpen
    ? el(
        "aside",
        { class: "aside" },
        qrCode(`${base}/draws/${drawId}/public-seat`, said(TEXTS.publicSeat)),
        both(TEXTS.publicSeat),
        both(SAY.contributions(present.contributions ?? 0), "count"),
      )
    : "";
  return {
    nodes: [
      el("div", { class: "head" }, heading(title), due.line),
      have === seats.length ? both(TEXTS.allCommitted, "note") : "",
      el("div", { class: "split" }, list.box, aside),
    ].filter(Boolean),
    lay: list.lay,
    tick: (now) => {
      list.tick(now);
      due.tick(now);
    },
    spoken: title,
  };
}

/** The round, or what stands in its place. @param {any} present */
function roundWords(present) {
  if (present.entropy === "dice") return TEXTS.diceLater;
  if (present.round && present.round_at) return SAY.round(present.round, clockTime(present.round_at * 1000));
  return TEXTS.roundComing;
}

/** @param {Context} context @returns {Panel} */
export function announcing({ state: { present } }) {
  const words = roundWords(present);
  const dice = present.entropy === "drand+dice" ? both(TEXTS.diceBefore, "note") : "";
  return { nodes: [el("div", { class: "stack" }, heading(words, "huge"), dice)], spoken: words };
}

/** @param {Context} context @returns {Panel} */
export function reveals({ state, name }) {
  const { present } = state;
  const { seats } = present;
  const counted = seats.filter((/** @type {any} */ seat) => seat.commit);
  const have = seats.filter((/** @type {any} */ seat) => seat.mark === "revealed").length;
  const title = SAY.revealed(have, counted.length);
  const isSealing = state.state === "sealing";
  const due = deadlineLine(TEXTS.revealDeadline, isSealing ? null : state.reveal_deadline);
  const list = pagedList([() => seats.map((/** @type {any} */ seat) => seatItem(seat, REVEALS, name))], 0, {
    columns: [1, 2],
    largest: 0.76,
  });
  return {
    nodes: [
      el("div", { class: "head" }, heading(title), due.line),
      both(isSealing ? TEXTS.sealing : roundWords(present), "note"),
      list.box,
    ],
    lay: list.lay,
    tick: (now) => {
      list.tick(now);
      due.tick(now);
    },
    spoken: title,
  };
}

// S4d, S6d

/** @param {Context} context @returns {Panel} */
export function dice({ state }) {
  const { present, presentation, screen } = state;
  const of = present.dice_digits;
  const digits = present.dice ?? presentation?.digits ?? "";
  const [message = "", differs = ""] = (presentation?.message ?? "").split(":");
  const doubtful = message === "DIGITS_DIFFER" ? Number(differs) : 0;
  const places = Array.from({ length: of }, (_, i) =>
    el(
      "span",
      { class: "digit", "data-is": i + 1 === doubtful ? "doubtful" : i < digits.length ? "thrown" : "open" },
      i < digits.length ? digits[i] : "·",
    ),
  );
  const groups = inChunks(places, 4).map((group) => el("span", { class: "four" }, ...group));
  const throws = presentation?.invalid_throws ?? 0;
  const since = el("span", { class: "left" });
  const sealed = present.sealed_at ?? (present.seal_time ? present.seal_time * 1000 : null);
  const line =
    screen === "S6d" && sealed
      ? el(
          "p",
          { class: "deadline" },
          both(TEXTS.sinceSeal, "label", "span"),
          " ",
          since,
          " ",
          both(TEXTS.limit, "label", "span"),
        )
      : "";
  const title = SAY.progress(digits.length, of);
  const box = el("div", { class: "dice", role: "img", "aria-label": inFours(digits) }, ...groups);
  const stage = el("div", { class: "fill" }, box);
  return {
    nodes: [
      el("div", { class: "head" }, heading(title), line),
      stage,
      el(
        "div",
        { class: "foot-notes" },
        presentation?.second ? both(TEXTS.second, "note strong") : both(TEXTS.dieRule, "note"),
        throws ? marked("!", SAY.invalid(throws), "open") : "",
      ),
    ],
    lay: () => fitText(stage, box, 2.4, 0.5),
    tick: (now) => {
      if (sealed) show(since, timeSpan(Math.floor((now - sealed) / 1000)));
    },
    spoken: title,
  };
}

// S5, S6

/** @param {any} present */
const witnessed = (present) => {
  const line = witnessLine(present);
  return marked(line.mark, line, outcomeOf(line.mark));
};

/** @param {Context} context @returns {Panel} */
export function sealed({ state: { present } }) {
  const code = present.seal_sha256.slice(0, 8);
  const words = { zh: `封存码 ${inFours(code)}`, en: `Seal code ${inFours(code)}` };
  return {
    nodes: [
      el(
        "div",
        { class: "stack seal" },
        both(TEXTS.sealCode, "label", "h1"),
        el("p", { class: "seal-code" }, hex(code)),
        both(TEXTS.sealed, "strong"),
        el("p", { class: "seal-full" }, hex(present.seal_sha256)),
        el("p", {}, witnessed(present)),
      ),
    ],
    spoken: words,
  };
}

/** @param {Context} context @returns {Panel} */
export function countdown({ state: { present }, now }) {
  const digits = el("p", { class: "digits", role: "timer", "aria-live": "off" });
  const stage = el("div", { class: "fill" }, digits);
  const words = SAY.waits(present.round);
  const text = (/** @type {number} */ at) => timeSpan(present.round_at - at / 1000);
  digits.textContent = text(now);
  let length = 0;
  const lay = () => {
    length = digits.textContent?.length ?? 0;
    fitText(stage, digits, 6.4, 1.2);
  };
  return {
    nodes: [
      stage,
      el(
        "div",
        { class: "foot-notes" },
        both(words, "strong"),
        both(SAY.round(present.round, clockTime(present.round_at * 1000)), "note"),
        witnessed(present),
      ),
    ],
    lay,
    tick: (at) => {
      show(digits, text(at));
      if (digits.textContent?.length !== length) lay();
    },
    spoken: words,
  };
}
