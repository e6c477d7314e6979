/**
 * A seat's secret 席位秘密: made on the seat's own device, kept there, printed as a backup, and sent only at the reveal.
 */

import { keep, randomHex, Refused } from "./keys.js";
import { digest } from "./protocol/canonical.js";
import { combined } from "./protocol/contributions.js";
import { commitment } from "./protocol/seal.js";

/** @typedef {{draw: string, attempt: number, seat: string}} Seat */
/** @typedef {{seq: number, contribution: string, at: number}} Contribution  at: Unix milliseconds */
/** @typedef {import("./keys.js").Store} Store */

const slot = (/** @type {Seat} */ { draw, attempt, seat }) => `mingtang-secret/${draw}/${attempt}/${seat}`;

/** The secret on this device, 64 hex digits. @param {Store} store @param {Seat} seat @returns {string | null} */
export const storedSecret = (store, seat) => store.getItem(slot(seat));

/** @param {Seat} seat @param {string} secret @returns {string} */
export const commitmentOf = ({ draw, attempt, seat }, secret) => commitment(draw, attempt, seat, secret);

/**
 * Make the seat's secret. Never a second one: the commitment to the first may be public already.
 * @param {Store} store @param {Seat} seat @returns {string}
 */
export function makeSecret(store, seat) {
  if (storedSecret(store, seat))
    throw new Refused("本席位的秘密已生成，不能再生成", "this seat's secret exists and is never made anew");
  return keep(store, slot(seat), randomHex());
}

/**
 * Names the seat too, so that a backup of another seat or attempt is noticed.
 * @param {Seat} seat
 * @param {string} secret
 */
const checksum = ({ draw, attempt, seat }, secret) =>
  digest(`mingtang-seat/1\n${draw}\n${attempt}\n${seat}\n${secret}\n`).slice(0, 8);

/**
 * The backup: `MTSEAT1-` 64 digits `-` 8 digits of a checksum.
 * @param {Seat} seat
 * @param {string} secret
 * @returns {string}
 */
export const exportSecret = (seat, secret) => `MTSEAT1-${secret}-${checksum(seat, secret)}`.toUpperCase();

/**
 * Take a printed backup over to this device.
 * @param {Store} store @param {Seat} seat
 * @param {string} text    blanks and letter case do not matter
 * @param {string} [commit]  the logged commitment, if there is one
 * @returns {string} the secret
 */
export function restoreSecret(store, seat, text, commit) {
  const match = /^mtseat1-([0-9a-f]{64})-([0-9a-f]{8})$/.exec(text.replace(/\s/g, "").toLowerCase());
  if (!match) throw new Refused("不是席位备份：应以 MTSEAT1- 开头", "not a seat's backup: it begins with MTSEAT1-");
  const [, secret, check] = match;
  if (checksum(seat, secret) !== check)
    throw new Refused(
      "备份有误，或属于另一席位、另一次摇号",
      "the backup has an error, or belongs to another seat or attempt",
    );
  if (commit && commitmentOf(seat, secret) !== commit)
    throw new Refused("备份与已记入日志的承诺不符", "the backup does not open the logged commitment");
  const held = storedSecret(store, seat);
  if (held && held !== secret)
    throw new Refused("本机已有本席位的另一个秘密", "this device holds another secret of this seat");
  return keep(store, slot(seat), secret);
}

/** The seat of those who have none. */
export const PUBLIC = "public";

/**
 * The secret of the public seat, which what visitors gave makes up; null where nobody gave anything.
 * @param {Seat} seat @param {Contribution[]} given  in log order @returns {string | null}
 */
export function publicSecret({ draw, attempt }, given) {
  const parts = given.map(({ contribution }) => contribution);
  return parts.length ? combined(draw, attempt, parts) : null;
}

const loggedSlot = (/** @type {Seat} */ { draw, attempt, seat }) => `mingtang-logged/${draw}/${attempt}/${seat}`;

/** Where this device saw the seat's commitment proven. @param {Store} store @param {Seat} seat @returns {string} */
export const provenPlace = (store, seat) => store.getItem(loggedSlot(seat)) ?? "";

/** @param {Store} store @param {Seat} seat @param {string} seq */
export const rememberPlace = (store, seat, seq) => store.setItem(loggedSlot(seat), seq);

/**
 * Write the commitment and the secret into the fields of these forms, each only into the form of its act: a secret
 * never stands in a form that could send it too early.
 * @param {ParentNode} page @param {Seat} seat @param {string} secret
 * @returns {void}
 */
export function fillSeatFields(page, seat, secret) {
  for (const [act, name, value] of [
    ["lottery.committed", "commit", commitmentOf(seat, secret)],
    ["lottery.revealed", "secret", secret],
  ]) {
    const selector = `form[data-act="${act}"] :is([data-body-field="${name}"], [name="${name}"])`;
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (page.querySelectorAll(selector));
    for (const field of fields) field.value = value;
  }
}
