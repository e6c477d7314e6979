/** What the console asks for in words: a place, an objection, a note, a reason to void, the recording. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { el } from "../dom.js";
import { labelled } from "./app.js";
import { wish } from "./server.js";
import { T } from "./words.js";

/** @typedef {import("./app.js").App} App */

const PIECE = 4 * 1024 * 1024; // bytes of a recording that are hashed at once
const PLACE = "mingtang-console/place";

/** @param {Record<string, string>} [more] */
const line = (more = {}) => /** @type {HTMLInputElement} */ (el("input", { type: "text", maxlength: "200", ...more }));
const area = () => /** @type {HTMLTextAreaElement} */ (el("textarea", { rows: "4", maxlength: "2000" }));

/** @param {[string, string][]} choices */
const choice = (choices) =>
  /** @type {HTMLSelectElement} */ (
    el("select", {}, ...choices.map(([value, label]) => el("option", { value }, label)))
  );

/** The command that leaves a dialog. @param {App} app @returns {import("./app.js").Command} */
export const leave = (app) => ({
  id: "leave",
  key: "Escape",
  label: app.t(T.cancel),
  isQuiet: true,
  run: () => app.end(),
});

/** @param {App} app */
export function openMeeting(app) {
  const place = line({ autocomplete: "off" });
  place.value = localStorage.getItem(PLACE) ?? "";
  const key = wish();
  const run = async () => {
    const text = place.value.trim();
    if (!text) return place.focus();
    if (await app.act("meeting", { place: text }, key)) {
      localStorage.setItem(PLACE, text);
      app.end();
    }
  };
  app.open({
    id: "open",
    title: app.t(T.open),
    body: [el("p", {}, app.t(T.opening)), labelled(app.t(T.place), place, "c-place")],
    commands: [{ id: "open", key: "Enter", label: app.t(T.open), isPrimary: true, run }, leave(app)],
    isLegal: () => !!app.offer("open_meeting"),
    focus: place,
  });
}

/** @param {App} app */
export function objection(app) {
  const about = choice(["roster", "plan", "conduct", "result"].map((one) => [one, app.name("about", one)]));
  const text = area();
  const key = wish();
  const run = async () => {
    if (!text.value.trim()) return text.focus();
    if (await app.act("objections", { about: about.value, text: text.value.trim() }, key)) app.end();
  };
  app.open({
    id: "objection",
    title: app.t(T.objection),
    body: [
      labelled(app.t(T.objectionAbout), about, "c-about"),
      labelled(app.t(T.objectionText), text, "c-objection"),
    ],
    commands: [{ id: "object", key: "Ctrl+Enter", label: app.t(T.objection), isPrimary: true, run }, leave(app)],
    isLegal: () => !!app.offer("file_objection"),
    focus: text,
  });
}

/** @param {App} app @param {string} [topic] @param {string} [words] */
export function note(app, topic = "OTHER", words = "") {
  const names = /** @type {const} */ (["ADJOURNED", "SEAL_SLIP", "INTERRUPTED", "SEAT_REFUSES", "OTHER"]);
  const about = choice(names.map((one) => [one, app.t(T[one])]));
  about.value = topic;
  const seats = app.model.state.present?.seats ?? [];
  const seat = choice([
    ["", "—"],
    ...seats.map((/** @type {any} */ one) => [one.seat, `${app.name("seat", one.seat)} ${one.organisation}`]),
  ]);
  const text = area();
  text.value = words;
  const key = wish();
  const run = async () => {
    if (!text.value.trim()) return text.focus();
    const body = { topic: about.value, text: text.value.trim(), seat: seat.value || null };
    if (await app.act("meeting/notes", body, key)) app.end();
  };
  app.open({
    id: "note",
    title: app.t(T.note),
    body: [
      labelled(app.t(T.noteTopic), about, "c-topic"),
      labelled(app.t(T.noteSeat), seat, "c-seat"),
      labelled(app.t(T.noteText), text, "c-note"),
    ],
    commands: [{ id: "note", key: "Ctrl+Enter", label: app.t(T.note), isPrimary: true, run }, leave(app)],
    isLegal: () => !!app.offer("note_meeting"),
    focus: text,
  });
}

