/** The centre of the console: for each state what stands there, and the next legal action. */

import { el, inFours } from "../dom.js";
import { checkList, failing } from "./check.js";
import { closeMeeting, note, objection, openMeeting, voidAttempt } from "./dialogs.js";
import { dicePanel, signing } from "./dice.js";
import { clockTime } from "./ladder.js";
import { fromTelephone } from "./round.js";
import { MESSAGES, SCREENS, T } from "./words.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./app.js").Command} Command */
/** @typedef {import("./app.js").Panel} Panel */
/** @typedef {{body: Node[], commands: Command[], typed?: (key: string) => boolean}} Part */

export const ROSTER_PAGE = 40; // agents on one page of the big screen

/** @param {App} app @returns {Panel} */
export function panelOf(app) {
  const { state, now } = app.model;
  const screen = /** @type {keyof typeof SCREENS} */ (state.screen);
  const part = PARTS[screen](app);
  const messages = messagesOf(app).map((text) => el("p", { class: "message is-bad", role: "alert" }, text));
  const attempt = state.present ? `${app.t(T.attempt, { n: state.present.attempt })} · ` : "";
  return {
    id: `${screen}/${now?.attempt ?? 0}`,
    title: `${screen} ${app.t(SCREENS[screen])}`,
    body: [p(attempt + app.name("mode", state.present?.entropy ?? ""), "quiet"), ...messages, ...part.body],
    commands: [...part.commands, ...always(app, part.commands)],
    typed: part.typed,
  };
}

/** What may be done at most times, beside the next action. @param {App} app @param {Command[]} own */
function always(app, own) {
  /** @type {Command[]} */
  const found = [];
  const has = (/** @type {string} */ id) => own.some((one) => one.id === id);
  if (app.offer("file_objection") && !has("objection")) found.push(objecting(app));
  const answer = app.offer("answer_objection");
  if (answer) found.push(link("answer", app.t(T.answer), answer.href));
  if (app.offer("note_meeting") && !has("note")) {
    found.push({ id: "note", label: app.t(T.note), run: () => note(app), isQuiet: true });
  }
  if (app.offer("void") && !has("void") && !has("submit")) found.push(voiding(app));
  return found;
}

/** @param {App} app @returns {Command} */
const objecting = (app) => ({ id: "objection", key: "F8", label: app.t(T.objection), run: () => objection(app) });

/**
 * Going to another page.
 * @param {string} id @param {string} label @param {string} href @param {object} [more] @returns {Command}
 */
function link(id, label, href, more = {}) {
  return { id, label, run: () => location.assign(href), isQuiet: true, ...more };
}

/** @param {App} app @param {object} [more] @returns {Command} */
function voiding(app, more = {}) {
  const { confirmed, href } = app.offer("void");
  if (confirmed) return link("void", app.t(T.voidSigned) + app.t(T.void), href, more);
  return { id: "void", label: app.t(T.void), run: () => voidAttempt(app), isQuiet: true, ...more };
}

/** @param {string} text @param {string} [className] */
const p = (text, className = "") => el("p", className ? { class: className } : {}, text);

/** A deadline that runs. @param {string} label @param {number | null | undefined} at  Unix seconds */
function countdown(label, at) {
  return at ? el("p", { class: "countdown" }, `${label} `, el("time", { "data-countdown": String(at) })) : "";
}

