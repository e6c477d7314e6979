/** The panel of the dice: digits as they are thrown, the second person's entry, who signs, who has signed. */

import { el } from "../dom.js";
import { newEntry, placeAsked, secondBegins, typed, undone } from "./dice-entry.js";
import { T } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Command} Command */
/** @typedef {import("./dice-entry.js").Entry} Entry */

/** What was entered so far; kept on this device, so that a reload loses nothing. @param {App} app @returns {Entry} */
export function entryOf(app) {
  const count = app.model.state.present.dice_digits;
  try {
    const kept = JSON.parse(sessionStorage.getItem(app.slot("dice")) ?? "");
    if (kept.count === count) return kept;
  } catch {
    // nothing is kept yet
  }
  const entry = newEntry(count);
  return { ...entry, first: app.presented.digits }; // typed at another console
}

/** @param {App} app @param {Entry} entry @param {Entry} before */
function keep(app, entry, before) {
  sessionStorage.setItem(app.slot("dice"), JSON.stringify(entry));
  /** @type {Record<string, unknown>} */
  const members = {};
  const digits = entry.phase === "done" ? entry.agreed : entry.first;
  if (digits !== (before.phase === "done" ? before.agreed : before.first)) members.digits = digits;
  if (entry.phase !== before.phase) members.second = entry.phase === "second" || entry.phase === "differ";
  const message = entry.phase === "differ" ? `DIGITS_DIFFER:${placeAsked(entry)}` : "";
  if (message !== app.presented.message) members.message = message;
  if (Object.keys(members).length) app.present(members);
  app.onChange();
}

/** @param {App} app @param {string} key @returns {boolean} */
function take(app, key) {
  const before = entryOf(app);
  const now = Math.floor(app.clock() / 1000);
  const entry = key === "Backspace" ? undone(before) : typed(before, key, now);
  if (entry === before) return false;
  keep(app, entry, before);
  return true;
}

/** Digits in groups of four. @param {string} digits @param {number} count @param {boolean} isHidden */
function shown(digits, count, isHidden) {
  const all = Array.from({ length: count }, (_, i) => (i < digits.length ? (isHidden ? "•" : digits[i]) : "·"));
  const groups = [];
  for (let at = 0; at < count; at += 4) groups.push(el("span", {}, all.slice(at, at + 4).join("")));
  return el("p", { class: "digits" }, ...groups);
}

/** @param {App} app @returns {{body: Node[], commands: Command[], typed?: (key: string) => boolean}} */
export function dicePanel(app) {
  const waiting = app.model.now?.waiting.find((/** @type {any} */ one) => one.kind === "lottery.dice_thrown");
  if (waiting) return signing(app, waiting);
  const entry = entryOf(app);
  const { presented } = app;
  const { count, first, second } = entry;
  const place = placeAsked(entry);
  const body = [];
  /** @type {Command[]} */
  const commands = [];
  const undo = { id: "undo", key: "Backspace", label: app.t(T.undo), run: () => take(app, "Backspace") };
  if (entry.phase === "first") {
    const isWhole = first.length === count;
    const facts = { p: first.length + 1, n: count };
    body.push(el("p", { class: "task" }, app.t(isWhole ? T.throwsDone : T.throwOne, facts)));
    body.push(shown(first, count, false));
    body.push(el("p", { class: "quiet" }, `${first.length}/${count}`));
    if (isWhole) {
      const run = () => keep(app, secondBegins(entryOf(app)), entryOf(app));
      commands.push({ id: "second", key: "F4", label: app.t(T.second), isPrimary: true, run });
    } else {
      const run = () => app.present({ invalid_throws: presented.invalid_throws + 1, message: "DIE_INVALID" });
      commands.push({ id: "invalid", key: "-", label: app.t(T.invalid), run });
    }
    if (first) commands.push(undo);
  } else if (entry.phase === "second") {
    body.push(el("p", { class: "task" }, app.t(T.secondHint, { p: second.length + 1, n: count })));
    body.push(shown(first, count, true), shown(second, count, false));
    if (second) commands.push(undo);
  } else if (entry.phase === "differ") {
    const asked = entry.again ? T.differSecond : T.differFirst;
    body.push(el("p", { class: "message is-bad" }, app.t(T.differ, { p: place })));
    body.push(el("p", { class: "task" }, app.t(asked, { p: place })));
    body.push(shown(entry.agreed, count, false));
  } else {
    body.push(el("p", { class: "task" }, app.t(T.confirming)), shown(entry.agreed, count, false), confirmers(app));
    commands.push({ id: "draw-up", key: "Enter", label: app.t(T.drawUp), isPrimary: true, run: () => drawUp(app) });
  }
  const invalid = app.t(T.invalidCount, { n: presented.invalid_throws });
  body.push(el("p", { class: "quiet" }, `${invalid} · ${app.t(T.rule)}`));
  return { body, commands, typed: (key) => take(app, key) };
}

/** The seats that sign: by default the first two of different organisations. @param {App} app */
function confirmers(app) {
  const chosen = chosenSeats(app);
  const seats = app.model.state.present.seats.map((/** @type {any} */ one) => {
    const box = el("input", { type: "checkbox", value: one.seat, id: `c-by-${one.seat}` });
    if (chosen.includes(one.seat)) box.setAttribute("checked", "");
    box.addEventListener("change", () => {
      const boxes = app.root.querySelectorAll(".confirmers input:checked");
      const values = [...boxes].map((each) => /** @type {HTMLInputElement} */ (each).value);
      sessionStorage.setItem(app.slot("confirmers"), JSON.stringify(values));
    });
    return el("li", {}, box, el("label", { for: box.id }, `${app.name("seat", one.seat)} ${one.organisation}`));
  });
  return el("ul", { class: "confirmers" }, ...seats);
}

/** @param {App} app @returns {string[]} */
function chosenSeats(app) {
  const kept = sessionStorage.getItem(app.slot("confirmers"));
  if (kept) return JSON.parse(kept);
  const { seats } = app.model.state.present;
  const other = seats.find((/** @type {any} */ one) => one.organisation !== seats[0].organisation);
  return [seats[0].seat, ...(other ? [other.seat] : [])];
}

/** @param {App} app */
function drawUp(app) {
  const { agreed, first, second, firstTime } = entryOf(app);
  const body = {
    digits: agreed,
    first_entries: [first, second],
    time: firstTime || Math.floor(app.clock() / 1000),
    confirmed_by: chosenSeats(app),
    invalid_throws: app.presented.invalid_throws,
  };
  app.perform(() => app.server.drawUpDice(body), "");
}

/** @param {App} app @param {any} waiting */
export function signing(app, waiting) {
  const address = `${app.root.dataset.site}/desk/signatures/${waiting.id}`;
  const body = [
    el("p", { class: "task" }, app.t(T.signing), el("code", {}, address)),
    el(
      "ul",
      { class: "signers" },
      ...waiting.signers.map((/** @type {any} */ one) => el("li", {}, `${one.signed ? "✓" : "…"} ${one.name}`)),
    ),
  ];
  const isDice = waiting.kind === "lottery.dice_thrown";
  const key = `submit-${waiting.id}`; // whoever presses twice, at however many consoles, submits it once
  const run = () =>
    app.ask(app.t(isDice ? T.submitSure : T.voidSure), () => app.perform(() => app.server.submit(waiting.id, key)));
  const label = app.t(isDice ? T.submitDice : T.submitVoid);
  /** @type {Command[]} */
  const commands = waiting.is_enough ? [{ id: "submit", key: "Ctrl+Enter", label, isPrimary: true, run }] : [];
  return { body, commands };
}
