/**
 * The big screen 大屏: `[data-screen]` with `data-draw`, `data-worker-url`, `data-base-url`, `data-server-time`.
 *
 * It shows the server's state as it is, with nothing that moves by itself but clocks, and no result that it has not
 * computed itself. A reload lands in the same picture, since all of it follows from the state and the time.
 */

import { el, languageOf, qrCode, whenReady } from "./dom.js";
import { checker, rosterReader } from "./screen/check.js";
import { fitText } from "./screen/fit.js";
import * as hall from "./screen/hall.js";
import * as outcome from "./screen/outcome.js";
import { both, clockTime, digest, said, speak } from "./screen/parts.js";
import { alertsOf, pictureOf } from "./screen/picture.js";
import { SAY, TEXTS } from "./screen/words.js";
import { followState } from "./state-stream.js";

/** @type {Record<string, (context: hall.Context) => hall.Panel>} */
const PANELS = {
  S0: hall.scheduled,
  S1: hall.roster,
  S2: hall.commits,
  S3: hall.announcing,
  S4: hall.reveals,
  S4d: hall.dice,
  S5: hall.sealed,
  S6: hall.countdown,
  S6d: hall.dice,
  S7: outcome.deriving,
  S8: outcome.called,
  S9: outcome.table,
  S10: outcome.table,
  STOP: outcome.stopped,
  V: outcome.voided,
};
const FAR_OFF = 5; // seconds from the beacon's clock at which the time is told in red
const ASK_CLOCK = 60_000; // milliseconds

/** A project's name on two lines if it can be, else on more; never cut off. @param {HTMLElement} text */
function shrink(text) {
  for (const size of [0.36, 0.3, 0.24]) {
    text.style.setProperty("--size", `${size}rem`);
    if (text.offsetHeight < 2.5 * Number.parseFloat(getComputedStyle(text).lineHeight)) return;
  }
}