/** @param {App} app */
export function voidAttempt(app) {
  const { reasons } = app.offer("void");
  const reason = choice(reasons.map((/** @type {any} */ one) => [one.code, one.title]));
  const text = area();
  const key = wish();
  const run = () => {
    if (!text.value.trim()) return text.focus();
    app.ask(app.t(T.voidSure), async () => {
      if (await app.act("void", { reason: reason.value, note: text.value.trim() }, key)) app.end();
    });
  };
  app.open({
    id: "void",
    title: app.t(T.void),
    body: [labelled(app.t(T.voidReason), reason, "c-reason"), labelled(app.t(T.voidNote), text, "c-void")],
    commands: [{ id: "void", key: "Ctrl+Enter", label: app.t(T.void), isPrimary: true, run }, leave(app)],
    // what was legal a moment ago may be so no longer: then the form is gone, not grey
    isLegal: () => app.offer("void")?.reasons.some((/** @type {any} */ one) => one.code === reason.value) ?? false,
    focus: reason,
  });
}

/**
 * The hash of a file of any size, piece by piece; it never leaves this device.
 * @param {Blob} file @param {(part: number) => void} onPart  0 to 1 @returns {Promise<string>}
 */
export async function hashOf(file, onPart) {
  const hash = sha256.create();
  for (let at = 0; at < file.size; at += PIECE) {
    hash.update(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
    onPart(Math.min(1, (at + PIECE) / file.size));
  }
  return bytesToHex(hash.digest());
}

/**
 * The digest of the recording that was chosen last: of one chosen before, that is still being read, nothing comes.
 * @param {(text: string) => void} tell
 * @param {(words: import("../dom.js").Words, facts?: Record<string, string | number>) => string} t
 */
export function newRecording(tell, t) {
  /** @type {string | null} */
  let digest = null;
  let isReady = true;
  let turn = 0;
  return {
    digest: () => digest,
    /** Whether the meeting may be closed with what is here: not beside a file whose digest is not known. */
    isReady: () => isReady,
    /** @param {Blob | undefined} chosen */
    take: async (chosen) => {
      const mine = (turn += 1);
      digest = null;
      isReady = !chosen;
      tell(t(T.noVideo));
      if (!chosen) return;
      try {
        const found = await hashOf(chosen, (part) => {
          if (mine === turn) tell(t(T.hashing, { p: Math.floor(part * 100) }));
        });
        if (mine !== turn) return;
        digest = found;
        isReady = true;
        tell(`${t(T.hashed)} ${found}`);
      } catch {
        if (mine === turn) tell(t(T.unread));
      }
    },
  };
}

/** @param {App} app */
export function closeMeeting(app) {
  const file = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept: "video/*,audio/*" }));
  const shown = el("p", { class: "hash", role: "status" }, app.t(T.noVideo));
  const recording = newRecording((text) => {
    shown.textContent = text;
  }, app.t.bind(app));
  file.addEventListener("change", () => recording.take(file.files?.[0]));
  const key = wish();
  const run = () => {
    if (!recording.isReady()) return;
    app.ask(app.t(T.endSure), async () => {
      if (await app.act("meeting/close", { video_sha256: recording.digest() }, key)) app.end();
    });
  };
  app.open({
    id: "close",
    title: app.t(T.end),
    body: [labelled(app.t(T.video), file, "c-video"), shown],
    commands: [{ id: "close", key: "Ctrl+Enter", label: app.t(T.end), isPrimary: true, run }, leave(app)],
    isLegal: () => !!app.offer("close_meeting"),
    focus: file,
  });
}
