// Wrong passwords and locks by person and unit: since when, until when, why, and the way to unlock.

import type { JSX } from "preact";
import { sim } from "../api/calls.ts";
import { moment, span, t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { Box } from "./box.tsx";
import { kindName } from "./names.ts";
import { type LockRow, readAll } from "./watch.ts";

const IDENTIFIERS: Record<string, [zh: string, en: string]> = {
  login_name: ["登录名", "login name"],
  phone: ["手机号码", "phone"],
  id_number: ["证件号码", "ID number"],
};

/** What was counted, and what it was typed with. */
function why({ kind, wrong, tries, locked_until, identifiers }: LockRow): string {
  const count = locked_until ? tries : wrong;
  const by = identifiers.map((each) => t(...(IDENTIFIERS[each] ?? [each, each]))).join(t("、", ", "));
  const text =
    kind === "unit"
      ? t(`申报密码错误 ${count} 次`, `${count} wrong declaration passwords`)
      : t(`密码错误 ${count} 次`, `${count} wrong passwords`);
  return by ? t(`${text}（${by}）`, `${text} (${by})`) : text;
}

export function LocksBox(props: { locks: LockRow[]; now: number; onError: (error: unknown) => void }): JSX.Element {
  const unlock = (row: LockRow): void => {
    const path = `/locks/${row.kind}s/${encodeURIComponent(row.subject)}`;
    void sim("DELETE", path).then(readAll).catch(props.onError);
  };
  return (
    <Box
      wide
      icon="key"
      title={t("锁定与错误次数", "Locks and wrong passwords")}
      heads={[
        t("对象", "Who"),
        t("类型", "Kind"),
        t("原因", "Why"),
        t("锁定自", "Locked since"),
        t("至", "Until"),
        t("剩余", "Left"),
        "",
      ]}
    >
      {props.locks.map((row) => (
        <tr key={`${row.kind} ${row.subject}`}>
          <td>
            {row.name || <span class="muted">{t("未注册的账号", "no account")}</span>}{" "}
            <span class="mono muted">{row.subject}</span>
          </td>
          <td>{kindName(row.kind)}</td>
          <td>
            {why(row)} {row.captcha_due && <span class="badge warn">{t("需图形验证码", "captcha due")}</span>}
          </td>
          <td class="num nowrap">{row.locked_since ? moment(row.locked_since, true) : "–"}</td>
          <td class="num nowrap">{row.locked_until ? moment(row.locked_until, true) : "–"}</td>
          <td class="num nowrap">
            {row.locked_until > props.now ? (
              <span class="badge danger">{span((row.locked_until - props.now) / 1000)}</span>
            ) : (
              "–"
            )}
          </td>
          <td class="action">
            {row.subject && (
              <Button
                size="small"
                label={
                  row.locked_until
                    ? t(`解锁：${row.name}`, `Unlock: ${row.name}`)
                    : t(`清除错误次数：${row.name}`, `Clear the count: ${row.name}`)
                }
                onClick={() => unlock(row)}
              >
                {row.locked_until ? t("解锁", "Unlock") : t("清除", "Clear")}
              </Button>
            )}
          </td>
        </tr>
      ))}
    </Box>
  );
}
