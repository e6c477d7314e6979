/** The roster 候选名单: the frozen pool, and who was excluded and why (mingtang-draw/1 §3.2, stage 4). */

import { demand } from "./fault.js";
import { checkText, isAscending, isClosed, isInteger, isMatch, PROTOCOL } from "./forms.js";

const CODE = /^[0-9A-Z][0-9A-Z-]{0,31}$/;
const MAX_BALLS = 10_000_000;

/** @param {any} roster @param {any} plan  checked @returns {void} @throws {import("./fault.js").Fault} */
export function checkRoster(roster, plan) {
  const rule = (/** @type {unknown} */ holds, /** @type {string} */ name) =>
    demand(holds, "E_ROSTER", `roster.${name}`);

  rule(isClosed(roster, "v type draw_id attempt agents excluded"), "members");
  rule(roster.v === PROTOCOL, "v");
  rule(roster.type === "roster", "type");
  rule(roster.draw_id === plan.draw_id, "draw_id");
  rule(roster.attempt === plan.attempt, "attempt");
  rule(Array.isArray(roster.agents), "agents");
  rule(Array.isArray(roster.excluded), "excluded");

  /** @type {any[]} */ const agents = roster.agents;
  /** @type {any[]} */ const excluded = roster.excluded;
  agents.forEach((agent, i) => {
    rule(isClosed(agent, "code name balls"), `agents[${i}]`);
    rule(isMatch(agent.code, CODE), `agents[${i}].code`);
    checkText(agent.name, `roster.agents[${i}].name`);
    rule(isInteger(agent.balls, 1, 1000), `agents[${i}].balls`);
  });
  excluded.forEach((entry, i) => {
    rule(isClosed(entry, "code name reason note"), `excluded[${i}]`);
    rule(isMatch(entry.code, CODE), `excluded[${i}].code`);
    checkText(entry.name, `roster.excluded[${i}].name`);
    rule(isMatch(entry.reason, /^[A-Z][A-Z0-9_]{0,31}$/), `excluded[${i}].reason`);
    checkText(entry.note, `roster.excluded[${i}].note`);
  });

  const codes = agents.map((agent) => agent.code);
  const out = excluded.map((entry) => entry.code);
  rule(isAscending(codes), "agents ascending");
  rule(isAscending(out), "excluded ascending");
  rule(new Set([...codes, ...out]).size === codes.length + out.length, "a code in agents and excluded");
  rule(new Set(agents.map((agent) => agent.name)).size === agents.length, "two agents of one name");
  if (plan.code_scheme === "gb32100") rule([...codes, ...out].every(isCreditCode), "a code fails GB 32100");

  const balls = agents.reduce((sum, agent) => sum + agent.balls, 0);
  demand(agents.length >= plan.min_agents, "E_POOL", `${agents.length} agents, at least ${plan.min_agents}`);
  demand(balls <= MAX_BALLS, "E_POOL", `${balls} balls, at most ${MAX_BALLS}`);
}

const ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"; // 31 symbols: no I, O, S, V, Z

/** Unified social credit code 统一社会信用代码 with a right check character (GB 32100-2015). @param {string} code */
export function isCreditCode(code) {
  const values = [...code].map((sign) => ALPHABET.indexOf(sign));
  if (values.length !== 18 || values.includes(-1)) return false;
  let sum = 0;
  let weight = 1; // 3^i mod 31
  for (const value of values.slice(0, 17)) {
    sum += weight * value;
    weight = (weight * 3) % 31;
  }
  return values[17] === (31 - (sum % 31)) % 31;
}