/** @param {HTMLElement} root */
function start(root) {
  const { draw = "", workerUrl = "", baseUrl = "", serverTime = "0" } = root.dataset;
  const language = languageOf(root);
  speak(language);
  const vocabulary = JSON.parse(document.querySelector("[data-vocabulary]")?.textContent ?? "{}");
  const name = (/** @type {string} */ table, /** @type {string} */ key) =>
    vocabulary[table]?.[key] ?? { zh: key, en: key };

  const top = el("header", { class: "top" });
  const alerts = el("div", { class: "alerts" });
  const lost = el("p", { class: "lost", hidden: true }, both(TEXTS.lost, "", "span"));
  const centre = el("main", { class: "centre" });
  const bottom = el("footer", { class: "bottom" });
  const clock = el("span", { class: "clock" });
  const deviation = el("span", { class: "deviation" });
  const assertive = el("div", { class: "visually-hidden", "aria-live": "assertive", "data-say": "state" });
  const polite = el("div", { class: "visually-hidden", "aria-live": "polite", "data-say": "lines" });
  root.replaceChildren(top, lost, alerts, centre, bottom, assertive, polite);
  centre.append(both(TEXTS.connecting, "notice"));

  /** @type {any} */
  let state = null;
  /** @type {hall.Panel} */
  let panel = { nodes: [] };
  let drawn = { top: "", alerts: "", centre: "", bottom: "", spoken: "", lines: "" };
  const roster = rosterReader(() => draws());
  const check = checker(workerUrl, () => draws());

  /** Draw what has changed. */
  const draws = () => {
    if (!state) return;
    const now = following.now();
    const picture = pictureOf(state, check.check(), now);
    root.dataset.screen = picture.screen;
    root.toggleAttribute("data-drill", state.is_drill || state.draw_id.startsWith("DRILL-"));
    const context = { state, check: check.check(), held: roster.held(), now, base: baseUrl, name };
    drawTop(picture.title);
    const said1 = alertsOf(state, now);
    if (isNew("alerts", said1)) {
      alerts.replaceChildren(...said1.map((one) => both(one, `alert ${one.level}`)));
      drawn.centre = ""; // there is another room for it
    }
    drawBottom();
    const { server_time: _time, checkpoint: _size, sequence: _seq, ...facts } = state;
    const { status, steps } = check.check();
    if (isNew("centre", [picture, facts, status, steps.length, roster.held().status, roster.held().sha256])) {
      panel = PANELS[picture.screen]({ ...context, state: { ...state, screen: picture.screen } });
      centre.replaceChildren(...panel.nodes);
      lay();
    }
    announce(picture.title, said1);
    tick();
    root.dataset.sequence = String(state.sequence);
  };
  /** @param {keyof typeof drawn} part @param {unknown} value */
  const isNew = (part, value) => {
    const text = JSON.stringify(value);
    if (drawn[part] === text) return false;
    drawn[part] = text;
    return true;
  };
  const lay = () => {
    panel.lay?.();
    const stack = /** @type {HTMLElement | null} */ (centre.querySelector(".stack"));
    if (stack) fitText(centre, stack, 1, 0.4);
    panel.tick?.(following.now());
  };

  const drawTop = (/** @type {import("./protocol/fault.js").Words} */ title) => {
    const attempt = state.present?.attempt ?? 0;
    if (!isNew("top", [title, state.project_name, state.draw_id, attempt, state.is_drill])) return;
    const isDrill = root.hasAttribute("data-drill");
    top.replaceChildren(
      el(
        "div",
        { class: "project" },
        el("p", { class: "project-name" }, state.project_name),
        el("p", { class: "number" }, state.draw_id, " ", attempt ? both(SAY.attempt(attempt), "", "span") : ""),
      ),
      isDrill ? both(TEXTS.drill, "drill") : root.hasAttribute("data-demo") ? both(TEXTS.demo, "drill") : "",
      both(title, "state"),
      el("p", { class: "time" }, clock, " ", deviation),
    );
    shrink(/** @type {HTMLElement} */ (top.querySelector(".project-name")));
    for (const mark of root.querySelectorAll(".watermark")) mark.remove();
    if (isDrill) root.append(el("div", { class: "watermark", "aria-hidden": "true" }, TEXTS.drill.zh));
  };
  const drawBottom = () => {
    const { present, objections, draw_id: drawId } = state;
    const codes = [present?.roster?.sha256 ?? "", present?.seal_sha256 ?? "", objections?.filed ?? 0];
    if (!isNew("bottom", codes)) return;
    bottom.replaceChildren(
      el(
        "div",
        { class: "codes" },
        codes[0] ? digest(TEXTS.rosterCode, codes[0].slice(0, 8)) : "",
        codes[1] ? digest(TEXTS.sealCode, codes[1].slice(0, 8)) : "",
      ),
      codes[2] ? both(SAY.objections(codes[2]), "objections") : "",
      el(
        "div",
        { class: "corner" },
        both(TEXTS.verify, "label"),
        qrCode(`${baseUrl}/verify/${drawId}`, said(TEXTS.verify)),
      ),
    );
  };

  const announce = (
    /** @type {import("./protocol/fault.js").Words} */ title,
    /** @type {import("./screen/picture.js").Alert[]} */ heard,
  ) => {
    const parts = [title, ...(panel.spoken ? [panel.spoken] : []), ...heard].map((one) => one[language]);
    const lines = /** @type {any} */ (panel).lines;
    // what is called line by line is told line by line, politely; the count of them is no news of the state
    const spoken = lines?.length ? [title, ...heard].map((one) => one[language]) : parts;
    if (isNew("spoken", spoken)) assertive.textContent = spoken.join(language === "zh" ? "。" : ". ");
    const last = lines?.[0];
    if (last && isNew("lines", last.rank)) polite.textContent = outcome.lineText(last, language);
  };

  const tick = () => {
    const now = following.now();
    const text = clockTime(now);
    if (clock.textContent !== text) clock.textContent = text;
    panel.tick?.(now);
  };

  /** What the console's relays last said of the server's clock. */
  const askClock = async () => {
    const { offset } = await (await fetch(`/draws/${encodeURIComponent(draw)}/screen/clock`)).json();
    deviation.hidden = typeof offset !== "number";
    if (deviation.hidden) return;
    deviation.replaceChildren(both(SAY.deviation(Math.abs(offset).toFixed(1)), "", "span"));
    clock.toggleAttribute("data-off", Math.abs(offset) > FAR_OFF);
  };
  const asks = () => askClock().catch(() => {}); // unknown, then, as before

  const following = followState(
    draw,
    (next) => {
      state = next;
      roster.see(state);
      check.see(state);
      draws();
    },
    (isLost) => {
      lost.hidden = !isLost;
      drawn.centre = ""; // the bar takes room
      draws();
    },
    Number(serverTime),
  );
  setInterval(tick, 200);
  asks();
  setInterval(asks, ASK_CLOCK);
  setInterval(draws, 1000); // deadlines change what is said, also while the server is silent
  let resized = 0;
  addEventListener("resize", () => {
    clearTimeout(resized);
    resized = setTimeout(() => {
      drawn.top = "";
      drawn.centre = "";
      draws();
    }, 100);
  });
}

whenReady(() => {
  const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-screen]"));
  if (root) start(root);
});
