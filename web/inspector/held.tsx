// Who and what the gateway knows: people, units, grants, OAuth clients.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { useSettled } from "../ui/settled.ts";
import { Box } from "./box.tsx";
import { held, MOST, readHeld, readMore } from "./watch.ts";

export function HeldBoxes(props: {
  search: string;
  fits: (row: object) => boolean;
  onError: (error: unknown) => void;
}): JSX.Element | null {
  const search = useSettled(props.search);
  const read = (): void => void readHeld(search).catch(props.onError);
  useEffect(read, [search]);
  const { value } = held;
  if (!value) return null;
  const again = (
    <>
      {value.next && (
        <Button
          size="small"
          label={t("显示更多人员、单位和授权", "More people, units and authorizations")}
          onClick={() => void readMore(search).catch(props.onError)}
        >
          {t("更多", "More")}
        </Button>
      )}
      <Button size="small" icon="refresh" onClick={read}>
        {t("刷新", "Read again")}
      </Button>
    </>
  );
  return (
    <>
      <Box
        icon="people"
        title={t("人员", "People")}
        inAll={value.accounts_in_all}
        heads={[t("姓名", "Name"), t("登录名", "Login name"), t("手机号码", "Phone"), t("证件号码", "Document")]}
        actions={again}
      >
        {value.accounts.map((row) => (
          <tr key={row.login_name}>
            <td class="nowrap">
              {row.name} {row.disabled && <span class="badge danger">{t("已停用", "disabled")}</span>}
            </td>
            <td class="mono">{row.login_name}</td>
            <td class="num">{row.phone}</td>
            <td class="mono">{row.id_number}</td>
          </tr>
        ))}
      </Box>
      <Box
        icon="building"
        title={t("单位", "Units")}
        inAll={value.units_in_all}
        heads={[t("名称", "Name"), t("纳税人识别号", "Taxpayer number"), t("状态", "Status")]}
      >
        {value.units.map((row) => (
          <tr key={row.taxpayer_id}>
            <td>{row.name}</td>
            <td class="mono">{row.taxpayer_id}</td>
            <td>
              <span class={`badge ${row.status === "normal" ? "ok" : "warn"}`}>
                {row.status === "normal" ? t("正常", "normal") : t("异常", row.status)}
              </span>
            </td>
          </tr>
        ))}
      </Box>
      <Box
        icon="shield"
        title={t("办税授权", "Authorizations")}
        heads={[
          t("单位", "Unit"),
          t("被授权人", "Person"),
          t("权限", "Permission"),
          t("授权人", "By"),
          t("至", "Until"),
        ]}
      >
        {value.authorizations.map((row) => (
          <tr key={`${row.unit} ${row.account}`}>
            <td class="mono">{row.unit}</td>
            <td class="mono">{row.account}</td>
            <td>{row.permission === "manage" ? t("管理权限", "manage") : t("办税权限", "handle")}</td>
            <td class="mono">{row.granted_by}</td>
            <td class="num nowrap">{row.valid_until ?? t("长期", "for ever")}</td>
          </tr>
        ))}
      </Box>
      <Box
        icon="key"
        title={t("OAuth 客户端", "OAuth clients")}
        heads={["client_id", t("授权方式", "Grants"), t("令牌", "Token")]}
      >
        {value.clients
          .filter(props.fits)
          .slice(0, MOST)
          .map((row) => (
            <tr key={row.client_id}>
              <td class="mono">{row.client_id}</td>
              <td class="mono small">{row.grant_types.map((grant) => grant.split(":").at(-1)).join(", ")}</td>
              <td class="mono">{row.access_token_format}</td>
            </tr>
          ))}
      </Box>
    </>
  );
}
