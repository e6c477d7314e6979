/** What the big screen says, in Chinese and English: one table, so that a sentence is the same wherever it stands. */

/** @typedef {import("../protocol/fault.js").Words} Words */

/** @param {string} zh @param {string} en @returns {Words} */
const words = (zh, en) => ({ zh, en });

/** @type {Readonly<Record<string, Words>>} The names of the states. */
export const STATES = {
  S0: words("待开始", "Scheduled"),
  S1: words("名单公示", "Roster"),
  S2: words("承诺", "Commit"),
  S3: words("公布轮次", "Round announced"),
  S4: words("揭示", "Reveal"),
  S4d: words("掷骰（封存前）", "Dice before seal"),
  S5: words("封存", "Sealed"),
  S6: words("倒计时", "Countdown"),
  S6d: words("掷骰（封存后）", "Dice after seal"),
  S7: words("计算", "Derive"),
  S8: words("揭晓", "Result"),
  S9: words("确认", "Confirm"),
  S10: words("结束", "Closed"),
  V: words("作废", "Void"),
  STOP: words("停止显示", "Stopped"),
  WAIT: words("待取数", "Awaiting the value"),
};

/** @type {Readonly<Record<string, Words>>} Sentences without figures. */
export const TEXTS = {
  title: words("摇号大屏", "Live draw"),
  drill: words("演练", "REHEARSAL"),
  demo: words("演示", "DEMO"),
  lost: words("大屏与主控断开，正在重连", "Cut off from the server, reconnecting"),
  connecting: words("正在连接", "Connecting"),
  rosterCode: words("名单校验码", "Roster code"),
  sealCode: words("封存码", "Seal code"),
  seed: words("种子", "Seed"),
  verify: words("扫码核验", "Scan to verify"),
  scan: words("请用手机扫码自行核验", "Scan and verify yourself"),
  ownBalls: words("中签一家后，其余号球一并取出", "A drawn agent's other balls are removed"),
  legend: words("代码 · 号球 · 首位中签的机会", "code · balls · chance of first place"),
  noRoster: words("名单尚未取到，正在重取", "The roster is not here yet, fetching"),
  badRoster: words("名单与校验码不符，本屏不显示名单", "The roster does not match its code and is not shown"),
  commits: words("各席位承诺", "Seats commit"),
  reveals: words("各席位揭示", "Seats reveal"),
  commitDeadline: words("距承诺截止", "Commitments close in"),
  revealDeadline: words("距揭示截止", "Reveals close in"),
  over: words("已截止", "closed"),
  allCommitted: words("席位均已承诺，等待结束承诺", "Every seat has committed"),
  publicSeat: words("群众席：扫码投入", "Public seat: scan to contribute"),
  roundComing: words("承诺已结束，即将公布公共随机数轮次", "Commitments are closed; the round is announced next"),
  diceLater: words("封存后现场掷骰", "Dice are thrown here after the seal"),
  diceBefore: words("揭示后现场掷骰，点数写入封存", "Dice are thrown here and go into the seal"),
  sealing: words("揭示已结束，正在封存", "Reveals are closed; the seal is being made"),
  sealed: words("此刻起任何人不能再改变结果。请拍照。", "From now on nobody can change the result. Take a photo."),
  dieRule: words("骰子落地或倾斜，本次无效，只重掷该位", "A die off the table or askew: only that digit again"),
  second: words("第二人复核录入中", "A second person is entering the digits"),
  sinceSeal: words("封存后已过", "Since the seal"),
  limit: words("限时 15:00", "limit 15:00"),
  fetching: words("轮次时间已到，正在取数", "The round's time has come; fetching its value"),
  noResult: words("本次没有结果，等待作废", "No result: this attempt becomes void"),
  awaiting: words("等待结果写入日志", "Waiting for the result to be logged"),
  randomness: words("随机数已到", "Randomness received"),
  dice: words("骰子点数", "Dice"),
  callSoon: words("结果已确定，由最后一名候补起逐一公布", "The result is fixed; called from the last alternate up"),
  bars: words("横条长度为真实签值，短者在前", "Bars are the real tickets; the shortest is first"),
  winner: words("中签", "Winner"),
  alternate: words("候补", "Alternate"),
  removed: words("已移出", "Removed"),
  ball: words("号球", "ball"),
  ticket: words("签值", "ticket"),
  mismatch: words("不一致：本屏停止显示结果", "Mismatch: this screen shows no result"),
  ownSeed: words("本屏算出的种子", "Seed computed here"),
  serverSeed: words("服务器的种子", "Seed of the server"),
  unknown: words("本屏未能算出种子", "No seed could be computed here"),
  independent: words("请导出证据包，用独立设备核验", "Export the evidence and verify it on an independent device"),
  unchecked: words("信标签名未核验", "Beacon signature not verified"),
  badSignature: words("信标签名错误，已拒收", "Beacon signature wrong, refused"),
  again: words("正在重取证据包", "Fetching the evidence again"),
  reason: words("原因", "Reason"),
  sentence: words("情况", "What happened"),
  time: words("时间", "Time"),
  who: words("决定人", "Decided by"),
  former: words("历次情况", "Former attempts"),
  shadow: words("影子结果（不作数）", "What it would have given (void)"),
  missing: words("未揭示", "Not revealed"),
  givenUp: words("该摇号已经终止，由后一次摇号代替", "This draw was given up for a later one"),
  redraw: words(
    "随机数产生之前可以作废另行组织；随机数产生之后，本次必须完成，不得另摇",
    "Before the randomness exists an attempt may be voided; after it, it must be completed",
  ),
};

