// 办税授权, for the phone and for the WEB platform.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { AuthorizationList, AuthorizationView, Permission, UnitList, UnitView } from "../api/schema.ts";
import { byName, t } from "./language.ts";
import { Button, Choice, Empty, Field, Notice, Trouble, Waiting } from "./parts.tsx";
import { idTypes } from "./people.tsx";

const FOR_EVER = "for ever";
const TO_A_DAY = "to a day";

export type Caller = <T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<T>;

function permissionName(permission: Permission): string {
  return permission === "manage" ? t("管理权限", "Manage") : t("办税权限", "File");
}

function untilText(until: string | null): string {
  return until === null ? t("授权期限：长期", "for ever") : t(`授权期限至 ${until}`, `until ${until}`);
}

export function isHead(unit: UnitView): boolean {
  return unit.roles.includes("legal_representative") || unit.roles.includes("finance_manager");
}

/** What was given to me, and at each unit of mine, whom I let in. */
export function AuthorizationsPanel({ call }: { call: Caller }): JSX.Element {
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
  if (!units) return <Waiting />;
  const granting = units.filter((unit) => isHead(unit) || manages(unit, mine));
  const unit = granting.find((one) => one.taxpayer_id === chosen);
  return (
    <div class="stack">
      <Trouble error={error} />
      {granting.length > 0 && (
        <>
          <Choice
            label={t("企业办税权限：单位", "Unit")}
            value={chosen}
            options={byName(granting).map((one) => [one.taxpayer_id, one.name])}
            onValue={setChosen}
          />
          {unit && <UnitAuthorizations key={chosen} call={call} unit={unit} head={isHead(unit)} />}
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
                  {permissionName(one.permission)} · {untilText(one.valid_until)}
                  {t(` · 授权人：${one.granted_by}`, ` · by ${one.granted_by}`)}
                </span>
              </span>
              <Button
                size="small"
                kind="danger"
                onClick={() => void call("DELETE", `/authorizations/${one.authorization_id}`).then(read, setError)}
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

function UnitAuthorizations({ call, unit, head }: { call: Caller; unit: UnitView; head: boolean }): JSX.Element {
  const [people, setPeople] = useState<AuthorizationView[] | null>(null);
  const [adding, setAdding] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const path = `/units/${unit.taxpayer_id}/authorizations`;
  const read = (): Promise<void> =>
    call<AuthorizationList>("GET", path).then((body) => setPeople(body.authorizations), setError);
  useEffect(() => {
    void read();
  }, []);
  const change = (one: AuthorizationView, permission: Permission): Promise<void> =>
    call("PATCH", `${path}/${one.authorization_id}`, { permission }).then(read, setError);
  return (
    <div class="stack">
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
                  {permissionName(one.permission)} · {untilText(one.valid_until)}
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
                  onClick={() => void call("DELETE", `${path}/${one.authorization_id}`).then(read, setError)}
                >
                  {t("解除授权", "Revoke")}
                </Button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {adding ? (
        <GrantForm
          call={call}
          path={path}
          head={head}
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

function GrantForm(props: {
  call: Caller;
  path: string;
  head: boolean;
  onDone: () => void;
  onCancel: () => void;
}): JSX.Element {
  const [name, setName] = useState("");
  const [found, setFound] = useState("");
  const [permission, setPermission] = useState("handle");
  const [term, setTerm] = useState(FOR_EVER);
  const [until, setUntil] = useState("");
  const [idType, setIdType] = useState("resident_id");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const submit = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    const typed = found.trim();
    const who = /^1\d{10}$/.test(typed) ? { phone: typed } : { id_number: typed.toUpperCase(), id_type: idType };
    try {
      await props.call("POST", props.path, {
        name: name.trim(),
        ...who,
        permission,
        ...(term === TO_A_DAY ? { valid_until: until } : {}),
      });
      props.onDone();
    } catch (refused) {
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <form
      class="stack grant-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Trouble error={error} />
      <Field label={t("姓名", "Name")} name="grantee" value={name} onValue={setName} focus />
      <Field
        label={t("手机号码或证件号码", "Phone or document number")}
        name="grantee_number"
        value={found}
        onValue={setFound}
      />
      {found.trim() !== "" && !/^1\d{0,10}$/.test(found.trim()) && (
        <Choice label={t("证件类型", "Document")} value={idType} options={idTypes()} onValue={setIdType} />
      )}
      <Choice
        label={t("权限类型", "Permission")}
        value={permission}
        options={
          props.head
            ? [
                ["handle", t("办税权限", "File")],
                ["manage", t("管理权限（可授权他人办税）", "Manage (may let others file)")],
              ]
            : [["handle", t("办税权限", "File")]]
        }
        onValue={setPermission}
      />
      <Choice
        label={t("授权期限", "Term")}
        value={term}
        options={[
          [FOR_EVER, t("长期", "For ever")],
          [TO_A_DAY, t("定期", "Until a day")],
        ]}
        onValue={setTerm}
      />
      {term === TO_A_DAY && (
        <Field label={t("授权期限止", "Last day")} name="until" type="date" value={until} onValue={setUntil} />
      )}
      <div class="two-fields">
        <Button onClick={props.onCancel}>{t("取消", "Cancel")}</Button>
        <Button
          kind="primary"
          type="submit"
          busy={busy}
          disabled={!name.trim() || !found.trim() || (term === TO_A_DAY && !until)}
        >
          {t("确定", "Authorize")}
        </Button>
      </div>
    </form>
  );
}
