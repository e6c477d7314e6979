/**
 * Drafts 草稿 that save themselves: `<form data-draft="ADDRESS" data-draft-slot="SLOT" data-revision="N">`.
 *
 * What is typed goes first into this browser's storage and then to the centre; once it is there, the copy here goes. So
 * a lost connection loses nothing: typing goes on, and the centre has it when the network is back. A save names the
 * revision it builds on, so that of two windows the second is told instead of overwriting the first.
 */

import { el, languageOf } from "../dom.js";

/** @typedef {Record<string, string[]>} Values */
/** @typedef {{revision: number, at: number, values: Values}} Kept */
/** @typedef {import("../dom.js").Words} Words */

const AFTER = 1200; // milliseconds of quiet after which what was typed is saved
const AGAIN = 5000; // milliseconds between two attempts to reach the centre
const OWN = new Set(["step", "idempotency_key", "acting_role", "revision"]); // the form's own, no part of the draft

const TEXTS = {
  saved: { zh: "草稿已保存到交易中心", en: "Draft saved at the centre" },
  saving: { zh: "正在保存…", en: "Saving…" },
  offline: {
    zh: "连不上交易中心：填写的内容暂存在本机，网络恢复后自动保存。请勿清除浏览器数据。",
    en: "The centre cannot be reached: what you type is kept in this browser and saved when the network is back.",
  },
  signedOut: {
    zh: "登录已过期：填写的内容暂存在本机。请在另一标签页重新登录，本页随后自动保存。",
    en: "You are signed out: what you type is kept in this browser. Sign in again in another tab; then it is saved.",
  },
  refused: {
    zh: "草稿未能保存到交易中心，内容暂存在本机。",
    en: "The centre did not take the draft; it is kept in this browser.",
  },
  moved: {
    zh: "这份草稿已在另一个窗口改动过。本窗口暂停保存，内容暂存在本机。请选择以哪一份为准：",
    en: "Another window has changed this draft. This one has stopped saving and keeps its own. Which one counts?",
  },
  mine: { zh: "以本窗口为准", en: "This window's" },
  theirs: { zh: "改用另一份", en: "The other one" },
  found: {
    zh: "本机存有一份没来得及保存的内容，与交易中心的草稿不同：",
    en: "This browser holds content that never reached the centre and differs from the draft there:",
  },
  take: { zh: "取回本机的内容", en: "Take this browser's content" },
  drop: { zh: "丢弃", en: "Discard it" },
  back: { zh: "已取回本机暂存的内容", en: "Content kept in this browser is back in the form" },
  none: {
    zh: "此浏览器不能暂存：断网时请勿关闭本页。",
    en: "This browser keeps nothing: do not close the page while offline.",
  },
};

/** What a form holds, files and the form's own fields left out. @param {Iterable<[string, unknown]>} entries */
export function valuesOf(entries) {
  const values = /** @type {Values} */ ({});
  for (const [name, value] of entries) {
    if (typeof value === "string" && !OWN.has(name)) (values[name] ??= []).push(value);
  }
  return values;
}

/** @param {string | null} text  as it was kept @returns {Kept | null} */
export function readKept(text) {
  try {
    const kept = JSON.parse(text ?? "null");
    const isWhole = Number.isSafeInteger(kept?.revision) && Number.isSafeInteger(kept?.at);
    return isWhole && typeof kept.values === "object" && kept.values !== null ? kept : null;
  } catch {
    return null;
  }
}

/**
 * The same in both, whatever the order of the fields; an empty field is as good as none.
 * @param {Values} a @param {Values} b
 */
