/**
 * Evidence on paper: a numbered chain of QR codes 二维码链, which alone suffices to check a draw.
 *
 *     payload   canonical bytes of the evidence without `result`, which is computed anew
 *     packed    raw DEFLATE (RFC 1951) of the payload, cut into n pieces
 *     code k    MT1/{k}/{n}/{H}/{piece k in base45, RFC 9285}
 *     H         first 16 digits of SHA-256 of the whole file, in capitals
 *
 * All characters are of QR's alphanumeric kind. Codes come in any order, and more than once.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { decode, encode } from "./canonical.js";
import { makeResult } from "./draw.js";
import { Fault } from "./fault.js";
import { isObject } from "./forms.js";
import { inflate } from "./inflate.js";
import { verify } from "./verify.js";

export const MAX_CODES = 40;
const MAX_PAYLOAD = 4 * 1024 * 1024; // bytes: a small paper must not unpack without end
const CODE = /^MT1\/([1-9][0-9]?)\/([1-9][0-9]?)\/([0-9A-F]{16})\/([0-9A-Z $%*+\-./:]+)$/;

/** @typedef {{k: number, n: number, hash: string, piece: Uint8Array}} Code */

/** One code of a chain; null for any other text. @param {string} text @returns {Code | null} */
export function readCode(text) {
  const [, k, n, hash, base45] = CODE.exec(text.replace(/[\r\n]+$/, "")) ?? [];
  if (!base45 || Number(n) > MAX_CODES || Number(k) > Number(n)) return null;
  const piece = fromBase45(base45);
  return piece && { k: Number(k), n: Number(n), hash, piece };
}

/** The codes of one chain, as they come in. */
export class Chain {
  constructor() {
    /** @type {Map<number, Uint8Array>} */
    this.pieces = new Map();
    this.hash = "";
    this.n = 0;
  }

  /**
   * @param {string} text  what a scanner read
   * @returns {"added" | "again" | "other" | "none"} other: of another chain; none: no code, or unlike the one held
   */
  add(text) {
    const code = readCode(text);
    if (!code) return "none";
    if (this.n && (code.hash !== this.hash || code.n !== this.n)) return "other";
    const held = this.pieces.get(code.k);
    if (held) return isEqual(held, code.piece) ? "again" : "none";
    this.hash = code.hash;
    this.n = code.n;
    this.pieces.set(code.k, code.piece);
    return "added";
  }

  /** Numbers of the codes still wanted, ascending. */
  get missing() {
    return Array.from({ length: this.n }, (_, i) => i + 1).filter((k) => !this.pieces.has(k));
  }

  /** @returns {boolean} */
  get isWhole() {
    return this.n > 0 && this.pieces.size === this.n;
  }

  /**
   * The evidence file that the whole chain stands for.
   * @returns {{bytes: Uint8Array, isAsPrinted: boolean}} isAsPrinted: its digest is the one in the codes
   * @throws {Fault} E_CANON where the pieces do not unpack to a payload; else what stage 1 finds
   */
  file() {
    const bytes = wholeFile(unpacked(Array.from({ length: this.n }, (_, i) => [...(this.pieces.get(i + 1) ?? [])])));
    return { bytes, isAsPrinted: bytesToHex(sha256(bytes)).slice(0, 16).toUpperCase() === this.hash };
  }
}

/**
 * Put the result back, computed from the rest. Where the rest breaks a rule there is none to compute, and null stands
 * in its place: verifying the file gives the rest's own fault, which comes before that of the result.
 * @param {Uint8Array} payload @returns {Uint8Array} @throws {Fault} of stage 1
 */
function wholeFile(payload) {
  const value = /** @type {any} */ (decode(payload));
  if (!isObject(value) || "result" in value) throw new Fault("E_FORMAT", "members of the payload");
  value.result = null;
  const bytes = () => new TextEncoder().encode(encode(value));
  const { code, steps } = verify(bytes());
  const isSound = code === "E_RESULT" && steps.find((step) => step.ok === false)?.id === "result";
  if (isSound) value.result = makeResult(value);
  return bytes();
}

/** @param {number[][]} pieces @returns {Uint8Array} @throws {Fault} */
function unpacked(pieces) {
  try {
    return inflate(Uint8Array.from(pieces.flat()), MAX_PAYLOAD);
  } catch {
    throw new Fault("E_CANON", "the codes do not unpack");
  }
}

/** @param {Uint8Array} a @param {Uint8Array} b @returns {boolean} */
const isEqual = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** RFC 9285 §4; null for a text that is none. @param {string} text @returns {Uint8Array | null} */
export function fromBase45(text) {
  if (text.length % 3 === 1) return null;
  const out = [];
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map((sign) => SIGNS.indexOf(sign));
    const value = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (digits.includes(-1) || value > (digits.length === 3 ? 0xffff : 0xff)) return null;
    if (digits.length === 3) out.push(value >> 8);
    out.push(value & 0xff);
  }
  return Uint8Array.from(out);
}
