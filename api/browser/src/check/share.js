/** The verdict as a picture, to be shown to others: headline, draw, winners, digest of the result, time. */

import { inFours } from "../dom.js";
import { TEXTS } from "./words.js";

/** @typedef {import("../protocol/fault.js").Words} Words */

const WIDTH = 1080;
const MARGIN = 72;
const COLOURS = { pass: "#0b5228", fail: "#861a1a", part: "#654100", busy: "#16181c", idle: "#16181c" };
const SHOWN = 5; // winners: more do not fit a picture that is to be read on a telephone
const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

/** Beijing time, as the minutes have it. @param {Date} moment */
export const beijing = (moment) =>
  `${new Date(moment.getTime() + 8 * 3600_000).toISOString().slice(0, 19).replace("T", " ")} UTC+8`;

/**
 * The lines of the picture, apart from drawing them.
 * @param {import("./verdict.js").Headline} line @param {import("./job.js").Summary} summary
 * @param {(words: Words) => string} say @param {Date} moment
 * @returns {{text: string, size: number, colour?: string, bold?: boolean, mono?: boolean}[]}
 */
export function pictureLines(line, summary, say, moment) {
  const isDrill = summary.draw.startsWith("DRILL-");
  const lines = [{ text: say(TEXTS.shareTitle), size: 36 }];
  if (isDrill) lines.push({ text: say(TEXTS.drill), size: 72, colour: "#5b1a8b", bold: true });
  lines.push({ text: `${line.shape} ${say(line)}`, size: 64, colour: COLOURS[line.outcome], bold: true });
  if (summary.draw) {
    lines.push({ text: summary.project, size: 40, bold: true });
    lines.push({ text: `${summary.draw} · ${say(TEXTS.attempt(summary.attempt))}`, size: 36, mono: true });
  }
  if (line.outcome !== "fail") {
    for (const code of summary.winners.slice(0, SHOWN))
      lines.push({ text: `${say(TEXTS.winners)}  ${summary.names[code]}`, size: 40 });
    const rest = summary.winners.length - SHOWN;
    if (rest > 0) lines.push({ text: `+ ${rest}`, size: 36 });
    const halves = [summary.result.slice(0, 32), summary.result.slice(32)];
    lines.push({ text: say(TEXTS.result), size: 32 });
    for (const half of halves) lines.push({ text: inFours(half), size: 36, mono: true });
  }
  lines.push({ text: `${say(TEXTS.shareTime)}  ${beijing(moment)}`, size: 32 });
  lines.push({ text: say(TEXTS.shareNote), size: 32 });
  return lines;
}

/** @param {ReturnType<typeof pictureLines>} lines @param {string} edge  colour @returns {HTMLCanvasElement} */
function draw(lines, edge) {
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const font = (/** @type {(typeof lines)[0]} */ { size, bold, mono }) =>
    `${bold ? "bold " : ""}${size}px ${mono ? "ui-monospace, monospace, " : ""}${FONT}`;
  const rows = lines.flatMap((one) => {
    context.font = font(one);
    return wrapped(context, one.text).map((text, i) => ({ ...one, text, gap: i ? 0.3 : 0.8 }));
  });
  canvas.width = WIDTH;
  canvas.height = rows.reduce((sum, { size, gap }) => sum + size * (1 + gap), MARGIN * 2);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, WIDTH, canvas.height);
  context.strokeStyle = edge;
  context.lineWidth = 24;
  context.strokeRect(12, 12, WIDTH - 24, canvas.height - 24);
  let y = MARGIN;
  for (const row of rows) {
    y += row.size * (1 + row.gap);
    context.font = font(row);
    context.fillStyle = row.colour ?? "#16181c";
    context.fillText(row.text, MARGIN, y - row.size * 0.1);
  }
  return canvas;
}

/**
 * Break where the line is full: between any two characters, as Chinese is.
 * @param {CanvasRenderingContext2D} context @param {string} text
 */
function wrapped(context, text) {
  const rows = [""];
  for (const sign of text.match(/[!-~]+|\P{ASCII}| /gu) ?? []) {
    const longer = rows[rows.length - 1] + sign;
    if (context.measureText(longer).width <= WIDTH - 2 * MARGIN) rows[rows.length - 1] = longer;
    else rows.push(sign.trimStart());
  }
  return rows;
}

/**
 * Hand the picture to whatever the device shares with, else save it.
 * @param {import("./verdict.js").Headline} line @param {import("./job.js").Summary} summary
 * @param {(words: Words) => string} say @returns {Promise<void>}
 */
export async function sharePicture(line, summary, say) {
  const canvas = draw(pictureLines(line, summary, say, new Date()), COLOURS[line.outcome]);
  const blob = /** @type {Blob} */ (await new Promise((resolve) => canvas.toBlob(resolve, "image/png")));
  const file = new File([blob], `${summary.draw || "evidence"}.png`, { type: "image/png" });
  if (navigator.canShare?.({ files: [file] })) {
    await navigator.share({ files: [file] }).catch(() => {}); // closed without sharing: that is an answer too
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = file.name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
