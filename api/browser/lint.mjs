/** `node --check` on every source, no line above 120 characters, and no use of what these files must not use. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const FORBIDDEN =
  /Math\.random|innerHTML|outerHTML|insertAdjacentHTML|document\.write|localeCompare|\beval\(|new Function/;

let faults = 0;
for (const folder of [".", "src", "test"]) {
  const names = readdirSync(join(here, folder), { recursive: folder !== "." }).map(String);
  for (const name of names.filter((path) => /\.m?js$/.test(path))) {
    const path = join(here, folder, name);
    execFileSync(process.execPath, ["--check", path], { stdio: "inherit" });
    readFileSync(path, "utf8")
      .split("\n")
      .forEach((line, i) => {
        if (line.length <= 120 && !(folder === "src" && FORBIDDEN.test(line))) return;
        console.error(`${join(folder, name)}:${i + 1}: ${line.trim()}`);
        faults += 1;
      });
  }
}
process.exitCode = faults ? 1 : 0;
