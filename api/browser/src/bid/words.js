/** What the pages of sealed bids say, in Chinese and English. */

/** @typedef {import("../protocol/fault.js").Words} Words */

/** @type {Record<string, Words>} */
export const WORDS = {
  price: {
    zh: "报价须为元，大于 0，至多两位小数",
    en: "the price is in yuan, more than 0, with two decimals at most",
  },
  days: { zh: "天数须为整数", en: "the time is a whole number of days" },
  related: { zh: "关联单位须为 18 位统一社会信用代码，一行一个", en: "related organisations: one code of 18 characters a line" },
  members: {
    zh: "联合体成员：一行一家，名称、代码、份额，牵头人（本单位）在第一行，份额合计 100",
    en: "members: one a line, name, code and share, the lead (you) first; the shares make 100",
  },
  noFile: { zh: "请选择投标文件", en: "choose the bid's files" },
  tooLarge: { zh: "投标文件合计超过 64 MB", en: "the files are more than 64 MB together" },
  sealing: { zh: "正在本机封装……", en: "Sealing on this device…" },
  sealed: {
    zh: "已在本机封装，尚未提交。请先保存密钥：",
    en: "Sealed here and not sent yet. Save the key first:",
  },
  byBoth: {
    zh: "没有它，就只能靠席位份额或时间锁开启。",
    en: "without it only the seats' shares or the timelock open it.",
  },
  byShares: { zh: "没有它，就只能靠席位份额开启。", en: "without it only the seats' shares open it." },
  byTimelock: { zh: "没有它，就只能靠时间锁开启。", en: "without it only the timelock opens it." },
  holds: { zh: "封装的内容：", en: "What is sealed: " },
  bidPrice: { zh: "报价", en: "price" },
  noPrice: { zh: "没有填报价", en: "no price was given" },
  receipt: { zh: "查看回执，替换或撤回", en: "See the receipt, replace or withdraw" },
  keyFile: { zh: "保存密钥文件", en: "Save the key as a file" },
  keyCode: { zh: "密钥的二维码", en: "QR code of the key" },
  print: { zh: "打印密钥", en: "Print the key" },
  kept: { zh: "密钥已保存", en: "The key is saved" },
  send: { zh: "提交", en: "Submit" },
  sending: { zh: "正在提交……", en: "Submitting…" },
  received: { zh: "已收到。回执编号", en: "Received. Receipt" },
  proof: { zh: "下载回执（.tlog-proof）", en: "Download the receipt (.tlog-proof)" },
  entry: { zh: "下载条目", en: "Download the entry" },
  statement: { zh: "下载承诺内容（仅贵单位可得）", en: "Download what was committed to (only you can)" },
  sealedFile: { zh: "保存密文", en: "Save the sealed file" },
  verify: {
    zh: "四个文件放在一起，用 mingtang verify bid 离线核验，不需要相信本中心。",
    en: "Keep the four files together; `mingtang verify bid` checks them offline, without trusting this centre.",
  },
  failed: { zh: "没有完成：", en: "Not done: " },
  digest: { zh: "密文 SHA-256", en: "SHA-256 of the sealed file" },
  keyMade: {
    zh: "密钥已在本机生成，尚未登记。先保存文件或打印二维码：离开本页后不再显示，丢失即不能解开份额。",
    en: "Made on this device, not recorded yet. Save the file or print the code first: it is shown only once.",
  },
  keyMatches: { zh: "相符：", en: "It is the key of: " },
  keyDiffers: { zh: "不符：不是这里登记的密钥，公钥为", en: "It is none of these keys; its recipient is" },
  scan: { zh: "用摄像头扫描二维码", en: "Scan the QR code" },
  noKey: { zh: "请选择席位密钥文件，或粘贴密钥", en: "choose the seat's key file, or paste the key" },
  otherKey: { zh: "这不是该席位写入开标方案的密钥", en: "this is not the key that the plan names for the seat" },
  notClosed: { zh: "投标尚未截止", en: "bids are not closed yet" },
  opening: { zh: "正在本机解开份额", en: "Opening shares on this device" },
  given: { zh: "份额已提交", en: "The shares are handed in" },
  none: { zh: "没有一个份额能解开", en: "not one share could be opened" },
  before: { zh: "距截止", en: "Until the deadline" },
  waiting: { zh: "已到截止时间，正在清点", en: "The deadline is over; bids are being counted" },
  tooFew: { zh: "投标少于法定数，不开标", en: "Fewer bids than the law wants: they are not opened" },
  awaiting: { zh: "等待密钥", en: "Waiting for keys" },
  reading: { zh: "正在开标", en: "Bids are being opened" },
  done: { zh: "开标完毕", en: "All bids have been dealt with" },
  lost: { zh: "与服务器的连接中断，正在重试", en: "No connection to the server; trying again" },
  lead: { zh: "联合体牵头人", en: "Leads the consortium:" },
  member: { zh: "成员", en: "Member:" },
  signed: { zh: "已电子签署协议", en: "signed the agreement" },
  unsigned: { zh: "未电子签署", en: "no signature by key" },
  noAgreement: { zh: "未附共同投标协议", en: "Without the consortium's agreement" },
  agreement: { zh: "联合体投标须附共同投标协议", en: "a consortium hands in its agreement with the bid" },
  agreementAlone: { zh: "附了协议而没有填写成员", en: "an agreement without members" },
  signatures: {
    zh: "成员签名须一行一个，照成员给出的原样粘贴",
    en: "members' signatures: one a line, just as the members gave them",
  },
  noOwnKey: { zh: "本机没有贵单位的密钥", en: "this device holds no key of your organisation" },
  giveToLead: { zh: "把这一行交给牵头人：", en: "Give this line to the lead:" },
  bond: { zh: "投标保证金", en: "Bid bond" },
  applicationSealed: {
    zh: "已在本机封装，只有招标人和代理机构在截止后能解开。请继续下一步提交。",
    en: "Sealed here: only the tenderer and its agent can open it, after the deadline. Go on to the next step.",
  },
  notForThisKey: { zh: "此密钥不能解开这份申请", en: "this key does not open this application" },
  suspended: { zh: "程序已暂停", en: "The procedure is suspended" },
};

/** @type {Record<string, Words>} */
export const OUTCOMES = {
  opened: { zh: "已开启", en: "opened" },
  unopened: { zh: "未能开启", en: "not opened" },
  corrupt: { zh: "文件损坏", en: "corrupt" },
  mismatch: { zh: "与承诺不符", en: "not as committed" },
};

/** @type {Record<string, Words>} */
export const CUSTODY = {
  bidder: { zh: "投标人密钥", en: "bidder's key" },
  shares: { zh: "席位份额", en: "seats' shares" },
  timelock: { zh: "时间锁", en: "timelock" },
};

/** @type {Record<string, Words>} */
export const BONDS = {
  transfer: { zh: "转账", en: "transfer" },
  guarantee: { zh: "保函", en: "guarantee" },
  insurance: { zh: "保证保险", en: "insurance" },
  cheque: { zh: "支票或者汇票", en: "cheque or draft" },
  other: { zh: "其他", en: "other" },
};

/** @type {Record<string, Words>} */
export const QUOTES = {
  duration_days: { zh: "工期（天）", en: "days" },
  quality: { zh: "质量承诺", en: "quality" },
};
