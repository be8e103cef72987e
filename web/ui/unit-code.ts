// The SMS code that the WEB platform needs for a new declaration password and for a grant of 管理.

import type { Caller } from "../api/calls.ts";
import type { SmsSent } from "../api/schema.ts";

/** Sends a code to the phone on file; returns the seconds until the next may be requested. */
export async function sendUnitCode(
  call: Caller,
  taxpayerId: string,
  purpose: "declaration_password" | "authorization",
): Promise<number> {
  return (await call<SmsSent>("POST", `/units/${taxpayerId}/sms-codes`, { purpose })).resend_in;
}
