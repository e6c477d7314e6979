/**
 * A consortium's agreement 共同投标协议: sealed with the bid, and signed by members with their own keys, who need not.
 *
 * A member's signature is one line, its public key and the signature, which it gives to the lead.
 */

import { sign } from "../keys.js";
import { NotDone } from "./ask.js";

/** In the place of an entry's kind: what is signed is no entry. */
export const ACT = "trading.consortium_agreement";
const LINE = /^([0-9a-f]{64})[\s:]+([0-9a-f]{128})$/;

/** @typedef {import("../keys.js").Signature} Signature */
/** @typedef {{project: string, lot: string, round: string | number}} About */

/**
 * @param {string} secret  64 hex digits @param {About} about @param {string} sha256  of the agreement's file
 * @returns {Signature}
 */
export const signAgreement = (secret, { project, lot, round }, sha256) =>
  sign(secret, ACT, `project:${project}`, { lot, project, round: Number(round), sha256 });

/** @param {Signature} signature */
export const lineOf = ({ key, signature }) => `${key}:${signature}`;

/**
 * What the statement says of the agreement. sha256: of its file; empty: none was chosen.
 * @param {{sha256: string, signatures: string, own: Signature | null, together: boolean}} given
 * @param {(name: string) => string} say
 * @returns {{agreement?: {sha256: string, signatures: Signature[]}}}
 */
export function agreementIn({ sha256, signatures, own, together }, say) {
  if (together !== Boolean(sha256)) throw new NotDone(say(together ? "agreement" : "agreementAlone"));
  if (!together) return {};
  const lines = signatures
    .toLowerCase()
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);
  const others = lines.map((line) => {
    const [, key, signature] = LINE.exec(line) ?? [];
    if (!key) throw new NotDone(say("signatures"));
    return { key, signature };
  });
  const all = new Map([...others, ...(own ? [own] : [])].map((one) => [one.key, one]));
  return { agreement: { sha256, signatures: [...all.values()] } };
}
