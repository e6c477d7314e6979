import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeQR } from "qr/decode.js";
import { encodeQR } from "qr";
import { Chain, chainOf, fromBase45, readCode, toBase45 } from "../src/protocol/qr-chain.js";
import { readPixels } from "../src/scan.js";
import { verify } from "../src/protocol/verify.js";
import { bytesOf, evidence, fileOf, lottery } from "./vectors.mjs";

/** @param {string[]} codes @returns {Chain} */
function chainFrom(codes) {
  const chain = new Chain();
  for (const code of codes) chain.add(code);
  return chain;
}

test("base45 gives the examples of RFC 9285", () => {
  for (const [plain, coded] of [
    ["AB", "BB8"],
    ["Hello!!", "%69 VD92EX0"],
    ["base-45", "UJCLQE7W581"],
    ["ietf!", "QED8WEX0"],
  ]) {
    assert.equal(toBase45(bytesOf(plain)), coded);
    assert.deepEqual(fromBase45(coded), bytesOf(plain));
  }
  assert.deepEqual(fromBase45(""), new Uint8Array());
  for (const bad of ["A", "GGW", "::", "aB", "%69 VD92EX0X", "٣٣٣"]) assert.equal(fromBase45(bad), null, bad);
});

for (const { name, evidence: value } of lottery.cases) {
  test(`the case "${name}" comes back from its codes byte for byte, whatever their order`, async () => {
    const file = fileOf(value);
    for (const size of [4000, 300]) {
      const codes = await chainOf(file, size);
      assert.equal(codes.length > 1, size === 300);
      for (const code of codes) assert.match(code, /^[0-9A-Z $%*+\-./:]+$/);
      const chain = chainFrom([...codes].reverse());
      assert.equal(chain.isWhole, true);
      const { bytes, isAsPrinted } = await chain.file();
      assert.deepEqual(Buffer.from(bytes), Buffer.from(file));
      assert.equal(isAsPrinted, true);
    }
  });
}

test("a chain says which codes are missing, takes one twice, and refuses those of another draw", async () => {
  const codes = await chainOf(fileOf(evidence()), 300);
  const others = await chainOf(fileOf(evidence(2)), 300);
  const chain = new Chain();
  assert.equal(chain.isWhole, false);
  assert.equal(chain.add("https://example.invalid/"), "none");
  assert.equal(chain.add(codes[1]), "added");
  assert.equal(chain.add(`${codes[1]}\n`), "again");
  assert.equal(chain.add(others[0]), "other");
  assert.equal(chain.add(codes[1].slice(0, -3)), "none");
  assert.deepEqual(
    chain.missing,
    codes.map((_, i) => i + 1).filter((k) => k !== 2),
  );
  for (const code of codes) chain.add(code);
  assert.deepEqual(chain.missing, []);
});

test("what is no code of a chain is none", async () => {
  const [good] = await chainOf(fileOf(evidence()), 4000);
  assert.ok(readCode(good));
  const [, , , hash, piece] = good.split("/");
  for (const text of [
    "",
    `MT2/1/1/${hash}/${piece}`,
    `MT1/0/1/${hash}/${piece}`,
    `MT1/2/1/${hash}/${piece}`,
    `MT1/01/1/${hash}/${piece}`,
    `MT1/1/41/${hash}/${piece}`,
    `MT1/1/1/${hash.toLowerCase()}x/${piece}`,
    `MT1/1/1/${hash}/`,
    `MT1/1/1/${hash}/abc`,
  ])
    assert.equal(readCode(text), null, text);
});

test("codes that were altered never pass as printed", async () => {
  const [good] = await chainOf(fileOf(evidence()), 4000);
  const head = good.split("/").slice(0, 4).join("/");
  const bytes = /** @type {any} */ (readCode(good)).piece;
  let refused = 0;
  for (let i = 0; i < bytes.length; i += 61) {
    const bad = Uint8Array.from(bytes);
    bad[i] ^= 4;
    try {
      const { isAsPrinted } = await chainFrom([`${head}/${toBase45(bad)}`]).file();
      assert.equal(isAsPrinted, false);
    } catch (error) {
      assert.match(String(error), /E_(CANON|FORMAT|TEXT)/);
      refused += 1;
    }
  }
  assert.ok(refused > 0);
});

test("a payload with a fault of its own gives that fault, and one with a false result is not as printed", async () => {
  const late = evidence();
  late.seal_time -= 100_000;
  const { bytes, isAsPrinted } = await chainFrom(await chainOf(fileOf(late), 4000)).file();
  assert.equal(verify(bytes).code, "E_TIME");
  assert.equal(isAsPrinted, false);

  const false_ = evidence();
  false_.result.winners = [false_.result.ranking.at(-1).code];
  const whole = await chainFrom(await chainOf(fileOf(false_), 4000)).file();
  assert.equal(whole.isAsPrinted, false);
  assert.equal(verify(whole.bytes).ok, true); // the paper's rest, with the result that follows from it
});

/** Pictures of codes side by side, as RGBA. @param {string[]} texts @param {number} dot */
function picture(texts, dot) {
  const grids = texts.map((text) => encodeQR(text, "raw", { border: 6, ecc: "low" }));
  const width = grids.reduce((sum, grid) => sum + grid.length, 0) * dot;
  const height = Math.max(...grids.map((grid) => grid.length)) * dot;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  let left = 0;
  for (const grid of grids) {
    grid.forEach((row, y) =>
      row.forEach((isDark, x) => {
        if (!isDark) return;
        for (let dy = 0; dy < dot; dy += 1)
          for (let dx = 0; dx < dot; dx += 1) data.fill(0, ...at(left + x * dot + dx, y * dot + dy));
      }),
    );
    left += grid.length * dot;
  }
  /** @param {number} x @param {number} y @returns {[number, number]} */
  function at(x, y) {
    const start = (y * width + x) * 4;
    return [start, start + 3];
  }
  return { width, height, data };
}

test("one picture may show several codes of the chain", async () => {
  const codes = await chainOf(fileOf(evidence()), 700);
  assert.ok(codes.length >= 2);
  assert.deepEqual((await readPixels(picture(codes.slice(0, 2), 4))).sort(), codes.slice(0, 2).sort());
  assert.equal(decodeQR(picture([codes[0]], 3)), codes[0]);
  assert.deepEqual(await readPixels({ width: 40, height: 40, data: new Uint8ClampedArray(6400).fill(255) }), []);
});
