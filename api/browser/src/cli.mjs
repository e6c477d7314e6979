/**
 * Verify evidence files from a shell: `node src/cli.mjs FILE...` prints `OK FILE` or `CODE FILE`, one line a file.
 *
 * For comparing this verifier with others. Exit 0: all hold; 1: one does not; 3: one could not be read.
 */

import { readFileSync } from "node:fs";
import { verify } from "./protocol/verify.js";

/** One line a file, whatever stands in its name. @param {string} path */
const shown = (path) =>
  path.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

let status = 0;
for (const path of process.argv.slice(2)) {
  let bytes;
  try {
    bytes = readFileSync(path);
  } catch {
    console.log(`E_READ ${shown(path)}`);
    status ||= 3;
    continue;
  }
  const { ok, code } = verify(bytes);
  console.log(`${ok ? "OK" : code} ${shown(path)}`);
  if (!ok) status = 1;
}
process.exitCode = status;