export function isSame(a, b) {
  const bare = (/** @type {Values} */ values) =>
    JSON.stringify(
      Object.entries(values)
        .map(([name, all]) => [name, all.filter(Boolean)])
        .filter(([, all]) => all.length > 0)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  return bare(a) === bare(b);
}

const slotOf = (/** @type {HTMLFormElement} */ form) => `mingtang-draft/${form.dataset.draftSlot}`;

/** Put values back into a form's fields. @param {HTMLFormElement} form @param {Values} values */
function fillIn(form, values) {
  for (const field of /** @type {Iterable<HTMLInputElement>} */ (/** @type {unknown} */ (form.elements))) {
    if (!field.name || OWN.has(field.name) || field.type === "file") continue;
    const own = values[field.name] ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = own.includes(field.value);
    else if (field.type !== "hidden") field.value = own[0] ?? "";
    const fold = field.value ? field.closest("details") : null;
    if (fold) fold.open = true;
  }
}

/** The centre has what this slot held. @param {string} name */
export function forgetDraft(name) {
  localStorage.removeItem(`mingtang-draft/${name}`);
}

/** Let a form save itself. @param {HTMLFormElement} form */
export function mountDraft(form) {
  const slot = slotOf(form);
  const language = languageOf(form);
  const say = (/** @type {keyof typeof TEXTS} */ name) => TEXTS[name][language];
  const status = /** @type {HTMLElement} */ (form.querySelector("[data-draft-status]"));
  let revision = Number(form.dataset.revision);
  let timer = 0;
  let isBusy = false;
  let isDirty = false;
  let isStopped = false;

  /** @param {string} state @param {...(Node | string)} parts */
  const tell = (state, ...parts) => {
    status.dataset.draftStatus = state;
    status.replaceChildren(...parts);
  };
  const choice = (/** @type {string} */ words, /** @type {() => void} */ act) =>
    el("button", { type: "button", class: "secondary", onclick: act }, words);
  const values = () => valuesOf(new FormData(form));
  /** @returns {boolean} */
  const keep = () => {
    try {
      localStorage.setItem(slot, JSON.stringify({ revision, at: Date.now(), values: values() }));
      return true;
    } catch {
      return false;
    }
  };
  const soon = (/** @type {number} */ after) => {
    clearTimeout(timer);
    timer = window.setTimeout(save, after);
  };

  async function save() {
    clearTimeout(timer);
    if (isStopped || isBusy || !isDirty) return;
    isBusy = true;
    isDirty = false;
    const isKept = keep();
    const sent = new FormData(form);
    for (const field of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[type=file]"))) {
      if (field.dataset.sent === field.value) sent.delete(field.name);
    }
    sent.set("revision", String(revision));
    try {
      const answer = await fetch(form.dataset.draft ?? "", {
        method: "POST",
        body: sent,
        headers: { Accept: "application/json" },
      });
      if (answer.ok) await onSaved(await answer.json());
      else onRefused(answer.status, (await answer.json().catch(() => ({}))).code);
    } catch {
      isDirty = true;
      tell("local", say(isKept ? "offline" : "none"));
      soon(AGAIN);
    }
    isBusy = false;
  }

  /** @param {{revision: number, at: string, kept: Record<string, [string, string]>}} answer */
  async function onSaved(answer) {
    revision = answer.revision;
    const told = /** @type {HTMLInputElement | null} */ (form.querySelector('input[name="revision"]'));
    if (told) told.value = String(revision);
    for (const [name, [, ticket]] of Object.entries(answer.kept)) rememberFile(name, ticket);
    if (isDirty) soon(AFTER);
    else localStorage.removeItem(slot);
    tell("centre", `${say("saved")} · ${answer.at}`);
  }

  /** A file that the centre holds need not be sent again. @param {string} name @param {string} ticket */
  function rememberFile(name, ticket) {
    const field = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[type=file][name="${name}"]`));
    if (!field) return;
    field.dataset.sent = field.value;
    field.required = false;
    let hidden = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}.kept"]`));
    if (!hidden) {
      hidden = /** @type {HTMLInputElement} */ (el("input", { type: "hidden", name: `${name}.kept` }));
      form.append(hidden);
    }
    hidden.value = ticket;
  }

  /** @param {number} status @param {string | undefined} code  of the problem document */
  function onRefused(status, code) {
    isDirty = true;
    if (code === "registry.draft-moved") {
      isStopped = true;
      tell("moved", `${say("moved")} `, choice(say("mine"), takeOver), " ", choice(say("theirs"), giveWay));
      return;
    }
    tell("local", say(status === 401 ? "signedOut" : status >= 500 ? "offline" : "refused"));
    if (status === 401 || status >= 500) soon(AGAIN);
  }

  /** Build on whatever the centre holds now. */
  async function takeOver() {
    const answer = await fetch(form.dataset.draft ?? "", { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return;
    revision = (await answer.json()).revision;
    isStopped = false;
    void save();
  }

  function giveWay() {
    localStorage.removeItem(slot);
    isDirty = false;
    window.location.reload();
  }

  /** @param {Kept} kept */
  function takeBack(kept) {
    fillIn(form, kept.values);
    isStopped = false;
    isDirty = true;
    tell("local", say("back"));
    void save();
  }

  const kept = readKept(localStorage.getItem(slot));
  if (kept && isSame(kept.values, values())) localStorage.removeItem(slot);
  else if (kept && kept.revision === revision) takeBack(kept);
  else if (kept) {
    isStopped = true;
    const drop = () => {
      localStorage.removeItem(slot);
      isStopped = false;
      tell("centre");
    };
    const when = new Date(kept.at).toLocaleString(language === "zh" ? "zh-CN" : "en-GB");
    const take = () => takeBack(kept);
    tell("found", `${say("found")} ${when} `, choice(say("take"), take), " ", choice(say("drop"), drop));
  }

  const onTyped = () => {
    isDirty = true;
    if (isStopped) return;
    if (status.dataset.draftStatus === "local") keep();
    soon(AFTER);
  };
  form.addEventListener("input", onTyped);
  form.addEventListener("change", onTyped);
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    isStopped = navigator.onLine; // then the form itself carries all of it
    if (navigator.onLine || !keep()) return;
    event.preventDefault();
    tell("local", say("offline"));
  });
  window.addEventListener("online", save);
  window.addEventListener("pagehide", () => {
    if (isDirty && !isBusy && !isStopped) keep();
  });
}