/** @type {Readonly<Record<string, Words>>} What a message code of the console says. */
export const MESSAGES = {
  RELAYS_BEFORE_SEAL: words(
    "公共随机数来源暂不可达，尚未封存，结果尚不存在",
    "The beacon cannot be reached; nothing is sealed, nothing is decided yet",
  ),
  NETWORK_AFTER_SEAL: words(
    "网络中断不影响结果：该轮数值届时唯一确定",
    "The network is down: the value will be the same whenever it is fetched",
  ),
  BEACON_HALTED: words("随机信标全网停摆", "The beacon network has halted"),
  LOG_DOWN: words("日志不可写", "The log cannot be written"),
  DIE_INVALID: words("本次投掷无效，重掷该位", "This throw is invalid; that digit again"),
  BAD_SIGNATURE: TEXTS.badSignature,
};

/** Sentences with figures. @type {Readonly<Record<string, (...facts: any[]) => Words>>} */
export const SAY = {
  attempt: (/** @type {number} */ n) => words(`第 ${n} 次`, `attempt ${n}`),
  starts: (/** @type {string} */ at) => words(`摇号会议 ${at} 开始`, `Draw starts at ${at}`),
  candidates: (agents, excluded) =>
    words(`候选机构 ${agents} 家，回避 ${excluded} 家`, `${agents} candidates, ${excluded} excluded`),
  experts: (people, excluded) =>
    words(`候选专家 ${people} 人，回避 ${excluded} 人`, `${people} experts, ${excluded} excluded`),
  page: (page, pages) => words(`第 ${page}/${pages} 页`, `page ${page} of ${pages}`),
  balls: (balls) => words(`${balls} 球`, balls === 1 ? "1 ball" : `${balls} balls`),
  counted: (have, of) => words(`已承诺 ${have}/${of}`, `${have} of ${of} committed`),
  revealed: (have, of) => words(`已揭示 ${have}/${of}`, `${have} of ${of} revealed`),
  contributions: (n) => words(`已有 ${n} 人投入`, `${n} have contributed`),
  round: (round, at) =>
    words(`将使用第 ${round} 轮公共随机数，产生时间 ${at}`, `Beacon round ${round} will be used, due at ${at}`),
  waits: (round) => words(`等待第 ${round} 轮`, `Waiting for round ${round}`),
  unread: (round) =>
    words(
      `结果已经确定，但本场馆暂时取不到第 ${round} 轮数值`,
      `The result exists; round ${round} cannot be read here yet`,
    ),
  progress: (have, of) => words(`进度 ${have}/${of}`, `${have} of ${of}`),
  invalid: (n) => words(`无效投掷 ${n} 次`, n === 1 ? "1 invalid throw" : `${n} invalid throws`),
  differ: (n) => words(`两次录入不一致：第 ${n} 位`, `The two entries differ: digit ${n}`),
  fixed: (at) =>
    words(`全部结果已于 ${at} 确定并写入日志`, `All results were fixed and logged at ${at}; see the check page`),
  called: (have, of) => words(`已公布 ${have}/${of}`, `${have} of ${of} called`),
  rank: (rank) => words(`第 ${rank} 名`, `rank ${rank}`),
  alternate: (n) => words(`候补 ${n}`, `Alternate ${n}`),
  earlier: (n) => words(`先前公布的 ${n} 行见核验页`, `${n} earlier lines: see the check page`),
  objections: (n) => words(`已登记异议 ${n} 件`, n === 1 ? "1 objection filed" : `${n} objections filed`),
  restored: (at) =>
    words(`系统于 ${at} 恢复，承诺与封存未变`, `Restored at ${at}; commitments and seal are unchanged`),
  deviation: (seconds) => words(`与授时偏差 ${seconds} s`, `${seconds} s off the beacon clock`),
  void: (n) => words(`第 ${n} 次摇号作废`, `Attempt ${n} void`),
  next: (n) => words(`第 ${n} 次将重新承诺`, `Attempt ${n} will commit anew`),
  quorum: (have, need) => words(`揭示不足：${have}/${need}`, `Too few reveals: ${have} of ${need}`),
  witnessed: (have, need) => words(`已见证 ${have}/${need}`, `Witnessed ${have} of ${need}`),
  unwitnessed: (have, need) => words(`日志未见证 ${have}/${need}`, `Log not witnessed ${have} of ${need}`),
  code: (code, sentence) => words(`${code} ${sentence.zh}`, `${code} ${sentence.en}`),
};

