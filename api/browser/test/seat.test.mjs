import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { encode } from "../src/protocol/canonical.js";
import { combined, contributionOf } from "../src/protocol/contributions.js";
import { commitment } from "../src/protocol/seal.js";
import { provenPlace, publicSecret, rememberPlace } from "../src/seat.js";
import { pinnedKey, provenEntry } from "../src/seat-proof.js";
import { takeBackup } from "../src/seat-restore.js";
import { verdictOn } from "../src/seat-verdict.js";
import { OBJECTIONS, TEXTS } from "../src/seat-words.js";
import { VERDICTS } from "../src/seat-public-words.js";
import { leafHash } from "../src/tlog/merkle.js";
import { BadProof } from "../src/tlog/note.js";
import { exportKey } from "../src/keys.js";
import { bytesOf } from "./vectors.mjs";

const bad = { name: "BadProof" };
const ORIGIN = "log.example.org/mingtang";
const base64 = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("base64");

function aStore() {
  const values = new Map();
  return {
    getItem: (/** @type {string} */ name) => values.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void values.set(name, value),
  };
}

/** A log's vkey, and how it signs a tree. @param {number} seed */
function aLog(seed) {
  const secret = new Uint8Array(32).fill(seed);
  const typed = concatBytes(Uint8Array.of(1), ed25519.getPublicKey(secret));
  const id = sha256(concatBytes(bytesOf(`${ORIGIN}\n`), typed)).subarray(0, 4);
  return {
    vkey: `${ORIGIN}+${bytesToHex(id)}+${base64(typed)}`,
    receipt: (/** @type {string} */ index, /** @type {Uint8Array[]} */ path, /** @type {number} */ size, root) => {
      const text = `${ORIGIN}\n${size}\n${base64(root)}\n`;
      const line = base64(concatBytes(id, ed25519.sign(bytesOf(text), secret)));
      const hashes = path.map((hash) => `${base64(hash)}\n`).join("");
      return bytesOf(`c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes}\n${text}\n— ${ORIGIN} ${line}\n`);
    },
  };
}

const SUBJECT = "draw:MT-2023-0001/1";
const BODY = { draw_id: "MT-2023-0001", attempt: 1, seat: "notary", commit: "ab".repeat(32) };
const WANTED = { kind: "lottery.committed", subject: SUBJECT, body: BODY };

/** @param {Record<string, unknown>} [changed] */
const entryOf = (changed = {}) =>
  bytesOf(encode({ seq: 1, kind: WANTED.kind, subject: SUBJECT, body: BODY, logged: 5, ...changed }));

/** An entry at place 1 of a log of two. @param {Uint8Array} entry */
function inALog(entry) {
  const log = aLog(7);
  const first = leafHash(bytesOf("{}"));
  const root = sha256(concatBytes(Uint8Array.of(1), first, leafHash(entry)));
  return { log, receipt: log.receipt("1", [first], 2, root) };
}

test("an entry is proven when its bytes, its place and the log's signature agree with what was given", () => {
  const { log, receipt } = inALog(entryOf());
  const key = pinnedKey(aStore(), `${log.vkey}\n`);
  const proven = provenEntry("1", entryOf(), receipt, key, WANTED);
  assert.deepEqual([proven.seq, proven.size, proven.at], ["1", "2", 5]);
});

test("an entry that says anything else, or stands elsewhere, is refused though the log signed it", () => {
  const key = pinnedKey(aStore(), aLog(7).vkey);
  for (const changed of [
    { seq: 2 },
    { kind: "lottery.revealed" },
    { subject: "draw:MT-2023-0001/2" },
    { body: { ...BODY, commit: "cd".repeat(32) } },
    { body: { ...BODY, seat: "centre" } },
    { body: { draw_id: "MT-2023-0001", attempt: 1, seat: "notary" } },
  ]) {
    const entry = entryOf(changed);
    assert.throws(() => provenEntry("1", entry, inALog(entry).receipt, key, WANTED), bad, JSON.stringify(changed));
  }
  const twice = bytesOf(new TextDecoder().decode(entryOf()).replace('"seq":1', '"seq":2,"seq":1'));
  assert.throws(() => provenEntry("1", twice, inALog(twice).receipt, key, WANTED), bad);
  assert.throws(() => provenEntry("0", entryOf(), inALog(entryOf()).receipt, key, WANTED), bad);
  assert.throws(() => provenEntry("1", entryOf({ logged: 6 }), inALog(entryOf()).receipt, key, WANTED), bad);
});

test("the log's key is the one that this device saw first", () => {
  const store = aStore();
  pinnedKey(store, aLog(7).vkey);
  pinnedKey(store, `${aLog(7).vkey}\n`);
  assert.throws(() => pinnedKey(store, aLog(8).vkey), bad);
  assert.throws(() => pinnedKey(aStore(), "nonsense"), bad);
});

test("the public seat's secret is what the program on the server computes", () => {
  const parts = ["ab".repeat(32), "01".repeat(32)];
  const wanted = "c6de10e2a261e2c5fc811c9ffe417ff6acad87b3839948ee1cdff6759174848f";
  assert.equal(combined("MT-2023-0001", 2, parts), wanted);
  const seat = { draw: "MT-2023-0001", attempt: 2, seat: "public" };
  const given = parts.map((contribution, seq) => ({ seq, contribution, at: 0 }));
  assert.equal(publicSecret(seat, given), wanted);
  assert.equal(publicSecret(seat, []), null);
  assert.notEqual(publicSecret(seat, given.reverse()), wanted);
});

test("a visitor's number is the hash of the random bytes and the words", () => {
  const random = hexToBytes("05".repeat(32));
  assert.equal(contributionOf(random, ""), bytesToHex(sha256(random)));
  assert.equal(contributionOf(random, "公平"), bytesToHex(sha256(concatBytes(random, bytesOf("公平")))));
});

