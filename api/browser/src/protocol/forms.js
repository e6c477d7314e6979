/** The forms of single members that the documents share (mingtang-draw/1 §2.3, §3). */

import { demand } from "./fault.js";

/** @typedef {import("./canonical.js").Json} Json */
/** @typedef {{[name: string]: any}} Members  an object of the file; each member is tested before it is used */

export const PROTOCOL = "mingtang-draw/1";

/** @param {Json} value @returns {value is Members} */
export const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/**
 * Exactly these members, in any order.
 * @param {Json} value
 * @param {string} names  separated by blanks
 * @returns {value is Members}
 */
export function isClosed(value, names) {
  return isObject(value) && Object.keys(value).sort().join(" ") === names.split(" ").sort().join(" ");
}

/** @param {Json} value @param {number} low @param {number} [high] @returns {boolean} */
export const isInteger = (value, low, high = Number.MAX_SAFE_INTEGER) =>
  typeof value === "number" && low <= value && value <= high;

/** @param {Json} value @param {RegExp} form  anchored at both ends @returns {boolean} */
export const isMatch = (value, form) => typeof value === "string" && form.test(value);

const HEX64 = /^[0-9a-f]{64}$/;
/** @param {Json} value @returns {boolean} */
export const isHex64 = (value) => isMatch(value, HEX64);

/** @param {Json} value @param {number} count @returns {boolean} */
export const isDigits = (value, count) => isMatch(value, /^[0-9]*$/) && /** @type {string} */ (value).length === count;

/** Each greater than the one before, in the order of code points (all sorted keys are ASCII). @param {string[]} keys */
export const isAscending = (keys) => keys.every((key, i) => i === 0 || keys[i - 1] < key);

const BLANK_END = /^[ \u3000]|[ \u3000]$/;

/** A text field, 1 to 200 code points. @param {Json} value @param {string} where @returns {void} */
export function checkText(value, where) {
  demand(typeof value === "string", "E_FORMAT", where);
  const length = [.../** @type {string} */ (value)].length; // code points, not UTF-16 units
  demand(length >= 1 && length <= 200, "E_FORMAT", where);
  demand(!BLANK_END.test(/** @type {string} */ (value)), "E_TEXT", where);
}
