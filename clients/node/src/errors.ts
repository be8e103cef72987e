// The one error of this package: a code for programs, a sentence for people.
import type { Code, FieldError, ProblemDocument } from "./schema.ts";

/** Codes of this package, beside the gateway's own (`Code`). */
export type OwnCode =
  | "no_gateway"
  | "start_failed"
  | "unreachable"
  | "timeout"
  | "unexpected_answer"
  | "persona_unknown"
  | "qr_not_an_address"
  | "qr_foreign_origin"
  | "qr_unknown_kind"
  | "nothing_scanned"
  | "otp_wait"
  | "closed";

export interface ErrorDetails {
  /** HTTP status; 0 where the error is no answer of REST. */
  status?: number;
  /** Each field that does not fit, of `invalid_request`. */
  fields?: readonly FieldError[];
  /** Seconds after which another try makes sense. */
  retryAfter?: number | null;
  cause?: unknown;
}

/** A refusal of the gateway, or a call that this package could not make. */
export class PairingError extends Error {
  override readonly name = "PairingError";
  /** A phone or client that the gateway holds (`control.phones`, `control.clients`) refuses with codes of its own. */
  readonly code: Code | OwnCode | (string & {});
  readonly status: number;
  readonly fields: readonly FieldError[];
  readonly retryAfter: number | null;

  constructor(code: PairingError["code"], sentence: string, details: ErrorDetails = {}) {
    const fields = details.fields ?? [];
    const listed = fields.map(({ field, message }) => `${field}: ${message}`).join(" ");
    super(listed ? `${sentence} ${listed}` : sentence, { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.fields = fields;
    this.retryAfter = details.retryAfter ?? null;
  }
}

/** The error of a problem document (RFC 9457), or of the refusal in an acknowledgement, which is a part of one. */
export function refusal(problem: Partial<ProblemDocument>, status: number, call: string): PairingError {
  const { code, detail, errors, retry_after } = problem;
  if (!code) return new PairingError("unexpected_answer", `${call} answered ${status} without a code.`, { status });
  const repeated = errors?.some(({ message }) => message === detail); // each field is listed with its message
  return new PairingError(code, repeated ? `${call}:` : `${call}: ${detail ?? code}`, {
    status,
    fields: errors ?? [],
    retryAfter: retry_after ?? null,
  });
}
