// One-time codes: TOTP (RFC 6238), SHA-1, six digits, steps of 30 s of the gateway's clock.
import { createHmac } from "node:crypto";

export const STEP_MS = 30_000;
const NEAR_END_MS = 2000; // so close to its end a step counts as past: the request may arrive in the next one
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The code of a step, for a secret in base32. */
export function codeOf(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", bytesOf(secret)).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf; // RFC 4226 section 5.3
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/**
 * The oldest unused step that the gateway takes: it takes the present one and the one before, each once.
 * Where both are used, `wait` is the number of milliseconds until the next one.
 */
export function chooseStep(now: number, last: number): { step: number } | { wait: number } {
  const present = Math.floor(now / STEP_MS);
  const oldest = (present + 1) * STEP_MS - now < NEAR_END_MS ? present : present - 1;
  const step = Math.max(oldest, last + 1);
  return step <= present ? { step } : { wait: step * STEP_MS - now };
}

function bytesOf(base32: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of base32.replace(/=+$/, "").toUpperCase()) {
    held = ((held << 5) | ALPHABET.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
