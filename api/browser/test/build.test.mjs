import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "mingtang-built-"));
after(() => rmSync(out, { recursive: true }));
execFileSync(process.execPath, ["build.mjs", "--out", out], { cwd: home });
const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));

test("the manifest names every file with its integrity value", () => {
  const files = ["act.js", "agency-form.js", "live.js", "verify-page.js", "verify.html", "worker.js"];
  assert.deepEqual(Object.keys(manifest).sort(), files);
  assert.deepEqual(readdirSync(out).sort(), [...Object.keys(manifest), "manifest.json"].sort());
  for (const [name, integrity] of Object.entries(manifest)) {
    const digest = createHash("sha384")
      .update(readFileSync(join(out, name)))
      .digest("base64");
    assert.equal(integrity, `sha384-${digest}`);
  }
});

test("no built file has a random function that can be guessed, nor runs text as code", () => {
  for (const name of Object.keys(manifest)) {
    const text = readFileSync(join(out, name), "utf8");
    for (const word of ["Math.random", "innerHTML", "eval(", "new Function"])
      assert.equal(text.includes(word), false, `${name}: ${word}`);
  }
});

test("the check page as one file is below 150 kB and lets nothing out", () => {
  const page = readFileSync(join(out, "verify.html"), "utf8");
  assert.ok(Buffer.byteLength(page) < 150_000);
  assert.match(page, /default-src 'none'/);
  const script = page.slice(page.indexOf("<script>") + 8, page.lastIndexOf("</script>"));
  assert.ok(page.includes(`'sha256-${createHash("sha256").update(script).digest("base64")}'`));
});

test("the lock file has hashes for everything and no addresses", () => {
  const text = readFileSync(join(home, "package-lock.json"), "utf8");
  assert.equal(text.includes("://"), false);
  for (const [path, entry] of Object.entries(JSON.parse(text).packages))
    if (path) assert.match(entry.integrity, /^sha512-/);
});

test("every version that package.json names is exact", () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    assert.match(version, /^\d+\.\d+\.\d+$/);
});
