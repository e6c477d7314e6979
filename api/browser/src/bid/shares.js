/** What the keys that somebody kept open at an opening: of one seat, or of all seats of one organisation. */

import { bytesToHex } from "@noble/hashes/utils.js";
import { openShare } from "./seal.js";

/** @typedef {import("./identity.js").Kept} Kept */
/** @typedef {{seat: string, recipient: string, former: string[]}} OpeningSeat */
/** @typedef {{receipt: string, keys: import("./seal.js").Keys}} Held */

/**
 * The seats whose keys these are, in the plan's order. Bids may have been sealed for a seat's key in an earlier plan.
 * @param {OpeningSeat[]} seats @param {Kept[]} kept
 */
export const seatsOf = (seats, kept) =>
  seats.filter((one) =>
    kept.some(({ recipient }) => one.recipient === recipient || one.former.includes(recipient)),
  );

/**
 * A seat's shares that these keys open, by receipt, as hex digits.
 * @param {string} seat @param {Kept[]} kept @param {Held[]} bids @param {() => Promise<void>} [step]  after each bid
 * @returns {Promise<Record<string, string>>}
 */
export async function sharesOf(seat, kept, bids, step = async () => {}) {
  /** @type {Record<string, string>} */
  const shares = {};
  for (const { receipt, keys } of bids) {
    for (const { identity } of kept) {
      const share = await openShare(seat, identity, keys);
      if (share) shares[receipt] = bytesToHex(share);
    }
    await step();
  }
  return shares;
}
