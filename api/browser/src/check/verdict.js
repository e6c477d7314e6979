/** What a verdict means in words: the first line, and where one agency stands. Pure. */

import { ticketInput } from "../protocol/draw.js";
import { digest } from "../protocol/canonical.js";
import { SENTENCES } from "../protocol/fault.js";

/** @typedef {import("../protocol/verify.js").Verdict} Verdict */
/** @typedef {import("../protocol/fault.js").Words} Words */
/** @typedef {Pick<import("./job.js").Summary, "isAsPrinted" | "result">} Summary */
/** @typedef {{outcome: "pass" | "fail" | "part" | "busy" | "idle", shape: string} & Words} Headline */

const SHAPES = { pass: "✓", fail: "✗", part: "!", busy: "…", idle: "" };

/** @param {keyof typeof SHAPES} outcome @param {Words} words @returns {Headline} */
export const headlineOf = (outcome, { zh, en }) => ({ outcome, shape: SHAPES[outcome], zh, en });

const MISMATCH = {
  zh: "不一致：本页显示的中签机构与证据包不同",
  en: "Mismatch: this page shows other winners than the evidence gives",
};
const NOT_PRINTED = {
  zh: "不一致：二维码拼出的证据包与纸上所印校验码不同",
  en: "Mismatch: what the codes give is not what the paper says",
};
const OTHER_PAPER = {
  zh: "不一致：与纸面所印的结果不同",
  en: "Mismatch: the result computed here is not the one on the paper",
};

/**
 * The first line. The green mark is for a verdict that includes the log, which this page never gives by itself.
 * @param {Pick<Verdict, "ok" | "code" | "winners" | "bls"> & {log: string} & Partial<Summary>} verdict
 * @param {string[] | null} expected  the winners that the page itself shows, in order; null where it shows none
 * @param {string | null} [printed]  digest of the result on the paper whose code led here; null where none did
 * @returns {Headline}
 */
export function headline(verdict, expected, printed = null) {
  if (!verdict.ok) {
    const code = verdict.code ?? "";
    const { zh, en } = SENTENCES[code];
    return headlineOf("fail", { zh: `核验不通过：${code} ${zh}`, en: `Does not verify: ${code} ${en}` });
  }
  if (verdict.isAsPrinted === false) return headlineOf("fail", NOT_PRINTED);
  if (printed && printed !== verdict.result) return headlineOf("fail", OTHER_PAPER);
  if (expected && expected.join() !== verdict.winners.join()) return headlineOf("fail", MISMATCH);
  if (verdict.bls === "unchecked")
    return headlineOf("part", { zh: "部分核验：信标签名未核", en: "Partly verified: beacon signature not checked" });
  if (verdict.log !== "ok")
    return headlineOf("part", { zh: "部分核验：日志未核", en: "Partly verified: log not checked" });
  return headlineOf("pass", { zh: "核验通过", en: "Verified" });
}

/**
 * `data-expected-winners`: codes with commas between; absent means that the page shows none.
 * @param {string | undefined} text
 */
export const expectedWinners = (text) =>
  text === undefined
    ? null
    : text
        .split(",")
        .map((code) => code.trim())
        .filter(Boolean);

/**
 * The digest of the result that a code on paper bears behind the page's address, else null.
 * @param {string} fragment  as `location.hash` has it
 */
export const printedResult = (fragment) => /^#([0-9a-f]{64})$/i.exec(fragment)?.[1].toLowerCase() ?? null;

const KINDS = /** @type {Record<string, Words>} */ ({
  DECLINED: { zh: "放弃", en: "declined" },
  DISQUALIFIED: { zh: "取消资格", en: "disqualified" },
  UNREACHABLE: { zh: "失联", en: "unreachable" },
});

/**
 * What the draw says of one agency.
 * @param {Verdict} verdict  with ok true
 * @param {string} code
 * @returns {Words}
 */
export function standingOf(verdict, code) {
  const place = verdict.ranking.find((entry) => entry.code === code);
  const alternate = verdict.alternates.indexOf(code);
  const out = verdict.excluded.find((entry) => entry.code === code);
  const gone = verdict.removed.find((change) => change.code === code);
  const rank = place ? { zh: `（第 ${place.rank} 名）`, en: ` (rank ${place.rank})` } : { zh: "", en: "" };
  if (verdict.winners.includes(code)) return { zh: `中签${rank.zh}`, en: `Winner${rank.en}` };
  if (alternate >= 0) return { zh: `候补第 ${alternate + 1}${rank.zh}`, en: `Alternate ${alternate + 1}${rank.en}` };
  if (gone) {
    const kind = KINDS[gone.kind];
    return { zh: `已移出：${kind.zh}（${gone.reason}）`, en: `Removed: ${kind.en} (${gone.reason})` };
  }
  if (place) return { zh: `未中签${rank.zh}`, en: `Not drawn${rank.en}` };
  if (!out) return { zh: "不在名单", en: "Not in the roster" };
  // Only a conflict of interests is 回避; who was suspended, or did not answer the call, has not stood aside.
  if (out.reason === "CONFLICT") return { zh: `回避（${out.note}）`, en: `Recused: conflict of interests (${out.note})` };
  return { zh: `不参加：${out.reason}（${out.note}）`, en: `Excluded: ${out.reason} (${out.note})` };
}

/** @typedef {{words: Words, name: string, seed: string, tickets: {ball: number, ticket: string}[]}} Answer */

/**
 * The same, with its name and all its tickets, the smallest first.
 * @param {Verdict} verdict @param {string} code @returns {Answer}
 */
export function answerFor(verdict, code) {
  const agent = verdict.agents.find((one) => one.code === code);
  const out = verdict.excluded.find((one) => one.code === code);
  const tickets = Array.from({ length: agent?.balls ?? 0 }, (_, i) => ({
    ball: i + 1,
    ticket: digest(ticketInput(verdict.seed, code, i + 1)),
  }));
  tickets.sort((a, b) => (a.ticket < b.ticket ? -1 : 1));
  return { words: standingOf(verdict, code), name: (agent ?? out)?.name ?? "", seed: verdict.seed, tickets };
}

const CREDIT_CODE = /[0-9A-HJ-NPQRTUWXY]{18}/;

/** The code in what was typed or scanned: a business licence's QR code is an address with the code in it. */
export const codeIn = (/** @type {string} */ text) => {
  const plain = text.trim().toUpperCase();
  return /^[0-9A-Z][0-9A-Z-]{0,31}$/.test(plain) ? plain : (CREDIT_CODE.exec(plain)?.[0] ?? plain);
};
