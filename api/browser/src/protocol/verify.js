/**
 * The verifier: repeats a draw from one evidence file 证据包, in the total order of mingtang-draw/1 §9.
 *
 * It asks nobody and holds no secret. What one file cannot show (the log, its witnesses) it reports as not checked.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { checkBeaconForm, isRoundSignature, QUICKNET, randomnessOf, roundMessage, roundTime } from "./beacon.js";
import { commandsOf } from "./by-hand.js";
import { decode, digest, docHash, encode } from "./canonical.js";
import { entropyLine, makeResult, makeStanding, seedInput, ticketInput } from "./draw.js";
import { demand, Fault } from "./fault.js";
import { checkText, isAscending, isClosed, isDigits, isInteger, isObject, PROTOCOL } from "./forms.js";
import { areOfTwoOrganisations, checkPlan, organisations } from "./plan.js";
import { checkRoster } from "./roster.js";
import { checkSeal, commitInput } from "./seal.js";

/** @typedef {import("./fault.js").Words} Words */
/**
 * @typedef {object} Step  one of the nine stages
 * @property {string} id
 * @property {Words} title
 * @property {boolean | null} ok     null: not checked
 * @property {string} input          the exact text whose SHA-256 is `digest`; "" where there is none
 * @property {string} digest         64 hex digits, or ""
 * @property {{label: Words, value: string}[]} detail  what was found, for repeating it by other means
 * @property {string[]} commands     for a shell, where the stage holds
 */
/**
 * @typedef {object} Verdict
 * @property {boolean} ok            stages 1 to 8 hold; the log is never checked here
 * @property {string} [code]         the first error
 * @property {Words} [why]
 * @property {Step[]} steps          always nine
 * @property {string} draw           the plan's draw_id once the plan holds, else ""
 * @property {number} attempt
 * @property {string} project_name
 * @property {string[]} winners      in force: of the standing, or of the result where nobody was removed
 * @property {string[]} alternates
 * @property {import("./draw.js").Place[]} ranking
 * @property {{code: string, name: string, balls: number}[]} agents
 * @property {{code: string, name: string, reason: string, note: string}[]} excluded
 * @property {{code: string, kind: string, reason: string}[]} removed  after the draw, in order
 * @property {string} seed
 * @property {string} result_sha256  of the computed result
 * @property {"ok" | "unchecked" | "-"} bls  "-" in mode dice, which has no signature
 * @property {"unchecked"} log
 */

/** @type {readonly {id: string, title: Words, run: (work: Work, step: Step) => void}[]} */
const STAGES = [
  {
    id: "file",
    title: { zh: "文件是唯一的规范字节形式", en: "The file is in its one canonical byte form" },
    run: readFile,
  },
  { id: "evidence", title: { zh: "证据包的字段齐全", en: "The evidence has all its members" }, run: readEvidence },
  { id: "plan", title: { zh: "摇号方案合规", en: "The plan keeps the rules" }, run: readPlan },
  { id: "roster", title: { zh: "候选名单合规", en: "The roster keeps the rules" }, run: readRoster },
  {
    id: "seal",
    title: { zh: "封存固定了方案、名单和各席位的秘密", en: "The seal fixes plan, roster and secrets" },
    run: readSeal,
  },
  {
    id: "entropy",
    title: { zh: "随机数真实，且产生于封存的规定时间", en: "The randomness is genuine and came at its time" },
    run: readEntropy,
  },
  {
    id: "result",
    title: { zh: "种子、签值、排名、中签与重新计算一致", en: "Seed, tickets, ranking and winners are as computed" },
    run: readResult,
  },
  {
    id: "standing",
    title: { zh: "现行结果按候补次序递补", en: "The standing follows the order of alternates" },
    run: readStanding,
  },
  {
    id: "log",
    title: { zh: "公开日志与见证（本页不核验）", en: "Public log and witnesses (not checked here)" },
    run: leaveLog,
  },
];

/**
 * What the stages hand on to one another.
 * @typedef {{bytes: Uint8Array, evidence: any, result: any, digest: string, bls: Verdict["bls"]}} Work
 */

/**
 * @param {Uint8Array} bytes                the evidence file
 * @param {(step: Step) => void} [onStep]   called after each stage, also those not reached
 * @returns {Verdict}
 */
