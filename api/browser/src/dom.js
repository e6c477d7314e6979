/** Building page parts. Data only ever becomes text nodes and attributes, never markup. */

import { encodeQR } from "qr";

/** @typedef {"zh" | "en"} Language */
/** @typedef {import("./protocol/fault.js").Words} Words */

/**
 * The nearest `data-lang` or `lang` above an element; Chinese unless it says English.
 * @param {Element} element
 * @returns {Language}
 */
export function languageOf(element) {
  const holder = element.closest("[data-lang], [lang]");
  const tag = holder?.getAttribute("data-lang") ?? holder?.getAttribute("lang") ?? "";
  return tag.toLowerCase().startsWith("en") ? "en" : "zh";
}

/**
 * @param {string} tag
 * @param {Record<string, string | boolean | EventListener>} attributes  false leaves one out; onclick: a function
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A QR code with its quiet zone.
 * @param {string} text
 * @param {string} label  for those who cannot see it
 * @returns {SVGElement}
 */
export function qrCode(text, label) {
  const rows = encodeQR(text, "raw", { border: 4, ecc: "medium" });
  const size = String(rows.length);
  const dark = rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : []))).join("");
  const part = (/** @type {string} */ tag, /** @type {Record<string, string>} */ attributes) => {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const svg = part("svg", {
    viewBox: `0 0 ${size} ${size}`,
    width: "240",
    height: "240",
    role: "img",
    "aria-label": label,
    "shape-rendering": "crispEdges",
    class: "qr",
  });
  svg.append(part("rect", { width: size, height: size, fill: "#fff" }), part("path", { d: dark, fill: "#000" }));
  return /** @type {SVGElement} */ (svg);
}

/** Digits in groups of four, for reading aloud and typing in. @param {string} hex @returns {string} */
export const inFours = (hex) => hex.replace(/.{4}(?=.)/g, "$& ");

/** Run once the document is there. @param {() => void} start */
export function whenReady(start) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start, { once: true });
  else start();
}
