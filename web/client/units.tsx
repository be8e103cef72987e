// Unit verification: the unit's password directly for one unit, a list for several, a binding for none.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ResetOffer, Role, UnitView } from "../api/schema.ts";
import { AttemptCaptcha, useAttempt } from "../ui/attempt.tsx";
import { takeFocus, useHeadingFocus } from "../ui/focus.ts";
import { byName, t } from "../ui/language.ts";
import { Field, Notice, Sheet, Trouble, Waiting } from "../ui/parts.tsx";
import { QrCode } from "../ui/qr.tsx";
import { SoftPasswordField } from "../ui/soft-keyboard.tsx";
import { Submit } from "../ui/submit.tsx";
import type { ClientSession, UnitStep } from "./session.ts";
import { UnitForm } from "./unit-form.tsx";

const MANY = 12; // units that one looks through without a search

const ROLES: Record<Role, [string, string]> = {
  legal_representative: ["法定代表人", "Legal representative"],
  finance_manager: ["财务负责人", "Finance manager"],
  tax_agent: ["办税人员", "Tax agent"],
};

export function roleNames(roles: Role[]): string {
  return roles.map((role) => t(...ROLES[role])).join(t("、", ", "));
}

/** What is shown: the list of units, the binding of another one, or a unit's password. */
function shownStep(units: UnitView[], step: UnitStep | null): UnitStep {
  if (step && (step === "list" || step === "bind" || units.some((one) => one.taxpayer_id === step))) return step;
  return units.length === 0 ? "bind" : units.length === 1 ? (units[0]?.taxpayer_id ?? "bind") : "list";
}

export function UnitsCard({ session }: { session: ClientSession }): JSX.Element {
  const units = session.units.value;
  const [forgotten, setForgotten] = useState(false);
  const step = shownStep(units, session.unitStep.value);
  const unit = units.find((one) => one.taxpayer_id === step);
  const setStep = (next: UnitStep): void => {
    session.unitStep.value = next;
  };
  const frame = useHeadingFocus<HTMLDivElement>(step);
  return (
    <>
      <div class="card units-card" ref={frame}>
        <div class="row between who">
          <span>
            {t("当前登录：", "Logged in: ")}
            <b>{session.account.value?.display_name}</b>
          </span>
          <button type="button" class="link small" onClick={() => void session.logout()}>
            {t("退出登录", "Log out")}
          </button>
        </div>
        <h2>{t("单位办税验证", "Unit verification")}</h2>
        {step === "list" && <UnitList session={session} onStep={setStep} />}
        {step === "bind" && <BindForm session={session} onBack={units.length ? () => setStep("list") : undefined} />}
        {unit && (
          <PasswordForm
            key={step}
            session={session}
            unit={unit}
            onBack={() => setStep("list")}
            many={units.length > 1}
            onBind={() => setStep("bind")}
            onForgotten={() => setForgotten(true)}
          />
        )}
      </div>
      {forgotten && unit && (
        <Sheet within title={t("忘记申报密码", "Forgot the declaration password")} onClose={() => setForgotten(false)}>
          <Forgotten session={session} taxpayerId={unit.taxpayer_id} />
        </Sheet>
      )}
    </>
  );
}

function UnitList({ session, onStep }: { session: ClientSession; onStep: (step: UnitStep) => void }): JSX.Element {
  const all = useMemo(() => byName(session.units.value), [session.units.value]);
  const [search, setSearch] = useState("");
  const wanted = search.trim().toLowerCase();
  const units = all.filter((one) => `${one.name}\n${one.taxpayer_id}`.toLowerCase().includes(wanted));
  const [picked, setChosen] = useState("");
  const chosen = units.find((one) => one.taxpayer_id === picked)?.taxpayer_id ?? units[0]?.taxpayer_id ?? "";
  const open = (id: string): void => {
    if (id) onStep(id);
  };
  const list = useRef<HTMLDivElement>(null);
  const many = all.length > MANY;
  useLayoutEffect(() => (many ? undefined : takeFocus(list.current)), []);
  useEffect(() => list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" }), [chosen]);
  const walk = (event: KeyboardEvent): void => {
    const at = units.findIndex((one) => one.taxpayer_id === chosen);
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -units.length, End: units.length }[event.key] ?? 0;
    const next = units[Math.min(Math.max(at + step, 0), units.length - 1)];
    if (event.key === "Enter") {
      event.preventDefault(); // else the form that opens takes the same key for its own
      open(chosen);
    }
    if (!step || !next) return;
    event.preventDefault();
    setChosen(next.taxpayer_id);
  };
  return (
    <div class="stack">
      <p class="muted small" id="unit-list-hint">
        {t(
          "双击单位，或用方向键选中后按回车键。",
          "Double-click a unit, or choose it with the arrows and press Enter.",
        )}
      </p>
      {many && (
        <Field
          focus
          label={t("查找单位", "Find a unit")}
          name="unit_search"
          type="search"
          value={search}
          onValue={setSearch}
          onEnter={() => open(chosen)}
          hint={
            units.length === 0
              ? t("没有找到，请换用名称或识别号的一部分", "Nothing found: try a part of a name or number")
              : t(`共 ${all.length} 个单位；按回车键进入选中的单位`, `${all.length} units; Enter takes the chosen one`)
          }
        />
      )}
      <div
        class="unit-list"
        ref={list}
        role="listbox"
        tabIndex={0}
        aria-label={t("单位", "Units")}
        aria-describedby="unit-list-hint"
        aria-activedescendant={chosen ? `unit-${chosen}` : undefined}
        onKeyDown={walk}
      >
        {units.map((unit) => (
          // biome-ignore lint/a11y: the list has the focus and the keys; aria-activedescendant names the option
          <div
            key={unit.taxpayer_id}
            id={`unit-${unit.taxpayer_id}`}
            role="option"
            aria-selected={unit.taxpayer_id === chosen}
            onClick={() => setChosen(unit.taxpayer_id)}
            onDblClick={() => open(unit.taxpayer_id)}
          >
            <span class="unit-name">{unit.name}</span>
            <span class="unit-id mono">{unit.taxpayer_id}</span>
            <span class="unit-tags">
              {unit.roles.length > 0 && <span class="badge plain">{roleNames(unit.roles)}</span>}
              {!unit.password_required && <span class="badge ok">{t("已授权，免密", "Authorized")}</span>}
              {unit.status !== "normal" && <span class="badge danger">{t("状态异常", "Irregular")}</span>}
            </span>
          </div>
        ))}
      </div>
      <Submit onClick={() => open(chosen)}>{t("进入", "Enter")}</Submit>
      <button type="button" class="link small" onClick={() => onStep("bind")}>
        {t("添加单位", "Add a unit")}
      </button>
    </div>
  );
}

