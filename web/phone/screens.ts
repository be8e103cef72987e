// The screens of the phone, and what each shows.
import type { Problem } from "../api/calls.ts";
import type { ConfirmPage } from "../api/schema.ts";

export type LoginRequest = ConfirmPage & {
  /** End of the time to decide, on the gateway's clock (milliseconds). */
  deadline: number;
  /** Whether the computer has asked this phone, without a QR. */
  asked?: boolean | undefined;
};

/** A Problem as the browser's history can keep it. */
export type Refused = Pick<Problem, "code" | "detail" | "status" | "extra">;

/** What has become of a login. */
export interface Outcome {
  outcome: "confirmed" | "rejected" | "refused";
  problem?: Refused | undefined;
  /** Whether the computer had asked this phone, without a QR. */
  asked?: boolean | undefined;
  /** What has to be typed at the computer. */
  claimCode?: string | undefined;
}

export type Screen =
  | { name: "home" }
  | { name: "inbox" }
  | { name: "me" }
  | { name: "scan" }
  | { name: "request"; request: LoginRequest }
  | ({ name: "result" } & Outcome)
  | { name: "authorizations" }
  | { name: "reset"; taxpayerId: string }
  | { name: "devices" }
  | { name: "code" }
  | { name: "register" }
  | { name: "download" };
