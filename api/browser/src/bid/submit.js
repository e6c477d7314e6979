/**
 * The bidder's page 投标: `<form data-bid-submit data-project data-lot data-round data-bidder data-plan>`.
 *
 * The files are sealed here, before anything leaves; then the key is saved, then the sealed file is sent.
 */

import { el, languageOf, qrCode, whenReady } from "../dom.js";
import { storedKey } from "../keys.js";
import { agreementIn, lineOf, signAgreement } from "./agreement.js";
import { NotDone, ask, fenOf, letSend, saveLink } from "./ask.js";
import { declaredIn } from "./declared.js";
import { yuan } from "./progress.js";
import { sealBid, sha256Hex } from "./seal.js";
import { WORDS } from "./words.js";

const MOST = 64 * 1024 * 1024 - 1024 * 1024;

/** @param {HTMLFormElement} form */
function start(form) {
  const lang = languageOf(form);
  const say = (/** @type {string} */ name) => WORDS[name][lang];
  const out = /** @type {HTMLElement} */ (form.parentElement?.querySelector("[data-bid-result]"));
  const facts = /** @type {Record<string, string>} */ ({ ...form.dataset });
  const button = /** @type {HTMLButtonElement} */ (form.querySelector("button[type=submit]"));
  const plan = /** @type {import("./seal.js").Plan} */ (JSON.parse(facts.plan));
  const withoutKey = !plan.seats.length ? "byTimelock" : plan.round_number === null ? "byShares" : "byBoth";

  const tell = (/** @type {(Node | string)[]} */ ...parts) => out.replaceChildren(...parts);
  const fail = (/** @type {unknown} */ error) => {
    console.error(error);
    const why = error instanceof Error ? error.message : String(error);
    tell(el("p", { class: "notice bad", role: "alert" }, say("failed") + why));
    button.disabled = false;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    tell(el("p", { role: "status" }, say("sealing")));
    seal().catch(fail);
  });
  letSend(form);

  async function seal() {
    const typed = new FormData(form);
    const text = (/** @type {string} */ name) => String(typed.get(name) ?? "").trim();
    const price = text("price") ? fenOf(text("price")) : null;
    if (text("price") && !price) throw new NotDone(say("price"));
    const files = /** @type {File[]} */ (typed.getAll("files")).filter(({ size, name }) => size || name);
    if (!files.length && !facts.quote) throw new NotDone(say("noFile")); // a quote may be a price and nothing else
    if (files.reduce((sum, { size }) => sum + size, 0) > MOST) throw new NotDone(say("tooLarge"));
    const quotes = [];
    if (text("duration_days")) {
      if (!/^\d{1,5}$/.test(text("duration_days"))) throw new NotDone(say("days"));
      quotes.push({ name: "duration_days", value: Number(text("duration_days")) });
    }
    if (text("quality")) quotes.push({ name: "quality", value: text("quality") });
    const named = await Promise.all(
      files.map(async (file) => ({ name: file.name.slice(-200), bytes: new Uint8Array(await file.arrayBuffer()) })),
    );
    const declared = declaredIn(text, say);
    const [agreed] = /** @type {File[]} */ (typed.getAll("agreement")).filter(({ size, name }) => size || name);
    const agreement = agreed && { name: agreed.name.slice(-200), bytes: new Uint8Array(await agreed.arrayBuffer()) };
    const sha256 = agreement ? sha256Hex(agreement.bytes) : "";
    if (agreement && !named.some(({ bytes }) => sha256Hex(bytes) === sha256)) named.push(agreement);
    const statement = {
      project: facts.project,
      lot: facts.lot,
      round: Number(facts.round),
      bidder_code: facts.bidder,
      price_fen: price,
      quotes,
      ...declared,
      ...agreementIn(
        { sha256, signatures: text("signatures"), own: signed(sha256), together: Boolean(declared.members) },
        say,
      ),
      ...(facts.quote ? { quote: Number(facts.quote) } : {}),
    };
    showKey(await sealBid(plan, statement, named), [
      price === null ? say("noPrice") : `${say("bidPrice")} ${yuan(price)}`,
      ...quotes.map(({ value }) => String(value)),
      ...named.map(({ name }) => name),
    ]);
  }

  /** The organisation's own signature, where this device holds its key. @param {string} sha256 */
  function signed(sha256) {
    const secret = storedKey(localStorage, facts.organisation);
    const about = { project: facts.project, lot: facts.lot, round: facts.round };
    return secret && sha256 ? signAgreement(secret, about, sha256) : null;
  }

  form.querySelector("[data-agreement-sign]")?.addEventListener("click", () => {
    const place = /** @type {HTMLElement} */ (form.querySelector("[data-agreement-signed]"));
    const [file] = /** @type {HTMLInputElement} */ (form.elements.namedItem("agreement")).files ?? [];
    (async () => {
      if (!file) throw new NotDone(say("agreement"));
      const own = signed(sha256Hex(new Uint8Array(await file.arrayBuffer())));
      if (!own) throw new NotDone(say("noOwnKey"));
      place.replaceChildren(say("giveToLead"), " ", el("code", {}, lineOf(own)));
    })().catch((error) => place.replaceChildren(error instanceof Error ? error.message : String(error)));
  });

  /** @param {Awaited<ReturnType<typeof sealBid>>} bid @param {string[]} what  is in it, to be read once more */
  function showKey(bid, what) {
    const name = `${facts.project}-${facts.lot}`.replace(/[^\w.-]/g, "_");
    const about = `# ${facts.project} / ${facts.lot} / ${facts.round}\n# SHA-256 ${sha256Hex(bid.sealed)}\n`;
    const sendNow = el("button", { type: "button", disabled: true, "data-bid-send": true }, say("send"));
    const kept = el("input", {
      type: "checkbox",
      id: "bid-kept",
      onchange: (/** @type {Event} */ event) =>
        sendNow.toggleAttribute("disabled", !(/** @type {HTMLInputElement} */ (event.target).checked)),
    });
    sendNow.addEventListener("click", () => {
      sendNow.setAttribute("disabled", "");
      sendNow.textContent = say("sending");
      submit(bid, name).catch(fail);
    });
    tell(
      el("p", { class: "notice", role: "status" }, say("sealed"), " ", say(withoutKey)),
      el("p", { "data-sealed": true }, say("holds"), what.join(lang === "zh" ? "；" : "; ")),
      el("p", {}, say("digest"), " ", el("code", {}, sha256Hex(bid.sealed))),
      el("div", { class: "bid-key" }, qrCode(bid.identity, say("keyCode")), el("code", {}, bid.identity)),
      el(
        "p",
        { class: "links" },
        saveLink(say("keyFile"), `${name}.key.txt`, `${about}${bid.identity}\n`),
        " ",
        el("button", { type: "button", class: "secondary", onclick: () => print() }, say("print")),
      ),
      el("p", {}, kept, " ", el("label", { for: "bid-kept" }, say("kept"))),
      el("p", {}, sendNow),
    );
    button.disabled = false;
    out.scrollIntoView({ block: "start" });
  }

  /** @param {Awaited<ReturnType<typeof sealBid>>} bid @param {string} name */
  async function submit(bid, name) {
    const body = new FormData();
    body.set("sealed", new Blob([/** @type {BlobPart} */ (bid.sealed)]), "bid.age");
    body.set("keys", bid.keys);
    body.set("plain_sha256", bid.plain_sha256);
    if (facts.replaces) body.set("replaces", facts.replaces);
    if (facts.quote) body.set("quote", facts.quote);
    const lot = `/api/v1/projects/${encodeURIComponent(facts.project)}/lots/${encodeURIComponent(facts.lot)}`;
    const done = await ask(`${lot}/bids`, { method: "POST", body });
    const held = await ask(`/api/v1/bids/${done.bid}/statement`);
    const own = JSON.stringify({ salt: held.salt, statement: held.statement });
    const links = [
      saveLink(say("statement"), `${name}.statement.json`, own),
      saveLink(say("sealedFile"), `${name}.age`, /** @type {BlobPart} */ (bid.sealed)),
    ];
    if (done.seq !== null) {
      links.unshift(
        /** @type {HTMLAnchorElement} */ (
          el("a", { href: `/log/receipt/${done.seq}`, download: `${name}.tlog-proof` }, say("proof"))
        ),
        /** @type {HTMLAnchorElement} */ (
          el("a", { href: `/log/entry/${done.seq}`, download: `${name}.entry.json` }, say("entry"))
        ),
      );
    }
    tell(
      el(
        "p",
        { class: "notice good", role: "status" },
        say("received"),
        " ",
        el("code", { "data-bid": true }, done.bid),
      ),
      el("ul", { class: "links" }, ...links.map((one) => el("li", {}, one))),
      el("p", { class: "quiet" }, say("verify")),
      el("p", {}, saveLink(say("keyFile"), `${name}.key.txt`, `${bid.identity}\n`)),
      el("p", {}, el("a", { href: `/desk/bids/${done.bid}` }, say("receipt"))),
    );
    form.remove();
  }
}

whenReady(() => document.querySelectorAll("form[data-bid-submit]").forEach((form) => start(/** @type {any} */ (form))));
