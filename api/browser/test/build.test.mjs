import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { inflateRawSync } from "node:zlib";

const home = fileURLToPath(new URL("..", import.meta.url));
const out = mkdtempSync(join(tmpdir(), "mingtang-built-"));
after(() => rmSync(out, { recursive: true }));
execFileSync(process.execPath, ["build.mjs", "--out", out], { cwd: home });
const manifest = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8"));

test("the manifest names every file with its integrity value", () => {
  for (const name of ["act.js", "agency-form.js", "check-worker.js", "live.js", "verify-page.js", "verify.html"])
    assert.ok(name in manifest, name);
  assert.deepEqual(readdirSync(out).sort(), [...Object.keys(manifest), "manifest.json"].sort());
  for (const [name, integrity] of Object.entries(manifest)) {
    const digest = createHash("sha384")
      .update(readFileSync(join(out, name)))
      .digest("base64");
    assert.equal(integrity, `sha384-${digest}`);
  }
});

test("building again gives the bytes that are served", () => {
  for (const name of readdirSync(out)) {
    const isSame = readFileSync(join(out, name)).equals(readFileSync(join(home, "../static/built", name)));
    assert.ok(isSame, `${name} is not what the sources give: \`make browser\``);
  }
});

/** The check page's scripts: what unpacks its program, and the program. */
function scriptsOfThePage() {
  const page = readFileSync(join(out, "verify.html"), "utf8");
  const boot = page.slice(page.indexOf("<script>") + 8, page.lastIndexOf("</script>"));
  const packed = /"([A-Za-z0-9+/=]{10000,})"/.exec(boot)?.[1] ?? "";
  return { page, boot, program: inflateRawSync(Buffer.from(packed, "base64")).toString() };
}

test("no built file has a random function that can be guessed, nor runs text as code", () => {
  const texts = Object.keys(manifest).map((name) => [name, readFileSync(join(out, name), "utf8")]);
  for (const [name, text] of [...texts, ["the check page's program", scriptsOfThePage().program]]) {
    for (const word of ["Math.random", "innerHTML", "eval(", "new Function"])
      assert.equal(text.includes(word), false, `${name}: ${word}`);
  }
});

test("the check page as one file is below 150 kB, runs two known scripts only, and lets nothing out", () => {
  const { page, boot, program } = scriptsOfThePage();
  assert.ok(Buffer.byteLength(page) < 150_000);
  const sha256 = (/** @type {string} */ text) => createHash("sha256").update(text).digest("base64");
  const style = page.slice(page.indexOf("<style>") + 7, page.indexOf("</style>"));
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1].split("; ");
  assert.deepEqual(policy, [
    "default-src 'none'",
    `script-src 'sha256-${sha256(boot)}' 'sha256-${sha256(program)}'`,
    `style-src 'sha256-${sha256(style)}'`,
    "worker-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  assert.equal(/\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon/.test(boot), false);
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
