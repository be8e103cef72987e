import { effect } from "@preact/signals";
import { t } from "../ui/language.ts";
import { mount } from "../ui/mount.tsx";
import { SiteHead } from "../ui/site.tsx";
import { AccountCounter, DeclarationCounter, PasswordCounter, RegistrationCounter } from "./counters.tsx";
import "./hall.css";

effect(() => {
  document.title = t("办税服务厅（模拟）", "The hall (simulated)");
});

function Hall() {
  return (
    <>
      <SiteHead
        here="hall"
        title={t("办税服务厅", "Tax service hall")}
        line={t(
          "模拟柜台：当面核验证件、核发注册码、重置密码、停用账号",
          "The simulated counter: registration codes, resets, disabled accounts, face to face",
        )}
      />
      <main class="site-body counters">
        <RegistrationCounter />
        <PasswordCounter />
        <DeclarationCounter />
        <AccountCounter />
      </main>
    </>
  );
}

mount(<Hall />);
