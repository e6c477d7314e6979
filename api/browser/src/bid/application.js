/**
 * An application to be prequalified 资格预审申请: sealed on the applicant's device for those who will judge it, and opened
 * on theirs.
 *
 * `<section data-application-seal data-recipients="age1… age1…">` holds a letter and a paper, and puts the sealed file
 * into the form's field `sealed`; `<section data-applications>` opens what `[data-application]` elements name.
 */

import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { Decrypter, Encrypter } from "age-encryption";
import { el, languageOf, whenReady } from "../dom.js";
import { NotDone, letSend, saveLink } from "./ask.js";
import { identitiesOf } from "./identity.js";
import { WORDS } from "./words.js";

const FORMAT = "mingtang-application/2";

/** @typedef {{text: string[], paper: {name: string, bytes: Uint8Array} | null}} Application */

/** @param {Application} application @param {string[]} recipients @returns {Promise<Uint8Array>} */
export function sealApplication({ text, paper }, recipients) {
  const head = JSON.stringify({ text, file: paper && { name: paper.name, size: paper.bytes.length } });
  const encrypter = new Encrypter();
  for (const one of recipients) encrypter.addRecipient(one);
  return encrypter.encrypt(concatBytes(utf8ToBytes(`${FORMAT}\n${head}\n`), paper?.bytes ?? new Uint8Array()));
}

/**
 * Null where these identities open nothing.
 * @param {Uint8Array} sealed @param {string[]} identities @returns {Promise<Application | null>}
 */
export async function openApplication(sealed, identities) {
  const decrypter = new Decrypter();
  for (const one of identities) decrypter.addIdentity(one);
  try {
    const plain = await decrypter.decrypt(sealed);
    const end = plain.indexOf(10, FORMAT.length + 1);
    const read = (/** @type {number} */ from, /** @type {number} */ to) =>
      new TextDecoder("utf-8", { fatal: true }).decode(plain.subarray(from, to));
    if (end < 0 || read(0, FORMAT.length + 1) !== `${FORMAT}\n`) return null;
    const { text, file } = JSON.parse(read(FORMAT.length + 1, end));
    const paper = file && { name: String(file.name), bytes: plain.subarray(end + 1) };
    return { text: text.map(String), paper };
  } catch {
    return null;
  }
}

/** @param {HTMLElement} section */
function seal(section) {
  const say = (/** @type {string} */ name) => WORDS[name][languageOf(section)];
  const at = (/** @type {string} */ name) => /** @type {any} */ (section.querySelector(`[name=${name}]`));
  const out = /** @type {HTMLElement} */ (section.querySelector("[data-result]"));

  async function sealed() {
    const [paper] = /** @type {File[]} */ ([...at("paper").files]);
    const text = at("letter").value.split("\n").filter(Boolean);
    const bytes = paper && new Uint8Array(await paper.arrayBuffer());
    const application = { text, paper: paper ? { name: paper.name.slice(-200), bytes } : null };
    const data = await sealApplication(application, (section.dataset.recipients ?? "").split(" "));
    const file = new File([/** @type {BlobPart} */ (data)], "application.age", { type: "application/octet-stream" });
    const carried = new DataTransfer();
    carried.items.add(file);
    const field = /** @type {HTMLInputElement} */ (document.querySelector("form input[name=sealed]"));
    field.files = carried.files;
    out.replaceChildren(
      el("p", { class: "notice good", role: "status" }, say("applicationSealed")),
      el("p", {}, saveLink(say("sealedFile"), file.name, /** @type {BlobPart} */ (data))),
    );
  }

  section.querySelector("button")?.addEventListener("click", () => {
    sealed().catch((error) =>
      out.replaceChildren(el("p", { class: "notice bad", role: "alert" }, say("failed") + error.message)),
    );
  });
}

/** @param {HTMLElement} section */
function open(section) {
  const say = (/** @type {string} */ name) => WORDS[name][languageOf(section)];
  const form = /** @type {HTMLFormElement} */ (section.querySelector("form"));
  const fault = /** @type {HTMLElement} */ (section.querySelector("[data-fault]"));

  async function opened() {
    const kept = (await identitiesOf(form)).map(({ identity }) => identity);
    if (!kept.length) throw new NotDone(say("noKey"));
    const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-application]"));
    for (const place of places) {
      const answer = await fetch(place.dataset.application ?? "", { cache: "no-store" });
      if (!answer.ok) throw new NotDone(String(answer.status));
      const found = await openApplication(new Uint8Array(await answer.arrayBuffer()), kept);
      if (!found) {
        place.replaceChildren(el("p", { class: "notice bad" }, say("notForThisKey")));
        continue;
      }
      const lines = found.text.map((line) => el("p", {}, line));
      const { paper } = found;
      if (paper) lines.push(el("p", {}, saveLink(paper.name, paper.name, /** @type {BlobPart} */ (paper.bytes))));
      place.replaceChildren(...lines);
    }
    fault.replaceChildren();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    opened().catch((error) => fault.replaceChildren(say("failed") + error.message));
  });
  letSend(form);
}

if (globalThis.document) {
  const each = (/** @type {string} */ which, /** @type {(section: HTMLElement) => void} */ start) =>
    document.querySelectorAll(which).forEach((one) => start(/** @type {HTMLElement} */ (one)));
  whenReady(() => each("[data-application-seal]", seal));
  whenReady(() => each("[data-applications]", open));
}
