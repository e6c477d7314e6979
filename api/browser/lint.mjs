/** Every source parses, has no line above 120 characters, and does not use what these files must not use. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as vm from "node:vm";

const here = dirname(fileURLToPath(import.meta.url));
const FORBIDDEN =
  /Math\.random|innerHTML|outerHTML|insertAdjacentHTML|document\.write|localeCompare|\beval\(|new Function/;

/** Look at all sources. To start Node with --check for each of them would take a hundred times as long. */
function look() {
  let faults = 0;
  for (const folder of [".", "src", "test"]) {
    const names = readdirSync(join(here, folder), { recursive: folder !== "." }).map(String);
    for (const name of names.filter((path) => /\.m?js$/.test(path))) {
      const path = join(here, folder, name);
      const text = readFileSync(path, "utf8");
      new vm.SourceTextModule(text.replace(/^#!.*/, ""), { identifier: path }); // throws, and says where
      text.split("\n").forEach((line, i) => {
        if (line.length <= 120 && !(folder === "src" && FORBIDDEN.test(line))) return;
        console.error(`${join(folder, name)}:${i + 1}: ${line.trim()}`);
        faults += 1;
      });
    }
  }
  process.exitCode = faults ? 1 : 0;
}

if (vm.SourceTextModule) look();
else {
  const options = ["--experimental-vm-modules", "--no-warnings", fileURLToPath(import.meta.url)];
  execFileSync(process.execPath, options, { stdio: "inherit" });
}