/** What is wrong, as far as the state tells it. @param {App} app @returns {string[]} */
export function messagesOf(app) {
  const { state, now } = app.model;
  const { present } = state;
  const [code, place = ""] = (state.presentation ? app.presented.message : "").split(":");
  const found = [];
  const known = MESSAGES[/** @type {keyof typeof MESSAGES} */ (code)];
  const facts = { p: place, r: present?.round ?? "" };
  if (known && !(code === "DIGITS_DIFFER" && state.screen.endsWith("d"))) found.push(app.t(known, facts));
  if (state.restored_at) found.push(app.t(T.restored, { t: clockTime(state.restored_at * 1000) }));
  const reasons = now?.actions.find((/** @type {any} */ one) => one.name === "void")?.reasons ?? [];
  const codes = reasons.map((/** @type {any} */ one) => one.code);
  if (codes.includes("QUORUM")) {
    const isReveal = state.screen !== "S2" && present.seats.some((/** @type {any} */ one) => one.mark === "revealed");
    const has = present.seats.filter((/** @type {any} */ one) =>
      isReveal ? one.mark === "revealed" : one.commit !== null,
    );
    const lacks = present.seats.filter((/** @type {any} */ one) => !has.includes(one));
    const who = lacks.map((/** @type {any} */ one) => one.organisation).join("、");
    found.push(app.t(MESSAGES.QUORUM, { n: has.length, of: present.min_reveals, who }));
  }
  if (codes.includes("SEAL_LATE") || present?.witness === "late") found.push(app.t(MESSAGES.SEAL_LATE));
  if (codes.includes("BEACON_HALTED") && code !== "BEACON_HALTED") found.push(app.t(MESSAGES.BEACON_HALTED));
  const isLate = state.screen === "S7" && now?.is_overdue && !codes.length;
  if (isLate && code !== "AWAITING_ROUND") found.push(app.t(MESSAGES.AWAITING_ROUND, facts));
  const awaits = present?.witness === "waiting" && present.entropy !== "dice" && /^S[56]$/.test(state.screen);
  if (awaits) found.push(app.t(MESSAGES.UNWITNESSED));
  return found;
}

/** The void that is the only way on. @param {App} app @returns {Command[]} */
function forcedVoid(app) {
  const reasons = app.offer("void")?.reasons.map((/** @type {any} */ one) => one.code) ?? [];
  return reasons.includes("QUORUM") ? [voiding(app, { key: "Ctrl+Enter", isPrimary: true, isQuiet: false })] : [];
}

/** @param {App} app @returns {Part} */
function scheduled(app) {
  const { state } = app.model;
  const body = [];
  /** @type {Command[]} */
  const commands = [];
  if (state.draws_at) body.push(p(app.t(T.meetingAt, { t: clockTime(state.draws_at * 1000).slice(0, 5) }), "task"));
  if (!state.present) body.push(p(app.t(T.noAttempt)));
  if (state.present?.roster) body.push(rosterLine(app));
  if (app.offer("open_meeting")) {
    commands.push({ id: "open", key: "Enter", label: app.t(T.open), isPrimary: true, run: () => openMeeting(app) });
  }
  const name = /** @type {const} */ (["publish_call", "plan_draw", "publish_roster"]).find((one) => app.offer(one));
  if (name) {
    const more = commands.length ? {} : { key: "Enter", isPrimary: true, isQuiet: false };
    commands.push(link(name, app.t(T.goOn) + app.t(T[name]), app.offer(name).href, more));
  }
  return { body, commands };
}

/** @param {App} app */
function rosterLine(app) {
  const { roster } = app.model.state.present;
  const line = app.t(T.rosterLine, { n: roster.agents, b: roster.balls, x: roster.excluded });
  const hash = inFours(roster.sha256.slice(0, 8));
  return el("p", {}, `${line} · ${app.t(T.rosterHash)} `, el("code", {}, hash));
}

