/**
 * Reading QR codes: from a camera as it runs, and from pictures. Everything stays on the device.
 *
 * The decoder yields to the page between its pieces of work, so that nothing stands still meanwhile.
 */

import { decodeQRBatch } from "qr/decode.js";

const LONGEST_SIDE = 2400; // pixels: a page of four dense codes needs this many, more only takes longer
const FRAME_PAUSE = 120; // milliseconds between two looks at the camera
const CAREFUL = { effort: 3, timeLimit: 1500 }; // a picture is looked at once, a camera gives another frame at once

/**
 * Texts of all codes found in one picture.
 * @param {{width: number, height: number, data: Uint8ClampedArray | Uint8Array}} pixels  RGBA
 * @param {{effort?: number, timeLimit?: number}} [care]
 * @returns {Promise<string[]>}
 */
export async function readPixels({ width, height, data }, care = {}) {
  const [found] = await decodeQRBatch([{ width, height, data }], { ...care, maxSize: { width, height } });
  return [...new Set(found.filter((one) => typeof one === "string"))];
}

/**
 * Texts of all codes in a photograph or a scan; none where there are none.
 * @param {Blob} blob  a picture
 * @returns {Promise<string[]>}
 * @throws {Error} where the file is no picture
 */
export async function readImage(blob) {
  const picture = await createImageBitmap(blob);
  try {
    const longest = Math.max(picture.width, picture.height);
    // Large first; a blurred photograph is sometimes read only when it is made smaller.
    for (const side of [LONGEST_SIDE, LONGEST_SIDE / 2]) {
      const scale = Math.min(1, side / longest);
      const found = await readPixels(pixelsOf(picture, picture.width * scale, picture.height * scale), CAREFUL);
      if (found.length > 0 || scale === 1) return found;
    }
    return [];
  } finally {
    picture.close();
  }
}

/**
 * Show the camera in `video` and hand each code's text on, once each time it comes into view.
 * @param {HTMLVideoElement} video
 * @param {(text: string) => void} onText
 * @returns {Promise<() => void>} ends it and lets the camera go
 * @throws {DOMException} where there is no camera, or it is not allowed
 */
export async function scanInto(video, onText) {
  if (!navigator.mediaDevices) throw new DOMException("no camera on a page that is not secure", "NotFoundError");
  const wanted = { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  video.srcObject = stream;
  video.muted = true;
  video.setAttribute("playsinline", ""); // else iPhones take the whole screen
  await video.play();
  let isOn = true;
  const end = () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  const look = async () => {
    /** @type {string[]} */
    let seen = [];
    while (isOn) {
      const { videoWidth: width, videoHeight: height } = video;
      if (width && height) {
        const found = await readPixels(pixelsOf(video, width, height)).catch(() => []);
        for (const text of found) if (isOn && !seen.includes(text)) onText(text);
        if (found.length) seen = found;
      }
      await new Promise((resolve) => {
        setTimeout(resolve, FRAME_PAUSE);
      });
    }
  };
  look();
  return end;
}

/** @param {CanvasImageSource} source @param {number} width @param {number} height @returns {ImageData} */
function pixelsOf(source, width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  context.fillStyle = "#fff"; // what is transparent is paper
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
