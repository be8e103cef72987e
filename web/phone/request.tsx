// The confirm page: what asks, from where, since when. Both buttons weigh the same.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { clockOffset, gatewayNow, Problem } from "../api/calls.ts";
import { problemMessage } from "../api/problem-messages.ts";
import { Icon } from "../ui/icons.tsx";
import { moment, t } from "../ui/language.ts";
import { Button, Field, Notice, Trouble } from "../ui/parts.tsx";
import { BLOCK_MINUTES } from "./login-requests.tsx";
import { ownName, type Phone } from "./phone.ts";
import type { LoginRequest, Outcome } from "./screens.ts";
import { SubScreen } from "./sub-screen.tsx";

/** The gateway's clock was moved, or this page is looked at again: what it says is read anew. */
function useLookAgain(phone: Phone): void {
  const offset = clockOffset.value;
  const before = useRef(offset);
  useEffect(() => {
    if (before.current !== offset) void phone.lookAgain();
    before.current = offset;
  }, [offset]);
  useEffect(() => {
    const seen = (): void => {
      if (!document.hidden) void phone.lookAgain();
    };
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);
}

export function RequestScreen({ phone, request }: { phone: Phone; request: LoginRequest }): JSX.Element {
  const secondsLeft = (): number => Math.max(0, (request.deadline - gatewayNow()) / 1000);
  const [left, setLeft] = useState(secondsLeft());
  const [number, setNumber] = useState("");
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    setLeft(secondsLeft());
    const timer = setInterval(() => setLeft(secondsLeft()), 250);
    return () => clearInterval(timer);
  }, [request.deadline]);
  useLookAgain(phone);
  const required = request.number_matching === "require";
  const choices = request.choices ?? [];
  const act = async (decide: () => Promise<void>): Promise<void> => {
    setError(null);
    try {
      await decide();
    } catch (refused) {
      setError(refused);
      setNumber("");
    }
  };
  if (left <= 0) {
    return (
      <ResultScreen phone={phone} told={{ outcome: "refused", problem: new Problem("ticket_expired", "", 410) }} />
    );
  }
  const account = phone.enrolment.value?.account;
  const facts: [string, JSX.Element | string][] = [
    [
      t("登录账号", "Your account"),
      <>
        <b>{ownName(account)}</b> <span class="muted mono">{account?.login_name}</span>
      </>,
    ],
    [
      t("程序", "Program"),
      <>
        {request.client.name} {request.client.version}
      </>,
    ],
    [t("计算机", "Computer"), request.client.device],
    [t("IP 地址", "IP address"), <span class="num">{request.address}</span>],
    [t("请求时间", "Asked at"), <span class="num">{moment(request.requested_at, true)}</span>],
  ];
  const busy = phone.busy.value;
  const wait = phone.waitsForCode.value;
  return (
    <SubScreen phone={phone} title={t("登录确认", "Confirm the login")}>
      <div class="request-head">
        <span class="request-icon" aria-hidden="true">
          <Icon name="screen" size={40} />
        </span>
        <h2>{t("是否允许该电脑登录？", "Let this computer log in?")}</h2>
        <p class="muted small num">{t(`${Math.ceil(left)} 秒内有效`, `${Math.ceil(left)} s left to decide`)}</p>
      </div>
      {request.number_matching === "show" && request.number && (
        <div class="number-card">
          <span>{t("请核对电脑上显示的数字是否一致", "The computer must show this number")}</span>
          <b class="num">{request.number}</b>
        </div>
      )}
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {request.same_address ? (
        <p class="origin-note ok">
          <Icon name="place" size={16} />
          {t("与本手机的 IP 地址相同", "Same network address as this phone")}
        </p>
      ) : (
        <Notice tone="warn">
          {t(
            "与本手机的 IP 地址不同，如非您本人操作，请拒绝。",
            "Not this phone's network address. If it is not you, reject it.",
          )}
        </Notice>
      )}
      {required && (
        <Field
          label={t("请输入电脑上显示的两位数字", "Type the two digits on the computer")}
          name="number"
          value={number}
          onValue={(typed) => setNumber(typed.normalize("NFKC").replace(/\D/g, "").slice(0, 2))}
          inputMode="numeric"
          focus
        />
      )}
      <Trouble error={error} />
      <div class="decide-row">
        <p class="muted small">
          {request.client_unverified
            ? t(
                "程序和计算机名称由对方提供，未经核实。",
                "The program's and computer's names are its own words, unverified.",
              )
            : t("该应用已注册，并已通过密钥验证。", "This application is registered and has shown its secret.")}
        </p>
        {required && number.length < 2 && (
          <p class="why" id="number-why">
            {t("输入两位数字后可以确认。", "Type the two digits to confirm.")}
          </p>
        )}
        {choices.length > 0 && (
          <>
            <p class="choose-why" id="choose-why">
              {t(
                "请选择电脑上显示的数字，选错将拒绝本次登录。",
                "Choose the number on the computer. A wrong one rejects.",
              )}
            </p>
            <div class="decide choose">
              {choices.map((choice) => (
                <Button
                  key={choice}
                  size="tall"
                  wide
                  label={t(`确认登录，数字 ${choice}`, `Confirm with ${choice}`)}
                  describedBy="choose-why"
                  disabled={busy !== ""}
                  onClick={() => void act(() => phone.confirm(request, choice))}
                >
                  <span class="num">{choice}</span>
                </Button>
              ))}
            </div>
          </>
        )}
        <div class={`decide ${choices.length ? "alone" : ""}`}>
          <Button
            size="tall"
            wide
            busy={busy === "reject"}
            disabled={busy !== ""}
            onClick={() => void act(() => phone.reject(request))}
          >
            {t("拒绝", "Reject")}
          </Button>
          {choices.length === 0 && (
            <Button
              size="tall"
              wide
              busy={busy === "confirm"}
              disabled={busy !== "" || (required && number.length < 2)}
              describedBy={required ? "number-why" : undefined}
              onClick={() => void act(() => phone.confirm(request, number))}
            >
              {busy === "confirm" && wait > 0
                ? t(`等待动态口令 ${wait} 秒`, `One-time code in ${wait} s`)
                : t("确认登录", "Confirm")}
            </Button>
          )}
        </div>
      </div>
    </SubScreen>
  );
}

