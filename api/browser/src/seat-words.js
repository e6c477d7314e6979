/** What a seat's page says by script, in both languages. */

export const TEXTS = {
  make: { zh: "生成我的秘密和承诺", en: "Make my secret and commitment" },
  makeHint: {
    zh: "本机随机生成，只存在本机。",
    en: "Made at random on this device and kept on it alone.",
  },
  made: { zh: "我的承诺已生成", en: "My commitment is made" },
  logged: { zh: "我的承诺已记入日志", en: "My commitment is in the log" },
  gathered: { zh: "群众随机数已汇总", en: "The visitors' numbers are combined" },
  gathering: { zh: "正在取得并核对群众随机数…", en: "Fetching and checking the visitors' numbers…" },
  unreached: {
    zh: "暂时取不到日志，正在重试。请勿关闭本页。",
    en: "The log cannot be reached; trying again. Keep this page open.",
  },
  lost: {
    zh: "承诺已记入日志，但本机没有秘密。请从打印的备份恢复。",
    en: "The commitment is logged, but this device has no secret. Restore it from the printed backup.",
  },
  noKey: {
    zh: "本机没有本单位的签名密钥，不能承诺或揭示。请扫描本单位密钥的打印备份（MTKEY1-…）。",
    en:
      "This device has no signing key of your organisation: it can neither commit nor reveal. " +
      "Scan the printed backup of the key (MTKEY1-…).",
  },
  noKeyNew: {
    zh: "本单位还没有密钥？请在「机构密钥」页生成，并请登记员登记公钥，登记后才能签名。",
    en: "No key yet? Make one on the key page and have the registrar record its public half; it signs from then on.",
  },
  secret: { zh: "秘密（揭示前不要给任何人看）", en: "Secret (show it to nobody before the reveal)" },
  show: { zh: "显示备份（可打印）", en: "Show the backup (for printing)" },
  hide: { zh: "收起备份", en: "Hide the backup" },
  restore: { zh: "已有打印的备份？从备份恢复", en: "A printed backup already? Restore from it" },
  print: { zh: "打印备份", en: "Print the backup" },
  backup: { zh: "席位秘密备份", en: "Backup of a seat's secret" },
  seal: {
    zh: "装入信封封好。本机损坏时，在另一台设备上扫描它即可继续。",
    en: "Put it into a sealed envelope. Should the device fail, scan it on another one and go on.",
  },
  qr: { zh: "席位秘密备份二维码", en: "QR code of the seat's backup" },
  mine: { zh: "我的承诺值", en: "My commitment" },
  checking: { zh: "本机正在核对日志证明…", en: "This device is checking the log's proof…" },
  aloud: { zh: "请当场宣读：", en: "Read this aloud now:" },
};

/** @typedef {{draw: string, attempt: number, seat: string, organisation: string, seq?: string}} Facts */

/** @param {string} what  about FACTS.seq: `#` @returns {(facts: Facts) => string} */
const zh = (what) => (facts) => {
  const who = `席位 ${facts.seat}${facts.organisation ? `（${facts.organisation}）` : ""}`;
  const said = what.replace("#", facts.seq ?? "");
  return (
    `异议：${who}。摇号 ${facts.draw} 第 ${facts.attempt} 次，${said}。` +
    "请立即停止，写入会议记录，由监督部门核查。"
  );
};
/** @param {string} what @returns {(facts: Facts) => string} */
const en = (what) => (facts) => {
  const who = `Seat ${facts.seat}${facts.organisation ? ` (${facts.organisation})` : ""}`;
  const said = what.replace("#", facts.seq ?? "");
  return (
    `Objection: ${who}. Draw ${facts.draw}, attempt ${facts.attempt}: ${said}. ` +
    "Please stop, put it into the minutes, and let the supervisor look into it."
  );
};

/** Objections 异议 to be read aloud. */
export const OBJECTIONS = {
  differs: {
    zh: zh("日志中的承诺不是本席位提交的"),
    en: en("the commitment in the log is not this seat's"),
  },
  unproven: {
    zh: zh("日志第 # 条不能证明记有本席位提交的内容"),
    en: en("entry # of the log is not proven to hold what this seat gave"),
  },
  vanished: {
    zh: zh("本席位的承诺曾在日志第 # 条，现在不见了"),
    en: en("this seat's commitment stood in entry # of the log and is gone"),
  },
  list: {
    zh: zh("群众席的随机数清单与日志不符"),
    en: en("the list of the visitors' numbers is not what the log holds"),
  },
};

/** @param {{seq: string, size: string}} proven @param {import("./dom.js").Language} language */
export const provenWords = ({ seq, size }, language) =>
  language === "en"
    ? `✓ Checked on this device: entry ${seq} of ${size}, signed by the log`
    : `✓ 本机已核对：日志第 ${seq} 条（共 ${size} 条），有日志签名`;
