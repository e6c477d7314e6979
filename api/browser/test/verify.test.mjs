import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isRoundSignature, randomnessOf, roundMessage, roundTime } from "../src/protocol/beacon.js";
import { digest, docHash, encode } from "../src/protocol/canonical.js";
import { makeResult, makeStanding, rankingOf, seedInput, ticketInput } from "../src/protocol/draw.js";
import { SENTENCES } from "../src/protocol/fault.js";
import { readRound, roundCode } from "../src/protocol/round-code.js";
import { isCreditCode } from "../src/protocol/roster.js";
import { commitInput } from "../src/protocol/seal.js";
import { verify } from "../src/protocol/verify.js";
import { bytesOf, drand, evidence, fileOf, lottery } from "./vectors.mjs";

const hex = (/** @type {Uint8Array} */ bytes) => Buffer.from(bytes).toString("hex");
const codeOf = (/** @type {any} */ value) => verify(fileOf(value)).code ?? "OK";

for (const { name, evidence: file, expect } of lottery.cases) {
  test(`the case "${name}" verifies, with every intermediate value`, () => {
    const verdict = verify(fileOf(file));
    assert.deepEqual(verdict.why, undefined);
    assert.equal(verdict.ok, true);
    assert.deepEqual(verdict.winners, expect.winners);
    assert.deepEqual(verdict.alternates, expect.alternates);
    assert.equal(verdict.seed, expect.seed);
    assert.equal(verdict.bls, file.plan.entropy === "dice" ? "-" : "ok");
    const digests = Object.fromEntries(verdict.steps.map((step) => [step.id, step.digest]));
    assert.equal(digests.file, expect.evidence_sha256);
    assert.equal(digests.plan, expect.plan_sha256);
    assert.equal(digests.roster, expect.roster_sha256);
    assert.equal(digests.seal, expect.seal_sha256);
    assert.equal(digests.result, expect.seed);
    assert.equal(encode(file.seal), expect.seal_canonical);
    assert.equal(seedInput(file), expect.seed_preimage);
    const result = makeResult(file);
    assert.equal(docHash(result), expect.result_sha256);
    const [first] = result.ranking;
    assert.equal(ticketInput(verdict.seed, first.code, first.ball), expect.first_ticket_preimage);
    assert.equal(first.ticket, expect.first_ticket);
    for (const [seat, input] of Object.entries(expect.commit_preimages)) {
      const { secret } = file.seal.seats.find((/** @type {any} */ entry) => entry.seat === seat);
      assert.equal(commitInput(file.plan.draw_id, file.plan.attempt, seat, secret), input);
    }
  });
}

for (const { name, code, evidence_text: text } of lottery.negative) {
  test(`the file "${name}" gives ${code} and a sentence in both languages`, () => {
    const verdict = verify(bytesOf(text));
    assert.equal(verdict.code, code);
    assert.ok(verdict.why?.zh && verdict.why.en);
    assert.equal(verdict.ok, false);
    assert.deepEqual(verdict.winners, []);
    assert.deepEqual(verdict.steps.filter((step) => step.ok === false).length, 1);
  });
}

for (const text of ["null", "0", '"x"', "[]", "{}", '{"plan":null}']) {
  test(`a file that holds ${text} and nothing else gives E_FORMAT`, () => {
    assert.equal(verify(bytesOf(text)).code, "E_FORMAT");
  });
}

test("all nine steps are reported in order, and the ninth is never said to hold", () => {
  /** @type {string[]} */
  const seen = [];
  const { steps } = verify(fileOf(evidence()), (step) => seen.push(step.id));
  assert.deepEqual(seen, ["file", "evidence", "plan", "roster", "seal", "entropy", "result", "standing", "log"]);
  assert.deepEqual(
    steps.map((step) => step.ok),
    [true, true, true, true, true, true, true, true, null],
  );
});

test("each step's digest is SHA-256 of its input", () => {
  for (const step of verify(fileOf(evidence())).steps) if (step.input) assert.equal(digest(step.input), step.digest);
});

test("every code of the protocol has its sentence", () => {
  assert.equal(Object.keys(SENTENCES).length, 20); // 19, and E_LOG
});

for (const { round, time, signature, randomness, message } of drand.valid) {
  test(`round ${round} of quicknet is accepted`, () => {
    assert.equal(roundTime(round), BigInt(time));
    assert.equal(hex(roundMessage(round)), message);
    assert.equal(randomnessOf(signature), randomness);
    assert.equal(isRoundSignature(round, signature), true);
  });
}

for (const { round, signature, why } of drand.invalid) {
  test(`a signature is refused: ${why}`, () => assert.equal(isRoundSignature(round, signature), false));
}

test("an x that is not below the field prime is refused", () => {
  const prime = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
  const flagged = (prime + 4n) | (1n << 383n);
  assert.equal(isRoundSignature(1, flagged.toString(16)), false);
});

test("a credit code's check character is recomputed", () => {
  assert.equal(isCreditCode("91000000MAKWQR5J9X"), true);
  assert.equal(isCreditCode("91000000MAKWQR5J9Y"), false);
  assert.equal(isCreditCode("91000000MAKWQR5J9"), false);
  assert.equal(isCreditCode("91000000MAKWQR5I9X"), false);
});

