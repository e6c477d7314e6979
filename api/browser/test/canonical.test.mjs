import assert from "node:assert/strict";
import { test } from "node:test";
import { decode, docHash, encode, isCleanText } from "../src/protocol/canonical.js";
import { bytesOf, lottery } from "./vectors.mjs";

const codeOf = (/** @type {string | Uint8Array} */ file) => {
  try {
    decode(typeof file === "string" ? bytesOf(file) : file);
    return "OK";
  } catch (error) {
    return /** @type {any} */ (error).code ?? String(error);
  }
};

const nested = (/** @type {number} */ depth, inner = "") => "[".repeat(depth) + inner + "]".repeat(depth);

/** @type {[string, string, string][]} */
const FILES = [
  ["an object", '{"a":1,"b":[null,"x"]}', "OK"],
  ["nothing", "", "E_CANON"],
  ["blanks only", " \n", "E_CANON"],
  ["a leading blank", ' {"a":1}', "E_CANON"],
  ["a final newline", '{"a":1}\n', "E_CANON"],
  ["two values", "1 2", "E_CANON"],
  ["a byte order mark", '\ufeff{"a":1}', "E_CANON"],
  ["members out of order", '{"b":1,"a":1}', "E_CANON"],
  ["the largest integer", "9007199254740991", "OK"],
  ["one more", "9007199254740992", "E_FORMAT"],
  ["an integer of 4000 digits", "9".repeat(4000), "E_FORMAT"],
  ["a negative integer", "-1", "E_FORMAT"],
  ["minus zero", "-0", "E_CANON"],
  ["a leading zero", "01", "E_CANON"],
  ["a fraction", "1.0", "E_FORMAT"],
  ["an exponent", "1e2", "E_FORMAT"],
  ["a fraction without digits", "1.", "E_CANON"],
  ["an exponent without digits", "1e+", "E_CANON"],
  ["a fraction, then rubbish", "[1.5x", "E_FORMAT"],
  ["rubbish, then a fraction", "[x1.5", "E_CANON"],
  ["NaN", "[NaN]", "E_FORMAT"],
  ["minus Infinity", "[-Infinity]", "E_FORMAT"],
  ["a lone minus", "[-]", "E_CANON"],
  ["a boolean", '{"a":true}', "E_FORMAT"],
  ["a trailing comma", "[1,]", "E_CANON"],
  ["a trailing comma in an object", '{"a":1,}', "E_CANON"],
  ["equal names", '{"a":1,"a":1}', "E_CANON"],
  ["equal names once unescaped", '{"a":1,"\\u0061":1}', "E_CANON"],
  ["a fraction before the brace of equal names", '{"a":1,"a":1.5}', "E_FORMAT"],
  ["a fraction behind the brace of equal names", '[{"a":1,"a":1},1.5]', "E_CANON"],
  ["a name like a prototype's", '{"__proto__":1}', "E_FORMAT"],
  ["that name twice", '{"__proto__":1,"__proto__":2}', "E_CANON"],
  ["a name in upper case", '{"A":1}', "E_FORMAT"],
  ["a name of 40 characters", `{"${"a".repeat(40)}":1}`, "OK"],
  ["a name of 41 characters", `{"${"a".repeat(41)}":1}`, "E_FORMAT"],
  ["a forbidden text goes before a boolean", '[true,"\\u200b"]', "E_TEXT"],
  ["depth goes before a forbidden text", nested(33, '"\u200b"'), "E_FORMAT"],
  ["32 containers", nested(32), "OK"],
  ["33 containers", nested(33), "E_FORMAT"],
  ["100,000 containers", nested(100_000), "E_FORMAT"],
  ["100,000 containers left open", "[".repeat(100_000), "E_CANON"],
  ["an escaped quotation mark and backslash", '["\\"\\\\"]', "OK"],
  ["an escape that is not needed", '["\\/"]', "E_CANON"],
  ["an unknown escape", '["\\x"]', "E_CANON"],
  ["a short escape", '["\\u12"]', "E_CANON"],
  ["a raw control character", '["\u0001"]', "E_CANON"],
  ["an escaped control character", '["\\n"]', "E_TEXT"],
  ["a lone surrogate, escaped", '["\\ud800"]', "E_TEXT"],
  ["two halves the wrong way round", '["\\ude00\\ud83d"]', "E_TEXT"],
  ["a pair, escaped", '["\\ud83d\\ude00"]', "E_CANON"],
  ["a pair as it is", '["😀"]', "OK"],
  ["a lone surrogate as a name", '{"\\ud800":1}', "E_TEXT"],
  ["not NFC", '["e\u0301"]', "E_TEXT"],
  ["a compatibility ideograph", '["\uf900"]', "E_TEXT"],
  ["a private-use character", '["\ue000"]', "E_TEXT"],
  ["a non-character of plane 3", '["\u{3fffe}"]', "E_TEXT"],
  ["the last character before plane 3's", '["\u{3fffd}"]', "OK"],
  ["DEL", '["\u007f"]', "E_TEXT"],
];

for (const [name, file, code] of FILES) {
  test(`the file that holds ${name} gives ${code}`, () => assert.equal(codeOf(file), code));
}

test("bytes that are no strict UTF-8 are refused before anything else", () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0x22, 0xc0, 0x80, 0x22],
    [0x31, 0x2e, 0x35, 0xff],
  ]) {
    assert.equal(codeOf(Uint8Array.from(bytes)), "E_CANON");
  }
});

test("every forbidden range is refused at both ends and its neighbours are looked at one by one", () => {
  for (const point of [
    0x9f, 0xad, 0x61c, 0x180b, 0x180f, 0x200b, 0x200f, 0x2028, 0x202e, 0x2060, 0x206f, 0xd800, 0xdfff, 0xe000, 0xf8ff,
    0xfdd0, 0xfdef, 0xfe00, 0xfe0f, 0xfeff, 0xfff0, 0xfffb, 0xfffe, 0xffff, 0xe0000, 0xe0fff, 0xf0000, 0x10ffff,
  ]) {
    assert.equal(isCleanText(String.fromCodePoint(point)), false, point.toString(16));
  }
  for (const point of [
    0x20, 0x7e, 0xa0, 0xae, 0x200a, 0x2010, 0x2027, 0x202f, 0x205f, 0x2070, 0xfe10, 0xfffc, 0xfffd, 0x20000, 0xe1000,
  ]) {
    assert.equal(isCleanText(String.fromCodePoint(point)), true, point.toString(16));
  }
});

test("reading what was written gives the value back, byte for byte", () => {
  for (const { evidence } of lottery.cases) {
    const text = encode(evidence);
    assert.equal(encode(decode(bytesOf(text))), text);
  }
});

test("the digest of the worked example's roster is the one in the specification", () => {
  assert.equal(
    docHash(lottery.cases[1].evidence.roster),
    "a4bece040c7e56dc957ef208d523f04d56e692dd969ca8aea820f94dc2d593f0",
  );
});
