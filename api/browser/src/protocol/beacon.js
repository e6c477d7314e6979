/**
 * drand quicknet 公共随机数信标: the pinned chain, its clock, its signatures (mingtang-draw/1 §10).
 *
 * Where a signature comes from does not matter (relay, telephone, keyboard): for each round one byte string passes.
 */

import { bls12_381 } from "@noble/curves/bls12-381.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { demand } from "./fault.js";
import { isClosed, isHex64, isInteger, isMatch } from "./forms.js";

/** Built in and never taken from a file, or a forger would bring a key of his own. */
export const QUICKNET = Object.freeze({
  chain_hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  genesis_time: 1692803367,
  period: 3,
  public_key:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
    "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  scheme: "bls-unchained-g1-rfc9380",
});
const DST = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/**
 * Unix seconds. A bigint, since a hostile round number leaves the exact range.
 * @param {number} round
 * @returns {bigint}
 */
export const roundTime = (round) => BigInt(QUICKNET.genesis_time) + (BigInt(round) - 1n) * BigInt(QUICKNET.period);

/** What the network signs for a round: 32 bytes. @param {number} round @returns {Uint8Array} */
export function roundMessage(round) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(round));
  return sha256(bytes);
}

/** @param {any} beacon  the evidence's member @returns {void} */
export function checkBeaconForm(beacon) {
  demand(isClosed(beacon, "round signature randomness"), "E_BEACON", "beacon members");
  demand(isInteger(beacon.round, 1), "E_BEACON", "beacon.round");
  demand(isMatch(beacon.signature, /^[0-9a-f]{96}$/), "E_BEACON", "beacon.signature");
  demand(isHex64(beacon.randomness), "E_BEACON", "beacon.randomness");
}

/** The value of a round: SHA-256 of its signature. @param {string} signature  96 hex digits @returns {string} */
export const randomnessOf = (signature) => bytesToHex(sha256(hexToBytes(signature)));

/**
 * Whether these 48 bytes are the network's signature of the round.
 *
 * The pairing does not see a component of an order dividing the cofactor, while the digest of the bytes does: without
 * the subgroup test one round would have many "valid" values to choose from.
 * @param {number} round @param {string} signature  hex digits @returns {boolean}
 */
export function isRoundSignature(round, signature) {
  const question = `${round}:${signature}`;
  let answer = answers.get(question);
  if (answer === undefined) {
    answer = isGenuine(round, signature);
    if (answers.size >= MAX_ANSWERS) answers.clear();
    answers.set(question, answer);
  }
  return answer;
}

/** Answers given: they cost more than all the rest of a check, never change, and are often asked for again. */
const answers = new Map();
const MAX_ANSWERS = 100;

/** @param {number} round @param {string} signature @returns {boolean} */
function isGenuine(round, signature) {
  const scheme = bls12_381.shortSignatures;
  try {
    const point = scheme.Signature.fromHex(signature);
    if (point.is0() || !point.isTorsionFree() || scheme.Signature.toHex(point) !== signature) return false;
    return scheme.verify(point, scheme.hash(roundMessage(round), DST), hexToBytes(QUICKNET.public_key));
  } catch {
    return false; // not a point of the curve, or not 48 bytes
  }
}
