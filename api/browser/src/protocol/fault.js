/**
 * Why a file is refused: one of the 19 codes of mingtang-draw/1 §9, and the place in the file.
 *
 * The codes are fixed words, the same in every verifier, so that two people can compare what they see.
 */

/** @typedef {{zh: string, en: string}} Words  the same sentence in both languages */

/** @type {Readonly<Record<string, Words>>} One sentence for each code; E_LOG is for those who hold the log as well. */
export const SENTENCES = Object.freeze({
  E_CANON: { zh: "文件不是规范的字节形式", en: "the file is not in the one canonical byte form" },
  E_FORMAT: {
    zh: "字段缺失、多余，或类型、长度不符",
    en: "a member is missing, unknown, or of the wrong type or length",
  },
  E_TEXT: { zh: "文字含有不允许的字符，或首尾有空格", en: "a text has a forbidden character, or a blank at an end" },
  E_PLAN: { zh: "摇号方案不合规则", en: "the plan breaks a rule" },
  E_ROSTER: { zh: "候选名单不合规则", en: "the roster breaks a rule" },
  E_POOL: { zh: "候选机构数或号球数不合规则", en: "too few agents, or too many balls" },
  E_SEAL: { zh: "封存文件不合规则", en: "the seal breaks a rule" },
  E_HASH: {
    zh: "校验码不符：文件在引用之后被改动",
    en: "a digest does not match: a document differs from the one referred to",
  },
  E_COMMIT: { zh: "揭示与承诺不符", en: "a reveal does not open its commitment" },
  E_QUORUM: { zh: "揭示不足，或不足两家机构", en: "too few reveals, or all of one organisation" },
  E_DICE: { zh: "骰子记录不合规则", en: "the record of the dice breaks a rule" },
  E_BEACON: { zh: "公共随机数与轮次或签名不符", en: "the beacon's value does not fit its round or signature" },
  E_TIME: {
    zh: "封存时间与随机数产生时间的先后不合规则",
    en: "the seal and the randomness are in the wrong order of time",
  },
  E_BEACON_SIG: { zh: "公共随机数的签名错误", en: "the beacon's signature is wrong" },
  E_RESULT: { zh: "结果文件与重新计算不符", en: "the result differs from the computed one" },
  E_SEED: { zh: "种子不符", en: "the seed differs from the computed one" },
  E_RANKING: { zh: "排名不符", en: "the ranking differs from the computed one" },
  E_WINNERS: { zh: "中签或候补不符", en: "winners or alternates differ from the computed ones" },
  E_STANDING: { zh: "现行结果不符", en: "the standing differs from the computed one" },
  E_LOG: { zh: "与公开日志不符", en: "the file does not agree with the public log" },
});

/** The first rule that a file breaks. */
export class Fault extends Error {
  /**
   * @param {string} code   a key of SENTENCES
   * @param {string} where  the member, as `plan.seats[2].org`, or the rule in a few ASCII words
   */
  constructor(code, where) {
    super(`${code} ${where}`);
    this.name = "Fault";
    this.code = code;
    this.where = where;
  }

  /** @returns {Words} */
  get why() {
    const { zh, en } = SENTENCES[this.code];
    return { zh: `${zh}（${this.where}）`, en: `${en} (${this.where})` };
  }
}

/**
 * Raise unless the condition holds.
 * @param {unknown} holds @param {string} code @param {string} where @returns {void}
 */
export function demand(holds, code, where) {
  if (!holds) throw new Fault(code, where);
}