function Forgotten({ session, taxpayerId }: { session: ClientSession; taxpayerId: string }): JSX.Element {
  const [offer, setOffer] = useState<ResetOffer | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    session.call<ResetOffer>("GET", `/units/${taxpayerId}/declaration-password`).then(setOffer).catch(setError);
  }, []);
  if (!offer) return error ? <Trouble error={error} /> : <Waiting />;
  return (
    <div class="forgotten">
      <QrCode text={offer.qr} label={t("申报密码重置二维码", "QR code of the password reset")} />
      <div class="stack tight small">
        <p>
          {t("法定代表人或财务负责人可重置申报密码：", "The legal representative or finance manager can reset it:")}
        </p>
        <p>{t("使用个人所得税 APP 扫描此二维码，", "scan this code with the app,")}</p>
        <p>
          {t("或前往", "or use the ")}
          <a class="link" href={offer.link} target="_blank" rel="noopener">
            {t("WEB 端", "WEB platform")}
          </a>
          {t("重置。", ".")}
        </p>
      </div>
    </div>
  );
}

function PasswordForm(props: {
  session: ClientSession;
  unit: UnitView;
  many: boolean;
  onBack: () => void;
  onBind: () => void;
  onForgotten: () => void;
}): JSX.Element {
  const { session, unit } = props;
  const [password, setPassword] = useState("");
  const attempt = useAttempt(!unit.password_required);
  const [lacks, setLacks] = useState(false);
  // an authorization lets the person in by itself; if it was revoked meanwhile, the password is asked for
  const [asks, setAsks] = useState(unit.password_required);

  const enter = async (typed: string): Promise<void> => {
    if (!(await attempt.run((captcha) => session.verify(unit.taxpayer_id, typed, captcha)))) setAsks(true);
  };
  useEffect(() => {
    if (!unit.password_required) void enter("");
  }, []);
  const title = (
    <div class="unit-title">
      <b>{unit.name}</b>
      <span class="mono small muted">{unit.taxpayer_id}</span>
    </div>
  );
  if (!asks) {
    return (
      <div class="stack">
        {title}
        <Waiting>{t("已有办税授权，正在进入…", "Authorized: entering…")}</Waiting>
      </div>
    );
  }
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setLacks(!password);
        if (password) void enter(password);
      }}
    >
      {title}
      <Trouble error={attempt.error} />
      <SoftPasswordField
        captcha={attempt.captcha !== null}
        label={t("申报密码", "Declaration password")}
        name="declaration_password"
        value={password}
        onValue={setPassword}
        wrong={lacks ? t("请输入申报密码。", "Enter the declaration password.") : undefined}
        focus
      />
      <AttemptCaptcha attempt={attempt} bound={{ taxpayer_id: unit.taxpayer_id }} />
      <Submit busy={attempt.busy}>{t("确定", "OK")}</Submit>
      <div class="row between small">
        <button type="button" class="link" onClick={props.many ? props.onBack : props.onBind}>
          {props.many ? t("返回单位列表", "Back to the units") : t("添加单位", "Add a unit")}
        </button>
        {session.offersReset && (
          <button type="button" class="link" aria-haspopup="dialog" onClick={props.onForgotten}>
            {t("忘记申报密码", "Forgot the declaration password")}
          </button>
        )}
      </div>
    </form>
  );
}

function BindForm({ session, onBack }: { session: ClientSession; onBack: (() => void) | undefined }): JSX.Element {
  const back = onBack && (
    <button type="button" class="link small" onClick={onBack}>
      {t("返回单位列表", "Back to the units")}
    </button>
  );
  return (
    <UnitForm action={t("确定", "OK")} onSubmit={(...typed) => session.bind(...typed)} below={back}>
      {!onBack && (
        <Notice tone="info">
          {t(
            "当前账号尚未绑定单位。首次办税，请输入单位的纳税人识别号和申报密码。",
            "This account has no unit yet. Enter a unit's taxpayer number and its declaration password.",
          )}
        </Notice>
      )}
    </UnitForm>
  );
}
