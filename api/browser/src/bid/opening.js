/**
 * The opening as everyone sees it 开标: `<section data-opening data-url data-after>`; rows come as bids are opened.
 *
 * The page shows without this script what there was when it was asked for.
 */

import { el, languageOf, whenReady } from "../dom.js";
import { NotDone, ask } from "./ask.js";
import { clockOf, stageOf, yuan } from "./progress.js";
import { BONDS, CUSTODY, OUTCOMES, QUOTES, WORDS } from "./words.js";

const OFTEN = 1000; // milliseconds
const SELDOM = 10_000;

/** @param {HTMLElement} section */
function start(section) {
  const lang = languageOf(section);
  const say = (/** @type {string} */ name) => WORDS[name][lang];
  const at = (/** @type {string} */ name) => /** @type {HTMLElement} */ (section.querySelector(`[data-${name}]`));
  const rows = at("bids");
  const bar = /** @type {HTMLProgressElement} */ (at("progress"));
  let shown = Number(section.dataset.after);
  let [ahead, state] = /** @type {[number, any]} */ ([0, null]); // the server's clock less this one

  const tick = () => {
    if (!state) return;
    const stage = stageOf({ ...state, now: Date.now() + ahead });
    const left = state.deadline === null ? 0 : Math.max(0, state.deadline - (Date.now() + ahead) / 1000);
    at("stage").textContent = stage === "before" ? `${say("before")} ${clockOf(Math.ceil(left), lang)}` : say(stage);
    section.dataset.stage = stage;
  };

  async function look() {
    let again = SELDOM;
    try {
      const url = section.dataset.url ?? "";
      state = await ask(`${url}${url.includes("?") ? "&" : "?"}after=${shown}`);
      ahead = state.now - Date.now();
      rows.append(...state.bids.map((/** @type {any} */ bid) => rowOf(bid, lang, section.dataset.days)));
      shown = state.opened;
      if (state.closed) {
        at("count").textContent = `${state.opened} / ${state.closed.bids}`;
        bar.max = Math.max(1, state.closed.bids);
        bar.value = state.opened;
        bar.hidden = false;
      }
      const stage = stageOf(state);
      again = ["done", "tooFew"].includes(stage) ? SELDOM : OFTEN;
      at("fault").hidden = true;
    } catch (error) {
      if (!(error instanceof NotDone)) throw error;
      at("fault").textContent = say("lost");
      at("fault").hidden = false;
    }
    tick();
    setTimeout(look, again);
  }

  setInterval(tick, OFTEN);
  look();
}

/** @param {any} bid @param {"zh" | "en"} lang @param {string} [days]  what the time is called, by what is bought */
function rowOf(bid, lang, days) {
  const called = (/** @type {string} */ name) => (name === "duration_days" && days) || (QUOTES[name]?.[lang] ?? name);
  const quotes = bid.quotes.map((/** @type {any} */ { name, value }) => `${called(name)} ${value}`);
  const bonds = bid.bonds.map((/** @type {string} */ form) =>
    el("span", { class: "sub" }, `${WORDS.bond[lang]} ${BONDS[form]?.[lang] ?? form}`),
  );
  const role = (/** @type {{lead: boolean}} */ one) => WORDS[one.lead ? "lead" : "member"][lang];
  const mark = (/** @type {{signed: boolean}} */ one) => WORDS[one.signed ? "signed" : "unsigned"][lang];
  const members = bid.members.map((/** @type {any} */ one) =>
    el("span", { class: "sub" }, `${role(one)} ${one.name} ${one.share_permille / 10}% · ${mark(one)}`),
  );
  if (members.length && !bid.agreement_sha256) members.push(el("span", { class: "sub" }, WORDS.noAgreement[lang]));
  const outcome = [OUTCOMES[bid.outcome][lang], bid.custody ? CUSTODY[bid.custody][lang] : "", bid.note ?? ""];
  return el(
    "tr",
    { "data-outcome": bid.outcome },
    el("td", { class: "figure" }, String(bid.number)),
    el("th", { scope: "row" }, bid.bidder, el("span", { class: "sub" }, bid.bidder_code), ...members),
    el("td", { class: "figure" }, bid.price_fen === null ? "—" : yuan(bid.price_fen)),
    el("td", {}, quotes.join("；") || (bonds.length ? "" : "—"), ...bonds),
    el("td", {}, outcome.filter(Boolean).join(" · ")),
    el("td", {}, el("a", { href: `/entries/${bid.seq}` }, String(bid.seq))),
  );
}

whenReady(() => document.querySelectorAll("[data-opening]").forEach((one) => start(/** @type {any} */ (one))));
