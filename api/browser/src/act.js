/**
 * Signed acts 签名行为 from a plain form: `<form data-act="KIND" data-subject="SUBJECT" data-organisation="ORG">`.
 *
 * The body is the JSON of `<script type="application/json" data-body>` with the fields `data-body-field` put in. On
 * submitting it is signed on this device, and the hidden field `signed_body` carries its canonical text with
 * `signatures`. This file also starts the panels of keys, which the same pages use.
 */

import { el, languageOf, whenReady } from "./dom.js";
import { fillKeyFields, mountKeyPanel, Refused, sign, storedKey } from "./keys.js";
import { encode } from "./protocol/canonical.js";
import { Fault, SENTENCES } from "./protocol/fault.js";

/** @typedef {import("./protocol/canonical.js").Json} Json */
/** @typedef {{[name: string]: Json}} Body */
/** @typedef {import("./keys.js").Signature} Signature */

/**
 * The canonical text of a body with one more signature. Signatures already there stay, ascending by key.
 * @param {string} secret  64 hex digits @param {string} kind @param {string} subject @param {Body} body
 * @returns {string}
 */
export function signedBody(secret, kind, subject, body) {
  const { signatures = [], ...bare } = body;
  const own = sign(secret, kind, subject, bare);
  const others = /** @type {Signature[]} */ (signatures).filter((other) => other.key !== own.key);
  const all = [...others, own].sort((a, b) => (a.key < b.key ? -1 : 1));
  return encode({ ...bare, signatures: all.map(({ key, signature }) => ({ key, signature })) });
}

/**
 * What a form field gives to the body.
 * @param {{value: string, isInteger?: boolean, isList?: boolean, isNullable?: boolean}} field
 * @returns {Json}
 * @throws {Refused} where a whole number is wanted
 */
export function fieldValue({ value, isInteger = false, isList = false, isNullable = false }) {
  const text = value.trim().normalize("NFC");
  if (isNullable && text === "") return null;
  if (isList) return text.split(/[\s,，、;；]+/).filter(Boolean);
  if (!isInteger) return text;
  if (!/^(0|[1-9][0-9]*)$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new Refused(`「${text}」不是整数`, `"${text}" is not a whole number`);
  }
  return Number(text);
}

/** Set `a.b` in a body; the objects on the way are made. @param {Body} body @param {string} path @param {Json} value */
export function putIn(body, path, value) {
  const names = path.split(".");
  const last = /** @type {string} */ (names.pop());
  let holder = /** @type {any} */ (body);
  for (const name of names) holder = holder[name] ??= {};
  holder[last] = value;
}

/** @param {HTMLFormElement} form @returns {Body} */
function bodyOf(form) {
  const body = JSON.parse(form.querySelector("script[data-body]")?.textContent ?? "{}");
  for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("[data-body-field]"))) {
    if (field.disabled || (field.type === "radio" && !field.checked)) continue;
    const { bodyField = "", int, list, nullable } = field.dataset;
    if (field.type === "hidden" && field.value === "" && nullable === undefined) {
      throw new Refused(
        `「${bodyField}」还没有填好，请先完成上一步`,
        `"${bodyField}" is still empty: do the step before first`,
      );
    }
    const value =
      field.type === "checkbox"
        ? field.checked
        : fieldValue({
            value: field.value,
            isInteger: int !== undefined,
            isList: list !== undefined,
            isNullable: nullable !== undefined,
          });
    putIn(body, bodyField, value);
  }
  return body;
}

/** @param {string} organisation  as people know it @returns {Refused} */
const noKey = (organisation) =>
  new Refused(
    `本机没有「${organisation}」的密钥，不能签名。请在「机构密钥」页用备份（MTKEY1-… 或其二维码）导入，再提交一次；填写的内容仍在。`,
    `This device holds no key of "${organisation}" and cannot sign. Import its backup (MTKEY1-…) on the key page, ` +
      "then submit again; what you entered is kept.",
  );

/** @param {unknown} error @returns {import("./dom.js").Words} */
function wordsOf(error) {
  if (error instanceof Refused) return error.words;
  if (!(error instanceof Fault)) throw error;
  const { zh, en } = SENTENCES[error.code];
  return { zh: `不能签名：${zh}（换行也算）`, en: `Cannot sign: ${en} (line breaks count)` };
}

/** @param {HTMLFormElement} form @param {import("./dom.js").Words | null} words */
function showProblem(form, words) {
  let place = /** @type {HTMLElement | null} */ (form.querySelector("[data-act-error]"));
  if (!place) {
    place = el("p", { "data-act-error": true, role: "alert", tabindex: "-1", class: "act-error" });
    form.prepend(place);
  }
  place.hidden = words === null;
  place.textContent = words ? words[languageOf(form)] : "";
  if (words) place.focus();
}

/** @param {HTMLFormElement} form @param {string} name @param {string} value */
function setHidden(form, name, value) {
  let field = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[type=hidden][name="${name}"]`));
  if (!field) {
    field = /** @type {HTMLInputElement} */ (el("input", { type: "hidden", name }));
    form.append(field);
  }
  field.value = value;
}

/** @param {SubmitEvent} event */
function onSubmit(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  const { act: kind, subject, organisation = "", organisationName = organisation } = form.dataset;
  if (!kind || !subject) return;
  event.preventDefault();
  try {
    const secret = storedKey(localStorage, organisation);
    if (!secret) throw noKey(organisationName);
    setHidden(form, "signed_body", signedBody(secret, kind, subject, bodyOf(form)));
  } catch (error) {
    showProblem(form, wordsOf(error));
    return;
  }
  showProblem(form, null);
  const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (button?.name) setHidden(form, button.name, button.value); // submit() below leaves the button out
  HTMLFormElement.prototype.submit.call(form); // fires no second submit event
}

/** Panels not yet filled, and fields: a live page brings new ones of both. */
function mountPanels() {
  for (const panel of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-key-organisation]"))) {
    if (panel.dataset.mounted === undefined) mountKeyPanel(panel);
    else fillKeyFields(panel);
    panel.dataset.mounted = "";
  }
}

if (typeof document !== "undefined") {
  document.addEventListener("submit", onSubmit); // on the document: also for forms that a live page swaps in
  document.addEventListener("mingtang:swapped", mountPanels);
  whenReady(mountPanels);
}
