import assert from "node:assert/strict";
import { test } from "node:test";
import { ed25519 } from "@noble/curves/ed25519.js";
import { fieldValue, putIn, signedBody } from "../src/act.js";
import { inFours } from "../src/dom.js";
import { exportKey, importKey, makeKey, publicKey, Refused, sign, signedText, storedKey } from "../src/keys.js";
import { isAbout, streamAfter, timeLeft } from "../src/live.js";
import { commitmentOf, exportSecret, makeSecret, restoreSecret, storedSecret } from "../src/seat.js";
import { expectedWinners, headline, printedResult, standingOf } from "../src/check/verdict.js";
import { verify } from "../src/protocol/verify.js";
import { evidence, fileOf, lottery } from "./vectors.mjs";

/** What localStorage does, in memory. */
function aStore() {
  const values = new Map();
  return {
    getItem: (/** @type {string} */ name) => values.get(name) ?? null,
    setItem: (/** @type {string} */ name, /** @type {string} */ value) => void values.set(name, value),
    values,
  };
}

const refused = { name: "Refused" };
const FIRST = "01".repeat(32);
const SECOND = "02".repeat(32);

// --- keys

test("a key is made once for an organisation and stays under its name", () => {
  const store = aStore();
  const secret = makeKey(store, "示例公证处");
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.deepEqual([...store.values.keys()], ["mingtang-key/示例公证处"]);
  assert.equal(storedKey(store, "示例公证处"), secret);
  assert.throws(() => makeKey(store, "示例公证处"), refused);
  assert.notEqual(makeKey(store, "另一机构"), secret);
});

test("a backup brings the same key to another device, however it is typed", () => {
  const text = exportKey(FIRST);
  assert.match(text, /^MTKEY1-[0-9A-F]{64}-[0-9A-F]{8}$/);
  assert.equal(importKey(aStore(), "甲", ` ${inFours(text.toLowerCase())}\n`), FIRST);
});

test("a backup with a typing error is refused, and so is another key where there is one", () => {
  const text = exportKey(FIRST);
  assert.throws(() => importKey(aStore(), "甲", text.replace("0101", "0110")), refused);
  assert.throws(() => importKey(aStore(), "甲", FIRST), refused);
  const store = aStore();
  importKey(store, "甲", text);
  assert.equal(importKey(store, "甲", text), FIRST);
  assert.throws(() => importKey(store, "甲", exportKey(SECOND)), refused);
});

test("a browser that keeps nothing is noticed when the key is made", () => {
  assert.throws(() => makeKey({ getItem: () => null, setItem: () => {} }, "甲"), refused);
  assert.throws(
    () =>
      makeKey(
        {
          getItem: () => null,
          setItem: () => {
            throw new Error("quota");
          },
        },
        "甲",
      ),
    refused,
  );
});

test("a signature covers kind, subject and the canonical body, booleans too", () => {
  const body = { seat: "notary", is_late: false, attempt: 1, note: '引号"和\\' };
  const text =
    "mingtang-log/1/signed\nlottery.committed\ndraw:X-1/1\n" +
    '{"attempt":1,"is_late":false,"note":"引号\\"和\\\\","seat":"notary"}\n';
  assert.equal(signedText("lottery.committed", "draw:X-1/1", body), text);
  const { key, signature } = sign(FIRST, "lottery.committed", "draw:X-1/1", body);
  assert.equal(key, publicKey(FIRST));
  const bytes = (/** @type {string} */ hex) => Uint8Array.from(Buffer.from(hex, "hex"));
  assert.equal(ed25519.verify(bytes(signature), new TextEncoder().encode(text), bytes(key)), true);
});

