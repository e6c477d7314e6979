/** The seal 封存: fixes plan, roster, secrets and the future entropy (mingtang-draw/1 §3.3, §4, stage 5). */

import { digest, docHash } from "./canonical.js";
import { demand } from "./fault.js";
import { isAscending, isClosed, isDigits, isHex64, isInteger, PROTOCOL } from "./forms.js";
import { areOfTwoOrganisations, organisations } from "./plan.js";

/**
 * The text whose SHA-256 a seat publishes before its secret.
 * @param {string} drawId @param {number} attempt @param {string} seat @param {string} secret  64 lower-case hex digits
 * @returns {string}
 */
export const commitInput = (drawId, attempt, seat, secret) =>
  `${PROTOCOL}/commit\n${drawId}\n${attempt}\n${seat}\n${secret}\n`;

/** The commitment 承诺. @param {string} drawId @param {number} attempt @param {string} seat @param {string} secret */
export const commitment = (drawId, attempt, seat, secret) => digest(commitInput(drawId, attempt, seat, secret));

/** @param {any} seal @param {any} plan @param {any} roster  both checked @returns {void} */
export function checkSeal(seal, plan, roster) {
  const rule = (/** @type {unknown} */ holds, /** @type {string} */ name) => demand(holds, "E_SEAL", `seal.${name}`);

  rule(isClosed(seal, "v type draw_id attempt plan_sha256 roster_sha256 seats dice round"), "members");
  rule(seal.v === PROTOCOL, "v");
  rule(seal.type === "seal", "type");
  rule(seal.draw_id === plan.draw_id, "draw_id");
  rule(seal.attempt === plan.attempt, "attempt");
  rule(isHex64(seal.plan_sha256), "plan_sha256");
  rule(isHex64(seal.roster_sha256), "roster_sha256");
  rule(Array.isArray(seal.seats), "seats");
  demand(seal.plan_sha256 === docHash(plan), "E_HASH", "seal.plan_sha256");
  demand(seal.roster_sha256 === docHash(roster), "E_HASH", "seal.roster_sha256");

  const known = organisations(plan);
  /** @type {any[]} */ const seats = seal.seats;
  seats.forEach((entry, i) => {
    rule(isClosed(entry, "seat commit secret"), `seats[${i}]`);
    rule(known.has(entry.seat), `seats[${i}].seat`);
    rule(isHex64(entry.commit), `seats[${i}].commit`);
    rule(entry.secret === null || isHex64(entry.secret), `seats[${i}].secret`);
    if (entry.secret === null) return;
    const opened = commitment(plan.draw_id, plan.attempt, entry.seat, entry.secret);
    demand(opened === entry.commit, "E_COMMIT", `seal.seats[${i}]: ${entry.seat}`);
  });
  rule(isAscending(seats.map((entry) => entry.seat)), "seats ascending");

  const revealed = seats.filter((entry) => entry.secret !== null);
  demand(new Set(revealed.map((entry) => entry.secret)).size === revealed.length, "E_COMMIT", "two equal secrets");
  demand(revealed.length >= plan.min_reveals, "E_QUORUM", `${revealed.length} reveals, at least ${plan.min_reveals}`);
  demand(
    areOfTwoOrganisations(
      plan,
      revealed.map((entry) => entry.seat),
    ),
    "E_QUORUM",
    "reveals of one organisation",
  );

  const dice = plan.entropy === "drand+dice" ? isDigits(seal.dice, plan.dice_digits) : seal.dice === null;
  demand(dice, "E_DICE", "seal.dice");
  rule(plan.entropy === "dice" ? seal.round === null : isInteger(seal.round, 1), "round");
}
