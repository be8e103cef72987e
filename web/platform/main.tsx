import { effect } from "@preact/signals";
import { Registration } from "../registration/register.tsx";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { SiteHead } from "../ui/site.tsx";
import { AccountPage } from "./account.tsx";
import { ForgotPage } from "./forgot.tsx";
import { route } from "./route.ts";
import "./platform.css";

effect(() => {
  document.title = t("自然人办税服务平台 WEB 端（模拟）", "WEB platform (simulated)");
});

function Platform() {
  const [page, argument] = route.value;
  const links: [string, string][] = [
    ["", t("登录与办理", "Log in")],
    ["register", t("实名注册", "Register")],
    ["forgot-password", t("忘记密码", "Forgot password")],
  ];
  return (
    <>
      <SiteHead
        here="web"
        title={t("自然人办税服务平台", "Tax service platform")}
        line={t("WEB 端：注册、找回密码、办税授权、申报密码重置", "WEB: registration, resets, authorizations")}
      />
      <main class="site-body platform">
        <nav class="platform-nav" aria-label={t("办理事项", "Services")}>
          {links.map(([path, name]) => (
            <a key={path} href={`#/${path}`} aria-current={(page ?? "") === path ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        {page === "register" ? (
          <section class="panel stack wizard">
            <h2>{t("实名注册", "Real-name registration")}</h2>
            <Registration />
          </section>
        ) : page === "forgot-password" ? (
          <ForgotPage />
        ) : (
          <AccountPage resetOf={page === "declaration-password" ? (argument ?? "") : null} />
        )}
      </main>
    </>
  );
}

mount(<Platform />);
