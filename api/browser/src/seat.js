/**
 * A seat's secret 席位秘密: made on the seat's own device, kept there, printed as a backup, and sent only at the reveal.
 */

import { el, inFours, languageOf, qrCode } from "./dom.js";
import { keep, randomHex, Refused } from "./keys.js";
import { digest } from "./protocol/canonical.js";
import { commitment } from "./protocol/seal.js";

/** @typedef {{draw: string, attempt: number, seat: string}} Seat */
/** @typedef {import("./keys.js").Store} Store */

const slot = (/** @type {Seat} */ { draw, attempt, seat }) => `mingtang-secret/${draw}/${attempt}/${seat}`;

/** The secret on this device, 64 hex digits. @param {Store} store @param {Seat} seat @returns {string | null} */
export const storedSecret = (store, seat) => store.getItem(slot(seat));

/** @param {Seat} seat @param {string} secret @returns {string} */
export const commitmentOf = ({ draw, attempt, seat }, secret) => commitment(draw, attempt, seat, secret);

/**
 * Make the seat's secret. Never a second one: the commitment to the first may be public already.
 * @param {Store} store @param {Seat} seat @returns {string}
 */
export function makeSecret(store, seat) {
  if (storedSecret(store, seat))
    throw new Refused("本席位的秘密已生成，不能再生成", "this seat's secret exists and is never made anew");
  return keep(store, slot(seat), randomHex());
}

/**
 * Names the seat too, so that a backup of another seat or attempt is noticed.
 * @param {Seat} seat
 * @param {string} secret
 */
const checksum = ({ draw, attempt, seat }, secret) =>
  digest(`mingtang-seat/1\n${draw}\n${attempt}\n${seat}\n${secret}\n`).slice(0, 8);

/**
 * The backup: `MTSEAT1-` 64 digits `-` 8 digits of a checksum.
 * @param {Seat} seat
 * @param {string} secret
 * @returns {string}
 */
export const exportSecret = (seat, secret) => `MTSEAT1-${secret}-${checksum(seat, secret)}`.toUpperCase();

/**
 * Take a printed backup over to this device.
 * @param {Store} store @param {Seat} seat
 * @param {string} text    blanks and letter case do not matter
 * @param {string} [commit]  the logged commitment, if there is one
 * @returns {string} the secret
 */
export function restoreSecret(store, seat, text, commit) {
  const match = /^mtseat1-([0-9a-f]{64})-([0-9a-f]{8})$/.exec(text.replace(/\s/g, "").toLowerCase());
  if (!match) throw new Refused("不是席位备份：应以 MTSEAT1- 开头", "not a seat's backup: it begins with MTSEAT1-");
  const [, secret, check] = match;
  if (checksum(seat, secret) !== check)
    throw new Refused(
      "备份有误，或属于另一席位、另一次摇号",
      "the backup has an error, or belongs to another seat or attempt",
    );
  if (commit && commitmentOf(seat, secret) !== commit)
    throw new Refused("备份与已记入日志的承诺不符", "the backup does not open the logged commitment");
  const held = storedSecret(store, seat);
  if (held && held !== secret)
    throw new Refused("本机已有本席位的另一个秘密", "this device holds another secret of this seat");
  return keep(store, slot(seat), secret);
}

const TEXTS = {
  make: { zh: "生成我的秘密和承诺", en: "Make my secret and commitment" },
  made: { zh: "我的承诺已生成", en: "My commitment is made" },
  logged: { zh: "我的承诺已记入日志 ✓", en: "My commitment is in the log ✓" },
  differs: {
    zh: "异议：日志中的承诺不是本席位提交的。请当场宣读这句话。",
    en: "Objection: the commitment in the log is not this seat's. Read this aloud now.",
  },
  lost: {
    zh: "承诺已记入日志，但本机没有秘密。请从打印的备份恢复。",
    en: "The commitment is logged, but this device has no secret. Restore it from the printed backup.",
  },
  secret: { zh: "秘密（揭示前不要给任何人看）", en: "Secret (show it to nobody before the reveal)" },
  show: { zh: "显示备份（可打印）", en: "Show the backup (for printing)" },
  paste: { zh: "从备份恢复（MTSEAT1-…）", en: "Restore from the backup (MTSEAT1-…)" },
  take: { zh: "恢复", en: "Restore" },
  qr: { zh: "席位秘密备份二维码", en: "QR code of the seat's backup" },
};

