/** Identities of age that somebody kept, as text, a file or a photograph of a QR code; nothing leaves the device. */

import { identityToRecipient } from "age-encryption";
import { readImage } from "../scan.js";

/** @typedef {{identity: string, recipient: string}} Kept */

/**
 * Every identity that a text holds, each once; what is mistyped is none. One may follow the other without a blank.
 * @param {string} text @returns {Promise<Kept[]>}
 */
export async function identitiesIn(text) {
  const found = new Set(text.toUpperCase().match(/AGE-SECRET-KEY-1[0-9A-Z]{58}/g) ?? []);
  const kept = await Promise.all(
    [...found].map((identity) =>
      identityToRecipient(identity)
        .then((recipient) => ({ identity, recipient }))
        .catch(() => null),
    ),
  );
  return /** @type {Kept[]} */ (kept.filter((one) => one !== null));
}

/** What a form's `key` and all of its `key_file` hold. @param {HTMLFormElement} form @returns {Promise<Kept[]>} */
export async function identitiesOf(form) {
  const typed = new FormData(form);
  const parts = [String(typed.get("key") ?? "")];
  for (const file of typed.getAll("key_file")) {
    if (!(file instanceof File) || !file.size) continue;
    const isPicture = file.type.startsWith("image/");
    parts.push(...(isPicture ? await readImage(file).catch(() => []) : [await file.text()]));
  }
  return identitiesIn(parts.join("\n"));
}
