/**
 * A seat of an opening 开标席位: `<section data-bid-seat data-project data-lot data-seats>`. Its key is used here and
 * never leaves; what leaves are the shares that it opened, once bids are closed.
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import { el, languageOf, whenReady } from "../dom.js";
import { NotDone, ask, send } from "./ask.js";
import { identitiesOf } from "./identity.js";
import { openShare } from "./seal.js";
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

  section.querySelector("form[data-seat-give]")?.addEventListener("submit", (event) => {
    event.preventDefault();
    give(/** @type {HTMLFormElement} */ (event.target)).catch(fail);
  });

  /** @param {HTMLFormElement} form */
  async function give(form) {
    const kept = await identitiesOf(form);
    if (!kept.length) throw new NotDone(say("noKey"));
    const quote = Number(facts.quote ?? 0); // 0: the bids themselves
    const state = await ask(`${lot}/opening?quote=${quote}`);
    // Bids may have been sealed for the seat's key in an earlier plan: both keys may be given at once.
    const isMine = (/** @type {any} */ one) =>
      kept.some(({ recipient }) => one.recipient === recipient || one.former.includes(recipient));
    const seat = state.plan?.seats.find(isMine);
    if (!seat) throw new NotDone(say("otherKey"));
    if (!state.closed) throw new NotDone(say("notClosed"));
    const { bids } = await ask(state.closed.keys);
    const bar = /** @type {HTMLProgressElement} */ (el("progress", { max: String(bids.length), value: "0" }));
    const count = el("span", {}, "");
    tell(el("p", { role: "status" }, say("opening"), " ", bar, " ", count));
    /** @type {Record<string, string>} */
    const shares = {};
    for (const [i, { receipt, keys }] of bids.entries()) {
      for (const { identity } of kept) {
        const share = await openShare(seat.seat, identity, keys);
        if (share) shares[receipt] = bytesToHex(share);
      }
      if (i % AT_ONCE === 0 || i === bids.length - 1) {
        bar.value = i + 1;
        count.textContent = `${i + 1} / ${bids.length}`;
        await new Promise((resolve) => {
          setTimeout(resolve);
        });
      }
    }
    if (!Object.keys(shares).length) throw new NotDone(say("none"));
    const done = await send(`${lot}/shares`, { seat: seat.seat, shares, quote });
    const link = el("a", { href: done.seq === null ? "/log" : `/entries/${done.seq}` }, String(done.seq ?? ""));
    tell(
      el("p", { class: "notice good", role: "status", "data-given": true }, say("given"), " ", link),
      el("p", {}, `${Object.keys(shares).length} / ${bids.length}`),
    );
  }
}

whenReady(() => document.querySelectorAll("[data-bid-seat]").forEach((one) => start(/** @type {any} */ (one))));
