// The kinds of fault of POST /sim/v1/faults, and the fields of each.
import { t } from "../ui/language.ts";

export type Amount = "milliseconds" | "sigma" | "times" | "seconds" | "probability" | "seed";

interface Kind {
  name: [zh: string, en: string];
  hint: [zh: string, en: string];
  /** Its target: a call (REST, or an event of a client), a push, or all at once. */
  to: "call" | "push" | "token" | "all";
  amounts: Amount[];
}

const OFTEN: Amount[] = ["times", "seconds", "probability", "seed"];

const kinds = {
  latency: {
    name: ["应答变慢", "Slow answers"],
    hint: ["延迟处理请求。", "The call is held back this long."],
    to: "call",
    amounts: ["milliseconds", "sigma", ...OFTEN],
  },
  error: {
    name: ["应答错误", "Error answers"],
    hint: ["直接返回错误，不执行请求。", "The call is refused with this status, and nothing is done."],
    to: "call",
    amounts: OFTEN,
  },
  drop_reply: {
    name: ["应答丢失", "Lost replies"],
    hint: ["请求已执行，应答丢失。", "The work is done, and its answer never arrives."],
    to: "call",
    amounts: OFTEN,
  },
  push_drop: {
    name: ["推送丢失", "Lost pushes"],
    hint: ["客户端收不到这次推送。", "The client is not told."],
    to: "push",
    amounts: OFTEN,
  },
  push_delay: {
    name: ["推送延迟", "Late pushes"],
    hint: ["推送延迟送达。", "The client is told so much later."],
    to: "push",
    amounts: ["milliseconds", "sigma", ...OFTEN],
  },
  push_duplicate: {
    name: ["推送重复", "Pushes twice"],
    hint: ["同一推送送达两次。", "The client is told twice."],
    to: "push",
    amounts: OFTEN,
  },
  push_reorder: {
    name: ["推送乱序", "Pushes out of order"],
    hint: [
      "与下一次推送对调次序；若无下一次推送，到时自动送出（默认 1 秒）。",
      "The next push goes first; without one it is sent after this long (empty: 1 s).",
    ],
    to: "push",
    amounts: ["milliseconds", ...OFTEN],
  },
  socket_cut: {
    name: ["断开连接", "Cut sockets"],
    hint: ["不推送，而是断开客户端的连接。", "Instead of the push the client's socket is cut."],
    to: "push",
    amounts: OFTEN,
  },
  id_token_signature: {
    name: ["id_token 签名错误", "id_token: wrong signature"],
    hint: ["签发的 id_token 无法通过验签。", "The signature of an id_token does not fit."],
    to: "token",
    amounts: OFTEN,
  },
  id_token_issuer: {
    name: ["id_token 签发者错误", "id_token: another issuer"],
    hint: ["id_token 的 iss 为其他签发者。", "An id_token names another issuer."],
    to: "token",
    amounts: OFTEN,
  },
  id_token_expired: {
    name: ["id_token 已过期", "id_token: expired"],
    hint: ["签发的 id_token 一天前已过期。", "An id_token expired a day ago."],
    to: "token",
    amounts: OFTEN,
  },
  redis_unreachable: {
    name: ["Redis 不可达", "Redis away"],
    hint: ["网关在此期间无法连接 Redis。", "The gateway cannot reach its Redis for so long."],
    to: "all",
    amounts: ["seconds"],
  },
} satisfies Record<string, Kind>;

export type FaultKind = keyof typeof kinds;
export const KINDS: Record<FaultKind, Kind> = kinds;

export const STATUSES = ["503", "500", "502", "504", "400", "403", "404", "409", "410", "429"];
export const EVENTS = ["request_ticket", "resume_ticket", "cancel_ticket"];
export const ROUTES = [
  "*",
  "POST /api/v1/tickets",
  "GET /api/v1/tickets/*",
  "POST /api/v1/tickets/*/scan",
  "POST /api/v1/tickets/*/confirm",
  "POST /api/v1/tickets/*/reject",
  "POST /api/v1/tickets/*/claim",
  "POST /api/v1/app/sessions",
  "POST /api/v1/sessions",
  "POST /api/v1/units/*/verification",
  "POST /oauth/device_authorization",
  "POST /oauth/token",
  "GET /oauth/userinfo",
];

interface Bounds {
  label: [zh: string, en: string];
  least: number;
  most: number;
  whole?: boolean;
  /** The placeholder of an empty field: the gateway's default. */
  empty?: [zh: string, en: string];
}

const BOUNDS: Record<Amount, Bounds> = {
  milliseconds: { label: ["毫秒", "Milliseconds"], least: 0, most: 60_000 },
  sigma: { label: ["对数正态 σ", "Log-normal σ"], least: 0, most: 5, empty: ["0（固定）", "0: fixed"] },
  times: { label: ["次数", "How often"], least: 1, most: 1_000_000, whole: true, empty: ["不限", "no limit"] },
  seconds: {
    label: ["持续秒数", "Lifetime in seconds"],
    least: 0.001,
    most: 86_400 * 366,
    empty: ["直到解除", "until lifted"],
  },
  probability: {
    label: ["概率（0–1）", "Probability (0–1)"],
    least: 0.0001,
    most: 1,
    empty: ["1（总是）", "1: always"],
  },
  seed: { label: ["随机种子", "Seed"], least: 0, most: 2 ** 31, whole: true, empty: ["0", "0"] },
};

export const amountLabel = (amount: Amount): string => t(...BOUNDS[amount].label);
export const amountWhenEmpty = (amount: Amount): string => t(...(BOUNDS[amount].empty ?? ["", ""]));

/** The error of a typed amount; empty for an empty or valid amount. */
export function amountWrong(amount: Amount, typed: string, needed: boolean): string {
  const { least, most, whole } = BOUNDS[amount];
  if (!typed.trim()) return needed ? t("请填写", "Needed") : "";
  const value = Number(typed);
  if (whole && !Number.isInteger(value)) return t("请填整数", "A whole number");
  if (value >= (needed && least === 0 ? 1 : least) && value <= most) return "";
  return t(
    `请填 ${needed && least === 0 ? 1 : least} 至 ${most} 的数`,
    `A number from ${needed && least === 0 ? 1 : least} to ${most}`,
  );
}

export const isKind = (kind: string): kind is FaultKind => kind in KINDS;
export const kindName = (kind: string): string => (isKind(kind) ? t(...KINDS[kind].name) : kind);
