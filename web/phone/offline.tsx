// The app opens without the gateway, by its service worker, and says that it is cut off.

import type { JSX } from "preact";
import { unreachable } from "../api/calls.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";

/** Only over HTTPS and on this machine do browsers keep a page so. */
export function keepForOffline(): void {
  if (!("serviceWorker" in navigator)) return;
  void navigator.serviceWorker.register("/app/worker.js", { scope: "/app/" }).catch(() => undefined);
}

export function OfflineBar(): JSX.Element {
  return (
    <div role="status">
      {unreachable.value && (
        <p class="offline">
          <Icon name="cut" size={16} />
          {t("离线，连接恢复后自动继续", "Offline. It goes on by itself")}
        </p>
      )}
    </div>
  );
}
