/** 帮会场取随机数: a telephone with a network fetches the round for a hall without one, and shows it as a code. */

import { el, qrCode } from "../dom.js";
import { readRound, roundCode } from "../protocol/round-code.js";
import { TEXTS } from "./words.js";

/** @typedef {import("../protocol/fault.js").Words} Words */

const RELAYS = ["https://api.drand.sh", "https://drand.cloudflare.com"];
const CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";

/**
 * @param {import("./ask.js").Ask} ask @param {(words: Words) => string} say
 * @param {string} wanted  the round that the hall waits for, or ""
 * @returns {HTMLElement}
 */
export function roundPart(ask, say, wanted) {
  const round = /** @type {HTMLInputElement} */ (
    el("input", { type: "text", inputmode: "numeric", autocomplete: "off", maxlength: "16", oninput: () => point() })
  );
  const links = el("ul", { class: "verify-relays" });
  const area = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "4", spellcheck: "false" }));
  const outcome = el("div", { class: "verify-round-outcome", role: "status" });
  const number = () => (/^[1-9][0-9]{0,15}$/.test(round.value.trim()) ? Number(round.value) : 0);
  const point = () =>
    links.replaceChildren(
      ...(number() ? RELAYS : []).map((relay) => {
        const href = `${relay}/${CHAIN}/public/${number()}`;
        return el("li", {}, el("a", { href, target: "_blank", rel: "noreferrer" }, href));
      }),
    );
  const check = async () => {
    const found = readRound(area.value, number());
    if (!found) {
      outcome.replaceChildren(el("p", {}, say(TEXTS.roundNone)));
      return;
    }
    const isOther = number() && number() !== found.round; // the hall asked for one round and no other
    const isGenuine = !isOther && (await ask({ kind: "round", ...found }));
    outcome.dataset.ok = String(isGenuine);
    if (isGenuine) {
      const text = roundCode(found.round, found.signature);
      outcome.replaceChildren(el("p", {}, `✓ ${say(TEXTS.roundGood)}`), qrCode(text, text), el("code", {}, text));
    } else outcome.replaceChildren(el("p", {}, `✗ ${say(TEXTS.roundBad)}`));
  };
  round.value = wanted;
  point();
  return el(
    "details",
    { class: "verify-round", open: wanted !== "" },
    el("summary", {}, say(TEXTS.round)),
    el("p", {}, say(TEXTS.roundWhy)),
    el("p", {}, el("label", {}, say(TEXTS.roundNumber), " ", round)),
    el("p", {}, say(TEXTS.roundOpen)),
    links,
    el("p", {}, el("label", {}, say(TEXTS.roundPaste), area)),
    el("p", {}, el("button", { type: "button", onclick: check }, say(TEXTS.roundGo))),
    outcome,
  );
}
