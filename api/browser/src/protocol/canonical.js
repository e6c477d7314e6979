/**
 * Canonical JSON: the one byte form of every document (mingtang-draw/1 §2), and the digests over it.
 *
 * JSON.parse will not do: it loses `1.0`, large integers and equal member names, all of which have codes of their own.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Fault, demand } from "./fault.js";

/** @typedef {{[name: string]: Json}} JsonObject */
/** @typedef {null | boolean | number | string | any[] | JsonObject} Json  the items of an array are Json again */

const MAX_INTEGER = Number.MAX_SAFE_INTEGER; // 2^53 - 1
const MAX_DEPTH = 32;
const NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Inclusive ranges of §2.2: controls, invisible and direction marks, surrogates, private use, tags. */
const FORBIDDEN_RANGES = [
  [0x0000, 0x001f],
  [0x007f, 0x009f],
  [0x00ad, 0x00ad],
  [0x061c, 0x061c],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0xd800, 0xdfff],
  [0xe000, 0xf8ff],
  [0xfdd0, 0xfdef],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff0, 0xfffb],
  [0xe0000, 0xe0fff],
  [0xf0000, 0x10ffff],
  // code points whose last 16 bits are FFFE or FFFF, one pair a plane
  ...Array.from({ length: 17 }, (_, plane) => [plane * 0x10000 + 0xfffe, plane * 0x10000 + 0xffff]),
];
const escape = (/** @type {number} */ point) => `\\u{${point.toString(16)}}`;
// with the flag u a surrogate in the class matches only a lone one
const FORBIDDEN = new RegExp(
  `[${FORBIDDEN_RANGES.map(([low, high]) => `${escape(low)}-${escape(high)}`).join("")}]`,
  "u",
);
const ESCAPED = /["\\]/;
const CONTROL = /\\[a-z]/;
const PRINTABLE_ASCII = /^[ -~]*$/;

/** No forbidden code point, and in normalisation form NFC. @param {string} text @returns {boolean} */
export function isCleanText(text) {
  return PRINTABLE_ASCII.test(text) || (!FORBIDDEN.test(text) && text.normalize("NFC") === text);
}

/**
 * The value of a canonical file (stage 1).
 *
 * There are two readers. The quick one is the browser's; it takes a text only if the value, written again, gives the
 * same text and breaks no rule. Whatever it does not take goes to the exact one, which finds the first fault in the
 * order of stage 1. So the quick one never names a fault, and a file that it takes is one without any.
 * @param {Uint8Array} bytes
 * @returns {Json}
 * @throws {Fault} E_CANON, E_FORMAT or E_TEXT, in the order of stage 1
 */
export function decode(bytes) {
  const text = decodeUtf8(bytes);
  const quick = readQuickly(text);
  if (quick) return quick.value;
  const { value, depth } = parse(text);
  demand(depth <= MAX_DEPTH, "E_FORMAT", `${depth} nested containers, at most ${MAX_DEPTH}`);
  checkTexts(value);
  checkForms(value, false);
  demand(encode(value) === text, "E_CANON", "bytes differ from the canonical form");
  return value;
}

/**
 * Refuse a value that has no canonical form; for values made here, not read from a file.
 * @param {Json} value @param {{booleans: boolean, depth: number}} allowed  depth: containers still allowed
 * @returns {void} @throws {Fault}
 */
export function checkValue(value, { booleans, depth }) {
  demand(isNestedAtMost(value, depth), "E_FORMAT", `more than ${depth} nested containers`);
  checkTexts(value);
  checkForms(value, booleans);
}

/** A canonical text's value, or null where that is not beyond doubt. @param {string} text */
function readQuickly(text) {
  /** @type {Json} */
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  // One look at the whole text answers for every string in it: the quotation mark composes with nothing around it.
  const isCanonical =
    isPlain(value, MAX_DEPTH, new Set()) &&
    JSON.stringify(value) === text &&
    !CONTROL.test(text) && // the one escape, beside those of \ and ", that JSON.stringify writes
    isCleanText(text);
  return isCanonical ? { value } : null;
}

/**
 * Whether types, integers, depth, names and their order are those of a canonical value. Texts are not looked at.
 * @param {Json} value @param {number} depth  containers still allowed @param {Set<string>} names  known to be right
 * @returns {boolean}
 */
function isPlain(value, depth, names) {
  if (value === null || typeof value === "string") return true;
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0;
  if (typeof value !== "object" || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, depth - 1, names));
  let before = "";
  for (const name in value) {
    if (name <= before) return false;
    if (!names.has(name)) {
      if (!NAME.test(name)) return false;
      names.add(name);
    }
    if (!isPlain(value[name], depth - 1, names)) return false;
    before = name;
  }
  return true;
}

