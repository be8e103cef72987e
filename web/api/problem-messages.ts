// The sentences of refusals and field rules for people, from scan_to_login/messages, in both languages.

import {
  again as againEn,
  error as errorEn,
  field as fieldEn,
  page as pageEn,
  told as toldEn,
} from "../../scan_to_login/messages/en.toml";
import {
  again as againZh,
  error as errorZh,
  field as fieldZh,
  page as pageZh,
  told as toldZh,
} from "../../scan_to_login/messages/zh.toml";
import { type Language, language, span } from "../ui/language.ts";
import { asProblem, type Problem } from "./calls.ts";

type Table = Readonly<Record<string, string>>;
type Catalogue = Readonly<{
  error: Table;
  again: Table;
  field: Table;
  page: Table;
  told: Table;
  gap: string;
  comma: string;
}>;

const CATALOGUES: Record<Language, Catalogue> = {
  en: { error: errorEn, again: againEn, field: fieldEn, page: pageEn, told: toldEn, gap: " ", comma: ", " },
  zh: { error: errorZh, again: againZh, field: fieldZh, page: pageZh, told: toldZh, gap: "", comma: "、" },
};

/** One or two sentences for a person: what happened and what to do next. */
export function problemMessage(error: unknown): string {
  const problem = asProblem(error);
  const catalogue = CATALOGUES[language.value];
  const said = catalogue.error[problem.code] ?? catalogue.page[problem.code];
  // the detail of a newer gateway's code is in the page's language; that of a page's own error is English
  const told = problem.code === "page_error" ? "" : problem.detail;
  let text = said ?? (told || filled(catalogue.page["other"]));
  if (problem.code === "invalid_request") text = Object.values(fieldErrors(problem))[0] ?? text;
  if (problem.retryAfter <= 0) return withSupplement(text, problem, catalogue);
  const wait = span(problem.retryAfter);
  const whole = catalogue.again[problem.code];
  return whole ? filled(whole, { wait }) : text + catalogue.gap + filled(catalogue.again["other"], { wait });
}

/** The sentence with the refusal's further values: a lock, the tries left, the difference of two clocks, names. */
function withSupplement(text: string, { code, extra }: Problem, catalogue: Catalogue): string {
  const [locked, left, differ] = ["locked_for", "tries_left", "clock_difference"].map((name) =>
    Number(extra[name] ?? 0),
  );
  if (code === "number_mismatch" && extra["state"] === "rejected") return filled(catalogue.told["number_rejected"]);
  if (code === "claim_code_invalid" && "claim_tries_left" in extra) {
    const count = Number(extra["claim_tries_left"]);
    if (!count) return filled(catalogue.told["claim_rejected"]);
    return text + catalogue.gap + filled(catalogue.told["claim_tries_left"], { count });
  }
  if (locked) {
    const whole = code === "invalid_credentials" ? "account_locked" : "unit_locked";
    return filled(catalogue.again[whole], { wait: span(locked) });
  }
  if (differ) return filled(catalogue.told["clocks_differ"], { seconds: Math.abs(differ) });
  const nearest = extra["nearest"];
  if (Array.isArray(nearest) && nearest.length) {
    return text + catalogue.gap + filled(catalogue.told["nearest"], { names: nearest });
  }
  if (!left) return text;
  return text + catalogue.gap + filled(catalogue.told[left === 1 ? "last_try" : "tries_left"], { count: left });
}

interface FieldError {
  field?: string;
  rule?: string;
  message?: string;
  values?: Record<string, unknown>;
}

/** Sentences of an `invalid_request` by field name; a rule of a newer version has the gateway's sentence. */
export function fieldErrors(problem: Problem): Record<string, string> {
  const errors = problem.extra["errors"];
  if (!Array.isArray(errors)) return {};
  const sentences = CATALOGUES[language.value].field;
  const found: Record<string, string> = {};
  for (const error of errors as FieldError[]) {
    const sentence = sentences[error.rule ?? ""];
    const text = sentence ? filled(sentence, error.values) : error.message;
    if (error.field && text) found[error.field.split(".").at(-1) ?? error.field] ??= text;
  }
  return found;
}

function filled(sentence = "", values: Record<string, unknown> = {}): string {
  const { comma } = CATALOGUES[language.value];
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return Array.isArray(value) ? value.join(comma) : String(value ?? "");
  });
}
