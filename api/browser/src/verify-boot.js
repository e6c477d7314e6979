/**
 * The beginning of the check page as one file: unpacks the program and runs it. The page's own policy names the
 * program's digest, so that a browser runs just that one.
 */

import { inflate } from "./protocol/inflate.js";

/** Put in by build.mjs: the script verify-file.js, raw DEFLATE, base64; and its bytes. @type {string} */
const packed = PROGRAM;
/** @type {number} */
const size = PROGRAM_SIZE;

const bytes = inflate(
  Uint8Array.from(atob(packed), (sign) => sign.charCodeAt(0)),
  size,
);
const script = document.createElement("script");
script.textContent = new TextDecoder().decode(bytes);
document.head.append(script);
