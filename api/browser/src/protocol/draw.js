/** Seed, tickets, ranking, winners, standing: what the documents and the entropy imply (mingtang-draw/1 §5-§8). */

import { QUICKNET } from "./beacon.js";
import { digest, docHash } from "./canonical.js";
import { PROTOCOL } from "./forms.js";
import { Tickets } from "./tickets.js";

/** @typedef {{rank: number, code: string, ball: number, ticket: string}} Place */

/** The entropy line, without LF (§5.1). @param {any} evidence  stages 3 to 6 passed @returns {string} */
export function entropyLine({ plan, beacon, dice }) {
  if (plan.entropy === "dice") return `dice:${dice.digits}`;
  return `drand:${QUICKNET.chain_hash}:${beacon.round}:${beacon.randomness}`;
}

/** The text whose SHA-256 is the seed 种子 (§6). @param {any} evidence @returns {string} */
export const seedInput = (evidence) =>
  [
    `${PROTOCOL}/seed`,
    evidence.plan.draw_id,
    evidence.plan.attempt,
    docHash(evidence.seal),
    entropyLine(evidence),
    "",
  ].join("\n");

/** The text whose SHA-256 is a ball's ticket 签值 (§7). @param {string} seed @param {string} code @param {number} ball */
export const ticketInput = (seed, code, ball) => `${seed}:${code}:${ball}`;

/**
 * Every agent by its smallest ticket, ascending; equal tickets go by code, then ball.
 * @param {string} seed  64 hex digits
 * @param {{code: string, balls: number}[]} agents
 * @returns {Place[]}
 */
export function rankingOf(seed, agents) {
  const tickets = new Tickets(seed);
  const best = agents.map(({ code, balls }) => ({ code, rank: 0, ...tickets.smallest(code, balls) }));
  best.sort((a, b) => (a.ticket < b.ticket || (a.ticket === b.ticket && a.code < b.code) ? -1 : 1));
  return best.map(({ ball, code, ticket }, i) => ({ ball, code, rank: i + 1, ticket }));
}

/** The result document 结果 (§3.5), computed from all the rest. @param {any} evidence @returns {any} */
export function makeResult(evidence) {
  const { plan, roster, seal } = evidence;
  const seed = digest(seedInput(evidence));
  const ranking = rankingOf(seed, roster.agents);
  const codes = ranking.map((place) => place.code);
  return {
    v: PROTOCOL,
    type: "result",
    draw_id: plan.draw_id,
    attempt: plan.attempt,
    seal_sha256: docHash(seal),
    entropy: entropyLine(evidence),
    seed,
    ranking,
    winners: codes.slice(0, plan.winners),
    alternates: codes.slice(plan.winners, plan.winners + plan.alternates),
  };
}

/**
 * The standing document 现行结果 (§3.6, §8.1): alternates move up strictly in the order of the ranking.
 * @param {any} plan @param {any} result @param {{seq: number, code: string, kind: string, reason: string}[]} changes
 * @returns {any}
 */
export function makeStanding(plan, result, changes) {
  const removed = new Set(changes.map((change) => change.code));
  const left = [...result.winners, ...result.alternates].filter((code) => !removed.has(code));
  return {
    v: PROTOCOL,
    type: "standing",
    draw_id: plan.draw_id,
    attempt: plan.attempt,
    result_sha256: docHash(result),
    changes,
    winners: left.slice(0, plan.winners),
    alternates: left.slice(plan.winners),
    vacant: Math.max(0, plan.winners - left.length),
  };
}