test("a body without a canonical form is not signed", () => {
  /** @type {[string, any][]} */
  const bodies = [
    ["E_FORMAT", { a: 1.5 }],
    ["E_FORMAT", { a: -1 }],
    ["E_FORMAT", { A: 1 }],
    ["E_FORMAT", { a: undefined }],
    ["E_TEXT", { a: "x\ny" }],
    ["E_TEXT", { a: "e\u0301" }],
  ];
  for (const [code, body] of bodies) assert.throws(() => signedText("a.b", "s", body), { code });
  const nested = (/** @type {number} */ depth) =>
    Array.from({ length: depth }).reduce((/** @type {any} */ inner) => ({ a: inner }), 1);
  assert.ok(signedText("a.b", "s", nested(31)));
  assert.throws(() => signedText("a.b", "s", nested(32)), { code: "E_FORMAT" }); // and the entry around it
});

// --- acts

test("a second organisation's signature joins the first, ascending by key, over the same bytes", () => {
  const body = { draw_id: "X-1", attempt: 1 };
  const first = JSON.parse(signedBody(FIRST, "a.b", "s", body));
  const both = JSON.parse(signedBody(SECOND, "a.b", "s", first));
  const keys = both.signatures.map((/** @type {any} */ entry) => entry.key);
  assert.deepEqual(keys, [publicKey(FIRST), publicKey(SECOND)].sort());
  for (const secret of [FIRST, SECOND]) {
    const own = both.signatures.find((/** @type {any} */ entry) => entry.key === publicKey(secret));
    assert.deepEqual(own, sign(secret, "a.b", "s", body));
  }
});

test("signing again with the same key replaces the signature", () => {
  const once = signedBody(FIRST, "a.b", "s", { x: 1 });
  assert.equal(signedBody(FIRST, "a.b", "s", JSON.parse(once)), once);
});

test("the signed body is canonical, signatures included", () => {
  const text = signedBody(FIRST, "a.b", "s", { zeta: 1, alpha: "甲" });
  assert.match(
    text,
    /^\{"alpha":"甲","signatures":\[\{"key":"[0-9a-f]{64}","signature":"[0-9a-f]{128}"\}\],"zeta":1\}$/,
  );
});

test("fields become integers, lists, nulls and NFC texts as their marks say", () => {
  assert.equal(fieldValue({ value: " 42 ", isInteger: true }), 42);
  for (const value of ["", "4.2", "-1", "04", "9007199254740992"])
    assert.throws(() => fieldValue({ value, isInteger: true }), Refused);
  assert.deepEqual(fieldValue({ value: "notary, operator、public", isList: true }), ["notary", "operator", "public"]);
  assert.equal(fieldValue({ value: "  ", isNullable: true }), null);
  assert.equal(fieldValue({ value: "", isInteger: true, isNullable: true }), null);
  assert.equal(fieldValue({ value: "\u3000e\u0301 " }), "\u00e9");
});

test("a field's name may lead into an object", () => {
  const body = { a: 1 };
  putIn(body, "b.c", "x");
  assert.deepEqual(body, { a: 1, b: { c: "x" } });
});

// --- seats

const SEAT = { draw: "SHARED-B-1", attempt: 1, seat: "notary" };

test("a seat's commitment is the worked example's", () => {
  const secret = lottery.cases[1].evidence.seal.seats[0].secret;
  assert.equal(commitmentOf(SEAT, secret), "4fd386250877f9f138906c8690d56c7d0ea1605c0782f2d4534fcff9178c367c");
});

test("a seat's secret is made once for each draw, attempt and seat", () => {
  const store = aStore();
  const secret = makeSecret(store, SEAT);
  assert.match(secret, /^[0-9a-f]{64}$/);
  assert.deepEqual([...store.values.keys()], ["mingtang-secret/SHARED-B-1/1/notary"]);
  assert.equal(storedSecret(store, SEAT), secret);
  assert.throws(() => makeSecret(store, SEAT), refused);
  assert.notEqual(makeSecret(store, { ...SEAT, attempt: 2 }), secret);
});

test("a printed backup restores the secret, but only of the same seat and the logged commitment", () => {
  const text = exportSecret(SEAT, FIRST);
  const commit = commitmentOf(SEAT, FIRST);
  assert.equal(restoreSecret(aStore(), SEAT, inFours(text), commit), FIRST);
  assert.throws(() => restoreSecret(aStore(), { ...SEAT, attempt: 2 }, text), refused);
  assert.throws(() => restoreSecret(aStore(), { ...SEAT, seat: "operator" }, text), refused);
  assert.throws(() => restoreSecret(aStore(), SEAT, exportSecret(SEAT, SECOND), commit), refused);
  assert.throws(() => restoreSecret(aStore(), SEAT, "0".repeat(64)), refused);
  const store = aStore();
  makeSecret(store, SEAT);
  assert.throws(() => restoreSecret(store, SEAT, text), refused);
});