/** The canonical text of a value that `decode` gave or `checkValue` passed. @param {Json} value @returns {string} */
export function encode(value) {
  if (typeof value === "string") return ESCAPED.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : `"${value}"`;
  if (value === null || typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  const members = Object.keys(value).sort(); // names are ASCII, so the default order is the order of bytes
  return `{${members.map((name) => `"${name}":${encode(value[name])}`).join(",")}}`;
}

const encoder = new TextEncoder();

/** SHA-256 of a text's UTF-8 bytes, as 64 lower-case digits. @param {string} text @returns {string} */
export const digest = (text) => bytesToHex(sha256(encoder.encode(text)));

/** SHA-256 of a document's canonical bytes. @param {Json} value @returns {string} */
export const docHash = (value) => digest(encode(value));

/** @param {Uint8Array} bytes @returns {string} */
function decodeUtf8(bytes) {
  try {
    // ignoreBOM keeps the mark in the text, where the grammar then refuses it
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault("E_CANON", "not UTF-8");
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)((?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)/y;
const NOT_A_NUMBER = /NaN|-?Infinity/y;
const WORD = /null|true|false/y;
const BLANKS = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const HEX4 = /[0-9a-fA-F]{4}/y;
const ESCAPES = new Map(
  Object.entries({ '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }),
);
const WORDS = { null: null, true: true, false: false };
/** Stands for every integer outside 0..2^53-1: all of them fail the same test later. */
const OUT_OF_RANGE = -1;

/**
 * Read JSON from left to right (stage 1.2), with a stack of its own: depth is bounded by the file only.
 * @param {string} text @returns {{value: Json, depth: number}} depth: most containers nested in one another
 */
function parse(text) {
  /** @type {{close: string, name: string, names: string[], items: Json[]}[]} */
  const open = [];
  let at = 0;
  let depth = 0;

  const bad = () => new Fault("E_CANON", `not JSON at character ${at}`);
  const match = (/** @type {RegExp} */ token) => {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found) at = token.lastIndex;
    return found;
  };
  const take = (/** @type {string} */ sign) => {
    match(BLANKS);
    if (text[at] !== sign) return false;
    at += 1;
    return true;
  };
  const string = () => {
    let out = "";
    for (;;) {
      out += /** @type {RegExpExecArray} */ (match(PLAIN))[0];
      const sign = text[at];
      at += 1;
      if (sign === '"') return out;
      if (sign !== "\\") throw bad(); // a control character, or the end
      const letter = text[at];
      at += 1;
      if (letter === "u") {
        const hex = match(HEX4);
        if (!hex) throw bad();
        out += String.fromCharCode(parseInt(hex[0], 16)); // two escaped halves become one code point by themselves
      } else {
        const plain = ESCAPES.get(letter);
        if (plain === undefined) throw bad();
        out += plain;
      }
    }
  };
  const name = () => {
    if (!take('"')) throw bad();
    const found = string();
    if (!take(":")) throw bad();
    return found;
  };
  const scalar = () => {
    if (take('"')) return string();
    const word = match(WORD);
    if (word) return WORDS[/** @type {"null"} */ (word[0])];
    if (match(NOT_A_NUMBER)) throw new Fault("E_FORMAT", "not a finite number");
    const number = match(NUMBER);
    if (!number) throw bad();
    if (number[1]) throw new Fault("E_FORMAT", "a number with fraction or exponent");
    const value = Number(number[0]);
    return value >= 0 && value <= MAX_INTEGER ? Math.abs(value) : OUT_OF_RANGE; // abs: "-0" is 0, and not canonical
  };
  const closed = () => {
    const { close, names, items } = /** @type {NonNullable<ReturnType<typeof open.pop>>} */ (open.pop());
    if (close === "]") return items;
    const object = Object.create(null);
    names.forEach((key, i) => {
      object[key] = items[i];
    });
    if (Object.keys(object).length !== names.length)
      throw new Fault("E_CANON", `equal member names at character ${at}`);
    return object;
  };

  for (;;) {
    /** @type {Json} */
    let value;
    const close = take("{") ? "}" : take("[") ? "]" : "";
    if (close) {
      open.push({ close, name: "", names: [], items: [] });
      depth = Math.max(depth, open.length);
      if (!take(close)) {
        if (close === "}") open[open.length - 1].names.push(name());
        continue;
      }
      value = closed();
    } else {
      value = scalar();
    }
    for (;;) {
      // put the value in its place, until the next value is due
      const parent = open[open.length - 1];
      if (!parent) {
        match(BLANKS);
        if (at < text.length) throw bad();
        return { value, depth };
      }
      parent.items.push(value);
      if (take(",")) {
        if (parent.close === "}") parent.names.push(name());
        break;
      }
      if (!take(parent.close)) throw bad();
      value = closed();
    }
  }
}

/** Stage 1.4. @param {Json} value @returns {void} */
function checkTexts(value) {
  if (typeof value === "string") {
    demand(isCleanText(value), "E_TEXT", "forbidden code point, or not NFC");
  } else if (Array.isArray(value)) {
    value.forEach(checkTexts);
  } else if (value !== null && typeof value === "object") {
    for (const name of Object.keys(value)) {
      checkTexts(name);
      checkTexts(value[name]);
    }
  }
}

/** Stage 1.5. @param {Json} value @param {boolean} booleans  whether true and false may stand @returns {void} */
function checkForms(value, booleans) {
  if (Array.isArray(value)) {
    for (const item of value) checkForms(item, booleans);
  } else if (value !== null && typeof value === "object") {
    for (const name of Object.keys(value)) {
      demand(NAME.test(name), "E_FORMAT", "form of a member name");
      checkForms(value[name], booleans);
    }
  } else if (typeof value === "number") {
    demand(Number.isSafeInteger(value) && value >= 0, "E_FORMAT", "an integer outside 0..2^53-1");
  } else if (typeof value === "boolean") {
    demand(booleans, "E_FORMAT", "a boolean");
  } else {
    demand(value === null || typeof value === "string", "E_FORMAT", "not a JSON value");
  }
}

/** @param {Json} value @param {number} depth @returns {boolean} */
function isNestedAtMost(value, depth) {
  if (value === null || typeof value !== "object") return true;
  return depth > 0 && Object.values(value).every((item) => isNestedAtMost(item, depth - 1));
}
