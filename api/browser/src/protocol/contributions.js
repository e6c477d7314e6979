/** The public seat 群众席: how what visitors gave becomes the seat's secret, and how a visitor's part is made. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { digest } from "./canonical.js";
import { PROTOCOL } from "./forms.js";

/**
 * The secret: every line, also the last, ends with one LF.
 * @param {string} drawId @param {number} attempt
 * @param {string[]} contributions  64 lower-case hex digits each, at least one, in log order
 * @returns {string} 64 hex digits
 */
export const combined = (drawId, attempt, contributions) =>
  digest([`${PROTOCOL}/public`, drawId, String(attempt), ...contributions, ""].join("\n"));

/**
 * A visitor's part. Neither the bytes nor the words leave the device.
 * @param {Uint8Array} random  32 bytes @param {string} words  whatever was typed
 * @returns {string} 64 hex digits
 */
export const contributionOf = (random, words) => bytesToHex(sha256(concatBytes(random, utf8ToBytes(words))));
