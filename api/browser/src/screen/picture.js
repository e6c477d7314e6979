/**
 * Which picture is shown, and what is said beside it: follows from the server's state, the screen's own computing and
 * the clock. Pure.
 */

import { clockTime } from "./parts.js";
import { MESSAGES, SAY, STATES, WITNESSES } from "./words.js";

/** @typedef {import("../protocol/fault.js").Words} Words */
/** @typedef {import("./check.js").Check} Check */
/** @typedef {{level: "note" | "warn" | "stop", key: string} & Words} Alert */

const RESULTS = new Set(["S8", "S9", "S10"]);
const UNREAD = 10; // seconds after a round's time until the hall is told that its value does not come
const RESTORED = 600; // seconds for which a restart is told of

/** Whether the round's time has come and its value has not. @param {any} state @param {number} now  milliseconds */
export function isUnread({ screen, present }, now) {
  const isWaiting = (screen === "S6" || screen === "S7") && !present?.seed && present?.round_at;
  return Boolean(isWaiting) && now / 1000 >= present.round_at + UNREAD;
}

/**
 * The picture: the server's, but no result before it is computed here as well.
 * @param {any} state @param {Check} check @param {number} now
 * @returns {{screen: string, title: Words}}
 */
export function pictureOf(state, check, now) {
  let screen = state.screen;
  if (RESULTS.has(screen) && state.present?.result_sha256 && check.status !== "ok") {
    screen = ["none", "fetching", "computing"].includes(check.status) ? "S7" : "STOP";
  }
  return { screen, title: isUnread(state, now) ? STATES.WAIT : STATES[screen] };
}

/**
 * Sentences above the picture, the gravest first.
 * @param {any} state @param {number} now  Unix milliseconds
 * @returns {Alert[]}
 */
export function alertsOf(state, now) {
  const { present, presentation, screen, restored_at: restored } = state;
  /** @type {Alert[]} */
  const found = [];
  const say = (/** @type {Alert["level"]} */ level, /** @type {string} */ key, /** @type {Words} */ words) => {
    if (!found.some((one) => one.zh === words.zh)) found.push({ level, key, ...words });
  };
  const [code = "", digit = ""] = (presentation?.message ?? "").split(":");
  if (code === "DIGITS_DIFFER") say("warn", code, SAY.differ(digit));
  else if (code === "AWAITING_ROUND") {
    if (present?.round && !present.seed) say("warn", code, SAY.unread(present.round));
  } else if (MESSAGES[code]) {
    say(["LOG_DOWN", "BEACON_HALTED", "BAD_SIGNATURE"].includes(code) ? "stop" : "warn", code, MESSAGES[code]);
  }
  const isPending = ["S5", "S6", "S6d", "S7"].includes(screen) && present && !present.seed;
  if (isPending && present.witness === "late" && present.entropy !== "dice") say("stop", "SEAL_LATE", WITNESSES.late);
  else if (screen === "S6" && isUnread(state, now)) say("warn", "AWAITING_ROUND", SAY.unread(present.round));
  if (screen === "S6d" && present.witness === "waiting" && present.slip_noted) say("warn", "SLIP", WITNESSES.slip);
  if (restored && now / 1000 < restored + RESTORED) say("note", "RESTORED", SAY.restored(clockTime(restored * 1000)));
  return found;
}

/**
 * How the seal stands with its witnesses: one line below it.
 * @param {any} present @returns {{mark: string} & Words}
 */
export function witnessLine({ witness, witness_have: have, witness_need: need, entropy }) {
  if (witness === "witnessed") return { mark: "✓", ...SAY.witnessed(have, need) };
  if (witness === "none") return { mark: "!", ...WITNESSES.none };
  if (witness === "late" && entropy !== "dice") return { mark: "✗", ...WITNESSES.late };
  return { mark: "…", ...SAY.unwitnessed(have, need) };
}

/**
 * The lines of a result that are called one by one, in the order of the ranking.
 * @param {import("../protocol/verify.js").Verdict} verdict @param {{winners: number, alternates: number}} plan
 */
export function linesOf({ ranking, agents, winners, alternates, removed }, plan) {
  const called = ranking.slice(0, plan.winners + plan.alternates);
  const wanted = new Set(called.map((place) => place.code));
  const names = new Map(agents.filter(({ code }) => wanted.has(code)).map(({ code, name }) => [code, name]));
  const gone = new Map(removed.map((change) => [change.code, change]));
  const inForce = new Set(winners);
  return called.map((place) => ({
    ...place,
    name: names.get(place.code) ?? place.code,
    drawn: place.rank <= plan.winners ? "winner" : "alternate",
    alternate: place.rank - plan.winners,
    gone: gone.get(place.code)?.kind ?? "",
    now: inForce.has(place.code) ? "winner" : alternates.includes(place.code) ? "alternate" : "removed",
  }));
}

/** A ticket as a share of the largest there can be. @param {string} ticket */
export const shareOf = (ticket) => Number.parseInt(ticket.slice(0, 8), 16) / 0x1_0000_0000;