/** Every value a JSON file can hold in the place of another. */
const STRANGE = [null, true, 0, 7, "", "x", [], ["x"], {}, { a: 1 }, [[]], "９", " x", "x".repeat(201)];

test("whatever stands in the place of any member, a code comes and no crash", () => {
  const known = new Set([...Object.keys(SENTENCES), "OK"]);
  for (const index of [0, 2]) {
    const spoil = (/** @type {any} */ holder, /** @type {any} */ whole) => {
      for (const key of Object.keys(holder)) {
        const kept = holder[key];
        for (const strange of STRANGE) {
          holder[key] = strange;
          assert.ok(known.has(codeOf(whole)), `${key}: ${JSON.stringify(strange)}`);
        }
        holder[key] = kept;
        if (kept !== null && typeof kept === "object" && key !== "ranking") spoil(kept, whole);
      }
    };
    const whole = evidence(index);
    spoil(whole, whole);
  }
});

test("of two faults the one of the earlier stage is reported", () => {
  /** @type {[string, (e: any) => void][]} */
  const faults = [
    [
      "E_FORMAT",
      (e) => {
        e.extra = 1;
      },
    ],
    [
      "E_PLAN",
      (e) => {
        e.plan.attempt = 0;
      },
    ],
    [
      "E_ROSTER",
      (e) => {
        e.roster.agents.reverse();
      },
    ],
    [
      "E_HASH",
      (e) => {
        e.seal.plan_sha256 = "0".repeat(64);
      },
    ],
    [
      "E_COMMIT",
      (e) => {
        e.seal.seats[0].secret = "0".repeat(64);
      },
    ],
    [
      "E_DICE",
      (e) => {
        e.dice = 1;
      },
    ],
    [
      "E_BEACON",
      (e) => {
        e.beacon.randomness = "0".repeat(64);
      },
    ],
    [
      "E_SEED",
      (e) => {
        e.result.seed = "0".repeat(64);
      },
    ],
    [
      "E_WINNERS",
      (e) => {
        e.result.winners = [];
      },
    ],
    [
      "E_STANDING",
      (e) => {
        e.standing = [];
      },
    ],
  ];
  faults.forEach(([code, spoil], i) => {
    for (const [, later] of [["", () => {}], ...faults.slice(i + 1)]) {
      const both = evidence();
      /** @type {(e: any) => void} */ (later)(both);
      spoil(both);
      assert.equal(codeOf(both), code);
    }
  });
});

test("a text has a length in code points and no blank at an end", () => {
  const named = (/** @type {string} */ name) => {
    const file = evidence();
    file.plan.tenderer = name;
    return codeOf(file);
  };
  assert.equal(named("𠀀".repeat(200)), "E_HASH"); // 200 code points, 400 units: the text is right, the digest is not
  assert.equal(named("𠀀".repeat(201)), "E_FORMAT");
  assert.equal(named(""), "E_FORMAT");
  assert.equal(named("\u3000甲"), "E_TEXT");
  assert.equal(named("甲 "), "E_TEXT");
});

test("both ends of the lead are allowed and one second more is not", () => {
  const { plan, beacon } = evidence();
  const at = (/** @type {number} */ lead) => {
    const file = evidence();
    file.seal_time = Number(roundTime(beacon.round)) - lead;
    return codeOf(file);
  };
  assert.equal(at(plan.min_lead), "OK");
  assert.equal(at(plan.max_lead), "OK");
  assert.equal(at(plan.min_lead - 1), "E_TIME");
  assert.equal(at(plan.max_lead + 1), "E_TIME");
});

test("a round beyond every clock gives a code, with exact arithmetic", () => {
  const file = evidence();
  file.seal.round = Number.MAX_SAFE_INTEGER;
  file.beacon.round = Number.MAX_SAFE_INTEGER;
  assert.equal(codeOf(file), "E_TIME");
});

test("removals move the alternates up in order, and nothing else passes", () => {
  const file = evidence();
  const { plan, result } = file;
  const out = { seq: 1, code: result.winners[0], kind: "DECLINED", reason: "来函放弃" };
  file.standing = makeStanding(plan, result, [out]);
  const verdict = verify(fileOf(file));
  assert.equal(verdict.ok, true);
  assert.deepEqual(verdict.winners, [result.alternates[0]]);
  assert.deepEqual(verdict.alternates, result.alternates.slice(1));
  assert.deepEqual(
    verdict.removed.map((change) => change.code),
    [out.code],
  );

  const all = [...result.winners, ...result.alternates].map((code, i) => ({ ...out, seq: i + 1, code }));
  file.standing = makeStanding(plan, result, all);
  assert.equal(codeOf(file), "OK");
  assert.equal(file.standing.vacant, plan.winners);

  /** @type {[string, (s: any) => void][]} */
  const wrong = [
    [
      "E_STANDING",
      (s) => {
        s.winners.reverse();
        s.winners.push("X");
      },
    ],
    [
      "E_STANDING",
      (s) => {
        s.changes[0].seq = 2;
      },
    ],
    [
      "E_STANDING",
      (s) => {
        s.changes[0].kind = "OTHER";
      },
    ],
    [
      "E_STANDING",
      (s) => {
        s.changes[0].code = result.ranking.at(-1).code;
      },
    ],
    [
      "E_FORMAT",
      (s) => {
        s.changes[0].reason = "";
      },
    ],
    [
      "E_TEXT",
      (s) => {
        s.changes[0].reason = "x ";
      },
    ],
    [
      "E_STANDING",
      (s) => {
        s.changes.push({ ...s.changes[0], seq: 2 });
      },
    ],
  ];
  for (const [code, spoil] of wrong) {
    file.standing = structuredClone(makeStanding(plan, result, [out]));
    spoil(file.standing);
    assert.equal(codeOf(file), code);
  }
});

