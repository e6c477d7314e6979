/**
 * The operator's console 主控台: `[data-console]` with `data-draw`, `data-site`, `data-server-time`.
 *
 * What stands here follows from the server's state and from what it allows now; nothing that is not allowed has a
 * button or a key. Everything is done by keyboard, and can be done by mouse.
 */

import { App, keyOf, SURE_FOR } from "./console/app.js";
import { clockTime, ladder, lights, objections, seats } from "./console/ladder.js";
import { panelOf } from "./console/panels.js";
import { SCREENS, T } from "./console/words.js";
import { el, inFours, languageOf, whenReady } from "./dom.js";
import { timeLeft } from "./live.js";
import { followState } from "./state-stream.js";

/** @typedef {import("./console/app.js").Command} Command */
/** @typedef {import("./console/app.js").Panel} Panel */

const LOOK_EVERY = 10_000; // milliseconds between two looks at the network
const ASK_EVERY = 3_000; // what may be done also changes by the clock
const TYPED = /^([0-9]|Backspace)$/;

/** @param {HTMLElement} root */
function start(root) {
  const lang = languageOf(root);
  const vocabulary = JSON.parse(document.querySelector("[data-vocabulary]")?.textContent ?? "{}");
  const part = (/** @type {string} */ name) => /** @type {HTMLElement} */ (root.querySelector(`[data-part=${name}]`));
  const centre = part("centre");
  /** @type {Panel | null} */
  let panel = null;
  /** @type {Node | null} */
  let drawn = null;
  let screen = "";
  let isHelping = false;

  const app = new App(root, lang, vocabulary, () => draw());

  /** The panel whose commands count now. @returns {Panel | null} */
  const present = () => app.dialog ?? panel;

  const run = (/** @type {string} */ id) => {
    const command = present()?.commands.find((one) => one.id === id);
    if (command && !app.isBusy && !app.question) command.run();
  };

  /** @param {Command} command */
  const button = (command) => {
    const { id, key, label, isPrimary, isQuiet } = command;
    const attributes = {
      type: "button",
      "data-command": id,
      class: isPrimary ? "primary" : isQuiet ? "quiet" : "",
      "aria-disabled": app.isBusy ? "true" : "false",
      ...(key ? { "aria-keyshortcuts": key.replace("Ctrl+", "Control+") } : {}),
    };
    return el("button", attributes, label, ...(key ? [el("kbd", {}, key)] : []));
  };

  /** @param {Panel} of @param {string} className */
  const frame = (of, className) =>
    el(
      "section",
      { class: className, "aria-labelledby": `${className}-title` },
      el("h2", { id: `${className}-title`, tabindex: "-1" }, of.title),
      el("div", { class: "body" }, ...of.body),
      el("p", { class: "commands" }, ...of.commands.map(button)),
    );

  const questionBox = () => {
    const { question } = app;
    if (!question) return "";
    const seconds = Math.max(0, Math.ceil((question.until - performance.now()) / 1000));
    return el(
      "section",
      { class: "question", role: "alertdialog", "aria-label": question.text, tabindex: "-1" },
      el("p", { class: "task" }, question.text),
      el("p", { "data-sure": "" }, app.t(T.confirmIn, { s: Math.min(SURE_FOR, seconds) })),
    );
  };

  const helpBox = () => {
    if (!isHelping) return "";
    const keys = (present()?.commands ?? []).filter(({ key }) => key);
    const rows = keys.map(({ key, label }) => el("li", {}, el("kbd", {}, key ?? ""), ` ${label}`));
    if (present()?.typed) rows.push(el("li", {}, el("kbd", {}, "0–9")));
    const title = app.t(T.keysTitle);
    return el("section", { class: "help", "aria-label": title }, el("h2", {}, title), el("ul", {}, ...rows));
  };

  /** The next action, or where there is none the state's name. */
  const focusPanel = () => {
    const first = centre.querySelector(".panel .primary") ?? centre.querySelector(".panel h2");
    /** @type {HTMLElement | null} */ (first)?.focus({ preventScroll: true });
  };

  /** @type {HTMLElement | null} */
  let shownDialog = null;
  function draw() {
    const { state } = app.model;
    if (!state) return;
    if (app.dialog && app.model.now && !app.dialog.isLegal()) app.end();
    panel = panelOf(app);
    const { text, isBad } = app.notice;
    const attributes = { class: `notice ${isBad ? "is-bad" : ""}`, role: isBad ? "alert" : "status" };
    const notice = text ? el("p", attributes, text) : "";
    const next = el("div", { class: "panels" }, frame(panel, "panel"), notice, helpBox());
    if (!drawn?.isEqualNode(next)) {
      drawn = next.cloneNode(true);
      const focused = /** @type {HTMLElement | null} */ (document.activeElement);
      const isInside = !!focused && centre.contains(focused) && !focused.closest(".dialog");
      const command = focused?.dataset.command;
      const id = focused?.id;
      centre.querySelector(".panels")?.remove();
      centre.prepend(next);
      if (isInside || screen !== state.screen || document.activeElement === document.body) {
        const again =
          (command && screen === state.screen && next.querySelector(`[data-command="${command}"]`)) ||
          (id && !id.endsWith("-title") && next.querySelector(`#${CSS.escape(id)}`)) ||
          next.querySelector(".primary") ||
          next.querySelector("h2"); // never another button: Enter must not do what nobody looked at
        if (!app.dialog && !app.question) /** @type {HTMLElement | null} */ (again)?.focus({ preventScroll: true });
      }
    }
    if (app.dialog !== shown) {
      shown = app.dialog;
      shownDialog?.remove();
      shownDialog = app.dialog ? frame(app.dialog, "dialog") : null;
      if (shownDialog) centre.append(shownDialog);
      else focusPanel();
    }
    for (const one of shownDialog?.querySelectorAll("button") ?? []) {
      one.setAttribute("aria-disabled", String(app.isBusy));
    }
    centre.toggleAttribute("data-dialog", !!app.dialog);
    const asked = centre.querySelector(".question");
    if (!app.question && asked) {
      asked.remove();
      const back = /** @type {HTMLElement | null} */ (centre.querySelector(".dialog .primary"));
      if (back) back.focus();
      else focusPanel();
    } else if (app.question && !asked) {
      const box = /** @type {HTMLElement} */ (questionBox());
      centre.append(box);
      box.focus();
    }
    for (const [name, rows] of Object.entries({ ladder, seats, lights, objections })) {
      const list = part(name);
      const fresh = el("div", {}, ...rows(app));
      if (!el("div", {}, ...[...list.children].map((one) => one.cloneNode(true))).isEqualNode(fresh)) {
        list.replaceChildren(...fresh.children);
      }
    }
    const { present: attempt } = state;
    const roster = attempt?.roster ? `${app.t(T.rosterHash)} ${inFours(attempt.roster.sha256.slice(0, 8))}` : "";
    const seal = attempt?.seal_sha256 ? ` · ${app.t(T.sealCode)} ${inFours(attempt.seal_sha256.slice(0, 8))}` : "";
    part("hashes").textContent = roster + seal;
    if (screen !== state.screen) {
      screen = state.screen;
      root.dataset.screen = screen;
      const next = panel.commands.find((one) => one.isPrimary)?.label ?? app.t(T.wait);
      part("say").textContent = `${app.t(SCREENS[/** @type {keyof typeof SCREENS} */ (screen)])}：${next}`;
      if (screen === "S1" && !app.model.isChecked) app.look(true);
    }
    if (document.activeElement === document.body && !app.dialog && !app.question) focusPanel();
    tick();
  }
  /** @type {import("./console/app.js").Dialog | null} */
  let shown = null;

  const tick = () => {
    const now = app.clock();
    part("clock").textContent = clockTime(now);
    for (const time of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-countdown]"))) {
      const text = timeLeft(Number(time.dataset.countdown) - now / 1000);
      if (time.textContent !== text) time.textContent = text;
    }
    const sure = root.querySelector("[data-sure]");
    if (app.question && sure) {
      const left = app.question.until - performance.now();
      if (left <= 0) app.answer(false);
      else sure.textContent = app.t(T.confirmIn, { s: Math.ceil(left / 1000) });
    }
  };

  root.addEventListener("click", (event) => {
    const id = /** @type {HTMLElement} */ (event.target).closest("[data-command]")?.getAttribute("data-command");
    if (id) run(id);
  });

  document.addEventListener("keydown", (event) => {
    const key = keyOf(event);
    const target = /** @type {HTMLElement} */ (event.target);
    const isText = target.matches("input[type=text], textarea, select");
    if (key === "F1") {
      event.preventDefault();
      isHelping = !isHelping;
      draw();
      return;
    }
    if (app.question) {
      if (key === "Tab") return;
      event.preventDefault();
      if (event.repeat) return;
      if (key === "Enter") app.answer(true);
      else if (key === "Escape") app.answer(false);
      return;
    }
    if (event.isComposing) return; // an input method takes Enter for itself
    if (key === "Escape" && isHelping) {
      isHelping = false;
      draw();
      return;
    }
    const of = present();
    const command = of?.commands.find((one) => one.key === key);
    const isOwn = target.matches("button, a, summary, input[type=checkbox], input[type=file]");
    const isNative = isOwn && (key === "Enter" || key === "Space") && !target.matches(".primary");
    if (command && !isNative && !(isText && (key === "Backspace" || key === "-" || key === "Space" || key === "End"))) {
      if (isText && key === "Enter" && target.matches("textarea, select")) return;
      event.preventDefault();
      if (!event.repeat || /^Page/.test(key)) run(command.id);
    } else if (!isText && TYPED.test(key) && !app.isBusy && of?.typed?.(key)) {
      event.preventDefault();
    } else if (key === "Ctrl+P") {
      event.preventDefault(); // where there is nothing to print
    }
  });

  const following = followState(
    app.drawId,
    (state) => {
      app.model.state = state;
      draw();
      app.refresh();
    },
    (isLost) => {
      part("lost").hidden = !isLost;
    },
    Number(root.dataset.serverTime),
  );
  app.clock = following.now;
  setInterval(tick, 250);
  setInterval(() => app.refresh(), ASK_EVERY);
  app.onLook = () => warn(app);
  setInterval(() => app.look(), LOOK_EVERY);
  app.look();
}

/** Have the screens say what the network lights tell, and no longer once it is over. @param {App} app */
function warn(app) {
  const { state, lights: found } = app.model;
  if (!state?.meeting || !found || !state.presentation) return;
  const { message } = app.presented;
  const isDown = state.present.entropy !== "dice" && !found.relays.some((/** @type {any} */ one) => one.is_up);
  const isBefore = /^S[1234]/.test(state.screen);
  const isSealed = /^S[56]$/.test(state.screen);
  const wanted = !isDown ? "" : isBefore ? "RELAYS_BEFORE_SEAL" : isSealed ? "NETWORK_AFTER_SEAL" : "";
  const isOurs = message === "" || message === "RELAYS_BEFORE_SEAL" || message === "NETWORK_AFTER_SEAL";
  if (isOurs && message !== wanted) app.present({ message: wanted });
}

if (typeof document !== "undefined") {
  whenReady(() => {
    const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-console]"));
    if (root) start(root);
  });
}
