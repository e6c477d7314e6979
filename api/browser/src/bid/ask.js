/** Asking the server's JSON API, with its refusals in the reader's words. */

/**
 * A form whose contents never leave may be sent by nobody but its script: until that listens, its button is disabled,
 * since a browser would put a key or a price into an address.
 * @param {Element | null} form
 */
export const letSend = (form) => form?.querySelector("button[type=submit]")?.removeAttribute("disabled");

/** A refusal of the server, or no answer. */
export class NotDone extends Error {}

/**
 * @param {string} url @param {RequestInit} [options] @returns {Promise<any>} the answer's JSON
 * @throws {NotDone}
 */
export async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { cache: "no-store", ...options });
  } catch {
    throw new NotDone("…");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new NotDone(answer.detail ?? `${response.status}`);
  return answer;
}

/** @param {string} url @param {unknown} body @returns {Promise<any>} */
export const send = (url, body) =>
  ask(url, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** A link that saves bytes made here as a file. @param {string} text @param {string} name @param {BlobPart} data */
export function saveLink(text, name, data) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([data], { type: "application/octet-stream" }));
  link.download = name;
  link.textContent = text;
  return link;
}

/** Yuan as it is typed to fen; null where it is no amount. @param {string} text @returns {number | null} */
export function fenOf(text) {
  const found = /^(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text.replace(/[,，\s]/g, ""));
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : null;
}