// --- what a visitor is told

const WHICH = { draw: "MT-2023-0001", attempt: 1 };
const OWN = "11".repeat(32);
const GIVEN = [OWN, "22".repeat(32)].map((contribution, at) => ({ seq: 40 + at, contribution, at: 0 }));
const SECRET = combined(WHICH.draw, 1, [OWN, "22".repeat(32)]);
const COMMIT = commitment(WHICH.draw, 1, "public", SECRET);
const NOTHING = {
  attempt: 1,
  size: 99,
  contributions: GIVEN,
  commit: null,
  reveal: null,
  sealed: null,
  is_open: true,
  is_over: false,
};

/** A log that holds these bodies by seq. @param {Record<string, any>} bodies */
const holding = (bodies) => async (/** @type {string} */ seq, /** @type {any} */ { body }) => {
  const held = bodies[seq];
  if (!held || Object.entries(body).some(([name, value]) => held[name] !== value)) throw new BadProof(`entry ${seq}`);
  return { seq, size: "99", at: 0, body: held, subject: SUBJECT };
};
const PUBLIC_BODY = { draw_id: WHICH.draw, attempt: 1, seat: "public" };
const LOG = {
  40: { ...PUBLIC_BODY, contribution: OWN },
  50: { ...PUBLIC_BODY, commit: COMMIT },
  60: { ...PUBLIC_BODY, secret: SECRET },
  70: { seal: { seats: [{ seat: "public", commit: COMMIT, secret: SECRET }] } },
};

test("a visitor is told step by step how far the number came", async () => {
  const commit = { seq: 50, commit: COMMIT };
  const reveal = { seq: 60, secret: SECRET };
  for (const [more, stage] of [
    [{}, "logged"],
    [{ commit }, "committed"],
    [{ commit, reveal }, "revealed"],
    [{ commit, reveal, sealed: 70 }, "sealed"],
    [{ commit, is_over: true }, "dropped"],
    [{ contributions: [] }, "false"],
  ]) {
    const found = await verdictOn(WHICH, { ...NOTHING, ...more }, OWN, holding(LOG));
    assert.equal(found.stage, stage);
  }
  assert.equal((await verdictOn(WHICH, NOTHING, null, holding(LOG))).stage, "none");
  assert.equal((await verdictOn(WHICH, NOTHING, OWN, holding(LOG))).place, 1);
});

test("a list, a commitment, a reveal or a seal that leaves the number out is an objection", async () => {
  const all = { ...NOTHING, commit: { seq: 50, commit: COMMIT }, reveal: { seq: 60, secret: SECRET }, sealed: 70 };
  const other = "33".repeat(32);
  for (const [list, log] of [
    [{ ...all, contributions: GIVEN.slice(1) }, LOG],
    [{ ...all, contributions: GIVEN.slice(0, 1) }, LOG],
    [{ ...all, contributions: [...GIVEN].reverse() }, LOG],
    [all, { ...LOG, 40: { ...PUBLIC_BODY, contribution: other } }],
    [all, { ...LOG, 50: { ...PUBLIC_BODY, commit: other } }],
    [all, { ...LOG, 60: { ...PUBLIC_BODY, secret: other } }],
    [all, { ...LOG, 70: { seal: { seats: [{ seat: "public", commit: COMMIT, secret: null }] } } }],
    [all, { ...LOG, 70: {} }],
  ]) {
    assert.equal((await verdictOn(WHICH, list, OWN, holding(log))).stage, "false");
  }
});

// --- what a seat is told

test("a backup is known by its first letters", () => {
  const to = { store: aStore(), organisation: "notary", seat: { draw: "A", attempt: 1, seat: "notary" }, commit: "" };
  takeBackup(exportKey("01".repeat(32)), to);
  assert.equal(to.store.getItem("mingtang-key/notary"), "01".repeat(32));
  assert.throws(() => takeBackup("MTSEAT1-00", to), { name: "Refused" });
});

test("the place at which a commitment was proven is remembered for each attempt", () => {
  const store = aStore();
  rememberPlace(store, { draw: "A", attempt: 1, seat: "notary" }, "12");
  assert.equal(provenPlace(store, { draw: "A", attempt: 1, seat: "notary" }), "12");
  assert.equal(provenPlace(store, { draw: "A", attempt: 2, seat: "notary" }), "");
});

test("an objection names the seat, its organisation, the draw, the attempt and the entry, in either language", () => {
  const facts = { draw: "MT-2023-0001", attempt: 1, seat: "notary", organisation: "演示市公证处", seq: "12" };
  for (const words of Object.values(OBJECTIONS)) {
    for (const text of [words.zh(facts), words.en(facts)]) {
      for (const part of ["MT-2023-0001", "1", "notary", "演示市公证处"]) assert.ok(text.includes(part), text);
      assert.ok(!text.includes("#"), text);
    }
    assert.match(words.zh(facts), /^异议：/);
  }
  assert.match(OBJECTIONS.unproven.zh(facts), /第 12 条/);
});

test("whatever is said in Chinese is said in English without Chinese", () => {
  const found = { stage: /** @type {const} */ ("false"), place: 1, count: 2, seq: 3, secret: "", why: "" };
  const said = Object.values(VERDICTS).map(({ en, zh }) => [en(found).join(), zh(found).length === en(found).length]);
  for (const [english, isWhole] of said) assert.ok(isWhole && !/[\u4e00-\u9fff]/.test(String(english)));
  for (const { zh, en } of Object.values(TEXTS)) assert.ok(zh && en && !/[\u4e00-\u9fff]/.test(en), en);
});