// --- the check page

test("the first line has three shapes, and the green one is never given without the log", () => {
  const good = verify(fileOf(evidence()));
  assert.deepEqual(headline(good, null), {
    outcome: "part",
    shape: "!",
    zh: "部分核验：日志未核",
    en: "Partly verified: log not checked",
  });
  assert.equal(headline({ ...good, log: "ok" }, null).zh, "核验通过");
  const dice = verify(fileOf(evidence(2)));
  assert.equal(headline(dice, dice.winners).shape, "!");
  const bad = evidence();
  bad.result.seed = "0".repeat(64);
  assert.equal(headline(verify(fileOf(bad)), null).zh, "核验不通过：E_SEED 种子不符");
});

test("a page that shows other winners than the evidence gives is called out", () => {
  const good = verify(fileOf(evidence()));
  assert.equal(headline(good, expectedWinners(good.winners.join(", "))).shape, "!");
  const other = headline(good, expectedWinners(good.alternates[0]));
  assert.equal(other.shape, "✗");
  assert.match(other.zh, /^不一致/);
  assert.equal(headline(good, expectedWinners("")).shape, "✗");
  assert.equal(expectedWinners(undefined), null);
});

test("a result that is not the one on the paper is called out, and a fragment that is no digest says nothing", () => {
  const verdict = verify(fileOf(evidence()));
  const good = { ...verdict, result: verdict.result_sha256 };
  assert.equal(headline(good, null, printedResult(`#${good.result}`)).shape, "!");
  assert.equal(headline(good, null, printedResult(`#${good.result.toUpperCase()}`)).shape, "!");
  const other = headline(good, null, printedResult(`#${"0".repeat(64)}`));
  assert.equal(other.shape, "✗");
  assert.match(other.zh, /^不一致.*纸面/);
  for (const fragment of ["", "#", "#nine", `#${"0".repeat(63)}`, `#${"0".repeat(65)}`, `#${"g".repeat(64)}`])
    assert.equal(printedResult(fragment), null);
});

test("an agency finds its place, its reason, or that it is not there", () => {
  const verdict = verify(fileOf(evidence()));
  assert.equal(standingOf(verdict, verdict.winners[0]).zh, "中签（第 1 名）");
  assert.equal(standingOf(verdict, verdict.alternates[1]).zh, "候补第 2（第 3 名）");
  assert.equal(standingOf(verdict, verdict.ranking[4].code).zh, "未中签（第 5 名）");
  assert.match(standingOf(verdict, verdict.excluded[0].code).zh, /^回避（/);
  assert.equal(standingOf(verdict, "X").zh, "不在名单");
});

// --- live pages

test("the time left is rounded up and never below zero", () => {
  assert.equal(timeLeft(47), "00:47");
  assert.equal(timeLeft(46.1), "00:47");
  assert.equal(timeLeft(-3), "00:00");
  assert.equal(timeLeft(3599.5), "1:00:00");
  assert.equal(timeLeft(90061), "25:01:01");
});

test("a stream goes on after the entry last seen", () => {
  assert.equal(streamAfter("/log/stream?after=7", ""), "/log/stream?after=7");
  assert.equal(streamAfter("/log/stream?after=7", "12"), "/log/stream?after=12");
  assert.equal(streamAfter("/log/stream", "12"), "/log/stream?after=12");
});

test("only entries of the page's own subject make it load again", () => {
  assert.equal(isAbout('{"subject":"draw:X-1/1"}', "draw:X-1"), true);
  assert.equal(isAbout('{"subject":"project:X-1"}', "draw:X-1"), false);
  assert.equal(isAbout("not JSON", ""), false);
});
