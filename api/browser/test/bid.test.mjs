import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import tlock from "tlock-js";
import { commitmentTo, decryptWith, encryptTo, fromShares, fromTimelock, openShare, sealBid } from "../src/bid/seal.js";
import { identityOf, secretOf } from "../src/bid/seal.js";
import { openApplication, sealApplication } from "../src/bid/application.js";
import { fenOf } from "../src/bid/ask.js";
import { identitiesIn } from "../src/bid/identity.js";
import { clockOf, stageOf, yuan } from "../src/bid/progress.js";
import { seatsOf, sharesOf } from "../src/bid/shares.js";
import { RoundIdentity, RoundRecipient } from "../src/bid/tlock.js";
import { QUICKNET } from "../src/protocol/beacon.js";
import { bytesOf, drand } from "./vectors.mjs";

const bids = JSON.parse(readFileSync(new URL("../../../tests/vectors/bids.json", import.meta.url), "utf8"));
const signatureOf = (/** @type {number} */ round) =>
  drand.valid.find((/** @type {any} */ one) => one.round === round).signature;
const ROUND = 123;
const STATEMENT = { project: "XM-1", lot: "1", round: 1, bidder_code: "X", price_fen: 5, quotes: [] };

/** The network, as tlock-js asks it. @param {any} one  a recorded round */
const network = (one) => ({
  options: { disableBeaconVerification: true },
  chain: () => ({
    info: async () => ({
      public_key: QUICKNET.public_key,
      period: QUICKNET.period,
      genesis_time: QUICKNET.genesis_time,
      hash: QUICKNET.chain_hash,
      schemeID: QUICKNET.scheme,
    }),
  }),
  get: async () => one,
  latest: async () => one,
});

async function threeSeats() {
  const identities = await Promise.all(["a", "b", "c"].map(() => generateX25519Identity()));
  const seats = await Promise.all(
    identities.map(async (one, i) => ({ seat: "abc"[i], recipient: await identityToRecipient(one) })),
  );
  return { identities, seats };
}

