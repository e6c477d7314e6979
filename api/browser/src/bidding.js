/**
 * Open bidding 竞价 as it happens: `<section data-bidding data-url data-offers data-paddle data-server-time>`.
 *
 * Prices, offers and the time left come from the stream; the countdown runs by the server's clock, and how far this
 * computer's clock is from it is shown. Arrow keys move by one step, page keys by ten, Enter offers.
 */

import { el, languageOf, whenReady } from "./dom.js";
import { followState } from "./state-stream.js";

const TICK = 100; // milliseconds
const PAGE = 10; // steps of the page keys
const FAR = 10; // steps over the least from which an offer is asked about once more

/** @type {Record<string, {zh: string, en: string}>} */
const WORDS = {
  left: { zh: "距结束", en: "Time left" },
  over: { zh: "已结束，等待结果", en: "Over, waiting for the result" },
  ended: { zh: "已结束", en: "Over" },
  paused: { zh: "已暂停", en: "Suspended" },
  none: { zh: "还没有报价", en: "No offer yet" },
  paddle: { zh: "号牌", en: "Paddle" },
  own: { zh: "（本单位）", en: " (yours)" },
  ahead: { zh: "本机时钟快", en: "This computer's clock is ahead by" },
  behind: { zh: "本机时钟慢", en: "This computer's clock is behind by" },
  seconds: { zh: "秒", en: "s" },
  day: { zh: "天", en: "d" },
  yuan: { zh: " 元", en: " yuan" },
  number: { zh: "序号", en: "No." },
  price: { zh: "报价", en: "Offer" },
  time: { zh: "时间", en: "Time" },
  entry: { zh: "条目", en: "Entry" },
  amount: { zh: "请填写金额，最多两位小数", en: "Fill in an amount with two decimals at most" },
  low: { zh: "报价不得低于", en: "Offer at least" },
  step: { zh: "报价须为起始价加整数个加价幅度", en: "Offers are the starting price and whole steps" },
  sure: { zh: "报价高出最低可报价十个幅度以上，确认请再按一次", en: "That is ten steps over the least: once more to confirm" },
  sent: { zh: "报价已受理", en: "The offer is taken" },
  lost: { zh: "没有收到答复，请看报价记录后再报", en: "No answer came: look at the list before you offer again" },
};

/** Yuan, with two decimals and the thousands apart. @param {number} fen @returns {string} */
export const yuan = (fen) =>
  `${String(Math.trunc(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ",")}.${String(fen % 100).padStart(2, "0")}`;

