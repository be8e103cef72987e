// The rules of login names and passwords while they are typed. The gateway's are scan_to_login/rules/credentials.py; a
// test compares both.
import type { JSX } from "preact";
import { Icon } from "./icons.tsx";
import { t } from "./language.ts";

/** Whether a rule is kept, and the rule. */
export type Rule = readonly [kept: boolean, words: string];

const lengthOf = (text: string): number => [...text].length;

export function loginNameRules(typed: string): Rule[] {
  const name = typed.normalize("NFKC").trim();
  const length = lengthOf(name);
  return [
    [length >= 2 && length <= 16, t("2 至 16 位", "2 to 16 characters")],
    [
      name !== "" && /^[A-Za-z0-9_\p{Script=Han}]+$/u.test(name),
      t("只含字母、数字、中文、下划线，区分大小写", "letters, digits, Chinese, underscores; case matters"),
    ],
    [name !== "" && !/^\d+$/.test(name), t("不全是数字", "not digits alone")],
  ];
}

export function passwordRules(typed: string): Rule[] {
  const password = typed.normalize("NFC");
  const length = lengthOf(password);
  const kinds = [/[A-Z]/, /[a-z]/, /[0-9]/, /[\p{P}\p{S}]/u].filter((kind) => kind.test(password)).length;
  return [
    [length >= 8 && length <= 15, t("8 至 15 位", "8 to 15 characters")],
    [
      kinds >= 3,
      t(
        "至少包含大写字母、小写字母、数字、特殊字符中的三种",
        "three kinds of: capital letters, small letters, digits, specials",
      ),
    ],
    [password !== "" && !/[\p{Z}\p{Cc}\p{Cf}\p{Cs}]/u.test(password), t("不含空格", "no space")],
  ];
}

/** The first rule that is not kept, after the field's name; "" where all are kept. */
export function broken(label: string, rules: Rule[]): string {
  const [, words] = rules.find(([kept]) => !kept) ?? [];
  return words ? t(`${label}：${words}。`, `${label}: ${words}.`) : "";
}

export function Rules({ rules, typed }: { rules: readonly Rule[]; typed: boolean }): JSX.Element {
  return (
    <ul class="rules">
      {rules.map(([kept, words]) => (
        <li key={words} class={kept ? "kept" : typed ? "broken" : ""}>
          <Icon name={kept ? "check" : "dot"} size={14} />
          {words}
          {typed && <span class="unseen">{kept ? t("（符合）", " (kept)") : t("（不符合）", " (not kept)")}</span>}
        </li>
      ))}
    </ul>
  );
}
