/** What is sealed with a bid and not read out: what ties its bidder to others; and who bids with it in a consortium. */

import { NotDone } from "./ask.js";

const CODE = /^[1-9ANY][0-9A-HJ-NPQRTUWXY][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/;

/**
 * @param {(name: string) => string} text  what was typed @param {(name: string) => string} say
 * @returns {{declared?: object, members?: object[]}}
 */
export function declaredIn(text, say) {
  const related = [...new Set(lines(text("related")).map((one) => one.toUpperCase()))].sort();
  if (!related.every((one) => CODE.test(one))) throw new NotDone(say("related"));
  const person = text("person").replace(/\s/g, "").toUpperCase() || null;
  const contact = text("contact").replace(/\s/g, "") || null;
  const declared = person || contact || related.length ? { declared: { person, contact, machine: null, related } } : {};
  const members = lines(text("members")).map((line) => memberOf(line, say));
  if (!members.length) return declared;
  const whole = members.reduce((sum, { share_permille }) => sum + share_permille, 0);
  if (members.length < 2 || whole !== 1000) throw new NotDone(say("members"));
  return { ...declared, members };
}

/** @param {string} line @param {(name: string) => string} say */
function memberOf(line, say) {
  const [, name, code, share] = /^(.+?)\s+(\S{18})\s+(\d{1,3}(?:\.\d)?)%?$/.exec(line) ?? [];
  if (!name || !CODE.test(code.toUpperCase())) throw new NotDone(say("members"));
  return { name, code: code.toUpperCase(), share_permille: Math.round(Number(share) * 10) };
}

/** @param {string} text */
const lines = (text) =>
  text
    .split("\n")
    .map((one) => one.trim())
    .filter(Boolean);