export function ResultScreen({ phone, told: result }: { phone: Phone; told: Outcome }): JSX.Element {
  const { outcome, problem: told } = result;
  const problem = told && new Problem(told.code, told.detail, told.status, told.extra);
  const [tone, icon, title, text] =
    outcome === "confirmed"
      ? ([
          "ok",
          "check",
          t("已确认登录", "Login confirmed"),
          result.claimCode
            ? t("请在电脑上输入以下六位数字完成登录。", "Type these six digits on the computer to log in there.")
            : t("电脑端正在进入系统。", "The computer is going on by itself."),
        ] as const)
      : outcome === "rejected"
        ? ([
            "plain",
            "cross",
            t("已拒绝登录", "Login rejected"),
            result.asked
              ? t("如非您本人操作，可暂停接收登录请求。", "If this was not you, keep such requests away.")
              : t(
                  "该二维码已失效。如非您本人操作，请及时修改密码。",
                  "The code is dead. If this was not you, change your password.",
                ),
          ] as const)
        : (["danger", "warn", t("未完成", "Not done"), problem ? problemMessage(problem) : ""] as const);
  return (
    <SubScreen phone={phone} title={t("扫码登录", "Scan to log in")}>
      <div class={`result ${tone}`} role={tone === "danger" ? "alert" : "status"}>
        <span class="result-icon" aria-hidden="true">
          <Icon name={icon} size={44} />
        </span>
        <h2>{title}</h2>
        <p class="muted">{text}</p>
        {result.claimCode && <b class="claim-code num">{result.claimCode}</b>}
      </div>
      <div class="stack tight">
        {outcome === "refused" && (
          <Button kind="primary" size="tall" wide icon="scan" onClick={() => phone.turn({ name: "scan" })}>
            {t("重新扫描", "Scan again")}
          </Button>
        )}
        {outcome === "rejected" && result.asked && (
          <Button size="tall" wide onClick={() => void phone.blockRequests(BLOCK_MINUTES).catch(() => phone.home())}>
            {t(`${BLOCK_MINUTES} 分钟内不再接收`, `None for ${BLOCK_MINUTES} minutes`)}
          </Button>
        )}
        <Button size="tall" wide onClick={() => phone.home()}>
          {t("返回首页", "Home")}
        </Button>
      </div>
    </SubScreen>
  );
}
