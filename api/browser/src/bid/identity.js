/** Identities of age that somebody kept, as text, a file or a photograph of a QR code; nothing leaves the device. */

import { identityToRecipient } from "age-encryption";
import { readImage } from "../scan.js";

/** @typedef {{identity: string, recipient: string}} Kept */

/**
 * Every identity that a text holds, each once; what is mistyped is none.
 * @param {string} text @returns {Promise<Kept[]>}
 */
export async function identitiesIn(text) {
  const found = new Set(text.toUpperCase().match(/AGE-SECRET-KEY-1[0-9A-Z]+/g) ?? []);
  const kept = await Promise.all(
    [...found].map((identity) =>
      identityToRecipient(identity)
        .then((recipient) => ({ identity, recipient }))
        .catch(() => null),
    ),
  );
  return /** @type {Kept[]} */ (kept.filter((one) => one !== null));
}

/** What a form's `key` and `key_file` hold. @param {HTMLFormElement} form @returns {Promise<Kept[]>} */
export async function identitiesOf(form) {
  const typed = new FormData(form);
  const file = typed.get("key_file");
  let text = `${typed.get("key") ?? ""}\n`;
  if (file instanceof File && file.size) {
    const isPicture = file.type.startsWith("image/");
    text += isPicture ? (await readImage(file).catch(() => [])).join("\n") : await file.text();
  }
  return identitiesIn(text);
}
