import assert from "node:assert/strict";
import { test } from "node:test";
import { agreementIn, lineOf, signAgreement } from "../src/bid/agreement.js";
import { declaredIn } from "../src/bid/declared.js";

const say = (/** @type {string} */ name) => name;
const typed = (/** @type {Record<string, string>} */ fields) => declaredIn((name) => fields[name] ?? "", say);
const A = "91110000MA0000001A";
const B = "91110000MA0000002B";

test("what was not typed is not declared", () => {
  assert.deepEqual(typed({}), {});
});

test("codes are folded, sorted and said once, numbers without blanks", () => {
  assert.deepEqual(typed({ related: `${B.toLowerCase()}\n\n${A}\n${A}`, person: " 1101 x", contact: "0411 1" }), {
    declared: { person: "1101X", contact: "04111", machine: null, related: [A, B] },
  });
  assert.throws(() => typed({ related: "91110000" }), /related/);
});

test("a consortium has two members and whole shares", () => {
  const members = [
    { name: "甲 公司", code: A, share_permille: 605 },
    { name: "乙公司", code: B, share_permille: 395 },
  ];
  assert.deepEqual(typed({ members: `甲 公司 ${A} 60.5\n乙公司 ${B} 39.5%` }), { members });
  for (const wrong of [`甲 ${A} 100`, `甲 ${A} 60\n乙 ${B} 39`, `甲 ${A}\n乙 ${B} 40`, `甲 60\n乙 40`]) {
    assert.throws(() => typed({ members: wrong }), /members/);
  }
});

test("members sign the agreement with their own keys, and the bid carries what they signed", () => {
  const about = { project: "SL-1", lot: "1", round: "1" };
  const sha256 = "ab".repeat(32);
  const [lead, other] = ["11".repeat(32), "22".repeat(32)].map((secret) => signAgreement(secret, about, sha256));
  const given = { sha256, signatures: ` ${lineOf(other).toUpperCase()}\n\n`, own: lead, together: true };
  assert.deepEqual(agreementIn(given, say), { agreement: { sha256, signatures: [other, lead] } });
  assert.equal(other.key, "a09aa5f47a6759802ff955f8dc2d2a14a5c99d23be97f864127ff9383455a4f0");
  assert.deepEqual(agreementIn({ ...given, sha256: "", signatures: "", own: null, together: false }, say), {});
  assert.throws(() => agreementIn({ ...given, sha256: "" }, say), /agreement/);
  assert.throws(() => agreementIn({ ...given, together: false }, say), /agreementAlone/);
  assert.throws(() => agreementIn({ ...given, signatures: "abc" }, say), /signatures/);
});
