/**
 * Bundle the browser's files: `node build.mjs [--out FOLDER]`, by default into ../static/built, which git ignores.
 *
 * Beside the scripts it writes manifest.json, from each file's name to its integrity value (SRI, SHA-384), and
 * verify.html, the check page 核验页 as one file that works without server and network.
 */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { deflateRawSync } from "node:zlib";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({ options: { out: { type: "string", default: join(here, "../static/built") } } });
const out = resolve(values.out);

const SCRIPTS = [
  "verify-page",
  "check-worker",
  "worker",
  "act",
  "live",
  "screen",
  "console",
  "agency/form", // becomes agency-form.js
  "seat-page",
  "seat-public",
  "bid/submit",
  "bid/opening",
  "bid/seat",
  "bid/opening-key",
  "bid/application",
  "bidding",
];
/** Each name's script, by the name of its file. */
const bundles = async (
  /** @type {string[]} */ names,
  /** @type {Record<string, string>} */ define = {},
) => {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: names.map((name) => ({ in: `src/${name}.js`, out: name.replace("/", "-") })),
    outdir: out,
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "iife", // a worker and a file:// page take no modules
    target: ["es2022"],
    legalComments: "eof", // the licences of @noble and qr ask for their notices
    define,
    write: false,
  });
  return outputFiles.map(({ path, contents }) => ({ file: basename(path), bytes: Buffer.from(contents) }));
};

const sri = (/** @type {string} */ kind, /** @type {Buffer} */ bytes) =>
  `${kind}-${createHash(kind).update(bytes).digest("base64")}`;

mkdirSync(out, { recursive: true });
/** @type {Record<string, string>} */
const manifest = {};
for (const { file, bytes } of await bundles(SCRIPTS)) {
  writeFileSync(join(out, file), bytes);
  manifest[file] = sri("sha384", bytes);
}

// The check page's program is packed, since elliptic curves and a reader of QR codes take more room than a page may.
const [{ bytes: program }] = await bundles(["verify-file"]);
const [{ bytes: script }] = await bundles(["verify-boot"], {
  PROGRAM: JSON.stringify(deflateRawSync(program, { level: 9 }).toString("base64")),
  PROGRAM_SIZE: String(program.length),
});
if (/<\/script|<!--/i.test(script.toString())) throw new Error("the script would end its own element");
const PAGE = `html { font: 112.5%/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif }
body { max-width: 46rem; margin: 0 auto; padding: 1rem; color: #16181c; background: #fff; overflow-wrap: anywhere }
h1 { font-size: 1.5rem } h1 span { font-size: 1rem; font-weight: 400; color: #4a4e57 }`;
const sheet = PAGE + readFileSync(join(here, "../static/check.css"), "utf8");
const style = (await transform(sheet, { loader: "css", minify: true, charset: "utf8" })).code.trim();
// Its worker is the page's own script again, as a blob. Nothing else is loaded, and nothing can be sent.
const policy = [
  "default-src 'none'",
  `script-src '${sri("sha256", script)}' '${sri("sha256", program)}'`,
  `style-src '${sri("sha256", Buffer.from(style))}'`,
  "worker-src blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");
const page = Buffer.from(
  readFileSync(join(here, "src/verify.html"), "utf8")
    .replace("{csp}", () => policy)
    .replace("{style}", () => style)
    .replace("{script}", () => script.toString()),
);
writeFileSync(join(out, "verify.html"), page);
manifest["verify.html"] = sri("sha384", page);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
