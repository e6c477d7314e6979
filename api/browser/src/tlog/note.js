/**
 * Signed notes (C2SP signed-note): a text, an empty line, and signature lines `— NAME BASE64(key ID, signature)`.
 *
 * The pair (name, ID) tells which key a line is for. Lines of unknown keys mean nothing; a line of a known key that
 * does not verify condemns the note.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** Says what is wrong; for the console and tests, not for people. */
export class BadProof extends Error {
  /** @param {string} why */
  constructor(why) {
    super(why);
    this.name = "BadProof";
  }
}

/** @typedef {{name: string, type: number, id: string, publicKey: Uint8Array}} Key  id: 8 hex digits */
/** @typedef {{name: string, id: string, payload: Uint8Array}} Line */
/** @typedef {{text: string, lines: Line[]}} Note */

export const ED25519 = 1;
export const COSIGNATURE = 4;
const KEY_SIZES = new Map([
  [ED25519, 32],
  [COSIGNATURE, 32],
  [6, 1312], // ML-DSA-44
]);
const MAX_BYTES = 1_000_000;
const MAX_LINES = 100;
const DASH = "— ";

/** @param {unknown} holds @param {string} why @returns {asserts holds} */
export function need(holds, why) {
  if (!holds) throw new BadProof(why);
}

/** The bytes that standard base64 with padding writes: one text for each value. @param {string} text */
export function fromBase64(text) {
  let binary = "";
  try {
    binary = atob(text);
  } catch {
    throw new BadProof("not base64");
  }
  need(btoa(binary) === text, "not canonical base64"); // atob forgives blanks, missing padding and loose bits
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}

/** @param {Uint8Array} bytes @returns {string} */
export function fromUtf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new BadProof("not UTF-8");
  }
}

/** A whole number in its one form. @param {string} text @returns {bigint} */
export function fromDecimal(text) {
  need(/^(0|[1-9][0-9]{0,18})$/.test(text), `not a number: ${text.slice(0, 20)}`);
  return BigInt(text);
}

const isKeyName = (/** @type {string} */ name) => name !== "" && !/[+\s\u0085\u0000-\u001f]/u.test(name);

/** The key that a vkey `NAME+ID+BASE64` writes. @param {string} vkey @returns {Key} @throws {BadProof} */
export function parseVkey(vkey) {
  const match = /^([^+]*)\+([^+]*)\+([^]*)$/.exec(vkey);
  need(match, "not a vkey");
  const [, name, id, encoded] = match;
  const typed = fromBase64(encoded);
  need(isKeyName(name) && KEY_SIZES.get(typed[0]) === typed.length - 1, "not a vkey");
  const digest = sha256(concatBytes(utf8ToBytes(`${name}\n`), typed));
  need(bytesToHex(digest.subarray(0, 4)) === id, "the vkey's ID is not that of its name and key");
  return { name, type: typed[0], id, publicKey: typed.subarray(1) };
}

/** Take a note apart, verifying nothing. @param {string} note @returns {Note} @throws {BadProof} */
export function parseNote(note) {
  need(note.length <= MAX_BYTES, "too long a note");
  need(!/[\u0000-\u0009\u000b-\u001f]/.test(note), "a control character in a note");
  const split = note.lastIndexOf("\n\n");
  need(split >= 0, "a note without its empty line");
  const lines = note.slice(split + 2).split("\n");
  need(lines.pop() === "" && lines.length >= 1 && lines.length <= MAX_LINES, "a note without signature lines");
  return { text: note.slice(0, split + 1), lines: lines.map(parseLine) };
}

/** @param {string} line @returns {Line} */
function parseLine(line) {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  need(`${dash} ` === DASH && isKeyName(name) && rest.length === 0, "malformed signature line");
  const decoded = fromBase64(encoded);
  need(decoded.length >= 5, "malformed signature line");
  return { name, id: bytesToHex(decoded.subarray(0, 4)), payload: decoded.subarray(4) };
}

/** @param {Uint8Array} signature @param {string} message @param {Uint8Array} publicKey @returns {boolean} */
function verifies(signature, message, publicKey) {
  try {
    return ed25519.verify(signature, utf8ToBytes(message), publicKey);
  } catch {
    return false;
  }
}

const linesOf = (/** @type {Note} */ note, /** @type {Key} */ key) =>
  note.lines.filter(({ name, id }) => name === key.name && id === key.id);

/** Check that the key (type 0x01) signed the note, and nowhere wrongly. @param {Note} note @param {Key} key */
export function requireSignature(note, key) {
  const own = linesOf(note, key);
  need(own.length > 0, `there is no signature by ${key.name}`);
  const isRight = ({ payload }) => key.type === ED25519 && verifies(payload, note.text, key.publicKey);
  need(own.every(isRight), `the signature by ${key.name} does not verify`);
}

/**
 * When a witness (type 0x04) says it saw this checkpoint, Unix seconds; null where it does not say so.
 * @param {Note} note @param {Key} witness @returns {bigint | null} @throws {BadProof} for a wrong cosignature
 */
export function cosignedAt(note, witness) {
  const own = linesOf(note, witness);
  const times = own.map(({ payload }) => {
    need(witness.type === COSIGNATURE && payload.length === 72, `malformed cosignature by ${witness.name}`);
    const time = new DataView(payload.buffer, payload.byteOffset).getBigUint64(0);
    const message = `cosignature/v1\ntime ${time}\n${note.text}`;
    const isRight = verifies(payload.subarray(8), message, witness.publicKey);
    need(isRight, `the cosignature by ${witness.name} does not verify`);
    return time;
  });
  return times[0] ?? null;
}
