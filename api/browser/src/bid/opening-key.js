/**
 * An organisation's key at openings 开标公钥: made on its own device, where the identity stays, and looked at again later.
 *
 * `<section data-key-make data-organisation>` makes one and fills the form's field `recipient`.
 * `<form data-key-test>` with `<li data-recipient>` says which of these a kept identity opens.
 */

import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { cameraButton } from "../check/inputs.js";
import { el, languageOf, qrCode, whenReady } from "../dom.js";
import { letSend, saveLink } from "./ask.js";
import { identitiesIn, identitiesOf } from "./identity.js";
import { WORDS } from "./words.js";

/** @param {HTMLElement} section */
function mountMaking(section) {
  const lang = languageOf(section);
  const say = (/** @type {string} */ name) => WORDS[name][lang];
  const out = /** @type {HTMLElement} */ (section.querySelector("[data-made]"));
  const make = async () => {
    const identity = await generateX25519Identity();
    const recipient = await identityToRecipient(identity);
    const name = `opening-key-${section.dataset.organisation}-${recipient.slice(4, 12)}.txt`;
    out.replaceChildren(
      el("p", { class: "notice", role: "status" }, say("keyMade")),
      el(
        "div",
        { class: "bid-key" },
        qrCode(identity, say("keyCode")),
        el(
          "div",
          {},
          el("p", {}, saveLink(say("keyFile"), name, `# ${recipient}\n${identity}\n`)),
          el("p", {}, el("button", { type: "button", class: "secondary", onclick: () => print() }, say("print"))),
          el("p", {}, el("code", { "data-recipient": true }, recipient)),
        ),
      ),
    );
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector("input[name=recipient]"));
    if (field) field.value = recipient;
  };
  section.querySelector("[data-make]")?.addEventListener("click", make);
}

/** @param {HTMLFormElement} form */
function mountTest(form) {
  const lang = languageOf(form);
  const say = (/** @type {string} */ name) => WORDS[name][lang];
  const out = /** @type {HTMLElement} */ (form.querySelector("[data-key-answer]"));
  const known = new Map(
    [.../** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("li[data-recipient]"))].map((one) => [
      one.dataset.recipient ?? "",
      one.textContent ?? "",
    ]),
  );
  /** @param {import("./identity.js").Kept[]} kept @returns {boolean} whether one of them is right */
  const tell = (kept) => {
    const right = kept.filter(({ recipient }) => known.has(recipient));
    const lines = right.map(({ recipient }) =>
      el(
        "p",
        { class: "notice good", role: "status", "data-match": recipient },
        say("keyMatches") + known.get(recipient),
      ),
    );
    const wrong = kept.length ? say("keyDiffers") : say("noKey");
    out.replaceChildren(
      ...(lines.length ? lines : [el("p", { class: "notice bad", role: "alert" }, wrong)]),
      ...(lines.length ? [] : kept.map(({ recipient }) => el("p", {}, el("code", {}, recipient)))),
    );
    return right.length > 0;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    tell(await identitiesOf(form));
  });
  letSend(form);
  const camera = cameraButton(WORDS.scan, async (text) => tell(await identitiesIn(text)), (words) => words[lang]);
  form.querySelector("[data-key-scan]")?.replaceChildren(camera.part);
}

whenReady(() => {
  document.querySelectorAll("[data-key-make]").forEach((one) => mountMaking(/** @type {any} */ (one)));
  document.querySelectorAll("form[data-key-test]").forEach((one) => mountTest(/** @type {any} */ (one)));
});