test("the order in which agents are listed does not change their ranking", () => {
  const agents = Array.from({ length: 40 }, (_, i) => ({ code: `A${i}`, balls: 1 + (i % 5) }));
  const seed = digest("x");
  const ranking = rankingOf(seed, agents);
  assert.deepEqual(rankingOf(seed, [...agents].reverse()), ranking);
  for (const { code, ball, ticket } of ranking) assert.equal(digest(ticketInput(seed, code, ball)), ticket);
});

test("every ticket is SHA-256 of its text, whatever the length of code and number", () => {
  const seed = digest("y");
  for (let length = 1; length <= 32; length += 1) {
    const code = "Z9-".repeat(11).slice(0, length);
    for (const balls of [1, 12, 101, length === 32 ? 1000 : 3]) {
      const all = Array.from({ length: balls }, (_, i) => [digest(ticketInput(seed, code, i + 1)), i + 1]).sort();
      const [{ ticket, ball }] = rankingOf(seed, [{ code, balls }]);
      assert.deepEqual([ticket, ball], all[0]);
    }
  }
});

test("one flipped byte never verifies as another draw", () => {
  const good = fileOf(evidence());
  for (let i = 0; i < good.length; i += 37) {
    const bad = Uint8Array.from(good);
    bad[i] ^= 1;
    const verdict = verify(bad);
    if (verdict.ok) assert.equal(verdict.seed, lottery.cases[0].expect.seed); // seal_time alone may move
  }
});

test("the commands for doing it by hand give the digests that the steps show", () => {
  const folder = mkdtempSync(join(tmpdir(), "mingtang-by-hand-"));
  after(() => rmSync(folder, { recursive: true }));
  const shell = (/** @type {string} */ line) => execFileSync("sh", ["-c", line], { cwd: folder }).toString();
  for (const index of [0, 2]) {
    const value = evidence(index);
    writeFileSync(join(folder, "evidence.json"), fileOf(value));
    const verdict = verify(fileOf(value));
    const [file, , plan, , seal, entropy, result] = verdict.steps;
    assert.equal(shell(file.commands[0]).slice(0, 64), file.digest);
    assert.equal(plan.commands[0], "jq -cjS .plan evidence.json | sha256sum");
    const revealed = value.seal.seats.filter((/** @type {any} */ entry) => entry.secret !== null);
    assert.deepEqual(
      seal.commands.slice(1).map((line) => shell(line).slice(0, 64)),
      revealed.map((/** @type {any} */ entry) => entry.commit),
    );
    assert.equal(shell(result.commands[0]).slice(0, 64), verdict.seed);
    assert.equal(shell(result.commands[1]).slice(0, 64), verdict.ranking[0].ticket);
    assert.equal(entropy.commands.length, index === 0 ? 3 : 0);
    for (const line of verdict.steps.flatMap((step) => step.commands)) execFileSync("sh", ["-n", "-c", line]);
  }
});

test("a step that does not hold has no commands, nor has what comes after it", () => {
  const file = evidence();
  file.seal.seats[0].secret = "0".repeat(64);
  const counts = verify(fileOf(file)).steps.map((step) => step.commands.length);
  assert.deepEqual(counts.slice(4), [0, 0, 0, 0, 0]);
  assert.ok(counts.slice(0, 4).every((count) => count > 0));
});

test("a round is taken from a code, a relay's answer or 96 digits, and from nothing else", () => {
  const [{ round, signature }] = drand.valid;
  const wanted = { round, signature };
  const code = roundCode(round, signature);
  assert.equal(code, `MTROUND1/${round}/${signature.toUpperCase()}`);
  assert.deepEqual(readRound(code), wanted);
  assert.deepEqual(readRound(JSON.stringify({ round, randomness: "x", signature })), wanted);
  assert.deepEqual(readRound(JSON.stringify({ signature }), round), wanted);
  assert.deepEqual(readRound(signature.toUpperCase().replace(/.{8}/g, "$& "), round), wanted);
  for (const text of ["", "{", "{}", "null", '{"signature":1}', signature, `${code}0`, code.toLowerCase()])
    assert.equal(readRound(text), null, text);
  assert.equal(readRound(JSON.stringify({ round: "1", signature })), null);
});
