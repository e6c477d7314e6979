/**
 * An organisation's signing key: made in its own browser, kept there, backed up on paper. Only the public half leaves.
 *
 * Ed25519 comes from @noble/curves and not from WebCrypto, so that a hall's server without a certificate will do
 * (crypto.subtle needs a secure context; crypto.getRandomValues does not).
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { el, inFours, languageOf, qrCode } from "./dom.js";
import { checkValue, digest, encode } from "./protocol/canonical.js";

/** @typedef {import("./protocol/canonical.js").Json} Json */
/** @typedef {Pick<Storage, "getItem" | "setItem">} Store */
/** @typedef {{key: string, signature: string}} Signature  64 and 128 lower-case hex digits */

const BODY_DEPTH = 31; // an entry is nested 32 deep at most, and its body is the second level

/** Shown to people in both languages. */
export class Refused extends Error {
  /** @param {string} zh @param {string} en */
  constructor(zh, en) {
    super(en);
    this.name = "Refused";
    this.words = { zh, en };
  }
}

/** 32 random bytes as 64 hex digits. @returns {string} */
export const randomHex = () => bytesToHex(crypto.getRandomValues(new Uint8Array(32)));

const slot = (/** @type {string} */ organisation) => `mingtang-key/${organisation}`;

/**
 * The secret key on this device, 64 hex digits.
 * @param {Store} store
 * @param {string} organisation
 * @returns {string | null}
 */
export const storedKey = (store, organisation) => store.getItem(slot(organisation));

/** @param {string} secret  64 hex digits @returns {string} 64 hex digits */
export const publicKey = (secret) => bytesToHex(ed25519.getPublicKey(hexToBytes(secret)));

/** Make a key and keep it. @param {Store} store @param {string} organisation @returns {string} the secret */
export function makeKey(store, organisation) {
  if (storedKey(store, organisation))
    throw new Refused("本机已有该机构的密钥，不能再生成", "this device already holds a key of the organisation");
  return keep(store, slot(organisation), randomHex());
}

/**
 * Write, and read back: a browser in private mode may drop what it is given.
 * @param {Store} store @param {string} name @param {string} value @returns {string} the value
 */
export function keep(store, name, value) {
  try {
    store.setItem(name, value);
  } catch {
    /* the next line says so */
  }
  if (store.getItem(name) !== value)
    throw new Refused(
      "此浏览器不保存数据，请换一台设备或退出无痕模式",
      "this browser keeps no data: use another one, or leave private mode",
    );
  return value;
}

const checksum = (/** @type {string} */ secret) => digest(`mingtang-key/1\n${secret}\n`).slice(0, 8);

/**
 * The backup: `MTKEY1-` 64 digits `-` 8 digits of a checksum; upper case, which makes a smaller QR code.
 * @param {string} secret
 */
export const exportKey = (secret) => `MTKEY1-${secret}-${checksum(secret)}`.toUpperCase();

/** @param {string} text  blanks and letter case do not matter @returns {string} the secret @throws {Refused} */
export function readExportedKey(text) {
  const match = /^mtkey1-([0-9a-f]{64})-([0-9a-f]{8})$/.exec(text.replace(/\s/g, "").toLowerCase());
  if (!match) throw new Refused("不是密钥备份：应以 MTKEY1- 开头", "not a key backup: it begins with MTKEY1-");
  if (checksum(match[1]) !== match[2])
    throw new Refused("密钥备份有误：校验码不符", "the key backup has an error: wrong checksum");
  return match[1];
}

/**
 * Take a backup over to this device.
 * @param {Store} store
 * @param {string} organisation
 * @param {string} text
 * @returns {string}
 */
export function importKey(store, organisation, text) {
  const secret = readExportedKey(text);
  const held = storedKey(store, organisation);
  if (held && held !== secret)
    throw new Refused("本机已有该机构的另一把密钥", "this device holds another key of the organisation");
  return keep(store, slot(organisation), secret);
}

/**
 * What an act's signature covers (mingtang-log/1 §1).
 * @param {string} kind @param {string} subject @param {Json} body  without `signatures`
 * @returns {string}
 * @throws {import("./protocol/fault.js").Fault} where the body has no canonical form
 */
