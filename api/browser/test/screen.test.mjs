/** What the big screen decides without a page: which picture, which warning, how a list fits, which state is older. */

import assert from "node:assert/strict";
import test from "node:test";
import { verify } from "../src/protocol/verify.js";
import { judge, unasked } from "../src/screen/check.js";
import { heightOf } from "../src/screen/fit.js";
import { chance, timeSpan } from "../src/screen/parts.js";
import { alertsOf, isUnread, linesOf, pictureOf, shareOf, witnessLine } from "../src/screen/picture.js";
import { isOvertaken, serverClock } from "../src/state-stream.js";
import { evidence as evidenceOf, fileOf } from "./vectors.mjs";

const AT = 1_700_000_000;
const a_state = (screen, present = {}, rest = {}) => ({
  screen,
  restored_at: null,
  presentation: { message: "" },
  present: { entropy: "drand", round: 7, round_at: AT, seed: null, witness: "witnessed", ...present },
  ...rest,
});
const keys = (state, now = AT - 5) => alertsOf(state, now * 1000).map((one) => one.key);

test("no result is shown before this screen has computed it", () => {
  const state = a_state("S8", { result_sha256: "ab" });
  const shown = (status) => pictureOf(state, { ...unasked(), status }, AT * 1000).screen;
  assert.deepEqual(["none", "fetching", "computing"].map(shown), ["S7", "S7", "S7"]);
  assert.deepEqual(["mismatch", "unchecked", "bad-signature"].map(shown), ["STOP", "STOP", "STOP"]);
  assert.equal(shown("ok"), "S8");
});

test("a draw that was given up has no result to wait for", () => {
  assert.equal(pictureOf(a_state("S10", { result_sha256: null }), unasked(), AT * 1000).screen, "S10");
});

test("the hall is told ten seconds after the round's time that its value does not come", () => {
  const state = a_state("S7");
  assert.equal(isUnread(state, (AT + 9) * 1000), false);
  assert.equal(isUnread(state, (AT + 10) * 1000), true);
  assert.equal(isUnread(a_state("S7", { seed: "ab" }), (AT + 10) * 1000), false);
  assert.equal(pictureOf(state, unasked(), (AT + 10) * 1000).title.zh, "待取数");
});

test("each code of the console says its sentence, and an unknown one nothing", () => {
  const said = (message, screen = "S4") => keys(a_state(screen, {}, { presentation: { message } }));
  for (const code of ["RELAYS_BEFORE_SEAL", "NETWORK_AFTER_SEAL", "BEACON_HALTED", "LOG_DOWN", "DIE_INVALID"])
    assert.deepEqual(said(code), [code]);
  assert.deepEqual(said("DIGITS_DIFFER:7"), ["DIGITS_DIFFER"]);
  assert.deepEqual(said("AWAITING_ROUND", "S7"), ["AWAITING_ROUND"]);
  assert.deepEqual(said("SOMETHING_ELSE"), []);
  assert.deepEqual(said(""), []);
});

test("a seal that no quorum saw in time says so, but not where dice were thrown", () => {
  assert.deepEqual(keys(a_state("S7", { witness: "late" })), ["SEAL_LATE"]);
  assert.deepEqual(keys(a_state("S6d", { witness: "late", entropy: "dice" })), []);
  assert.equal(witnessLine({ witness: "waiting", witness_have: 1, witness_need: 2, entropy: "drand" }).mark, "…");
  assert.equal(witnessLine({ witness: "late", witness_have: 1, witness_need: 2, entropy: "drand" }).mark, "✗");
});

test("a slip that was signed first is told of until witnesses have seen the seal", () => {
  const dice = { entropy: "dice", slip_noted: true };
  assert.deepEqual(keys(a_state("S6d", { ...dice, witness: "waiting" })), ["SLIP"]);
  assert.deepEqual(keys(a_state("S6d", { ...dice, witness: "witnessed" })), []);
  assert.deepEqual(keys(a_state("S6d", { ...dice, slip_noted: false, witness: "waiting" })), []);
});

test("a restart is told of for ten minutes", () => {
  const state = a_state("S4", {}, { restored_at: AT });
  assert.deepEqual(keys(state, AT + 599), ["RESTORED"]);
  assert.deepEqual(keys(state, AT + 600), []);
});

test("a verdict counts only beside the plan, roster, seal, seed and result that the server told of", () => {
  const evidence = evidenceOf(0);
  const verdict = verify(fileOf(evidence));
  const digest = (id) => verdict.steps.find((step) => step.id === id).digest;
  const present = {
    attempt: verdict.attempt,
    seed: verdict.seed,
    result_sha256: verdict.result_sha256,
    plan_sha256: digest("plan"),
    roster: { sha256: digest("roster") },
    seal_sha256: digest("seal"),
  };
  const status = (members, seal = "") =>
    judge(verdict, { draw_id: verdict.draw, present: { ...present, ...members } }, seal).status;
  assert.equal(status({}), "ok");
  assert.equal(status({}, present.seal_sha256), "ok");
  assert.equal(status({}, "0".repeat(64)), "mismatch");
  for (const name of ["seed", "result_sha256", "plan_sha256", "seal_sha256"])
    assert.equal(status({ [name]: "0".repeat(64) }), "mismatch");
  assert.equal(status({ attempt: 2 }), "mismatch");
  assert.equal(status({ roster: null }), "mismatch");
});

test("lines follow the ranking and a removed agent stays in its place", () => {
  const evidence = evidenceOf(0);
  const verdict = verify(fileOf(evidence));
  const lines = linesOf({ ...verdict, removed: [{ code: verdict.ranking[0].code, kind: "DECLINED" }] }, evidence.plan);
  assert.deepEqual(
    lines.map((line) => line.code),
    [...evidence.result.winners, ...evidence.result.alternates],
  );
  assert.equal(lines[0].gone, "DECLINED");
  assert.equal(shareOf(`80000000${"0".repeat(56)}`), 0.5);
});

test("a list is as high as its rows, filled column by column", () => {
  assert.equal(heightOf([10, 20, 30], 1, 2), 64);
  assert.equal(heightOf([10, 20, 30], 2, 2), 52); // 10 beside 30, 20 alone
  assert.equal(heightOf([10], 4, 2), 10);
});

test("figures are as the rest of the site has them", () => {
  assert.equal(chance(1, 3), "33.33 %");
  assert.equal(chance(1, 800), "0.13 %"); // half up
  assert.equal(timeSpan(47), "00:47");
  assert.equal(timeSpan(3600), "1:00:00");
  assert.equal(timeSpan(-1), "00:00");
});

test("a state that was overtaken is left out", () => {
  const at = (sequence, version) => ({ sequence, server_time: 1, presentation: { version } });
  assert.equal(isOvertaken(at(4, 0), null), false);
  assert.equal(isOvertaken(at(4, 0), at(5, 0)), true);
  assert.equal(isOvertaken(at(5, 1), at(5, 2)), true);
  assert.equal(isOvertaken(at(5, 2), at(5, 2)), false);
  assert.equal(isOvertaken({ sequence: 6, server_time: 1, presentation: null }, at(5, 2)), false);
});

test("the clock keeps to the sample that came soonest", () => {
  const clock = serverClock();
  const before = performance.now();
  clock.sample(5_000_000 + before);
  clock.sample(4_000_000 + before); // a late one
  const passed = performance.now() - before;
  assert.ok(Math.abs(clock.now() - (5_000_000 + before + passed)) < 50);
});
