// The gateway's types under the names that the pages use.
import type { AccountView, CaptchaField, ClientInfoBody, UnitView } from "./schema.ts";

export type TicketState = "pending" | "scanned" | "confirmed" | "claimed" | "rejected" | "cancelled" | "expired";
export type Account = AccountView;
export type Unit = UnitView;
export type ClientInfo = ClientInfoBody;
export type CaptchaAnswer = CaptchaField;
