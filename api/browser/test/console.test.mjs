/** The parts of the console that know nothing of a page: entering dice, reading a round. */

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { newRecording } from "../src/console/dialogs.js";
import { newEntry, placeAsked, secondBegins, typed, undone } from "../src/console/dice-entry.js";
import { faultOf, inGroups, signatureIn } from "../src/console/round-text.js";

/** @param {import("../src/console/dice-entry.js").Entry} entry @param {string} digits */
const all = (entry, digits) => [...digits].reduce((one, digit) => typed(one, digit, 1000), entry);

test("two equal entries are agreed at once, and the moment is that of the first person's last digit", () => {
  const first = all(newEntry(4), "1234");
  assert.equal(first.firstTime, 1000);
  assert.equal(secondBegins(all(newEntry(4), "123")).phase, "first"); // not before all are in
  const done = all(secondBegins(first), "1234");
  assert.deepEqual([done.phase, done.agreed, placeAsked(done)], ["done", "1234", 0]);
});

test("each digit that differs is entered again by both, and what was entered first is kept", () => {
  let entry = all(secondBegins(all(newEntry(4), "1234")), "1934");
  assert.deepEqual([entry.phase, placeAsked(entry)], ["differ", 2]);
  entry = all(entry, "29"); // they differ still
  assert.deepEqual([entry.phase, placeAsked(entry), entry.again], ["differ", 2, ""]);
  entry = all(entry, "99");
  assert.deepEqual([entry.phase, entry.agreed, entry.first, entry.second], ["done", "1934", "1234", "1934"]);
});

test("several differing digits are asked for in their order", () => {
  let entry = all(secondBegins(all(newEntry(4), "1234")), "9239");
  assert.equal(placeAsked(entry), 1);
  entry = all(entry, "11");
  assert.equal(placeAsked(entry), 4);
  assert.equal(all(entry, "44").agreed, "1234");
});

test("a digit is taken back only by who entered it, and more than were thrown are not taken", () => {
  const first = all(newEntry(2), "12");
  assert.equal(typed(first, "3", 1).first, "12");
  assert.equal(undone(first).first, "1");
  const second = secondBegins(first);
  assert.equal(undone(second).first, "12");
  assert.equal(typed(second, "x", 1), second);
  assert.equal(undone(all(second, "1")).second, "");
});

/** A file whose bytes come when they are let. @param {string} text */
function slowFile(text) {
  /** @type {(bytes: ArrayBuffer) => void} */
  let give = () => {};
  /** @type {(error: Error) => void} */
  let fail = () => {};
  const bytes = new Promise((resolve, reject) => ([give, fail] = [resolve, reject]));
  const file = { size: text.length, slice: () => ({ arrayBuffer: () => bytes }) };
  const blob = /** @type {Blob} */ (/** @type {unknown} */ (file));
  return { blob, give: () => give(new TextEncoder().encode(text).buffer), fail: () => fail(new Error("gone")) };
}

const sha = (/** @type {string} */ text) => createHash("sha256").update(text).digest("hex");

test("the digest is that of the recording chosen last, whichever is read first", async () => {
  const [former, later, gone] = ["former", "later", "gone"].map(slowFile);
  const recording = newRecording(() => {}, (words) => words.zh);
  assert.deepEqual([recording.isReady(), recording.digest()], [true, null]); // none was made
  const first = recording.take(former.blob);
  const second = recording.take(later.blob);
  later.give();
  await second;
  assert.deepEqual([recording.isReady(), recording.digest()], [true, sha("later")]);
  former.give();
  await first;
  assert.equal(recording.digest(), sha("later"));
  const third = recording.take(gone.blob);
  assert.equal(recording.isReady(), false);
  gone.fail();
  await third;
  assert.deepEqual([recording.isReady(), recording.digest()], [false, null]); // not closed as if none was made
  await recording.take(undefined);
  assert.equal(recording.isReady(), true);
});

const SIGNATURE = "a".repeat(96);

test("a round is read from a code, from a relay's answer and from digits, and no other round is", () => {
  assert.deepEqual(signatureIn(`MTROUND1/7/${SIGNATURE.toUpperCase()}`, 7), { signature: SIGNATURE });
  assert.deepEqual(signatureIn(JSON.stringify({ round: 7, signature: SIGNATURE }), 7), { signature: SIGNATURE });
  assert.deepEqual(signatureIn(JSON.stringify({ signature: SIGNATURE }), 7), { signature: SIGNATURE });
  assert.deepEqual(signatureIn(` ${inGroups(SIGNATURE).join(" ")}\n`, 7), { signature: SIGNATURE });
  for (const other of [`MTROUND1/8/${SIGNATURE}`, JSON.stringify({ round: 8, signature: SIGNATURE }), "{", "", "x"]) {
    assert.ok("fault" in signatureIn(other, 7), other);
  }
});

test("a group that was misread is told by itself", () => {
  assert.equal(faultOf("8abcdef0", 0), null);
  assert.equal(faultOf("0abcdef0", 1), null);
  assert.ok(faultOf("0abcdef0", 0)); // no compressed point begins so
  assert.ok(faultOf("cabcdef0", 0)); // nor the point at infinity
  assert.ok(faultOf("8abcdefg", 0));
  assert.ok(faultOf("8abcdef", 3));
});
