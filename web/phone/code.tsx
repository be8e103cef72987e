// The code that a device shows where it cannot show a QR (RFC 8628 section 3.3).

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { asProblem } from "../api/calls.ts";
import { t } from "../ui/language.ts";
import { Field, Notice, Trouble } from "../ui/parts.tsx";
import { Submit } from "../ui/submit.tsx";
import type { Phone } from "./phone.ts";
import { SubScreen } from "./sub-screen.tsx";

export function CodeScreen({ phone }: { phone: Phone }): JSX.Element {
  const [code, setCode] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await phone.typed(code);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const unknown = error !== null && asProblem(error).code === "ticket_not_found";
  return (
    <SubScreen phone={phone} title={t("输入登录码", "Enter a code")}>
      <form
        class="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p class="muted">
          {t("请输入电脑或设备上显示的 8 位字母。", "Type the eight letters that the computer or device shows.")}
        </p>
        {unknown ? (
          <Notice tone="danger">
            {t(
              "登录码无效或已过期，请核对后重新输入。",
              "No such code, or it has expired. Check it and type it again.",
            )}
          </Notice>
        ) : (
          <Trouble error={error} />
        )}
        <Field
          label={t("登录码", "Code")}
          name="user_code"
          value={code}
          onValue={(typed) => setCode(typed.toUpperCase())}
          placeholder="XXXX-XXXX"
          maxLength={16}
          autocomplete="off"
          focus
        />
        <Submit busy={busy} lacks={code.trim().length < 8 && t("请输入 8 位登录码。", "Type the eight letters.")}>
          {t("下一步", "Next")}
        </Submit>
      </form>
    </SubScreen>
  );
}
