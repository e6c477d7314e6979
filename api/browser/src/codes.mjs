/**
 * What this verifier says of many files: on stdin each file after its length (4 bytes, the first the highest), on
 * stdout one line a file, `CODE` or `OK SEED WINNERS ALTERNATES BLS`; `CRASH` and why where the verifier itself failed.
 */

import { readFileSync } from "node:fs";
import { verify } from "./protocol/verify.js";

/** @param {Uint8Array} file @returns {string} */
function answer(file) {
  try {
    const { ok, code, seed, winners, alternates, bls } = verify(file);
    return ok ? `OK ${seed} ${winners.join()} ${alternates.join()} ${bls}` : String(code);
  } catch (error) {
    return `CRASH ${String(error).replaceAll("\n", " ")}`;
  }
}

const input = readFileSync(0);
const lines = [];
for (let at = 0; at < input.length; ) {
  const end = at + 4 + input.readUInt32BE(at);
  lines.push(answer(input.subarray(at + 4, end)));
  at = end;
}
process.stdout.write(lines.map((line) => `${line}\n`).join(""));
