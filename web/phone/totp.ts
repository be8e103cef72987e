// One-time codes of RFC 6238 (SHA-1, 6 digits, 30 s), each used once. Works without HTTPS, where browsers
// keep crypto.subtle back: a phone in the same network may open the page over plain http.
import { hmac } from "@noble/hashes/hmac.js";
import { sha1 } from "@noble/hashes/legacy.js";

export const STEP_SECONDS = 30;
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function fromBase32(text: string): Uint8Array {
  let bits = "";
  for (const letter of text.replace(/=+$/, "").toUpperCase()) {
    bits += ALPHABET.indexOf(letter).toString(2).padStart(5, "0");
  }
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
}

/** The code of one time step. */
export function codeOf(secret: string, step: number): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(step));
  const digest = hmac(sha1, fromBase32(secret), new Uint8Array(counter.buffer));
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const offset = (digest[digest.length - 1] ?? 0) & 15;
  return String((view.getUint32(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * The oldest step that the gateway still takes and that this phone has not used: it takes the present
 * step and one before. Also how long to wait (milliseconds) where both are used.
 */
export function nextStep(now: number, lastUsed: number): { step: number; wait: number } {
  const present = Math.floor(now / 1000 / STEP_SECONDS);
  // close to the end of a step, its forerunner would be too old on arrival
  const intoStep = now / 1000 - present * STEP_SECONDS;
  const oldest = intoStep > STEP_SECONDS - 3 ? present : present - 1;
  const step = Math.max(oldest, lastUsed + 1);
  return { step, wait: step <= present ? 0 : step * STEP_SECONDS * 1000 - now + 300 };
}