/** @param {App} app @returns {Part} */
function roster(app) {
  const { state, now, isChecked } = app.model;
  const pages = Math.max(1, Math.ceil(state.present.roster.agents / ROSTER_PAGE));
  const { page } = app.presented;
  const turn = (/** @type {number} */ to) => () => app.present({ page: to });
  const body = [rosterLine(app), p(app.t(T.page, { p: page + 1, n: pages })), checkList(app)];
  /** @type {Command[]} */
  const commands = [];
  if (app.offer("freeze_roster") && isChecked) {
    const bad = failing(app);
    const sure = (bad ? app.t(T.unready, { n: bad }) : "") + app.t(T.freezeSure);
    const run = () => app.ask(sure, () => app.act("rosters/freeze"));
    commands.push({ id: "freeze", key: "Ctrl+Enter", label: app.t(T.freeze), isPrimary: true, run });
  } else {
    body.push(p(now?.freeze_waits ?? app.t(T.checkFirst), "quiet"));
  }
  const [on, back] = [app.t(T.nextPage), app.t(T.lastPage)];
  if (page + 1 < pages) commands.push({ id: "next-page", key: "PageDown", label: on, run: turn(page + 1) });
  if (page > 0) commands.push({ id: "last-page", key: "PageUp", label: back, run: turn(page - 1) });
  commands.push(objecting(app), { id: "check", key: "F9", label: app.t(T.checkAgain), run: () => app.look(true) });
  commands.push({ id: "print-test", label: app.t(T.printTest), run: () => window.print(), isQuiet: true });
  return { body, commands };
}

/** @param {App} app @returns {Part} */
function commits(app) {
  const { present, commit_deadline: deadline } = app.model.state;
  const has = present.seats.filter((/** @type {any} */ one) => one.commit !== null).length;
  const body = [
    p(app.t(T.committed, { n: has, of: present.seats.length }), "task"),
    countdown(app.t(T.deadline), deadline),
    p(app.t(T.byItself), "quiet"),
    ...(present.contributions ? [p(app.t(T.contributions, { n: present.contributions }))] : []),
  ];
  const forced = forcedVoid(app);
  if (forced.length || !app.offer("close_commitments")) return { body, commands: forced };
  const run = () => app.ask(app.t(T.closeSure), () => app.act("commitments/close"));
  return { body, commands: [{ id: "close", key: "Ctrl+Enter", label: app.t(T.close), isPrimary: true, run }] };
}

/** @param {App} app @returns {Part} */
function announcing(app) {
  const forced = forcedVoid(app);
  if (forced.length || !app.offer("announce_round")) return { body: [p(app.t(T.wait))], commands: forced };
  const run = () => app.act("round");
  const command = { id: "announce", key: "Enter", label: app.t(T.announce), isPrimary: true, run };
  return { body: [p(app.t(T.announcing), "task")], commands: [command] };
}

/** @param {App} app */
function roundLine(app) {
  const { round, round_at: at } = app.model.state.present;
  return round ? p(app.t(T.round, { r: round, t: clockTime(at * 1000) })) : "";
}

/** @param {App} app @returns {Part} */
function reveals(app) {
  const { present, state, reveal_deadline: deadline } = app.model.state;
  const asked = present.seats.filter((/** @type {any} */ one) => one.commit !== null);
  const has = asked.filter((/** @type {any} */ one) => one.mark === "revealed");
  const isOver = state === "sealing";
  const body = [
    p(app.t(T.revealed, { n: has.length, of: asked.length }), "task"),
    roundLine(app),
    isOver ? p(app.t(T.sealSoon)) : countdown(app.t(T.deadline), deadline),
    p(app.t(T.byItself), "quiet"),
  ];
  const forced = forcedVoid(app);
  if (forced.length || !app.offer("seal")) return { body, commands: forced };
  const run = () => app.ask(app.t(T.sealSure), () => app.act("seal"));
  return { body, commands: [{ id: "seal", key: "Ctrl+Enter", label: app.t(T.seal), isPrimary: true, run }] };
}

/** @param {App} app */
function sealLines(app) {
  const { present } = app.model.state;
  const seen = { n: present.witness_have, of: present.witness_need };
  return [
    el("p", { class: "seal-code" }, `${app.t(T.sealCode)} `, el("code", {}, inFours(present.seal_sha256.slice(0, 8)))),
    p(app.t(T.nobody), "task"),
    p(present.witness === "none" ? app.t(T.unwitnessed) : app.t(T.witness, seen)),
    ...(present.entropy === "dice" && present.witness === "waiting" ? [p(app.t(T.slipFirst), "message")] : []),
  ];
}

