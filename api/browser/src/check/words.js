/** Every text of the check page, in both languages, for a reader who has never seen a hash. */

/** @typedef {import("../protocol/fault.js").Words} Words */

const w = (/** @type {string} */ zh, /** @type {string} */ en) => ({ zh, en });

export const TEXTS = {
  idle: w("请选择要核验的证据包", "Choose the evidence to check"),
  busy: w("正在核验", "Verifying"),
  unreachable: w("未核验：取不到证据包", "Not verified: the evidence cannot be fetched"),
  crash: w("未核验：核验程序出错", "Not verified: the verifier itself failed"),
  drill: w("演练", "Rehearsal"),
  drillMeaning: w("这是一次演练，结果不作数。", "This was a rehearsal. Its result does not count."),
  meansPart: w(
    "结果确实是由封存的名单、各席位的秘密和随机数算出来的。还有一步本页没有做：封存是不是在随机数产生之前就写进了公开日志。",
    "The result does follow from the sealed roster, the seats' secrets and the randomness. One check was not made " +
      "here: that the public log had the seal before the randomness came into being.",
  ),
  meansPass: w("九步全部核对无误。", "All nine checks hold."),
  meansFail: w(
    "不要相信这份文件所称的结果。请记下上面的代码，请别人用另一台设备再核一遍，并向监督部门提出。",
    "Do not believe the result that this file states. Note the code above, let somebody check on another device, and " +
      "tell the supervisor.",
  ),
  meansOther: w(
    "这份证据包本身前后相符，但不是您手中这张纸所记的那个结果。请收好这张纸，请别人用另一台设备再核一遍，并向监督部门提出。",
    "The evidence agrees with itself, but it is not the result that your paper records. Keep the paper, let somebody " +
      "check on another device, and tell the supervisor.",
  ),
  paperSame: w("与纸面一致", "Same result as on the paper"),
  paperOther: w("与纸面不一致", "Not the result on the paper"),
  paperPrinted: w("纸面所印的结果校验码", "Digest of the result, as printed"),
  paperComputed: w("本机算出的结果校验码", "Digest of the result, as computed here"),
  project: w("项目", "Project"),
  draw: w("摇号", "Draw"),
  attempt: (/** @type {number} */ n) => w(`第 ${n} 次`, `attempt ${n}`),
  pool: w("候选机构", "Candidates"),
  poolCount: (/** @type {number} */ n, /** @type {number} */ out) =>
    w(`${n} 家，另有 ${out} 家不参加`, `${n}, and ${out} excluded`),
  winners: w("中签", "Winners"),
  alternates: w("候补", "Alternates"),
  more: (/** @type {number} */ n) => w(`还有 ${n} 家，请用下面的“查我的机构”`, `and ${n} more: look them up below`),
  seed: w("种子", "Seed"),
  result: w("结果校验码", "Digest of the result"),
  nine: w("九步核对", "The nine checks"),
  how: w("怎样自己核对", "How to check this yourself"),
  input: w("原文（UTF-8，末尾没有换行）", "input (UTF-8, no line feed at the end)"),
  lines: w("原文（UTF-8，每行都以一个 LF 结尾）", "input (UTF-8, every line ends with one LF)"),
  long: w("原文太长，见证据包", "the input is long: see the evidence file"),
  commands: w("在电脑上可以这样算（文件名 evidence.json）", "On a computer (the file's name is evidence.json)"),
  lookup: w("查我的机构（代码）", "Look up an agency (code)"),
  scanCode: w("扫营业执照", "Scan a licence"),
  tickets: w("它的号球与签值（最小的决定名次）", "Its balls and tickets (the smallest decides)"),
  ball: (/** @type {number} */ n) => w(`第 ${n} 号球`, `ball ${n}`),
  ticketHow: w("签值 = SHA-256(种子:代码:球号)", "ticket = SHA-256(seed:code:ball)"),
  unchecked: w("本页没有核验", "Not checked here"),
  uncheckedLog: w(
    "公开日志：封存有没有在随机数之前入日志，有没有漏记席位的揭示",
    "the public log: whether it had the seal in time, and whether a seat's reveal was left out",
  ),
  uncheckedWitness: w("见证方：有没有别的机构当时看到同一本日志", "its witnesses: whether others saw the same log then"),
  uncheckedVideo: w("现场录像：有没有人到场，骰子怎样掷出", "the video: who was there, how the dice fell"),
  uncheckedHow: w("这三项要用电脑上的命令核对：", "For these, a command on a computer:"),
  inputs: w("要核验什么", "What to check"),
  file: w("选择文件或照片", "Choose a file or photographs"),
  fileHint: w(
    "证据包（.json），或会议记录上二维码的照片，可一次选多张；也可以把文件拖到这里。",
    "Evidence (.json), or photographs of the codes on the minutes, several at once; or drop a file here.",
  ),
  camera: w("用摄像头扫码", "Scan with the camera"),
  stop: w("关闭摄像头", "Stop the camera"),
  noCamera: w("打不开摄像头。请改为拍照后选择照片。", "The camera cannot be opened. Take photographs and choose them."),
  paste: w("或粘贴文字", "Or paste text"),
  pasteHint: w("证据包全文，或二维码里的文字（一行一个）", "The whole evidence, or the texts of the codes, one a line"),
  pasteGo: w("核验所粘贴的", "Check what was pasted"),
  noCodes: w("照片里没有读到二维码。请靠近一些、拍清楚再试。", "No code was found in the picture. Go closer and try again."),
  notEvidence: w("读到的不是证据包的二维码。", "What was read is not a code of evidence."),
  otherChain: w("这个二维码属于另一份证据包，没有采用。", "This code is of other evidence; it was not taken."),
  progress: (/** @type {number} */ have, /** @type {number} */ n, /** @type {number[]} */ missing) =>
    w(
      `已读 ${have} / ${n} 个二维码${missing.length ? `，还缺第 ${missing.join("、")} 个` : ""}`,
      `${have} of ${n} codes read${missing.length ? `, still missing ${missing.join(", ")}` : ""}`,
    ),
  again: w("从头再读", "Begin anew"),
  share: w("保存结果图片", "Save a picture of this"),
  shareTitle: w("摇号核验", "Draw checked"),
  shareTime: w("核验时间", "Checked at"),
  shareNote: w("由本机独立计算，没有向任何人发送。", "Computed on this device alone; nothing was sent."),
  private: w(
    "核验只在本机进行，不上传任何内容；断网也能用。",
    "Everything happens on this device; nothing is sent. It works without a network.",
  ),
  round: w("帮会场取随机数", "Fetch the round for the hall"),
  roundWhy: w(
    "会场连不上网时，任何人都可以用手机取来这一轮的随机数。真假由签名说话，取的人改不了。",
    "When the hall has no network, any telephone can fetch the round. Its signature proves it: nobody can alter it.",
  ),
  roundNumber: w("轮次", "Round"),
  roundOpen: w("1. 打开这一轮的网页，全部复制：", "1. Open the round's page and copy all of it:"),
  roundPaste: w("2. 粘贴到这里（或只输入 96 位签名）：", "2. Paste it here (or type the 96 digits of the signature):"),
  roundGo: w("核对签名", "Check the signature"),
  roundBad: w("不是这一轮的签名，请重新复制。", "This is not the signature of that round. Copy it again."),
  roundNone: w("没有认出轮次和 96 位签名。", "No round and 96 digits were recognised."),
  roundGood: w("签名正确。请把下面的码给主控台扫：", "The signature is right. Let the console scan this code:"),
};

