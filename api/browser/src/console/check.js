/** The readiness check 自检: five things, each with the way out where it fails. */

import { el } from "../dom.js";
import { T } from "./words.js";

/** @typedef {import("./app.js").App} App */

const MOST = 2; // seconds that the clock may be off

/** What was found, and whether it will do. @param {App} app @returns {{id: string, isGood: boolean, text: string}[]} */
export function items(app) {
  const { lights, state } = app.model;
  if (!lights) return [];
  const usesBeacon = state.present?.entropy !== "dice";
  const { relays, log, witnesses, clock_offset: offset } = lights;
  const up = relays.filter((/** @type {any} */ one) => one.is_up).length;
  const s = offset === null ? "" : Math.abs(offset).toFixed(1);
  const isClock = offset !== null && Math.abs(offset) < MOST;
  const isSeen = witnesses.named > 0 && witnesses.signed >= witnesses.quorum && witnesses.behind < 8;
  const seen = isSeen ? T.witnessOk : witnesses.named ? T.witnessLate : T.witnessNone;
  const isPrinting = sessionStorage.getItem(app.slot("printer")) === "yes";
  return [
    {
      id: "relays",
      isGood: !usesBeacon || up >= 2,
      text: app.t(!usesBeacon ? T.relaysUnused : up >= 2 ? T.relaysOk : T.relaysFew, { n: up, of: relays.length }),
    },
    {
      id: "clock",
      isGood: isClock || (!usesBeacon && offset === null),
      text: app.t(offset === null ? T.clockUnknown : isClock ? T.clockOk : T.clockOff, { s }),
    },
    { id: "log", isGood: log.is_writable, text: app.t(log.is_writable ? T.logOk : T.logDown, { why: log.why }) },
    {
      id: "witnesses",
      isGood: isSeen || !witnesses.named,
      text: app.t(seen, { n: witnesses.signed, of: witnesses.named }),
    },
    { id: "printer", isGood: isPrinting, text: app.t(isPrinting ? T.printer : T.printOff) },
  ];
}

/** How many things will not do. @param {App} app @returns {number} */
export const failing = (app) => items(app).filter(({ isGood }) => !isGood).length;

/** @param {App} app @returns {HTMLElement} */
export function checkList(app) {
  const found = app.model.isChecking ? [] : items(app);
  const rows = found.map(({ id, isGood, text }) =>
    el(
      "li",
      { class: isGood ? "is-good" : "is-bad", "data-check": id },
      el("b", { class: "mark" }, isGood ? "✓" : "✗"),
      el("span", {}, text),
    ),
  );
  const box = el("input", { type: "checkbox", id: "c-printer" });
  if (sessionStorage.getItem(app.slot("printer")) === "yes") box.setAttribute("checked", "");
  box.addEventListener("change", () => {
    sessionStorage.setItem(app.slot("printer"), /** @type {HTMLInputElement} */ (box).checked ? "yes" : "no");
    app.onChange();
  });
  return el(
    "section",
    { class: "check", "aria-label": app.t(T.check) },
    el("h3", {}, app.t(T.check)),
    found.length ? el("ul", {}, ...rows) : el("p", {}, app.t(T.checking)),
    el("p", { class: "tick" }, box, el("label", { for: "c-printer" }, app.t(T.printer))),
  );
}