export function verify(bytes, onStep = () => {}) {
  /** @type {Work} */
  const work = { bytes, evidence: {}, result: null, digest: "", bls: "unchecked" };
  /** @type {Fault | undefined} */
  let fault;
  const steps = STAGES.map(({ id, title, run }) => {
    /** @type {Step} */
    const step = { id, title, ok: null, input: "", digest: "", detail: [], commands: [] };
    if (!fault) {
      try {
        run(work, step);
        step.commands = commandsOf(id, work.evidence, work.result);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        fault = error;
        step.ok = false;
      }
    }
    onStep(step);
    return step;
  });
  const reached = (/** @type {string} */ id) => steps.some((step) => step.id === id && step.ok);
  const { plan, roster, standing } = work.evidence ?? {}; // a file may hold null and nothing else
  const outcome = fault ? { winners: [], alternates: [] } : (standing ?? work.result);
  return {
    ok: !fault,
    ...(fault && { code: fault.code, why: fault.why }),
    steps,
    draw: reached("plan") ? plan.draw_id : "",
    attempt: reached("plan") ? plan.attempt : 0,
    project_name: reached("plan") ? plan.project_name : "",
    winners: outcome.winners,
    alternates: outcome.alternates,
    ranking: fault ? [] : work.result.ranking,
    agents: reached("roster") ? roster.agents : [],
    excluded: reached("roster") ? roster.excluded : [],
    removed: fault ? [] : (standing?.changes ?? []),
    seed: fault ? "" : work.result.seed,
    result_sha256: fault ? "" : work.digest,
    bls: work.bls,
    log: "unchecked",
  };
}

/** @param {Step} step @param {string} zh @param {string} en @param {string | number} value */
const note = (step, zh, en, value) => step.detail.push({ label: { zh, en }, value: String(value) });

/** @param {Step} step @param {string} input */
function hashed(step, input) {
  step.input = input;
  step.digest = digest(input);
  step.ok = true;
}

/** @param {Work} work @param {Step} step */
function readFile(work, step) {
  step.digest = bytesToHex(sha256(work.bytes)); // of the bytes as they are, also where they are no text
  note(step, "字节数", "bytes", work.bytes.length);
  work.evidence = decode(work.bytes);
  step.ok = true;
}

/** @param {Work} work @param {Step} step */
function readEvidence({ evidence }, step) {
  demand(isClosed(evidence, "v type plan roster seal seal_time beacon dice result standing"), "E_FORMAT", "members");
  demand(evidence.v === PROTOCOL, "E_FORMAT", "v");
  demand(evidence.type === "evidence", "E_FORMAT", "type");
  step.ok = true;
}

/** @param {Work} work @param {Step} step */
function readPlan({ evidence }, step) {
  checkPlan(evidence.plan);
  hashed(step, encode(evidence.plan));
}

/** @param {Work} work @param {Step} step */
function readRoster({ evidence }, step) {
  checkRoster(evidence.roster, evidence.plan);
  hashed(step, encode(evidence.roster));
  note(step, "候选机构", "agents", evidence.roster.agents.length);
  note(step, "排除", "excluded", evidence.roster.excluded.length);
}

/** @param {Work} work @param {Step} step */
function readSeal({ evidence }, step) {
  const { plan, roster, seal } = evidence;
  checkSeal(seal, plan, roster);
  hashed(step, encode(seal));
  for (const { seat, commit, secret } of seal.seats) {
    if (secret === null) {
      note(step, `${seat}：已承诺，未揭示`, `${seat}: committed, not revealed`, commit);
    } else {
      note(
        step,
        `${seat}：承诺原文（每行都以一个 LF 结尾）`,
        `${seat}: text committed to (every line ends with one LF)`,
        commitInput(plan.draw_id, plan.attempt, seat, secret),
      );
      note(step, `${seat}：承诺`, `${seat}: commitment`, commit);
    }
  }
}

/** @param {Work} work @param {Step} step */
function readEntropy(work, step) {
  const { plan, seal, beacon, dice, seal_time: sealTime } = work.evidence;
  demand(isInteger(sealTime, 1), "E_FORMAT", "seal_time");
  if (plan.entropy === "drand") demand(dice === null, "E_DICE", "dice");
  else checkDice(dice, plan);
  note(step, "封存时间（Unix 秒，文件所称）", "time of the seal (Unix seconds, as claimed)", sealTime);
  if (plan.entropy === "dice") {
    demand(beacon === null, "E_BEACON", "beacon");
    demand(dice.time > sealTime, "E_TIME", "dice before the seal");
    work.bls = "-";
  } else {
    if (plan.entropy === "drand+dice") {
      demand(dice.digits === seal.dice, "E_DICE", "digits differ from the seal's");
      demand(dice.time <= sealTime, "E_DICE", "dice after the seal");
    }
    checkBeacon(work.evidence);
    work.bls = "ok";
    note(step, "轮次", "round", beacon.round);
    note(step, "轮次时间（Unix 秒）", "time of the round (Unix seconds)", String(roundTime(beacon.round)));
    note(step, "签名", "signature", beacon.signature);
    note(step, "被签消息", "message signed", bytesToHex(roundMessage(beacon.round)));
    note(step, "公钥", "public key", QUICKNET.public_key);
    note(step, "随机数 = SHA-256(签名的 48 字节)", "randomness = SHA-256(the signature's 48 bytes)", beacon.randomness);
  }
  if (dice !== null) note(step, "骰子", "dice", dice.digits);
  note(step, "熵行", "entropy line", entropyLine(work.evidence));
  step.ok = true;
}

