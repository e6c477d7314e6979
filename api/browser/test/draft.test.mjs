/** Drafts: what counts as the same, and what is taken back from a browser's storage. */

import assert from "node:assert/strict";
import test from "node:test";

import { isSame, readKept, valuesOf } from "../src/agency/draft.js";

test("a form's own fields and files are no part of its draft", () => {
  const own = [["step", "fill"], ["idempotency_key", "k"], ["licence", {}]];
  const entries = [...own, ["name", "甲"], ["fields", "a"], ["fields", "b"]];
  assert.deepEqual(valuesOf(entries), { name: ["甲"], fields: ["a", "b"] });
});

test("the order of fields and empty fields make no difference", () => {
  assert.ok(isSame({ a: ["1"], b: [""] }, { b: [], a: ["1"] }));
  assert.ok(!isSame({ a: ["1"] }, { a: ["1", "2"] }));
});

test("only what was kept whole is taken back", () => {
  const kept = { revision: 2, at: 5, values: { name: ["甲"] } };
  assert.deepEqual(readKept(JSON.stringify(kept)), kept);
  for (const text of [null, "", "{", "3", '{"revision":1}', '{"revision":1,"at":2,"values":null}']) {
    assert.equal(readKept(text), null);
  }
});
