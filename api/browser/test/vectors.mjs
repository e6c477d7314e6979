/** The published vectors, and evidence made from them. */

import { readFileSync } from "node:fs";
import { encode } from "../src/protocol/canonical.js";

const read = (/** @type {string} */ name) =>
  JSON.parse(readFileSync(new URL(`../../../tests/vectors/${name}.json`, import.meta.url), "utf8"));

export const lottery = read("lottery_reference");
export const drand = read("drand_quicknet");

const utf8 = new TextEncoder();
/** @param {string} text */
export const bytesOf = (text) => utf8.encode(text);
/** @param {any} value */
export const fileOf = (value) => bytesOf(encode(value));

/**
 * A copy of a case's evidence: 0 drand with five agents, 1 drand with one, 2 dice.
 * @param {number} index
 * @returns {any}
 */
export const evidence = (index = 0) => structuredClone(lottery.cases[index].evidence);
