// The people and units of the simulation, with their passwords: one press fills the form on the page.

import type { JSX } from "preact";
import { personaNote, type SeedAccount, type SeedUnit } from "../api/seed.ts";
import { enter } from "./enter.ts";
import { t } from "./language.ts";
import { Button, Sheet, Trouble, Waiting } from "./parts.tsx";
import { SeedSearch, useSeed } from "./seed-search.tsx";
import "./demo-card.css";

type Values = Record<string, string>;

function fields(names: string[]): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("input[name]")].filter(
    (field) => names.includes(field.name) && field.getClientRects().length > 0 && !field.closest("dialog"),
  );
}

function fill(values: Values): void {
  const found = fields(Object.keys(values));
  for (const field of found) enter(field, values[field.name] ?? "");
  found.at(-1)?.focus();
}

const ofAccount = (person: SeedAccount): Values => ({
  identifier: person.login_name,
  password: person.password,
  name: person.name,
  id_number: person.id_number,
  phone: person.phone,
});
const ofUnit = (unit: SeedUnit): Values => ({
  taxpayer_id: unit.taxpayer_id,
  declaration_password: unit.declaration_password,
});

export function DemoCard({ onClose }: { onClose: () => void }): JSX.Element {
  const found = useSeed();
  const { seed, error } = found;
  const row = (key: string, values: Values, cells: JSX.Element): JSX.Element => (
    <tr key={key}>
      {cells}
      <td>
        <Button
          size="small"
          disabled={fields(Object.keys(values)).length === 0}
          onClick={() => {
            onClose();
            setTimeout(() => fill(values)); // the page behind the sheet has the focus again
          }}
        >
          {t("填入", "Fill in")}
        </Button>
      </td>
    </tr>
  );
  return (
    <Sheet title={t("演示数据", "Demo data")} onClose={onClose}>
      {error ? <Trouble error={error} /> : null}
      {!seed && !error && <Waiting />}
      {seed && (
        <div class="demo-card">
          <p class="muted small">
            {t("“填入”将数据填到当前页面的表单中。", "Fill in puts the values into the form on this page.")}
          </p>
          <SeedSearch found={found} listed={found.people.length + found.units.length} />
          <table>
            <thead>
              <tr>
                <th>{t("人员", "Person")}</th>
                <th>{t("登录名、手机号码", "Login name, phone")}</th>
                <th>{t("密码", "Password")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {found.people.map((person) =>
                row(
                  person.login_name,
                  ofAccount(person),
                  <>
                    <td>
                      <b>{person.name}</b>
                      <span class="muted small">{personaNote(person.login_name)}</span>
                    </td>
                    <td class="mono">
                      {person.login_name}
                      <span>{person.phone}</span>
                    </td>
                    <td class="mono">{person.password}</td>
                  </>,
                ),
              )}
            </tbody>
          </table>
          <table>
            <thead>
              <tr>
                <th>{t("单位", "Unit")}</th>
                <th>{t("纳税人识别号", "Taxpayer number")}</th>
                <th>{t("申报密码", "Declaration password")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {found.units.map((unit) =>
                row(
                  unit.taxpayer_id,
                  ofUnit(unit),
                  <>
                    <td>
                      <b>{unit.name}</b>
                      {unit.alias && <span class="muted small">{unit.alias}</span>}
                    </td>
                    <td class="mono">{unit.taxpayer_id}</td>
                    <td class="mono">{unit.declaration_password}</td>
                  </>,
                ),
              )}
            </tbody>
          </table>
        </div>
      )}
    </Sheet>
  );
}
