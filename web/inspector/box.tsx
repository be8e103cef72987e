// A panel with a table and the number of its rows.
import type { ComponentChildren, JSX } from "preact";
import type { IconName } from "../ui/icons.tsx";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";

export function Box(props: {
  icon: IconName;
  title: string;
  heads: string[];
  wide?: boolean;
  actions?: ComponentChildren;
  above?: ComponentChildren;
  /** What stands there without rows, where "none" would say too little. */
  empty?: string;
  /** How many rows there are, where not all of them may be listed. */
  inAll?: number;
  children: ComponentChildren;
}): JSX.Element {
  const rows = [props.children].flat().filter(Boolean);
  return (
    <section class={`panel box ${props.wide ? "wide" : ""}`}>
      <div class="row between">
        <h2>
          <Icon name={props.icon} size={18} />
          {props.title}
          <span class="badge plain num">
            {props.inAll === undefined || props.inAll === rows.length ? rows.length : `${rows.length} / ${props.inAll}`}
          </span>
        </h2>
        {props.actions && <div class="row">{props.actions}</div>}
      </div>
      {props.above}
      {rows.length === 0 ? (
        <p class="muted small">{props.empty ?? t("暂无", "None")}</p>
      ) : (
        <div class="table-frame" tabIndex={0} role="region" aria-label={props.title}>
          <table class={`list ${props.heads.length > 2 ? "broad" : ""}`}>
            <thead>
              <tr>
                {props.heads.map((head) => (
                  <th key={head} scope="col">
                    {head || <span class="unseen">{t("操作", "Action")}</span>}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>{props.children}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}