/** §3.4. @param {any} dice @param {any} plan @returns {void} */
function checkDice(dice, plan) {
  const rule = (/** @type {unknown} */ holds, /** @type {string} */ name) => demand(holds, "E_DICE", `dice.${name}`);
  rule(isClosed(dice, "digits time confirmed_by"), "members");
  rule(isDigits(dice.digits, plan.dice_digits), "digits");
  rule(isInteger(dice.time, 1), "time");
  rule(Array.isArray(dice.confirmed_by) && dice.confirmed_by.length >= 2, "confirmed_by");
  const known = organisations(plan);
  rule(
    dice.confirmed_by.every((/** @type {any} */ seat) => known.has(seat)),
    "confirmed_by: seats of the plan",
  );
  rule(isAscending(dice.confirmed_by), "confirmed_by ascending");
  rule(areOfTwoOrganisations(plan, dice.confirmed_by), "confirmed_by of two organisations");
}

/** §9, 6.5 to 6.8. @param {any} evidence @returns {void} */
function checkBeacon({ plan, seal, beacon, seal_time: sealTime }) {
  checkBeaconForm(beacon);
  demand(beacon.round === seal.round, "E_BEACON", "another round than sealed");
  const lead = roundTime(beacon.round) - BigInt(sealTime);
  demand(
    plan.min_lead <= lead && lead <= plan.max_lead,
    "E_TIME",
    `lead ${lead} s, ${plan.min_lead} to ${plan.max_lead}`,
  );
  demand(beacon.randomness === randomnessOf(beacon.signature), "E_BEACON", "randomness is not of the signature");
  demand(isRoundSignature(beacon.round, beacon.signature), "E_BEACON_SIG", `round ${beacon.round}`);
}

/** @param {Work} work @param {Step} step */
function readResult(work, step) {
  const { plan, result } = work.evidence;
  const rule = (/** @type {unknown} */ holds, /** @type {string} */ name) =>
    demand(holds, "E_RESULT", `result.${name}`);
  const members = "v type draw_id attempt seal_sha256 entropy seed ranking winners alternates";
  rule(isClosed(result, members), "members");
  rule(result.v === PROTOCOL, "v");
  rule(result.type === "result", "type");
  rule(result.draw_id === plan.draw_id, "draw_id");
  rule(result.attempt === plan.attempt, "attempt");

  const own = makeResult(work.evidence);
  hashed(step, seedInput(work.evidence));
  const [first] = own.ranking;
  note(
    step,
    "第 1 名的签值原文（末尾没有换行）",
    "text of rank 1's ticket (no line feed)",
    ticketInput(own.seed, first.code, first.ball),
  );
  note(step, "第 1 名的签值", "rank 1's ticket", first.ticket);
  work.digest = docHash(own);
  note(step, "结果校验码", "digest of the result", work.digest);
  for (const [name, code] of [
    ["seal_sha256", "E_HASH"],
    ["entropy", "E_RESULT"],
    ["seed", "E_SEED"],
    ["ranking", "E_RANKING"],
    ["winners", "E_WINNERS"],
    ["alternates", "E_WINNERS"],
  ])
    demand(encode(result[name]) === encode(own[name]), code, `result.${name}`);
  work.result = own;
}

/** @param {Work} work @param {Step} step */
function readStanding({ evidence, result }, step) {
  const { plan, standing } = evidence;
  step.ok = true;
  if (standing === null) {
    note(step, "无变更", "no changes", 0);
    return;
  }
  const rule = (/** @type {unknown} */ holds, /** @type {string} */ name) =>
    demand(holds, "E_STANDING", `standing.${name}`);
  rule(isObject(standing) && Array.isArray(standing.changes), "changes");
  const callable = new Set([...result.winners, ...result.alternates]);
  const removed = new Set();
  standing.changes.forEach((/** @type {any} */ change, /** @type {number} */ i) => {
    rule(isClosed(change, "seq code kind reason"), `changes[${i}]`);
    rule(change.seq === i + 1, `changes[${i}].seq`);
    rule(callable.has(change.code), `changes[${i}].code`);
    rule(["DECLINED", "DISQUALIFIED", "UNREACHABLE"].includes(change.kind), `changes[${i}].kind`);
    checkText(change.reason, `standing.changes[${i}].reason`);
    rule(!removed.has(change.code), `changes[${i}]: removed twice`);
    removed.add(change.code);
  });
  rule(encode(standing) === encode(makeStanding(plan, result, standing.changes)), "differs from the computed one");
  hashed(step, encode(standing));
  note(step, "变更", "changes", standing.changes.length);
  note(step, "空缺", "vacant", standing.vacant);
}

/** @param {Work} _work @param {Step} step */
function leaveLog(_work, step) {
  note(
    step,
    "核验方法",
    "how to check",
    "mingtang verify draw FILE --receipt PROOF --entry FILE --log URL --key VKEY --witness VKEY",
  );
}
