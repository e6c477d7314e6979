/** What can be checked: a file, photographs, what the camera sees, pasted text. */

import { el } from "../dom.js";
import { readImage, scanInto } from "../scan.js";
import { TEXTS } from "./words.js";

/** @typedef {import("../protocol/fault.js").Words} Words */
/** @typedef {import("./app.js").CheckApp} CheckApp */
/** @typedef {(words: Words) => string} Say */

/**
 * A button that opens the camera below itself.
 * @param {Words} title @param {(text: string) => boolean | Promise<boolean>} take  true: enough, close the camera
 * @param {Say} say
 * @returns {{part: HTMLElement, close: () => void}}
 */
export function cameraButton(title, take, say) {
  const video = /** @type {HTMLVideoElement} */ (el("video", { class: "verify-video", hidden: true }));
  const trouble = el("p", { class: "verify-trouble", role: "alert" });
  /** @type {(() => void) | null} */
  let end = null;
  const close = () => {
    end?.();
    end = null;
    video.hidden = true;
    button.textContent = say(title);
  };
  const open = async () => {
    trouble.textContent = "";
    if (end) {
      close();
      return;
    }
    video.hidden = false;
    button.textContent = say(TEXTS.stop);
    try {
      end = await scanInto(video, async (text) => {
        if (await take(text)) close();
      });
    } catch {
      close();
      trouble.textContent = say(TEXTS.noCamera);
    }
  };
  const button = el("button", { type: "button", class: "verify-camera", onclick: open }, say(title));
  return { part: el("span", { class: "verify-scan" }, button, video, trouble), close };
}

/** @param {CheckApp} app @param {boolean} isFull @returns {{part: HTMLElement, close: () => void}} */
export function inputsPart(app, isFull) {
  const { say } = app;
  const told = el("p", { class: "verify-told", role: "status" });
  const tell = (/** @type {Words | null} */ words) => {
    told.textContent = words ? say(words) : "";
  };

  /** Whether the chain is whole with this code. @param {string} text */
  const takeCode = async (text) => {
    const { state, n, missing } = await app.ask({ kind: "code", text });
    if (state === "none") tell(TEXTS.notEvidence);
    else if (state === "other") tell(TEXTS.otherChain);
    else tell(TEXTS.progress(n - missing.length, n, missing));
    forget.hidden = n === 0;
    if (state !== "added" || missing.length) return false;
    forget.hidden = true;
    app.check(async () => ({ kind: "chain" }));
    return true;
  };

  /** @param {Iterable<File>} files */
  const takeFiles = async (files) => {
    tell(null);
    for (const file of files) {
      if (!file.type.startsWith("image/")) {
        app.check(async () => ({ kind: "verify", evidence: await file.arrayBuffer() }));
        return;
      }
      const texts = await readImage(file).catch(() => []);
      if (texts.length === 0) tell(TEXTS.noCodes);
      for (const text of texts) if (await takeCode(text)) return;
    }
  };

  const picker = /** @type {HTMLInputElement} */ (
    el("input", {
      type: "file",
      multiple: true,
      accept: ".json,application/json,image/*",
      onchange: async () => {
        await takeFiles([...(picker.files ?? [])]);
        picker.value = ""; // the same file once more is a new question
      },
    })
  );
  const forget = el(
    "button",
    {
      type: "button",
      class: "verify-forget",
      hidden: true,
      onclick: async () => {
        await app.ask({ kind: "forget" });
        tell(null);
        forget.hidden = true;
      },
    },
    say(TEXTS.again),
  );
  const part = el(
    "section",
    { class: "verify-inputs" },
    el("h2", {}, say(TEXTS.inputs)),
    el("p", {}, el("label", { class: "verify-file" }, el("span", {}, say(TEXTS.file)), " ", picker)),
    el("p", { class: "verify-hint" }, say(TEXTS.fileHint)),
  );
  acceptDrops(part, takeFiles);
  let close = () => {};
  if (isFull) {
    const camera = cameraButton(TEXTS.camera, takeCode, say);
    close = camera.close;
    part.append(el("p", {}, camera.part), pastePart(app, takeCode, say));
  }
  part.append(told, forget);
  return { part, close };
}

/** @param {CheckApp} app @param {(text: string) => Promise<boolean>} takeCode @param {Say} say */
function pastePart(app, takeCode, say) {
  const area = /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "4", spellcheck: "false" }));
  const go = async () => {
    const text = area.value.trim();
    if (text.startsWith("{")) {
      const evidence = new TextEncoder().encode(text).buffer;
      app.check(async () => ({ kind: "verify", evidence }));
      return;
    }
    for (const line of text.split("\n")) if (line.trim() && (await takeCode(line))) return;
  };
  return el(
    "details",
    { class: "verify-paste" },
    el("summary", {}, say(TEXTS.paste)),
    el("p", {}, el("label", {}, say(TEXTS.pasteHint), area)),
    el("p", {}, el("button", { type: "button", onclick: go }, say(TEXTS.pasteGo))),
  );
}

/** @param {HTMLElement} zone @param {(files: File[]) => void} take */
function acceptDrops(zone, take) {
  zone.addEventListener("dragover", (event) => event.preventDefault());
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...(event.dataTransfer?.files ?? [])]);
  });
}
