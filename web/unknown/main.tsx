import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { config } from "../api/config.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { SiteHead } from "../ui/site.tsx";
import "./unknown.css";

effect(() => {
  document.title = t("没有此页面", "No such page");
});

function Unknown(): JSX.Element {
  const places: [string, string][] = [
    ...(config.simulation
      ? [["/", t("舞台：完整演示一次扫码登录", "The stage: a whole login, shown")] as [string, string]]
      : []),
    ["/client/", t("扣缴客户端", "The withholding client")],
    ["/app/", t("个人所得税 APP（模拟手机）", "The phone app")],
    ["/web/", t("自然人办税服务平台 WEB 端", "The WEB platform")],
    ["/docs", t("接口文档", "The API's documents")],
  ];
  return (
    <>
      <SiteHead here={null} title={t("扫码登录", "Scan to log in")} line="" />
      <main class="site-body unknown">
        <section class="panel stack">
          <Icon name="search" size={36} />
          <h2>{t("没有此页面", "No such page")}</h2>
          <p>
            {t("此地址下没有内容：", "There is nothing at ")}
            <code>{decoded(location.pathname)}</code>
          </p>
          <ul class="places">
            {places.map(([path, name]) => (
              <li key={path}>
                <a href={path}>{name}</a>
              </li>
            ))}
          </ul>
        </section>
      </main>
    </>
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no UTF-8
  }
}

mount(<Unknown />);
