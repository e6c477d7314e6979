/**
 * One round of the beacon from telephone to hall 手机取数: what a relay answers, or its 96 digits, and the code that a
 * telephone shows and the console reads. Where it comes from does not matter: the signature is checked by who takes it.
 *
 *     MTROUND1/{round}/{SIGNATURE, 96 hex digits in capitals}
 */

const CODE = /^MTROUND1\/([1-9][0-9]{0,15})\/([0-9A-F]{96})$/;

/** @param {number} round @param {string} signature  96 hex digits @returns {string} */
export const roundCode = (round, signature) => `MTROUND1/${round}/${signature.toUpperCase()}`;

/**
 * @param {string} text     a code, a relay's JSON, or the digits alone, in groups or not
 * @param {number} [round]  for the digits alone
 * @returns {{round: number, signature: string} | null} signature in lower case, not yet checked; null: none of these
 */
export function readRound(text, round = 0) {
  const plain = text.trim();
  const code = CODE.exec(plain);
  if (code) return taken(Number(code[1]), code[2]);
  if (plain.startsWith("{")) {
    try {
      const value = JSON.parse(plain);
      return typeof value.signature === "string" ? taken(value.round ?? round, value.signature) : null;
    } catch {
      return null;
    }
  }
  return taken(round, plain.replace(/[\s\-]/g, ""));
}

/** @param {unknown} round @param {string} signature */
const taken = (round, signature) =>
  Number.isSafeInteger(round) && Number(round) > 0 && /^[0-9a-fA-F]{96}$/.test(signature)
    ? { round: Number(round), signature: signature.toLowerCase() }
    : null;