/** Printing what another page shows. @param {App} app @returns {Command} */
function printing(app, /** @type {"slip" | "minutes"} */ what) {
  const href = `/draws/${encodeURIComponent(app.drawId)}/${app.model.state.present.attempt}/${what}`;
  return { id: what, key: "Ctrl+P", label: app.t(T[what]), run: () => window.open(href, "_blank", "noopener") };
}

/** @param {App} app @returns {Part} */
function sealed(app) {
  const body = [...sealLines(app), roundLine(app), countdown(app.t(T.roundDue), app.model.state.present.round_at)];
  return { body, commands: [printing(app, "slip"), slipNote(app)] };
}

/** @param {App} app @returns {Command} */
const slipNote = (app) => ({
  id: "slip-note",
  label: app.t(T.slipNote),
  isQuiet: true,
  run: () => note(app, "SEAL_SLIP"),
});

/** @param {App} app @returns {Part} */
function waitingForRound(app) {
  const { present } = app.model.state;
  const body = [
    p(app.t(T.waitRound, { r: present.round }), "task"),
    countdown("", present.round_at),
    ...sealLines(app).slice(0, 1),
    ...sealLines(app).slice(2),
    p(app.t(T.wait), "quiet"),
  ];
  return { body, commands: [printing(app, "slip"), slipNote(app)] };
}

/** @param {App} app @returns {Part} */
function dice(app) {
  const { deadline, screen } = app.model.state;
  const part = app.offer("throw_dice") ? dicePanel(app) : { body: [p(app.t(T.wait))], commands: forcedVoid(app) };
  const [code, , , ...later] = screen === "S6d" ? sealLines(app) : [""];
  const lines = [code, ...later];
  const until = deadline?.name === "dice" || deadline?.name === "round" ? deadline.at : null;
  const due = app.t(screen === "S6d" ? T.diceDue : T.deadline);
  return { ...part, body: [...lines, countdown(due, until), ...part.body] };
}

/** @param {App} app @returns {Part} */
function deriving(app) {
  const { present } = app.model.state;
  const body = [p(app.t(T.deriving), "task"), roundLine(app), ...sealLines(app).slice(0, 1)];
  /** @type {Command[]} */
  const commands = [];
  if (app.offer("complete") && app.model.now.is_overdue) {
    const words = app.t(T.adjournText, { r: present.round });
    commands.push(
      { id: "phone", key: "Enter", label: app.t(T.phone), isPrimary: true, run: () => fromTelephone(app) },
      { id: "retry", key: "F9", label: app.t(T.retry), run: () => app.look(true) },
      { id: "adjourn", label: app.t(T.adjourn), run: () => note(app, "ADJOURNED", words) },
    );
  }
  const waiting = app.model.now?.waiting.find((/** @type {any} */ one) => one.kind === "lottery.voided");
  if (!waiting || !app.offer("void")) return { body, commands };
  const part = signing(app, waiting);
  return { body: [...body, ...part.body], commands: [...part.commands, ...commands] };
}

/** How many lines the result has. @param {App} app */
function lineCount(app) {
  const { winners, alternates, roster: pool } = app.model.state.present;
  return Math.min(winners + alternates, pool.agents);
}

/** @param {App} app */
function resultTable(app, /** @type {number} */ shown) {
  const { ranking, winners } = app.model.state.present;
  const count = lineCount(app);
  const rows = ranking.slice(0, count).map((/** @type {any} */ one, /** @type {number} */ index) => {
    const isShown = index >= count - shown;
    const cells = isShown ? [one.name, one.code, `#${one.ball}`, inFours(one.ticket.slice(0, 8))] : ["", "", "", ""];
    return el(
      "tr",
      { class: one.rank <= winners ? "is-winner" : "" },
      el("th", { scope: "row" }, String(one.rank)),
      ...cells.map((cell) => el("td", {}, cell)),
    );
  });
  return el("div", { class: "results" }, el("table", {}, el("tbody", {}, ...rows)));
}

