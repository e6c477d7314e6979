import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { decodeQR } from "qr/decode.js";
import { encodeQR } from "qr";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { decode, encode } from "../src/protocol/canonical.js";
import { inflate } from "../src/protocol/inflate.js";
import { Chain, fromBase45, readCode } from "../src/protocol/qr-chain.js";
import { readPixels } from "../src/scan.js";
import { verify } from "../src/protocol/verify.js";
import { bytesOf, evidence, fileOf, lottery } from "./vectors.mjs";

const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** RFC 9285 §4. @param {Uint8Array} bytes @returns {string} */
function toBase45(bytes) {
  let out = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const isPair = i + 1 < bytes.length;
    let value = isPair ? bytes[i] * 256 + bytes[i + 1] : bytes[i];
    for (let digit = isPair ? 3 : 2; digit > 0; digit -= 1) {
      out += SIGNS[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return out;
}

/** Codes for an evidence file, each of at most so many bytes. @param {Uint8Array} file @param {number} size */
function chainOf(file, size) {
  const value = /** @type {any} */ (decode(file));
  delete value.result;
  const packed = deflateRawSync(bytesOf(encode(value)), { level: 9 });
  const hash = createHash("sha256").update(file).digest("hex").slice(0, 16).toUpperCase();
  const n = Math.ceil(packed.length / size);
  return Array.from(
    { length: n },
    (_, i) => `MT1/${i + 1}/${n}/${hash}/${toBase45(packed.subarray(i * size, (i + 1) * size))}`,
  );
}

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
  test(`the case "${name}" comes back from its codes byte for byte, whatever their order`, () => {
    const file = fileOf(value);
    for (const size of [4000, 200]) {
      const codes = chainOf(file, size);
      assert.equal(codes.length > 1, size === 200);
      for (const code of codes) assert.match(code, /^[0-9A-Z $%*+\-./:]+$/);
      const chain = chainFrom([...codes].reverse());
      assert.equal(chain.isWhole, true);
      const { bytes, isAsPrinted } = chain.file();
      assert.deepEqual(Buffer.from(bytes), Buffer.from(file));
      assert.equal(isAsPrinted, true);
    }
  });
}

test("a chain says which codes are missing, takes one twice, and refuses those of another draw", () => {
  const codes = chainOf(fileOf(evidence()), 200);
  const others = chainOf(fileOf(evidence(2)), 200);
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

test("what is no code of a chain is none", () => {
  const [good] = chainOf(fileOf(evidence()), 4000);
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

test("codes that were altered never pass as printed", () => {
  const [good] = chainOf(fileOf(evidence()), 4000);
  const head = good.split("/").slice(0, 4).join("/");
  const bytes = /** @type {any} */ (readCode(good)).piece;
  let refused = 0;
  for (let i = 0; i < bytes.length; i += 61) {
    const bad = Uint8Array.from(bytes);
    bad[i] ^= 4;
    try {
      const { isAsPrinted } = chainFrom([`${head}/${toBase45(bad)}`]).file();
      assert.equal(isAsPrinted, false);
    } catch (error) {
      assert.match(String(error), /E_(CANON|FORMAT|TEXT)/);
      refused += 1;
    }
  }
  assert.ok(refused > 0);
});

test("a payload with a fault of its own gives that fault, and one with a false result is not as printed", () => {
  const late = evidence();
  late.seal_time -= 100_000;
  const { bytes, isAsPrinted } = chainFrom(chainOf(fileOf(late), 4000)).file();
  assert.equal(verify(bytes).code, "E_TIME");
  assert.equal(isAsPrinted, false);

  const false_ = evidence();
  false_.result.winners = [false_.result.ranking.at(-1).code];
  const whole = chainFrom(chainOf(fileOf(false_), 4000)).file();
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
  const codes = chainOf(fileOf(evidence()), 450);
  assert.ok(codes.length >= 2);
  assert.deepEqual((await readPixels(picture(codes.slice(0, 2), 4))).sort(), codes.slice(0, 2).sort());
  assert.equal(decodeQR(picture([codes[0]], 3)), codes[0]);
  assert.deepEqual(await readPixels({ width: 40, height: 40, data: new Uint8ClampedArray(6400).fill(255) }), []);
});

test("what was packed in any way unpacks to the same bytes, within the limit and whole only", () => {
  const texts = ["", "a", "ab".repeat(40_000), fileOf(evidence()), randomBytes(70_000), new Uint8Array(100_000)];
  for (const text of texts) {
    const plain = Buffer.from(text);
    for (const options of [{ level: 9 }, { level: 1 }, { level: 0 }, { strategy: 4 }, { strategy: 2 }]) {
      const packed = deflateRawSync(plain, options);
      assert.deepEqual(Buffer.from(inflate(packed, plain.length)), plain);
      if (plain.length) assert.throws(() => inflate(packed, plain.length - 1), RangeError);
      assert.throws(() => inflate(packed.subarray(0, -1), 1e6), RangeError);
      assert.throws(() => inflate(Buffer.concat([packed, Buffer.of(0)]), 1e6), RangeError);
    }
  }
});

test("what was damaged unpacks as zlib says, or not at all", () => {
  const streams = [{}, { strategy: 4 }, { level: 0 }].map((options) => deflateRawSync(fileOf(evidence()), options));
  for (const stream of streams) {
    for (let i = 0; i < stream.length; i += i < 150 ? 1 : 13) {
      const bad = Uint8Array.from(stream);
      bad[i] ^= 1 << ((i * 5) % 8);
      assert.equal(outcomeOf(() => inflate(bad, 1e6)), outcomeOf(() => zlibs(bad)), `byte ${i}`);
    }
  }
  /** @param {() => Uint8Array} unpack */
  function outcomeOf(unpack) {
    try {
      return Buffer.from(unpack()).toString("latin1");
    } catch (error) {
      assert.ok(error instanceof RangeError || /** @type {any} */ (error).code?.startsWith("Z_"), String(error));
      return null;
    }
  }
  /** @param {Uint8Array} bytes */
  function zlibs(bytes) {
    const { buffer, engine } = /** @type {any} */ (inflateRawSync(bytes, { info: true, maxOutputLength: 1e6 }));
    if (engine.bytesWritten !== bytes.length) throw new RangeError("something comes after it");
    return buffer;
  }
});
