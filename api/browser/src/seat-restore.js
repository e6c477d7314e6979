/** Bringing printed backups to another device: by camera, by a photograph of the code, or typed. */

import { el } from "./dom.js";
import { importKey, Refused } from "./keys.js";
import { readImage, scanInto } from "./scan.js";
import { restoreSecret } from "./seat.js";

/** @typedef {import("./dom.js").Language} Language */

const TEXTS = {
  title: { zh: "从打印的备份恢复", en: "Restore from the printed backup" },
  scan: { zh: "打开摄像头扫描二维码", en: "Scan the QR code with the camera" },
  stop: { zh: "关闭摄像头", en: "Close the camera" },
  picture: { zh: "选择备份的照片", en: "Choose a photograph of the backup" },
  paste: {
    zh: "或者键入：从备份恢复（MTSEAT1-… 或 MTKEY1-…）",
    en: "Or type it: restore from the backup (MTSEAT1-… or MTKEY1-…)",
  },
  take: { zh: "恢复", en: "Restore" },
  noCamera: {
    zh: "本机此刻不能使用摄像头（须允许，且网址须为 https）。请选择照片，或键入备份文字。",
    en: "The camera cannot be used (it must be allowed, over https). Choose a photograph, or type the backup.",
  },
  noCode: {
    zh: "照片里没有找到二维码。请靠近、拍清楚再试。",
    en: "No QR code was found in the picture. Go nearer, keep still, try again.",
  },
  looking: { zh: "正在识别…", en: "Reading…" },
};

/**
 * Take over what a backup holds: `MTKEY1-…`, the organisation's key, or `MTSEAT1-…`, the seat's secret.
 * @param {string} text
 * @param {{store: import("./keys.js").Store, organisation: string, seat: import("./seat.js").Seat, commit: string}} to
 * @returns {void} @throws {Refused}
 */
export function takeBackup(text, { store, organisation, seat, commit }) {
  if (/^\s*mtkey1-/i.test(text)) importKey(store, organisation, text);
  else restoreSecret(store, seat, text, commit);
}

/**
 * @param {Language} language
 * @param {(text: string) => void} take  @throws {Refused}
 * @returns {{element: HTMLElement, close: () => void}} close: lets the camera go
 */
export function restoreBox(language, take) {
  const say = (/** @type {keyof typeof TEXTS} */ name) => TEXTS[name][language];
  const problem = el("p", { role: "alert", class: "seat-problem" });
  const video = /** @type {HTMLVideoElement} */ (el("video", { hidden: true, class: "seat-camera", muted: true }));
  /** @type {(() => void) | null} */
  let camera = null;

  const trying = (/** @type {string} */ text) => {
    problem.textContent = "";
    try {
      take(text);
      close();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problem.textContent = error.words[language];
    }
  };
  const close = () => {
    camera?.();
    camera = null;
    video.hidden = true;
    scan.textContent = say("scan");
  };
  const open = async () => {
    problem.textContent = "";
    if (camera) return close();
    try {
      video.hidden = false;
      camera = await scanInto(video, trying);
      scan.textContent = say("stop");
    } catch {
      close();
      problem.textContent = say("noCamera");
    }
  };
  const look = async () => {
    const [file] = picture.files ?? [];
    if (!file) return;
    problem.textContent = say("looking");
    const texts = await readImage(file).catch(() => []);
    picture.value = "";
    const text = texts.find((one) => /^mt(seat|key)1-/i.test(one)) ?? texts[0];
    if (text) trying(text);
    else problem.textContent = say("noCode");
  };
  const scan = el("button", { type: "button", class: "secondary", onclick: open }, say("scan"));
  const picture = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept: "image/*", onchange: look }));
  const field = /** @type {HTMLInputElement} */ (
    el("input", { type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "none" })
  );
  const element = el(
    "div",
    { class: "seat-restore" },
    el("p", { class: "seat-restore-title" }, say("title")),
    el("p", {}, scan),
    video,
    el("label", { class: "button secondary as-button" }, say("picture"), " ", picture),
    el("label", {}, say("paste"), " ", field),
    el("p", {}, el("button", { type: "button", class: "secondary", onclick: () => trying(field.value) }, say("take"))),
    problem,
  );
  return { element, close };
}