/** @param {HTMLElement} panel @returns {Seat} */
function seatOf({ dataset: { draw = "", attempt = "", seat = "" } }) {
  return { draw, attempt: Number(attempt), seat };
}

/**
 * Write the commitment and the secret into the fields of this page's forms, each only into the form of its act: a
 * secret never stands in a form that could send it too early.
 * @param {HTMLElement} panel
 * @returns {void}
 */
export function fillSeatFields(panel) {
  const seat = seatOf(panel);
  const secret = storedSecret(localStorage, seat);
  if (!secret) return;
  for (const [act, name, value] of [
    ["lottery.committed", "commit", commitmentOf(seat, secret)],
    ["lottery.revealed", "secret", secret],
  ]) {
    const selector = `form[data-act="${act}"] :is([data-body-field="${name}"], [name="${name}"])`;
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(selector));
    for (const field of fields) field.value = value;
  }
}

/**
 * Fill a `[data-seat]` panel (`data-draw`, `data-attempt`, and `data-commit` once the log holds one).
 * @param {HTMLElement} panel @returns {void}
 */
export function mountSeatPanel(panel) {
  const { draw = "", attempt = "", seat: name = "", commit } = panel.dataset;
  const seat = seatOf(panel);
  const language = languageOf(panel);
  const say = (/** @type {keyof typeof TEXTS} */ text) => TEXTS[text][language];
  const problem = el("p", { role: "alert", class: "seat-problem" });
  const trying = (/** @type {() => void} */ act) => () => {
    problem.textContent = "";
    try {
      act();
      show();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.words[language];
    }
  };
  const show = () => {
    const secret = storedSecret(localStorage, seat);
    const parts = secret ? held(secret) : missing();
    panel.replaceChildren(...parts, problem);
  };
  /** @param {string} secret */
  const held = (secret) => {
    const own = commitmentOf(seat, secret);
    fillSeatFields(panel);
    const isOther = Boolean(commit) && commit !== own;
    const backup = el("div", { class: "seat-backup", hidden: true });
    const open = () => {
      const text = exportSecret(seat, secret);
      const check = text.slice(-8);
      backup.hidden = false;
      backup.replaceChildren(
        qrCode(text, say("qr")),
        el("p", {}, `${draw}/${attempt} ${name}`),
        el("p", {}, say("secret"), " ", el("code", {}, `MTSEAT1- ${inFours(secret)} -${check}`)),
      );
    };
    return [
      el(
        "p",
        { class: isOther ? "seat-objection" : "seat-state", role: isOther ? "alert" : "status" },
        say(isOther ? "differs" : commit ? "logged" : "made"),
      ),
      el("p", {}, el("code", { "data-seat-commit": own }, inFours(own))),
      el("button", { type: "button", onclick: open }, say("show")),
      backup,
    ];
  };
  const missing = () => {
    const field = /** @type {HTMLInputElement} */ (
      el("input", { type: "text", autocomplete: "off", spellcheck: "false" })
    );
    const restore = el(
      "p",
      {},
      el("label", {}, say("paste"), " ", field),
      " ",
      el(
        "button",
        { type: "button", onclick: trying(() => restoreSecret(localStorage, seat, field.value, commit)) },
        say("take"),
      ),
    );
    if (commit) return [el("p", { class: "seat-objection", role: "alert" }, say("lost")), restore];
    return [
      el("button", { type: "button", onclick: trying(() => makeSecret(localStorage, seat)) }, say("make")),
      restore,
    ];
  };
  show();
}
