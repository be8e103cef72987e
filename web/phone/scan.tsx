// 扫一扫: the camera, a picture, a paste, and on the stage the client's screen. Real pixels each time.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { problemMessage } from "../api/problem-messages.ts";
import { Icon } from "../ui/icons.tsx";
import { t } from "../ui/language.ts";
import { Field, IconButton } from "../ui/parts.tsx";
import { QrRefused, readPayload } from "./payload.ts";
import type { Phone } from "./phone.ts";
import { LiveReader, readPicture } from "./qr-reader.ts";

const LOOK_EVERY = 180;
type Source = "none" | "camera" | "screen";

/** A code by its kind and the end of what it holds. */
function named(text: string): string {
  const payload = readPayload(text);
  if (payload.kind === "login")
    return t(`登录二维码 …${payload.ticketId.slice(-4)}`, `Login …${payload.ticketId.slice(-4)}`);
  if (payload.kind === "reset") return t(`重置申报密码 ${payload.taxpayerId}`, `Password reset ${payload.taxpayerId}`);
  return t("下载 APP", "App download");
}

export function ScanScreen(props: {
  phone: Phone;
  screenQr: (() => HTMLCanvasElement | null) | undefined;
}): JSX.Element {
  const { phone, screenQr } = props;
  // a real phone goes straight to its camera, as people expect of 扫一扫
  const first: Source = !screenQr && matchMedia("(pointer: coarse)").matches ? "camera" : "none";
  const [source, setSource] = useState<Source>(first);
  const [wrong, setWrong] = useState("");
  const [reading, setReading] = useState(false);
  const [choices, setChoices] = useState<string[]>([]); // codes of this gateway, of which one must be chosen
  const [pasting, setPasting] = useState(false);
  const [pasted, setPasted] = useState("");
  const video = useRef<HTMLVideoElement>(null);
  const view = useRef<HTMLCanvasElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const done = useRef(false);

  const take = async (text: string): Promise<boolean> => {
    if (done.current) return true;
    try {
      done.current = true;
      await phone.scanned(text);
      return true;
    } catch (error) {
      done.current = false;
      setWrong(error instanceof QrRefused ? error.message : problemMessage(error));
      return false;
    }
  };
  const takePicture = async (picture: Blob): Promise<void> => {
    setWrong("");
    setChoices([]);
    setReading(true);
    try {
      const [only, ...others] = await readPicture(picture);
      if (only && others.length) setChoices([only, ...others]);
      else if (only) await take(only);
    } catch (error) {
      setWrong(error instanceof QrRefused ? error.message : problemMessage(error));
    } finally {
      setReading(false);
    }
  };

  // a paste anywhere on this screen: a picture, or the text of a code
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => {
      const picture = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
      if (!picture && event.target instanceof HTMLInputElement) return; // the field takes text itself
      const text = event.clipboardData?.getData("text") ?? "";
      if (picture) void takePicture(picture);
      else if (text) void take(text);
    };
    document.addEventListener("paste", paste);
    return () => document.removeEventListener("paste", paste);
  }, []);

  useEffect(() => {
    if (source !== "camera") return;
    if (!navigator.mediaDevices?.getUserMedia) {
      setWrong(
        t(
          "浏览器仅在 HTTPS 或本机地址下允许使用相机，请改用图片，或运行 gateway demo --lan。",
          "Browsers open the camera over HTTPS or on localhost only. Use a picture, or gateway demo --lan.",
        ),
      );
      setSource("none");
      return;
    }
    let stream: MediaStream | null = null;
    let wanted = true;
    let timer = 0;
    const reader = new LiveReader();
    const step = async (): Promise<void> => {
      const seen = video.current;
      if (!wanted || !seen) return;
      const text = await reader.read(seen, seen.videoWidth, seen.videoHeight).catch(() => null);
      if (!wanted || (text && (await take(text)))) return;
      timer = window.setTimeout(() => void step(), LOOK_EVERY);
    };
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } })
      .then(async (opened) => {
        stream = opened;
        if (!wanted || !video.current) return stop();
        video.current.srcObject = opened;
        await video.current.play();
        void step();
      })
      .catch(() => {
        if (!wanted) return;
        setWrong(
          t(
            "未找到相机，或未获得相机权限，可改用图片或粘贴。",
            "No camera, or no permission for it. Use a picture or paste.",
          ),
        );
        setSource("none");
      });
    const stop = (): void => {
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
    return () => {
      wanted = false;
      window.clearTimeout(timer);
      stop();
    };
  }, [source]);

  // the stage: what the camera would see of the client's window is drawn, and those pixels are read
  useEffect(() => {
    if (source !== "screen" || !screenQr) return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const began = performance.now();
    let frame = 0;
    let looked = 0;
    let looking = false;
    const reader = new LiveReader();
    const draw = (now: number): void => {
      const canvas = view.current;
      const ink = canvas?.getContext("2d");
      const qr = screenQr();
      if (canvas && ink) {
        const age = Math.min(1, (now - began) / 1100);
        const sway = still ? 0 : Math.sin((now - began) / 380) * 0.05 * (1.2 - age);
        ink.setTransform(1, 0, 0, 1, 0, 0);
        ink.fillStyle = "#20293a";
        ink.fillRect(0, 0, canvas.width, canvas.height);
        if (qr) {
          const side = canvas.width * (still ? 0.6 : 0.36 + 0.26 * age);
          ink.translate(canvas.width / 2, canvas.height / 2);
          ink.rotate(sway);
          ink.fillStyle = "#fff";
          ink.fillRect(-side / 2 - 14, -side / 2 - 14, side + 28, side + 28);
          ink.drawImage(qr, -side / 2, -side / 2, side, side);
        }
        if (qr && !looking && now - looked > LOOK_EVERY && age > 0.8) {
          looking = true;
          looked = now;
          reader
            .read(canvas, canvas.width, canvas.height)
            .then((text) => (text ? take(text) : false))
            .catch(() => undefined)
            .finally(() => (looking = false));
        }
      }
      if (!done.current) frame = requestAnimationFrame(draw);
    };
    frame = requestAnimationFrame(draw);
    return () => cancelAnimationFrame(frame);
  }, [source]);

  const aim = (at: Source): void => {
    setWrong("");
    setSource(at);
  };
  const onScreen = source === "screen" && screenQr?.();
  return (
    <div class="scanner">
      <header class="app-bar dark">
        <IconButton icon="back" label={t("返回", "Back")} onClick={() => phone.back()} />
        <h1>{t("扫一扫", "Scan")}</h1>
        <span class="app-bar-end" />
      </header>
      <div class="finder">
        {source === "camera" && (
          <video ref={video} muted playsInline aria-label={t("相机画面", "What the camera sees")} />
        )}
        {source === "screen" && (
          <canvas ref={view} width={360} height={360} role="img" aria-label={t("相机画面", "What the camera sees")} />
        )}
        <span class="finder-frame" aria-hidden="true">
          {source !== "none" && <i class="finder-line" />}
        </span>
        {source === "none" && <p class="finder-hint">{t("请选择扫码方式", "Choose one of the ways below")}</p>}
        {source === "screen" && !onScreen && (
          <p class="finder-hint low">
            {t(
              "电脑上尚未显示二维码，请点击客户端右上角切换到扫码登录。",
              "No code on the client's screen yet: switch to it at the client's top right corner.",
            )}
          </p>
        )}
      </div>
      {phone.busy.value === "scan" ? (
        <p class="scan-said" role="status">
          {t("已识别，正在读取登录请求…", "Found it, reading the login request…")}
        </p>
      ) : reading ? (
        <p class="scan-said" role="status">
          {t("正在识别图片…", "Looking for the code…")}
        </p>
      ) : choices.length ? (
        <div class="scan-choices" role="group" aria-label={t("选择二维码", "Choose a code")}>
          <p role="status">{t("图片中有多个二维码，请选择：", "The picture holds several codes. Choose one:")}</p>
          {choices.map((text) => (
            <button
              key={text}
              type="button"
              class="way"
              onClick={() => {
                setChoices([]);
                void take(text);
              }}
            >
              {named(text)}
            </button>
          ))}
        </div>
      ) : (
        <p class="scan-said" role="alert">
          {wrong}
        </p>
      )}
      <div class="scan-ways">
        {screenQr && (
          <button type="button" class="way first" aria-pressed={source === "screen"} onClick={() => aim("screen")}>
            <Icon name="screen" size={24} />
            {t("对准电脑屏幕", "Point at the client's screen")}
          </button>
        )}
        <button type="button" class="way" aria-pressed={source === "camera"} onClick={() => aim("camera")}>
          <Icon name="camera" size={24} />
          {t("相机", "Camera")}
        </button>
        <button type="button" class="way" onClick={() => file.current?.click()}>
          <Icon name="picture" size={24} />
          {t("图片", "Picture")}
        </button>
        <button type="button" class="way" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
          <Icon name="paste" size={24} />
          {t("粘贴", "Paste")}
        </button>
      </div>
      <input
        ref={file}
        class="unseen"
        type="file"
        accept="image/*"
        tabIndex={-1}
        aria-label={t("选择二维码图片", "Choose a picture of the code")}
        onChange={(event) => {
          const picture = event.currentTarget.files?.[0];
          event.currentTarget.value = "";
          if (picture) void takePicture(picture);
        }}
      />
      {pasting && (
        <form
          class="paste-form"
          onSubmit={(event) => {
            event.preventDefault();
            setWrong("");
            void take(pasted);
          }}
        >
          <Field
            label={t("二维码中的网址（也可直接粘贴图片）", "The code's address (a picture can be pasted too)")}
            name="payload"
            value={pasted}
            onValue={setPasted}
            focus
            after={
              <button type="submit" class="button primary" disabled={!pasted.trim()}>
                {t("确定", "OK")}
              </button>
            }
          />
        </form>
      )}
    </div>
  );
}
