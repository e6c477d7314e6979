/**
 * A seat of an opening 开标席位: `<section data-bid-seat data-project data-lot>`. Its key is used here and never leaves;
 * what leaves are the shares that it opened, once bids are closed. Who holds several seats gives for all at once.
 */

import { el, languageOf, whenReady } from "../dom.js";
import { NotDone, ask, letSend, send } from "./ask.js";
import { identitiesOf } from "./identity.js";
import { seatsOf, sharesOf } from "./shares.js";
import { WORDS } from "./words.js";

const AT_ONCE = 20; // shares between two moments in which the page can be drawn

/** @param {HTMLElement} section */
function start(section) {
  const lang = languageOf(section);
  const say = (/** @type {string} */ name) => WORDS[name][lang];
  const at = (/** @type {string} */ name) => /** @type {HTMLElement} */ (section.querySelector(`[data-${name}]`));
  const out = at("seat-result");
  const facts = section.dataset;
  const lot = `/api/v1/projects/${encodeURIComponent(facts.project ?? "")}/lots/${encodeURIComponent(facts.lot ?? "")}`;

  const tell = (/** @type {(Node | string)[]} */ ...parts) => out.replaceChildren(...parts);
  const fail = (/** @type {unknown} */ error) =>
    tell(el("p", { class: "notice bad", role: "alert" }, say("failed") + /** @type {Error} */ (error).message));

  const form = section.querySelector("form[data-seat-give]");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    give(/** @type {HTMLFormElement} */ (event.target)).catch(fail);
  });
  letSend(form);

  /** @param {HTMLFormElement} form */
  async function give(form) {
    const kept = await identitiesOf(form);
    if (!kept.length) throw new NotDone(say("noKey"));
    const quote = Number(facts.quote ?? 0); // 0: the bids themselves
    const state = await ask(`${lot}/opening?quote=${quote}`);
    const mine = state.plan ? seatsOf(state.plan.seats, kept) : [];
    if (!mine.length) throw new NotDone(say("otherKey"));
    if (!state.closed) throw new NotDone(say("notClosed"));
    const { bids } = await ask(state.closed.keys);
    const all = bids.length * mine.length;
    const bar = /** @type {HTMLProgressElement} */ (el("progress", { max: String(all), value: "0" }));
    const count = el("span", {}, "");
    tell(el("p", { role: "status" }, say("opening"), " ", bar, " ", count));
    let done = 0;
    const step = async () => {
      done += 1;
      if (done % AT_ONCE !== 1 && done !== all) return;
      bar.value = done;
      count.textContent = `${done} / ${all}`;
      await new Promise((resolve) => {
        setTimeout(resolve);
      });
    };
    const told = [];
    for (const { seat } of mine) {
      const shares = await sharesOf(seat, kept, bids, step);
      told.push(...(await hand(seat, shares, quote, bids.length).catch((error) => [refused(seat, error)])));
    }
    tell(...told);
  }

  /**
   * One act for each seat.
   * @param {string} seat @param {Record<string, string>} shares @param {number} quote @param {number} bids
   */
  async function hand(seat, shares, quote, bids) {
    const found = Object.keys(shares).length;
    if (!found) throw new NotDone(say("none"));
    const { seq } = await send(`${lot}/shares`, { seat, shares, quote });
    const link = el("a", { href: seq === null ? "/log" : `/entries/${seq}` }, String(seq ?? ""));
    return [
      el("p", { class: "notice good", role: "status", "data-given": seat }, `${seat} `, say("given"), " ", link),
      el("p", {}, `${found} / ${bids}`),
    ];
  }

  /** What became of the other seats is told beside it. @param {string} seat @param {unknown} error */
  function refused(seat, error) {
    if (!(error instanceof NotDone)) throw error;
    return el("p", { class: "notice bad", role: "alert" }, `${seat} ${say("failed")}${error.message}`);
  }
}

whenReady(() => document.querySelectorAll("[data-bid-seat]").forEach((one) => start(/** @type {any} */ (one))));
