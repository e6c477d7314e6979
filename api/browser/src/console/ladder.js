/** The sides of the console: the ladder of states, seats, network lights, objections. */

import { el } from "../dom.js";
import { SCREENS, T } from "./words.js";

/** @typedef {import("./app.js").App} App */

const DONE = { waiting: "…", absent: "✗", committed: "✓", revealed: "✓✓", missed: "✗" };

/** A moment as the hall's clock shows it, in Beijing's time. @param {number} milliseconds @returns {string} */
export function clockTime(milliseconds) {
  return new Date(milliseconds + 8 * 3_600_000).toISOString().slice(11, 19);
}

/** The same, or the day where it was another one. @param {number} milliseconds @param {number} now */
function moment(milliseconds, now) {
  const day = (/** @type {number} */ at) => new Date(at + 8 * 3_600_000).toISOString().slice(5, 10);
  return day(milliseconds) === day(now) ? clockTime(milliseconds) : day(milliseconds);
}

/** @param {App} app @returns {HTMLElement[]} */
export function ladder(app) {
  const { state, now } = app.model;
  const rungs = now?.ladder ?? [];
  const present = rungs.findIndex((/** @type {any} */ one) => one.screen === state.screen);
  return rungs.map((/** @type {any} */ { screen, at }, /** @type {number} */ index) => {
    const isNow = index === present;
    const began = at !== null && at <= app.clock() && index <= (present < 0 ? rungs.length : present);
    const mark = isNow ? "▶" : began ? "✓" : " ";
    return el(
      "li",
      { class: isNow ? "is-now" : began ? "is-done" : "", ...(isNow ? { "aria-current": "step" } : {}) },
      el("span", { class: "mark", "aria-hidden": "true" }, mark),
      el("b", {}, screen),
      el("span", {}, app.t(SCREENS[/** @type {keyof typeof SCREENS} */ (screen)])),
      el("time", {}, began ? moment(at, app.clock()) : ""),
    );
  });
}

/** @param {App} app @returns {HTMLElement[]} */
export function seats(app) {
  const { present } = app.model.state;
  return (present?.seats ?? []).map((/** @type {any} */ seat) => {
    const refused = seat.refused.map((/** @type {string} */ one) => app.name("refusal", one)).join(" · ");
    const what = refused ? `✗ ${refused}` : app.t(MARKS[/** @type {keyof typeof MARKS} */ (seat.mark)]);
    return el(
      "li",
      { class: `seat is-${seat.mark}` },
      el("span", { class: "mark", "aria-hidden": "true" }, DONE[/** @type {keyof typeof DONE} */ (seat.mark)] ?? ""),
      el("b", {}, app.name("seat", seat.seat)),
      el("span", { class: "org" }, seat.organisation),
      el("span", { class: "what" }, what),
    );
  });
}

/**
 * A light: what it is about, and how it is, in a sign, a word and a colour.
 * @param {string} name @param {"good" | "fair" | "bad"} how @param {string} word
 */
function light(name, how, word) {
  const sign = { good: "●", fair: "◐", bad: "○" }[how];
  return el(
    "li",
    { class: `light is-${how}` },
    el("span", { class: "mark", "aria-hidden": "true" }, sign),
    el("span", {}, name),
    el("b", {}, word),
  );
}

/** @param {App} app @returns {HTMLElement[]} */
export function lights(app) {
  const { lights: found, state } = app.model;
  if (!found) return [el("li", {}, app.t(T.checking))];
  const { relays, log, witnesses, clock_offset: offset } = found;
  const usesBeacon = state.present?.entropy !== "dice";
  const shown = !usesBeacon
    ? []
    : relays.map((/** @type {any} */ one, /** @type {number} */ index) =>
        light(
          `${app.t(T.lightRelay)} ${index + 1} ${one.name}`,
          one.is_fresh ? "good" : one.is_up ? "fair" : "bad",
          app.t(one.is_fresh ? T.up : one.is_up ? T.old : T.down),
        ),
      );
  const isSeen = witnesses.named > 0 && witnesses.signed >= witnesses.quorum && witnesses.behind < 8;
  return [
    ...shown,
    light(app.t(T.lightLog), log.is_writable ? "good" : "bad", log.is_writable ? app.t(T.up) : log.why),
    light(
      app.t(T.lightWitness),
      isSeen ? "good" : witnesses.named ? "bad" : "fair",
      witnesses.named ? `${witnesses.signed}/${witnesses.named}` : app.t(T.unwitnessed),
    ),
    ...(usesBeacon
      ? [
          light(
            app.t(T.lightClock),
            offset === null ? "fair" : Math.abs(offset) < 2 ? "good" : "bad",
            offset === null ? app.t(T.unknown) : `${offset.toFixed(1)} s`,
          ),
        ]
      : []),
  ];
}

/** @param {App} app @returns {HTMLElement[]} */
export function objections(app) {
  const found = app.model.now?.objections ?? [];
  if (!found.length) return [el("li", {}, app.t(T.noObjection))];
  return found.map((/** @type {any} */ one) =>
    el("li", {}, el("b", {}, `${one.number}. ${one.about} · ${one.outcome ?? app.t(T.openMark)}`), ` ${one.text}`),
  );
}

const MARKS = {
  waiting: { zh: "等待", en: "waiting" },
  absent: { zh: "未承诺", en: "did not commit" },
  committed: { zh: "已承诺", en: "committed" },
  revealed: { zh: "已揭示", en: "revealed" },
  missed: { zh: "未揭示", en: "not revealed" },
};
