/**
 * Bundle the browser's files: `node build.mjs [--out FOLDER]`, by default into ../static/built, which git ignores.
 *
 * Beside the scripts it writes manifest.json, from each file's name to its integrity value (SRI, SHA-384), and
 * verify.html, the check page 核验页 as one file that works without server and network.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string", default: join(here, "../static/built") } } });
const out = resolve(values.out);

const SCRIPTS = ["verify-page", "worker", "act", "live", "screen", "console", "agency/form"]; // agency/form.js becomes agency-form.js
const bundle = (/** @type {string} */ name) =>
  build({
    absWorkingDir: here,
    entryPoints: [`src/${name}.js`],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife", // a worker and a file:// page take no modules
    target: ["es2022"],
    legalComments: "eof", // the licences of @noble and qr ask for their notices
    write: false,
  }).then(({ outputFiles: [file] }) => Buffer.from(file.contents));

const sri = (/** @type {string} */ kind, /** @type {Buffer} */ bytes) =>
  `${kind}-${createHash(kind).update(bytes).digest("base64")}`;

mkdirSync(out, { recursive: true });
/** @type {Record<string, string>} */
const manifest = {};
for (const name of SCRIPTS) {
  const bytes = await bundle(name);
  const file = `${name.replace("/", "-")}.js`;
  writeFileSync(join(out, file), bytes);
  manifest[file] = sri("sha384", bytes);
}

const script = await bundle("verify-file");
if (/<\/script|<!--/i.test(script.toString())) throw new Error("the script would end its own element");
const page = Buffer.from(
  readFileSync(join(here, "src/verify.html"), "utf8")
    .replace("{csp}", () => `default-src 'none'; script-src '${sri("sha256", script)}'; style-src 'unsafe-inline'`)
    .replace("{script}", () => script.toString()),
);
writeFileSync(join(out, "verify.html"), page);
manifest["verify.html"] = sri("sha384", page);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
