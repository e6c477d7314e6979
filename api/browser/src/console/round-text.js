/** The signature of a round as it comes from a telephone: a code, a relay's own answer, or digits read aloud. Pure. */

/** @typedef {import("../dom.js").Words} Words */

export const GROUPS = 12;

/** The groups of eight of some digits. @param {string} digits @returns {string[]} */
export const inGroups = (digits) => Array.from({ length: GROUPS }, (_, i) => digits.slice(8 * i, 8 * i + 8));

/** What was typed or pasted, without blanks and in small letters. @param {string} text @returns {string} */
export const plain = (text) => text.replace(/[\s·,，-]+/g, "").toLowerCase();

/**
 * What is wrong with one group, or nothing.
 * @param {string} group @param {number} index  from 0
 * @returns {Words | null}
 */
export function faultOf(group, index) {
  if (/[^0-9a-f]/.test(group)) return { zh: "只能是 0-9、a-f", en: "only 0-9 and a-f" };
  // A compressed point that is not the one at infinity begins so; any other first digit was misread.
  if (index === 0 && /^[^89ab]/.test(group)) return { zh: "首位应为 8、9、a、b", en: "begins with 8, 9, a or b" };
  if (group.length !== 8) return { zh: `${group.length}/8 位`, en: `${group.length} of 8 digits` };
  return null;
}

/**
 * The signature in a code's text: `MTROUND1/ROUND/SIGNATURE`, a relay's JSON, or the digits alone.
 * @param {string} text @param {number} round  the one that is wanted
 * @returns {{signature: string} | {fault: Words}}
 */
export function signatureIn(text, round) {
  const other = (/** @type {unknown} */ found) => ({
    fault: {
      zh: `这是第 ${found} 轮的，本次用第 ${round} 轮`,
      en: `This is round ${found}; this draw uses round ${round}`,
    },
  });
  const coded = /^MTROUND1\/([0-9]{1,16})\/([0-9A-Fa-f]{96})$/.exec(text.trim());
  if (coded) return Number(coded[1]) === round ? { signature: coded[2].toLowerCase() } : other(coded[1]);
  if (text.trim().startsWith("{")) {
    try {
      const answer = JSON.parse(text);
      if (answer.round !== undefined && answer.round !== round) return other(answer.round);
      const digits = plain(String(answer.signature));
      if (/^[0-9a-f]{96}$/.test(digits)) return { signature: digits };
    } catch {
      // said below
    }
  }
  const digits = plain(text);
  if (/^[0-9a-f]{96}$/.test(digits)) return { signature: digits };
  return { fault: { zh: "这个二维码不是一轮随机数", en: "This code holds no round of the beacon" } };
}
