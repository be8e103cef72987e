// The head of the pages around the simulated programs: the present page, and links to the others.

import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { config } from "../api/config.ts";
import { t } from "./language.ts";
import { PageSwitches } from "./switches.tsx";
import "./site.css";

type Place = "stage" | "client" | "app" | "web" | "hall" | "inspector";

export function SiteHead(props: { here: Place | null; title: string; line: string }): JSX.Element {
  const places: [Place, string, string][] = [
    ["stage", "/", t("舞台", "Stage")],
    ["client", "/client/", t("客户端", "Client")],
    ["app", "/app/", t("手机", "Phone")],
    ["web", "/web/", t("WEB 端", "WEB platform")],
    ["hall", "/hall/", t("办税服务厅", "Hall")],
    ["inspector", "/inspector/", t("检查器", "Inspector")],
  ];
  const hereLink = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    // on a narrow screen the row of pages scrolls sideways
    const link = hereLink.current;
    link?.parentElement?.scrollTo({ left: link.offsetLeft - link.parentElement.offsetLeft - 40 });
  }, []);
  const open = config.simulation ? places : places.filter(([place]) => ["client", "app", "web"].includes(place));
  return (
    <header class="site-head">
      <img src="/assets/icon.svg" alt="" width="34" height="34" />
      <div class="site-title">
        <h1>{props.title}</h1>
        {props.line && <p class="muted small">{props.line}</p>}
      </div>
      <nav aria-label={t("页面", "Pages")}>
        {open.map(([place, path, name]) => (
          <a
            key={place}
            ref={place === props.here ? hereLink : null}
            href={path}
            aria-current={place === props.here ? "page" : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <PageSwitches />
    </header>
  );
}
