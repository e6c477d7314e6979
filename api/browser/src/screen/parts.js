/** Pieces of the big screen's pictures. Every sentence stands twice: large in one language, smaller in the other. */

import { el, inFours } from "../dom.js";

/** @typedef {import("../protocol/fault.js").Words} Words */

const TAGS = { zh: "zh-CN", en: "en" };
/** @type {"zh" | "en"} */
let first = "zh";

/** Which language is the large one. @param {"zh" | "en"} language */
export function speak(language) {
  first = language;
}

/** The sentence in the large language alone, for labels and for being read aloud. @param {Words} words */
export const said = (words) => words[first];

/**
 * A sentence in both languages.
 * @param {Words} words @param {string} [name]  class @param {string} [tag]
 */
export function both(words, name = "", tag = "p") {
  const second = first === "zh" ? "en" : "zh";
  return el(
    tag,
    { class: `both ${name}`.trim() },
    el("span", { class: "first", lang: TAGS[first] }, words[first]),
    ...(words.zh === words.en ? [] : [" ", el("span", { class: "second", lang: TAGS[second] }, words[second])]),
  );
}

/**
 * Hexadecimal digits in groups of four; 64 of them in two halves, each on one line.
 * @param {string} digits
 */
export const hex = (digits) =>
  digits.length < 64
    ? el("span", { class: "hex" }, inFours(digits))
    : el(
        "span",
        { class: "hex" },
        el("span", { class: "half" }, inFours(digits.slice(0, 32))),
        " ",
        el("span", { class: "half" }, inFours(digits.slice(32))),
      );

/** A label and hexadecimal digits. @param {Words} label @param {string} digits @param {string} [name] */
export const digest = (label, digits, name = "") =>
  el("p", { class: `digest ${name}`.trim() }, both(label, "label", "span"), " ", hex(digits));

/** A sign that needs no colour, and its words. @param {string} sign @param {Words} words @param {string} outcome */
export const marked = (sign, words, outcome) =>
  el(
    "span",
    { class: "marked", "data-outcome": outcome },
    el("span", { class: "sign", "aria-hidden": "true" }, sign),
    " ",
    both(words, "", "span"),
  );

/** ✓ is good, ✗ is bad, anything else is open. @param {string} sign */
export const outcomeOf = (sign) => ({ "✓": "good", "✗": "bad" })[sign] ?? "open";

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", timeStyle: "medium", hourCycle: "h23" });
const DAY = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", dateStyle: "short" });

/** `14:12:45` in Beijing. @param {number} milliseconds */
export const clockTime = (milliseconds) => CLOCK.format(milliseconds);

/** `14:00`, and the date before it if it is not today. @param {number} milliseconds @param {number} now */
export function dayTime(milliseconds, now) {
  const time = clockTime(milliseconds).slice(0, 5);
  const day = DAY.format(milliseconds);
  return day === DAY.format(now) ? time : `${day} ${time}`;
}

/** `mm:ss`, or `h:mm:ss` from an hour on. @param {number} seconds @returns {string} */
export function timeSpan(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const rest = `${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest}`;
}

/**
 * The chance of first place, balls / total, in percent to two places, half up.
 * @param {number} balls @param {number} total
 */
export function chance(balls, total) {
  const hundredths = Math.floor((balls * 20_000 + total) / (2 * total));
  return `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, "0")} %`;
}
