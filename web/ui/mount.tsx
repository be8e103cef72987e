// The start of a page: styles, the root, and the parts that need the script.
import { type ComponentChildren, type JSX, render } from "preact";
import "./tokens.css";
import "./base.css";
import "./buttons.css";
import "./fields.css";
import "./parts.css";
import "./popover.css";
import "./authorizations.css";
import "./rare-characters.css";
import "./keyboard.css";
import "./submit.css";
import "./theme.ts";
import { followClock } from "../api/gateway-clock.ts";
import { t } from "./language.ts";
import { Notice } from "./parts.tsx";
import { storageBlocked } from "./storage.ts";

function BlockedNotice(): JSX.Element {
  return (
    <Notice tone="warn">
      {t(
        "浏览器禁止本站保存数据：关闭或刷新页面后，需要重新登录。",
        "The browser keeps no data of this site: after a reload you must log in again.",
      )}
    </Notice>
  );
}

export function mount(page: ComponentChildren): void {
  const root = document.getElementById("root");
  if (!root) return;
  followClock();
  root.replaceChildren(); // the skeleton
  render(
    <>
      {storageBlocked && <BlockedNotice />}
      {page}
    </>,
    root,
  );
}