/** What each step asks, in plain words. @type {Record<string, Words>} */
export const PLAIN = {
  file: w("文件有没有多一个字、少一个字；它的指纹就是下面的校验码。", "Not a character more or less; its fingerprint is the digest below."),
  evidence: w("该有的十项都在，没有夹带别的。", "All ten parts are there, and nothing else."),
  plan: w("抽几家、候补几家、用什么随机数，事先写明。", "How many are drawn, and from which randomness, was laid down before."),
  roster: w("谁能参加、各有几个号球、谁不参加和理由。", "Who takes part with how many balls, who does not and why."),
  seal: w(
    "封存之后方案、名单、各席位的秘密都不能再改。",
    "After the seal neither plan nor roster nor a seat's secret can change.",
  ),
  entropy: w(
    "随机数不是谁编的：有签名可验，或由骰子当众掷出；而且在封存之后（或按规定的先后）产生。",
    "Nobody made the randomness up: it is signed, or thrown in public, and came at its time.",
  ),
  result: w("用种子给每个号球算出签值，最小的排第一。本页全部重算了一遍。", "Each ball's ticket was computed anew; the smallest is first."),
  standing: w("有人放弃或被取消时，只能由候补按次序递补。", "Whoever drops out is followed by the alternates in their order."),
  log: w("要有日志和见证方的证明才能核，这份文件里没有。", "This takes proofs from the log and its witnesses, which the file does not hold."),
};

/** A step's outcome: shapes differ, not only colours. @type {Map<boolean | null, [string, Words]>} */
export const MARKS = new Map([
  [true, ["✓", w("通过", "holds")]],
  [false, ["✗", w("不通过", "does not hold")]],
  [null, ["!", w("未核", "not checked")]],
]);