/** Yuan as it is typed to fen; null where it is no amount. @param {string} text @returns {number | null} */
export function fenOf(text) {
  const found = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text.replace(/[,，\s]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}

/** To the tenth in the last minute. @param {number} milliseconds @param {string} [day] its word @returns {string} */
export function leftOf(milliseconds, day = "d") {
  const left = Math.max(0, milliseconds);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  if (left < 60_000) return (Math.ceil(left / 100) / 10).toFixed(1);
  const seconds = Math.ceil(left / 1000);
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  return `${days ? `${days} ${day} ` : ""}${two(hours)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

/** Beijing time. @param {number} at  Unix milliseconds @returns {string} */
export const clockOf = (at) => new Date(at + 8 * 3_600_000).toISOString().slice(11, 19);

/** @typedef {{starting_fen: number, step_fen: number, least_fen: number}} Prices */

/**
 * The amount some steps away that may be offered: never below the least, always on a step.
 * @param {number | null} typed @param {number} steps @param {Prices} state @returns {number}
 */
export function moved(typed, steps, state) {
  const from = typed === null ? state.least_fen : typed;
  const onStep = Math.floor((from - state.starting_fen) / state.step_fen) * state.step_fen + state.starting_fen;
  return Math.max(state.least_fen, (typed === null ? state.least_fen : onStep) + steps * state.step_fen);
}

/**
 * What is wrong with an amount, by its word; "" where it may be offered.
 * @param {number | null} fen @param {Prices} state @returns {string}
 */
export function faultOf(fen, state) {
  if (fen === null) return "amount";
  if (fen < state.least_fen) return "low";
  return (fen - state.starting_fen) % state.step_fen ? "step" : "";
}

/** @param {HTMLElement} section */
function start(section) {
  const lang = languageOf(section);
  const say = (/** @type {string} */ name) => WORDS[name][lang];
  const at = (/** @type {string} */ name) => /** @type {HTMLElement} */ (section.querySelector(`[data-${name}]`));
  const own = section.dataset.paddle ?? "";
  const had = Boolean(section.querySelector("[data-form]"));
  /** @type {any} */
  let state = null;

  const show = (/** @type {any} */ fresh) => {
    state = fresh;
    if (state.result && had) return location.reload(); // names and the reserve, as the server tells them
    at("price").textContent = state.price_fen === null ? "—" : yuan(state.price_fen) + say("yuan");
    const mine = own && state.paddle === own ? say("own") : "";
    at("holder").textContent = state.paddle === null ? say("none") : `${say("paddle")} ${state.paddle}${mine}`;
    at("count").textContent = String(state.offers);
    at("rows").replaceChildren(...state.newest.map((/** @type {any} */ one) => rowOf(one, own, say)));
    form?.allow();
  };
  const form = had ? offering(section, say, () => state) : null;
  const lost = (/** @type {boolean} */ isLost) => {
    at("lost").hidden = !isLost;
  };
  const stream = followState(section.dataset.url ?? "", show, lost, Number(section.dataset.serverTime));
  setInterval(() => {
    const now = stream.now();
    at("clock").textContent = clockOf(now);
    const off = Date.now() - now;
    at("offset").textContent =
      `${say(off >= 0 ? "ahead" : "behind")} ${(Math.abs(off) / 1000).toFixed(2)} ${say("seconds")}`;
    if (!state) return;
    const left = state.ends_at - now;
    at("left-label").hidden = Boolean(state.result) || state.ends_at === null || left < 0;
    if (state.result) at("left").textContent = say("ended");
    else if (state.ends_at === null) at("left").textContent = say("paused");
    else at("left").textContent = left < 0 ? say("over") : leftOf(left, say("day"));
  }, TICK);
}

/** @param {any} one @param {string} own @param {(name: string) => string} say */
const rowOf = (one, own, say) =>
  el(
    "tr",
    one.paddle === own ? { class: "own" } : {},
    el("td", { class: "figure", "data-label": say("number") }, String(one.number)),
    el("th", { scope: "row" }, one.paddle),
    el("td", { class: "figure", "data-label": say("price") }, yuan(one.price_fen) + say("yuan")),
    el("td", { "data-label": say("time") }, `${clockOf(one.at)}.${String(one.at % 1000).padStart(3, "0")}`),
    el("td", { "data-label": say("entry") }, el("a", { href: `/entries/${one.seq}` }, String(one.seq))),
  );

/**
 * The bidder's form.
 * @param {HTMLElement} section @param {(name: string) => string} say @param {() => any} current  the newest state
 * @returns {{allow: () => void}}
 */
function offering(section, say, current) {
  const form = /** @type {HTMLFormElement} */ (section.querySelector("[data-form]"));
  const field = /** @type {HTMLInputElement} */ (form.querySelector("input"));
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button"));
  const answer = /** @type {HTMLElement} */ (form.querySelector("[data-answer]"));
  let isSending = false;
  /** @type {number | null} */
  let asked = null; // the far amount that was asked about

  const allow = () => {
    const state = current();
    field.disabled = !state;
    button.disabled = !state || isSending;
    if (state && document.activeElement !== field && field.value === "") field.placeholder = yuan(state.least_fen);
  };
  field.addEventListener("keydown", (event) => {
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: PAGE, PageDown: -PAGE }[event.key];
    const state = current();
    if (!steps || !state || event.isComposing) return;
    event.preventDefault();
    const typed = fenOf(field.value);
    field.value = yuan(typed === null && steps === 1 ? state.least_fen : moved(typed, steps, state));
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const state = current();
    if (isSending || !state) return;
    const fen = fenOf(field.value);
    const fault = faultOf(fen, state);
    if (fault || fen === null) {
      answer.textContent = fault === "low" ? `${say("low")} ${yuan(state.least_fen)}` : say(fault || "amount");
      field.focus();
      return;
    }
    if (fen >= state.least_fen + FAR * state.step_fen && asked !== fen) {
      asked = fen;
      answer.textContent = say("sure");
      return;
    }
    isSending = true;
    allow();
    answer.textContent = await send(section.dataset.offers ?? "", fen, say);
    isSending = false;
    asked = null;
    field.value = "";
    allow();
    field.focus();
  });
  return { allow };
}

/**
 * Send an offer.
 * @param {string} url @param {number} fen @param {(name: string) => string} say @returns {Promise<string>} what to tell
 */
async function send(url, fen, say) {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ price_fen: fen }),
    });
    const told = await response.json();
    return response.ok ? `${say("sent")} ${yuan(fen)}${told.seq === null ? "" : ` · ${told.seq}`}` : told.detail;
  } catch {
    return say("lost");
  }
}

if (typeof document !== "undefined") {
  whenReady(() => document.querySelectorAll("[data-bidding]").forEach((one) => start(/** @type {any} */ (one))));
}