/** @type {Readonly<Record<string, Words>>} How the seal stands with its witnesses, beyond a count. */
export const WITNESSES = {
  none: words("未见证（未设见证方）", "Not witnessed (no witness appointed)"),
  late: words("封存未在轮次前见证，本次作废", "The seal was not witnessed in time: void"),
  slip: words("离线摇号：封存单已签，见证后补", "Offline draw: slip signed first, witnessed afterwards"),
};

/** @type {Readonly<Record<string, {mark: string} & Words>>} A seat's line in S2. */
export const COMMITS = {
  waiting: { mark: "…", ...words("等待", "waiting") },
  absent: { mark: "✗", ...words("未承诺", "did not commit") },
  committed: { mark: "✓", ...words("已承诺", "committed") },
};

/** @type {Readonly<Record<string, {mark: string} & Words>>} A seat's line in S4. */
export const REVEALS = {
  waiting: { mark: "…", ...words("等待", "waiting") },
  absent: { mark: "✗", ...words("未承诺", "did not commit") },
  committed: { mark: "…", ...words("等待揭示", "to reveal") },
  revealed: { mark: "✓", ...words("已揭示", "revealed") },
  missed: { mark: "✗", ...words("未揭示（不影响结果的公平）", "not revealed (no less fair)") },
  WRONG: { mark: "✗", ...words("揭示与承诺不符", "does not open the commitment") },
};

/** What the entropy of each mode is, for the rules in S0. @type {Readonly<Record<string, Words>>} */
const ENTROPY = {
  drand: words(
    "结果由封存之后才产生的公共随机数（drand）决定",
    "The result follows from a public random value (drand) made after the seal",
  ),
  dice: words("结果由封存之后现场掷出的骰子决定", "The result follows from dice thrown here after the seal"),
  "drand+dice": words(
    "现场掷骰写入封存，结果由封存后才产生的公共随机数决定",
    "Dice go into the seal; the result follows from a public random value made after it",
  ),
};

/**
 * The rules of the draw in five lines.
 * @param {any} attempt  the state's present attempt
 * @returns {Words[]}
 */
export const rulesOf = ({ winners, alternates, min_reveals: reveals, entropy }) => [
  words(`抽取中签 ${winners} 家、候补 ${alternates} 家`, `${winners} to be drawn, ${alternates} as alternates`),
  words(
    winners > 1 ? "每个号球机会相等；中签一家后，其余号球一并取出" : "每个号球机会相等；机会 = 本家号球 ÷ 全部号球",
    winners > 1
      ? "Each ball has the same chance; a drawn agent's other balls are removed"
      : "Each ball has the same chance: own balls out of all balls",
  ),
  words(
    `各席位先承诺、后揭示；至少 ${reveals} 个席位揭示方可封存`,
    `Seats commit first and reveal later; the seal needs ${reveals} reveals`,
  ),
  ENTROPY[entropy],
  words("任何人都可以用手机重算并核对结果", "Anyone can compute and check the result on a telephone"),
];
