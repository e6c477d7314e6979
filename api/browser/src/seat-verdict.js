/** Whether a visitor's number counted: what the log proves, checked on the visitor's own device. */

import { commitment } from "./protocol/seal.js";
import { PUBLIC, publicSecret } from "./seat.js";
import { fetchProven } from "./seat-proof.js";
import { contributed } from "./seat-public-list.js";
import { BadProof, need } from "./tlog/note.js";

/** @typedef {import("./seat-public-list.js").PublicSeat} PublicSeat */
/** @typedef {{draw: string, attempt: number}} Which */
/**
 * @typedef {{
 *   stage: "none" | "logged" | "committed" | "revealed" | "sealed" | "dropped" | "false",
 *   place?: number, count: number, seq?: number, secret?: string, why?: string,
 * }} Verdict  place: from 1, in the list
 */

/**
 * @param {Which} which @param {PublicSeat} list @param {string | null} own  the visitor's contribution
 * @param {typeof fetchProven} [proven]
 * @returns {Promise<Verdict>} @throws {import("./seat-proof.js").NotReached}
 */
export async function verdictOn(which, list, own, proven = fetchProven) {
  const { draw, attempt } = which;
  const given = list.contributions;
  const at = given.findIndex(({ contribution }) => contribution === own);
  const found = { count: given.length, place: at + 1, seq: given[at]?.seq };
  try {
    if (own !== null) {
      need(at >= 0, "this number is not in the list");
      await proven(String(given[at].seq), contributed(draw, attempt, given[at].contribution));
    }
    const stage = own === null ? "none" : "logged";
    const secret = publicSecret({ draw, attempt, seat: PUBLIC }, given);
    if (secret === null) return { stage, ...found };
    if (list.is_over) return { stage: "dropped", ...found };
    if (list.commit === null) return { stage, ...found };
    const about = { subject: `draw:${draw}/${attempt}` };
    const body = { draw_id: draw, attempt, seat: PUBLIC };
    const commit = commitment(draw, attempt, PUBLIC, secret);
    await proven(String(list.commit.seq), { kind: "lottery.committed", ...about, body: { ...body, commit } });
    if (list.reveal === null) return { stage: "committed", ...found };
    await proven(String(list.reveal.seq), { kind: "lottery.revealed", ...about, body: { ...body, secret } });
    if (list.sealed === null) return { stage: "revealed", ...found, secret };
    const sealed = await proven(String(list.sealed), { kind: "lottery.sealed", ...about, body: {} });
    const seats = sealed.body.seal?.seats ?? [];
    need(
      seats.some((/** @type {any} */ one) => one.seat === PUBLIC && one.secret === secret),
      "the seal does not hold the public seat's secret",
    );
    return { stage: "sealed", ...found, secret };
  } catch (error) {
    if (!(error instanceof BadProof)) throw error;
    return { stage: "false", ...found, why: error.message };
  }
}
