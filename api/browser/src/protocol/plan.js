/** The plan 摇号方案: the rules of one attempt (mingtang-draw/1 §3.1, stage 3). */

import { QUICKNET } from "./beacon.js";
import { encode } from "./canonical.js";
import { demand } from "./fault.js";
import { checkText, isAscending, isClosed, isHex64, isInteger, isMatch, isObject, PROTOCOL } from "./forms.js";

const MEMBERS =
  "v type draw_id attempt prev_sha256 project_code project_name tenderer winners alternates min_agents code_scheme " +
  "entropy seats min_reveals beacon min_lead max_lead dice_digits";
const MAX_SEATS = 16;
const MIN_LEAD = 30; // seconds: covers the differences among the clocks of log, witness and beacon

/** @param {any} plan @returns {void} @throws {import("./fault.js").Fault} the first rule broken */
export function checkPlan(plan) {
  const rule = (/** @type {unknown} */ holds, /** @type {string} */ name) => demand(holds, "E_PLAN", `plan.${name}`);

  rule(isClosed(plan, MEMBERS), "members");
  rule(plan.v === PROTOCOL, "v");
  rule(plan.type === "plan", "type");
  rule(isMatch(plan.draw_id, /^[A-Z0-9][A-Z0-9-]{1,62}[A-Z0-9]$/), "draw_id");
  rule(isInteger(plan.attempt, 1, 99), "attempt");
  rule(plan.prev_sha256 === null || isHex64(plan.prev_sha256), "prev_sha256");
  for (const name of ["project_code", "project_name", "tenderer"]) checkText(plan[name], `plan.${name}`);
  rule(isInteger(plan.winners, 1, 10_000), "winners");
  rule(isInteger(plan.alternates, 0, 10_000), "alternates");
  rule(isInteger(plan.min_agents, 1), "min_agents");
  rule(plan.code_scheme === "gb32100" || plan.code_scheme === "opaque", "code_scheme");
  rule(["drand", "dice", "drand+dice"].includes(plan.entropy), "entropy");
  rule(Array.isArray(plan.seats), "seats");
  rule(isInteger(plan.min_reveals, 2), "min_reveals");
  rule(plan.beacon === null || isObject(plan.beacon), "beacon");
  rule(isInteger(plan.min_lead, 0, 86_400), "min_lead");
  rule(isInteger(plan.max_lead, 0, 604_800), "max_lead");
  rule(isInteger(plan.dice_digits, 0, 99), "dice_digits");

  rule((plan.attempt === 1) === (plan.prev_sha256 === null), "prev_sha256 goes with attempt");
  rule(plan.min_agents >= plan.winners, "min_agents is not below winners");
  plan.seats.forEach((/** @type {any} */ entry, /** @type {number} */ i) => {
    rule(isClosed(entry, "seat org"), `seats[${i}]`);
    rule(isMatch(entry.seat, /^[a-z][a-z0-9-]{0,31}$/), `seats[${i}].seat`);
    checkText(entry.org, `plan.seats[${i}].org`);
  });
  rule(isAscending(plan.seats.map((/** @type {any} */ entry) => entry.seat)), "seats ascending");
  rule(new Set(organisations(plan).values()).size >= 2, "seats of two organisations");
  rule(plan.seats.length <= MAX_SEATS, "at most 16 seats");
  rule(plan.min_reveals <= plan.seats.length, "min_reveals is not above the number of seats");
  if (plan.entropy === "dice") {
    rule(plan.beacon === null, "beacon");
    rule(plan.min_lead === 0 && plan.max_lead === 0, "leads");
  } else {
    rule(plan.beacon !== null && encode(plan.beacon) === encode(QUICKNET), "beacon");
    rule(MIN_LEAD <= plan.min_lead && plan.min_lead <= plan.max_lead, "leads");
  }
  rule(plan.entropy === "drand" ? plan.dice_digits === 0 : plan.dice_digits >= 20, "dice_digits");
}

/** From each seat of a checked plan to its organisation. @param {any} plan @returns {Map<string, string>} */
export const organisations = (plan) => new Map(plan.seats.map((/** @type {any} */ entry) => [entry.seat, entry.org]));

/**
 * Whether these seats belong to at least two organisations.
 * @param {any} plan
 * @param {string[]} seats
 * @returns {boolean}
 */
export function areOfTwoOrganisations(plan, seats) {
  const of = organisations(plan);
  return new Set(seats.map((seat) => of.get(seat))).size >= 2;
}
