import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOf, faultOf, fenOf, leftOf, moved, yuan } from "../src/bidding.js";

const prices = { starting_fen: 1000, step_fen: 300, least_fen: 1900 };

test("amounts are read as they are typed and shown as they are read", () => {
  assert.deepEqual(["1,234.5", "0.01", "12", "1 000"].map(fenOf), [123450, 1, 1200, 100000]);
  assert.deepEqual(["", "-1", "1.234", "1e3", "一百"].map(fenOf), [null, null, null, null, null]);
  assert.deepEqual([1, 100, 123456789].map(yuan), ["0.01", "1.00", "1,234,567.89"]);
});

test("keys move from step to step and never below what may be offered", () => {
  assert.equal(moved(null, 1, prices), 2200);
  assert.equal(moved(1900, -1, prices), 1900);
  assert.equal(moved(2200, -1, prices), 1900);
  assert.equal(moved(2250, 1, prices), 2500); // from between two steps
  assert.equal(moved(1900, 10, prices), 4900);
  assert.equal(moved(100, 1, prices), 1900);
});

test("an offer is refused here for what the server would refuse", () => {
  assert.deepEqual(
    [null, 1600, 1899, 1900, 2000, 2200].map((fen) => faultOf(fen, prices)),
    ["amount", "low", "low", "", "step", ""],
  );
});

test("time left is told to the tenth in the last minute, and the clock is Beijing's", () => {
  assert.deepEqual([59_950, 100, 1, 0, -5].map((one) => leftOf(one)), ["60.0", "0.1", "0.1", "0.0", "0.0"]);
  const long = [60_000, 3_661_000, 2 * 86_400_000].map((one) => leftOf(one, "天"));
  assert.deepEqual(long, ["00:01:00", "01:01:01", "2 天 00:00:00"]);
  assert.equal(clockOf(Date.UTC(2023, 7, 21, 16, 0, 1)), "00:00:01");
});
