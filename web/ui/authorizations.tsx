// 办税授权, for the phone and for the WEB platform.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Caller } from "../api/calls.ts";
import type { AuthorizationList, AuthorizationView, Permission, UnitList, UnitView } from "../api/schema.ts";
import { useConfirm } from "./confirm.tsx";
import { GrantForm, PromotionForm } from "./grant-form.tsx";
import { byName, t } from "./language.ts";
import { Button, Choice, Empty, Notice, Trouble, Waiting } from "./parts.tsx";

function permissionName(permission: Permission): string {
  return permission === "manage" ? t("管理权限", "Manage") : t("办税权限", "File");
}

function termText({ valid_from: from, valid_until: until, in_force: begun }: AuthorizationView): string {
  const start = begun ? "" : t(`${from} 起生效 · `, `from ${from} · `);
  return start + (until === null ? t("授权期限：长期", "for ever") : t(`授权期限至 ${until}`, `until ${until}`));
}

export function isHead(unit: UnitView): boolean {
  return unit.roles.includes("legal_representative") || unit.roles.includes("finance_manager");
}

/** My authorizations, and those that my units gave. `bySms`: a grant of 管理 needs an SMS code, as on the WEB. */
export function AuthorizationsPanel({ call, bySms = false }: { call: Caller; bySms?: boolean }): JSX.Element {
  const [units, setUnits] = useState<UnitView[] | null>(null);
  const [mine, setMine] = useState<AuthorizationView[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [chosen, setChosen] = useState("");
  const read = async (): Promise<void> => {
    try {
      const [own, given] = await Promise.all([
        call<UnitList>("GET", "/account/units"),
        call<AuthorizationList>("GET", "/authorizations"),
      ]);
      setUnits(own.units);
      setMine(given.authorizations);
      const mayGrant = own.units.filter((unit) => isHead(unit) || manages(unit, given.authorizations));
      if (!mayGrant.some((unit) => unit.taxpayer_id === chosen)) setChosen(mayGrant[0]?.taxpayer_id ?? "");
    } catch (failed) {
      setError(failed);
      setUnits((before) => before ?? []);
    }
  };
  useEffect(() => {
    void read();
  }, []);
  const [ask, sheet] = useConfirm();
  if (!units) return <Waiting />;
  const granting = units.filter((unit) => isHead(unit) || manages(unit, mine));
  const unit = granting.find((one) => one.taxpayer_id === chosen);
  return (
    <div class="stack">
      {sheet}
      <Trouble error={error} />
      {granting.length > 0 && (
        <>
          <Choice
            label={t("企业办税权限：单位", "Unit")}
            value={chosen}
            options={byName(granting).map((one) => [one.taxpayer_id, one.name])}
            onValue={setChosen}
          />
          {unit && <UnitAuthorizations key={chosen} call={call} unit={unit} bySms={bySms} />}
        </>
      )}
      <h2 class="lesser">{t("我的办税权限", "Given to me")}</h2>
      {mine.length === 0 ? (
        <p class="muted small">{t("暂无", "None")}</p>
      ) : (
        <ul class="grants">
          {mine.map((one) => (
            <li key={one.authorization_id}>
              <span>
                <b>{one.unit_name}</b>
                <span class="muted small">
                  {permissionName(one.permission)} · {termText(one)}
                  {t(` · 授权人：${one.granted_by}`, ` · by ${one.granted_by}`)}
                </span>
              </span>
              <Button
                size="small"
                kind="danger"
                onClick={() =>
                  ask({
                    title: t("解除授权？", "Give it up?"),
                    text: t(
                      `解除后，您不能再凭授权办理“${one.unit_name}”的业务。`,
                      `You can no longer act for “${one.unit_name}” by it.`,
                    ),
                    action: t("解除", "Give up"),
                    act: () => call("DELETE", `/authorizations/${one.authorization_id}`).then(read, setError),
                  })
                }
              >
                {t("解除授权", "Give up")}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {granting.length === 0 && !error && (
        <Notice tone="info">
          {t(
            "仅法定代表人、财务负责人和具有管理权限的人员可以新增授权人员。",
            "Legal representatives, finance managers and those with the manage permission can authorize others.",
          )}
        </Notice>
      )}
    </div>
  );
}

function manages(unit: UnitView, mine: AuthorizationView[]): boolean {
  return mine.some((one) => one.taxpayer_id === unit.taxpayer_id && one.permission === "manage");
}

function UnitAuthorizations({ call, unit, bySms }: { call: Caller; unit: UnitView; bySms: boolean }): JSX.Element {
  const head = isHead(unit);
  const [promoting, setPromoting] = useState<AuthorizationView | null>(null);
  const [people, setPeople] = useState<AuthorizationView[] | null>(null);
  const [adding, setAdding] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const path = `/units/${unit.taxpayer_id}/authorizations`;
  const [ask, sheet] = useConfirm();
  const read = (): Promise<void> =>
    call<AuthorizationList>("GET", path).then((body) => setPeople(body.authorizations), setError);
  useEffect(() => {
    void read();
  }, []);
  const change = async (one: AuthorizationView, permission: Permission): Promise<void> => {
    if (bySms && permission === "manage") setPromoting(one);
    else await call("PATCH", `${path}/${one.authorization_id}`, { permission }).then(read, setError);
  };
  return (
    <div class="stack">
      {sheet}
      <Trouble error={error} />
      {people === null ? (
        !error && <Waiting />
      ) : people.length === 0 ? (
        <Empty icon="people">{t("暂无授权人员", "Nobody is authorized yet")}</Empty>
      ) : (
        <ul class="grants">
          {people.map((one) => (
            <li key={one.authorization_id}>
              <span>
                <b>
                  {one.person.display_name} <span class="muted small num">{one.person.phone}</span>
                </b>
                <span class="muted small">
                  {permissionName(one.permission)} · {termText(one)}
                </span>
              </span>
              <span class="row">
                {head && (
                  <Button
                    size="small"
                    onClick={() => void change(one, one.permission === "manage" ? "handle" : "manage")}
                  >
                    {one.permission === "manage" ? t("变更为办税权限", "File only") : t("变更为管理权限", "Let manage")}
                  </Button>
                )}
                <Button
                  size="small"
                  kind="danger"
                  onClick={() =>
                    ask({
                      title: t("解除授权？", "Revoke it?"),
                      text: t(
                        `解除后，${one.person.display_name} 不能再凭授权进入该单位。`,
                        `${one.person.display_name} can no longer enter this unit by it.`,
                      ),
                      action: t("解除", "Revoke"),
                      act: () => call("DELETE", `${path}/${one.authorization_id}`).then(read, setError),
                    })
                  }
                >
                  {t("解除授权", "Revoke")}
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {promoting && (
        <PromotionForm
          call={call}
          taxpayerId={unit.taxpayer_id}
          authorization={promoting}
          onDone={() => {
            setPromoting(null);
            void read();
          }}
          onCancel={() => setPromoting(null)}
        />
      )}
      {adding ? (
        <GrantForm
          call={call}
          taxpayerId={unit.taxpayer_id}
          head={head}
          bySms={bySms}
          onDone={() => {
            setAdding(false);
            void read();
          }}
          onCancel={() => setAdding(false)}
        />
      ) : (
        <Button icon="plus" wide onClick={() => setAdding(true)}>
          {t("新增授权人员", "Authorize somebody")}
        </Button>
      )}
      <p class="muted small">
        {t(
          "每个单位最多授权 20 人，被授权人须已完成实名注册。",
          "At most 20 people a unit, who have registered already.",
        )}
      </p>
    </div>
  );
}
