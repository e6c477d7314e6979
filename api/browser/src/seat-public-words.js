/** What the page of the public seat says, in both languages. */

export const TEXTS = {
  words: { zh: "想说的话（可不填，只留在您的手机上）", en: "Your words (optional; they stay on your telephone)" },
  give: { zh: "生成并发出我的随机数", en: "Make and send my random number" },
  sending: { zh: "正在发出…", en: "Sending…" },
  failed: { zh: "没有发出，请再试一次。", en: "It was not sent. Please try again." },
  soon: {
    zh: "此刻不接收随机数：名单冻结后、群众席承诺之前才能提交。本页自动更新，请勿关闭。",
    en: "Numbers are taken from the roster's freeze until the public seat commits. Keep this page open: it follows.",
  },
  closed: { zh: "群众席已承诺，不再接收新的随机数。", en: "The public seat has committed and takes no more." },
  list: { zh: "已收到的随机数", en: "Numbers received" },
  mine: { zh: "我的", en: "mine" },
  lost: { zh: "连接中断，正在重连", en: "Connection lost, reconnecting" },
  unreached: { zh: "暂时取不到日志，正在重试…", en: "The log cannot be reached; trying again…" },
  receipt: { zh: "回执", en: "Receipt" },
  secret: { zh: "合成的秘密", en: "The combined secret" },
};

/** @typedef {import("./seat-verdict.js").Verdict} Verdict */
/** @typedef {(found: Verdict) => string[]} Say  a headline and a sentence; nothing where there is nothing to say */
/** @type {Record<Verdict["stage"], {outcome: "" | "pass" | "fail", zh: Say, en: Say}>} */
export const VERDICTS = {
  none: { outcome: "", zh: () => [], en: () => [] },
  logged: {
    outcome: "pass",
    zh: ({ seq, place, count }) => [`✓ 您的随机数已记入日志第 ${seq} 条`, `第 ${place} 份，共 ${count} 份。等待合成。`],
    en: ({ seq, place, count }) => [
      `✓ Your number is entry ${seq} of the log`,
      `No. ${place} of ${count}. Not yet combined.`,
    ],
  },
  committed: {
    outcome: "pass",
    zh: ({ place, count }) => ["✓ 您的随机数已合成进群众席的承诺", `第 ${place} 份，共 ${count} 份。等待揭示。`],
    en: ({ place, count }) => [
      "✓ Your number is in what the public seat committed to",
      `No. ${place} of ${count}. Not yet revealed.`,
    ],
  },
  revealed: {
    outcome: "pass",
    zh: ({ count }) => ["✓ 您的随机数已进入本次摇号", `群众席已揭示：正是 ${count} 份随机数依次合成的值。`],
    en: ({ count }) => [
      "✓ Your number is part of this draw",
      `The public seat has revealed what the ${count} numbers give.`,
    ],
  },
  sealed: {
    outcome: "pass",
    zh: ({ count }) => ["✓ 您的随机数已进入本次摇号", `${count} 份随机数的合成值已写入封存，任何人不能再改变。`],
    en: ({ count }) => [
      "✓ Your number is part of this draw",
      `What the ${count} numbers give is in the seal; nobody can change it.`,
    ],
  },
  dropped: {
    outcome: "",
    zh: () => ["! 群众席没有揭示", "您的随机数没有进入本次摇号。已公开记录，不影响结果的公平。"],
    en: () => [
      "! The public seat did not reveal",
      "Your number is not part of the draw: a public mark, without effect on its fairness.",
    ],
  },
  false: {
    outcome: "fail",
    zh: ({ why }) => ["✗ 异议：日志不能证明我的随机数进入了群众席", `请把本页给监督人员看，并请写入会议记录。（${why}）`],
    en: ({ why }) => [
      "✗ Objection: the log does not prove my number",
      `Show this page to the supervisor and have it put into the minutes. (${why})`,
    ],
  },
};
