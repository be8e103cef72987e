// Where this account is logged in, and on which phones it can confirm; each can be ended here.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type {
  DeviceList,
  DeviceView,
  RememberedComputersAnswer,
  RememberedComputerView,
  SessionList,
  SessionView,
} from "../api/schema.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Icon } from "../ui/icons.tsx";
import { moment, t } from "../ui/language.ts";
import { Button, Trouble, Waiting } from "../ui/parts.tsx";
import type { Phone } from "./phone.ts";
import { SubScreen } from "./sub-screen.tsx";

export function DevicesScreen({ phone }: { phone: Phone }): JSX.Element {
  const [sessions, setSessions] = useState<SessionView[] | null>(null);
  const [devices, setDevices] = useState<DeviceView[]>([]);
  const [computers, setComputers] = useState<RememberedComputerView[]>([]);
  const [error, setError] = useState<unknown>(null);
  const read = async (): Promise<void> => {
    try {
      setSessions((await phone.call<SessionList>("GET", "/account/sessions")).sessions);
      const all = (await phone.call<DeviceList>("GET", "/app/devices")).devices;
      setDevices(all.filter((device) => device.revoked_at === null));
      setComputers((await phone.call<RememberedComputersAnswer>("GET", "/app/remembered-computers")).computers);
    } catch (failed) {
      setError(failed);
    }
  };
  useEffect(() => {
    void read();
  }, []);
  const end = (path: string): Promise<void> =>
    phone
      .call("DELETE", path)
      .then(read)
      .catch((failed: unknown) => setError(failed));
  const [ask, sheet] = useConfirm();
  const kinds: Record<string, string> = {
    phone: t("手机", "Phone"),
    client: t("扣缴客户端", "Client"),
    web: t("WEB 端", "WEB platform"),
  };
  return (
    <SubScreen phone={phone} title={t("设备与登录", "Devices, sessions")}>
      <Trouble error={error} />
      <h2>{t("已登录设备", "Sessions")}</h2>
      {sessions === null && !error && <Waiting />}
      <ul class="rows">
        {sessions?.map((session) => (
          <li key={session.session_id} class="item">
            <Icon name={session.kind === "phone" ? "phone" : "screen"} />
            <span class="grow">
              <b>
                {kinds[session.kind] ?? session.kind}{" "}
                {session.current && <span class="badge ok">{t("本机", "This one")}</span>}
              </b>
              <span class="muted small">
                {session.device_name} · <span class="num">{session.address}</span>
                <br />
                <span class="num">{moment(session.last_seen)}</span>
              </span>
            </span>
            {!session.current && (
              <Button
                size="small"
                kind="danger"
                onClick={() =>
                  ask({
                    title: t("下线该设备？", "End this session?"),
                    text: t(`“${session.device_name}”须重新登录。`, `“${session.device_name}” must log in again.`),
                    action: t("下线", "End"),
                    act: () => end(`/account/sessions/${session.session_id}`),
                  })
                }
              >
                {t("下线", "End")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {sessions && sessions.length > 1 && (
        <Button
          wide
          onClick={() =>
            ask({
              title: t("下线其他所有设备？", "End all the others?"),
              text: t("除本机外，其他设备都须重新登录。", "Every other device must log in again."),
              action: t("全部下线", "End them"),
              act: () => end("/account/sessions"),
            })
          }
        >
          {t("下线其他所有设备", "End all the others")}
        </Button>
      )}
      <h2>{t("可确认扫码登录的手机", "Phones that can confirm")}</h2>
      <ul class="rows">
        {devices.map((device) => (
          <li key={device.device_id} class="item">
            <Icon name="phone" />
            <span class="grow">
              <b>
                {device.name} {device.current && <span class="badge ok">{t("本机", "This one")}</span>}
              </b>
              <span class="muted small num">
                {device.model}
                <br />
                {moment(device.enrolled_at)}
              </span>
            </span>
            {!device.current && (
              <Button
                size="small"
                kind="danger"
                onClick={() =>
                  ask({
                    title: t("移除该手机？", "Revoke this phone?"),
                    text: t(`“${device.name}”不能再确认扫码登录。`, `“${device.name}” confirms no login any more.`),
                    action: t("移除", "Revoke"),
                    act: () => end(`/app/devices/${device.device_id}`),
                  })
                }
              >
                {t("移除设备", "Revoke")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {computers.length > 0 && (
        <>
          <h2>{t("记住的电脑", "Remembered computers")}</h2>
          <ul class="rows">
            {computers.map((computer) => (
              <li key={computer.remembered_id} class="item">
                <Icon name="screen" />
                <span class="grow">
                  <b>{computer.client_name}</b>
                  <span class="muted small">
                    {computer.device_name} · <span class="num">{computer.network}</span>
                    <br />
                    <span class="num">{moment(computer.used_at)}</span>
                  </span>
                </span>
                <Button
                  size="small"
                  kind="danger"
                  onClick={() =>
                    ask({
                      title: t("不再记住该电脑？", "Forget this computer?"),
                      text: t(
                        `“${computer.device_name}”下次须扫码登录。`,
                        `“${computer.device_name}” needs a code again.`,
                      ),
                      action: t("不再记住", "Forget"),
                      act: () => end(`/app/remembered-computers/${computer.remembered_id}`),
                    })
                  }
                >
                  {t("不再记住", "Forget")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      {sheet}
    </SubScreen>
  );
}