test("a bid opens with what its bidder kept, with two of three shares, and with the round", async () => {
  const { identities, seats } = await threeSeats();
  const plan = { seats, threshold: 2, round_number: ROUND };
  const bid = await sealBid(plan, STATEMENT, [{ name: "标书.pdf", bytes: bytesOf("第一章") }]);
  const keys = JSON.parse(bid.keys);
  const plain = new TextDecoder().decode(await decryptWith(bid.identity, bid.sealed));
  assert.ok(plain.startsWith("mingtang-bid/1\n{") && plain.endsWith("}\n第一章"));
  assert.ok(!bid.keys.includes(bid.identity) && !bid.keys.includes("XM-1"));

  const shares = await Promise.all(seats.map(({ seat }, i) => openShare(seat, identities[i], keys)));
  const [a, b, c] = /** @type {Uint8Array[]} */ (shares);
  [a, b, c].forEach((share, i) => assert.equal(commitmentTo("abc"[i], share), keys.shares[i].commitment));
  for (const two of [[a, b], [a, c], [c, b]]) assert.equal(await fromShares(two), bid.identity);
  assert.equal(await openShare("a", identities[1], keys), null, "another seat's key opens nothing");
  assert.equal(await openShare("d", identities[1], keys), null, "no such seat");

  assert.equal(await fromTimelock(keys, signatureOf(ROUND)), bid.identity);
  await assert.rejects(fromTimelock(keys, signatureOf(1000)), /not the network's signature/);
});

test("who holds several seats opens the shares of each with one text of keys, and of no other's", async () => {
  const { identities, seats } = await threeSeats();
  const bid = await sealBid({ seats, threshold: 2, round_number: null }, STATEMENT, []);
  const held = [{ receipt: "r1", keys: JSON.parse(bid.keys) }];
  const later = await identityToRecipient(await generateX25519Identity());
  const plan = [
    ...seats.slice(0, 2).map((one) => ({ ...one, former: /** @type {string[]} */ ([]) })),
    { seat: "c", recipient: later, former: [seats[2].recipient] },
  ];
  const kept = await identitiesIn(`${identities[0]}${identities[2]}\nAGE-SECRET-KEY-1${"Q".repeat(58)}`);
  assert.deepEqual(kept.map(({ identity }) => identity), [identities[0], identities[2]], "one pasted behind the other");
  assert.deepEqual(seatsOf(plan, kept).map(({ seat }) => seat), ["a", "c"], "c's by the key of an earlier plan");
  let steps = 0;
  const found = await Promise.all(
    ["a", "b", "c"].map((seat) => sharesOf(seat, kept, held, async () => void (steps += 1))),
  );
  assert.deepEqual(found.map((one) => Object.keys(one)), [["r1"], [], ["r1"]]);
  assert.equal(steps, 3);
  const shares = [found[0], found[2]].map(({ r1 }) => Uint8Array.from(Buffer.from(r1, "hex")));
  assert.equal(await fromShares(shares), bid.identity);
});

test("an application opens for each of its readers, whole, and for nobody else", async () => {
  const { identities, seats } = await threeSeats();
  const application = { text: ["致：某局", "申请人：甲"], paper: { name: "资质.pdf", bytes: bytesOf("%PDF\n\n纸") } };
  const sealed = await sealApplication(application, [seats[0].recipient, seats[1].recipient]);
  for (const own of [identities[0], identities[1]]) {
    const found = await openApplication(sealed, [identities[2], own]);
    assert.deepEqual(found?.text, application.text);
    assert.deepEqual(Buffer.from(found?.paper?.bytes ?? []), Buffer.from(application.paper.bytes));
  }
  assert.equal(await openApplication(sealed, [identities[2]]), null);
  const bare = await sealApplication({ text: ["甲"], paper: null }, [seats[0].recipient]);
  assert.deepEqual(await openApplication(bare, [identities[0]]), { text: ["甲"], paper: null });
  assert.equal(await openApplication(await encryptTo(seats[0].recipient, bytesOf("other")), [identities[0]]), null);
});

test("a plan without seats and round leaves the key to its bidder alone", async () => {
  const bid = await sealBid({ seats: [], threshold: 0, round_number: null }, STATEMENT, []);
  const { shares, timelock } = JSON.parse(bid.keys);
  assert.deepEqual([shares, timelock], [[], null]);
  await assert.rejects(fromTimelock(JSON.parse(bid.keys), signatureOf(ROUND)), /no timelock/);
  assert.equal(identityOf(secretOf(bid.identity)), bid.identity);
  assert.throws(() => secretOf("age1qqqq"));
});

test("timelocks are those of tlock-js, both ways, at every recorded round", async () => {
  for (const { round, signature, text, file } of bids.timelocks) {
    const opened = await decryptWith(new RoundIdentity(round, signature), Uint8Array.from(Buffer.from(file, "base64")));
    assert.equal(new TextDecoder().decode(opened), text);
  }
  const one = drand.valid.find((/** @type {any} */ { round }) => round === ROUND);
  const ours = await encryptTo(new RoundRecipient(ROUND), bytesOf("本校教学楼"));
  const theirs = await tlock.timelockDecrypt(Buffer.from(ours).toString("latin1"), /** @type {any} */ (network(one)));
  assert.equal(theirs.toString("utf8"), "本校教学楼");
});

test("a timelock changed by one bit, or for another round, does not open", async () => {
  const { round, signature, file } = bids.timelocks[0];
  const bytes = Uint8Array.from(Buffer.from(file, "base64"));
  bytes[bytes.length - 1] ^= 1;
  await assert.rejects(decryptWith(new RoundIdentity(round, signature), bytes));
  const other = await encryptTo(new RoundRecipient(round + 1), bytesOf("x"));
  await assert.rejects(decryptWith(new RoundIdentity(round, signature), other), /no identity matched/);
});

test("amounts are read as fen exactly, and what is no amount is none", () => {
  const typed = ["0", "1.5", "1,234.56", " 12 ", "9999999999999.99"];
  assert.deepEqual(typed.map(fenOf), [0, 150, 123456, 1200, 999999999999999]);
  assert.deepEqual(["", "-1", "1.234", "1e5", "一", "12345678901234"].map(fenOf), Array(6).fill(null));
});

test("the opening's page says where it stands by the server's clock", () => {
  const state = { suspended: false, deadline: 100, now: 99_000, closed: null, opened: 0 };
  assert.equal(stageOf(state), "before");
  assert.equal(stageOf({ ...state, now: 100_000 }), "before", "the deadline's own millisecond is in time");
  assert.equal(stageOf({ ...state, now: 100_001 }), "waiting");
  const closed = { ...state, closed: { bids: 3, least: 3 } };
  assert.equal(stageOf(closed), "awaiting");
  assert.equal(stageOf({ ...closed, opened: 2 }), "reading");
  assert.equal(stageOf({ ...closed, opened: 3 }), "done");
  assert.equal(stageOf({ ...state, closed: { bids: 2, least: 3 } }), "tooFew");
  assert.equal(stageOf({ ...closed, suspended: true }), "suspended");
  assert.deepEqual([clockOf(59, "zh"), clockOf(90061, "zh")], ["00:00:59", "1 天 01:01:01"]);
  assert.equal(clockOf(86400, "en"), "1 day 00:00:00");
  assert.deepEqual([yuan(0), yuan(100), yuan(123456789)], ["0.00", "1.00", "1,234,567.89"]);
});