export function signedText(kind, subject, body) {
  checkValue(body, { booleans: true, depth: BODY_DEPTH });
  return `mingtang-log/1/signed\n${kind}\n${subject}\n${encode(body)}\n`;
}

/** @param {string} secret @param {string} kind @param {string} subject @param {Json} body @returns {Signature} */
export function sign(secret, kind, subject, body) {
  const message = new TextEncoder().encode(signedText(kind, subject, body));
  return { key: publicKey(secret), signature: bytesToHex(ed25519.sign(message, hexToBytes(secret))) };
}

const TEXTS = {
  none: { zh: "本机没有该机构的密钥。", en: "This device holds no key of the organisation." },
  here: { zh: "本机有该机构的密钥。公钥：", en: "This device holds the organisation's key. Public key: " },
  unknown: { zh: "这把密钥未登记为该机构的有效密钥。", en: "This key is not recorded as one in force." },
  make: { zh: "生成密钥", en: "Make a key" },
  backup: { zh: "显示备份（可打印）", en: "Show the backup (for printing)" },
  warn: {
    zh: "谁持有这张备份，谁就能代表该机构签名。",
    en: "Whoever holds this backup can sign for the organisation.",
  },
  paste: { zh: "从备份导入（MTKEY1-…）", en: "Import from a backup (MTKEY1-…)" },
  take: { zh: "导入", en: "Import" },
  qr: { zh: "密钥备份二维码", en: "QR code of the key backup" },
};

/** Write the public half into the page's `[data-key-public]` fields. @param {HTMLElement} panel @returns {void} */
export function fillKeyFields(panel) {
  const secret = storedKey(localStorage, panel.dataset.keyOrganisation ?? "");
  if (!secret) return;
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-key-public]"));
  for (const field of fields) field.value = publicKey(secret);
}

/**
 * Fill a `[data-key-organisation]` panel: state of the key, making, backup, import. `data-keys-in-force` lists recorded
 * public keys, with blanks between.
 * @param {HTMLElement} panel @returns {void}
 */
export function mountKeyPanel(panel) {
  const organisation = panel.dataset.keyOrganisation ?? "";
  const language = languageOf(panel);
  const say = (/** @type {keyof typeof TEXTS} */ name) => TEXTS[name][language];
  const problem = el("p", { role: "alert", class: "key-problem" });
  const attempt = (/** @type {() => void} */ act) => () => {
    problem.textContent = "";
    try {
      act();
      draw();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.words[language];
    }
  };
  const draw = () => {
    const secret = storedKey(localStorage, organisation);
    const state = el(
      "p",
      { class: "key-state", "data-key-here": String(secret !== null) },
      say(secret ? "here" : "none"),
    );
    const parts = /** @type {HTMLElement[]} */ ([state]);
    if (secret) {
      const half = publicKey(secret);
      state.append(el("code", {}, inFours(half)));
      fillKeyFields(panel);
      const inForce = panel.dataset.keysInForce?.split(/\s+/).filter(Boolean);
      if (inForce && !inForce.includes(half))
        parts.push(el("p", { class: "key-warning", role: "alert" }, say("unknown")));
      const backup = el("div", { class: "key-backup", hidden: true });
      const show = () => {
        const text = exportKey(secret);
        backup.hidden = false;
        backup.replaceChildren(qrCode(text, say("qr")), el("p", {}, el("code", {}, text)), el("p", {}, say("warn")));
      };
      parts.push(el("button", { type: "button", onclick: show }, say("backup")), backup);
    } else {
      const field = /** @type {HTMLInputElement} */ (
        el("input", { type: "text", autocomplete: "off", spellcheck: "false" })
      );
      parts.push(
        el("button", { type: "button", onclick: attempt(() => makeKey(localStorage, organisation)) }, say("make")),
        el(
          "p",
          {},
          el("label", {}, say("paste"), " ", field),
          " ",
          el(
            "button",
            { type: "button", onclick: attempt(() => importKey(localStorage, organisation, field.value)) },
            say("take"),
          ),
        ),
      );
    }
    panel.replaceChildren(...parts, problem);
  };
  draw();
}
