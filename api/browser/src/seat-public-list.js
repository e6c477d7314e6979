/** What visitors gave to the public seat, as the site tells it and as this device checks it. */

import { BadProof, need } from "./tlog/note.js";
import { fetchProven, NotReached } from "./seat-proof.js";

/** @typedef {import("./seat.js").Contribution} Contribution */
/**
 * @typedef {{
 *   attempt: number, size: number, contributions: Contribution[], commit: {seq: number, commit: string} | null,
 *   reveal: {seq: number, secret: string} | null, sealed: number | null, is_open: boolean, is_over: boolean,
 * }} PublicSeat
 */

/** @param {string} draw @param {number} attempt @returns {Promise<PublicSeat>} @throws {NotReached} */
export async function fetchPublicSeat(draw, attempt) {
  const url = `/draws/${encodeURIComponent(draw)}/public-seat/list?attempt=${attempt}`;
  try {
    const response = await fetch(url, { cache: "no-store" });
    if (!response.ok) throw new NotReached(url);
    return await response.json();
  } catch (error) {
    if (error instanceof NotReached) throw error;
    throw new NotReached(url);
  }
}

/** The entry that a part should stand in. @param {string} draw @param {number} attempt @param {string} contribution */
export const contributed = (draw, attempt, contribution) => ({
  kind: "lottery.contributed",
  subject: `draw:${draw}/${attempt}`,
  body: { draw_id: draw, attempt, seat: "public", contribution },
});

/**
 * Check a list: places ascend, none twice, the first and the last part are proven to stand where it says.
 * @param {string} draw @param {number} attempt @param {Contribution[]} given
 * @returns {Promise<void>} @throws {BadProof | NotReached}
 */
export async function checkList(draw, attempt, given) {
  const isAscending = given.every(({ seq }, at) => Number.isSafeInteger(seq) && (at === 0 || given[at - 1].seq < seq));
  need(isAscending, "the list is not in the log's order");
  const ends = given.length > 1 ? [given[0], given[given.length - 1]] : given;
  await Promise.all(
    ends.map(({ seq, contribution }) => fetchProven(String(seq), contributed(draw, attempt, contribution))),
  );
}

export { BadProof, NotReached };