/** @param {App} app @returns {Command} */
const speaking = (app) => ({
  id: "speak",
  key: "F6",
  label: app.t(T.speak),
  run: async () => {
    try {
      const words = new SpeechSynthesisUtterance(await app.server.reading(app.model.state.present.attempt));
      words.lang = app.lang === "zh" ? "zh-CN" : "en";
      speechSynthesis.cancel();
      speechSynthesis.speak(words);
    } catch {
      app.tell(app.t(T.noVoice), true);
    }
  },
});

/** @param {App} app */
const fixedLine = (app) => p(app.t(T.fixed, { t: clockTime(app.model.state.present.result_at ?? 0) }));

/** @param {App} app @returns {Part} */
function called(app) {
  const { shown } = app.presented;
  const count = lineCount(app);
  const body = [fixedLine(app), p(app.t(T.shown, { n: shown, of: count }), "task"), resultTable(app, shown)];
  const show = (/** @type {number} */ to) => () => app.present({ shown: Math.min(count, to) });
  const commands = [
    { id: "next", key: "Space", label: app.t(T.next), isPrimary: true, run: show(shown + 1) },
    { id: "all", key: "End", label: app.t(T.all), run: show(count) },
    speaking(app),
  ];
  return { body, commands };
}

/** The minutes become public at the desk. @param {App} app @returns {Command[]} */
function issuing(app) {
  const offer = app.offer("issue_minutes");
  return offer?.href ? [link("issue", app.t(T.issue), offer.href)] : [];
}

/** @param {App} app @returns {Part} */
function confirming(app) {
  const { present } = app.model.state;
  const body = [fixedLine(app), resultTable(app, lineCount(app))];
  if (present.minutes_sha256) body.push(p(`✓ ${app.t(T.issued)} ${inFours(present.minutes_sha256.slice(0, 8))}`));
  /** @type {Command[]} */
  const commands = [];
  if (app.offer("close_meeting")) {
    const run = () => closeMeeting(app);
    commands.push({ id: "close", key: "Ctrl+Enter", label: app.t(T.end), isPrimary: true, run });
  }
  commands.push(printing(app, "minutes"), objecting(app), speaking(app), ...issuing(app));
  return { body, commands };
}

/** @param {App} app @returns {Part} */
function over(app) {
  const { present, state } = app.model.state;
  const body = [p(app.t(state === "given-up" ? T.givenUp : T.closed), "task")];
  if (present?.ranking.length) body.push(fixedLine(app), resultTable(app, lineCount(app)));
  const page = link("page", app.t(T.publicPage), `/draws/${encodeURIComponent(app.drawId)}`);
  return { body, commands: present ? [printing(app, "minutes"), ...issuing(app), page] : [page] };
}

/** @param {App} app @returns {Part} */
function voided(app) {
  const { present } = app.model.state;
  const { reason, note: words, time, who } = present.void;
  const body = [
    el("p", { class: "void-title" }, app.t(T.voidTitle, { n: present.attempt })),
    p(`${app.name("void", reason)} · ${clockTime(time * 1000)} · ${app.name("role", who)}`, "task"),
    p(words),
  ];
  /** @type {Command[]} */
  const commands = [];
  const plan = app.offer("plan_draw");
  if (plan) {
    const more = { key: "Ctrl+Enter", isPrimary: true, isQuiet: false };
    commands.push(link("plan", app.t(T.newAttempt, { n: present.attempt + 1 }), plan.href, more));
  }
  commands.push(printing(app, "minutes"), ...issuing(app));
  if (app.offer("close_meeting")) {
    commands.push({ id: "close", label: app.t(T.end), run: () => closeMeeting(app), isQuiet: true });
  }
  return { body, commands };
}

/** @type {Record<keyof typeof SCREENS, (app: App) => Part>} */
const PARTS = {
  S0: scheduled,
  S1: roster,
  S2: commits,
  S3: announcing,
  S4: reveals,
  S4d: dice,
  S5: sealed,
  S6: waitingForRound,
  S6d: dice,
  S7: deriving,
  S8: called,
  S9: confirming,
  S10: over,
  V: voided,
};
