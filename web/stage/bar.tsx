// Above the stage: plays a story by itself, says what to do next, and shows the gateway's clock.
import type { JSX } from "preact";
import type { Seed } from "../api/seed.ts";
import type { ClientSession } from "../client/session.ts";
import type { Phone } from "../phone/phone.ts";
import { ClockChip } from "../ui/clock-chip.tsx";
import { t } from "../ui/language.ts";
import { Button } from "../ui/parts.tsx";
import { Guide, useReached } from "./guide.tsx";
import { type Player, STORIES, type Story, storyName } from "./play.ts";

export function Bar(props: { client: ClientSession; phone: Phone; seed: Seed | null; player: Player }): JSX.Element {
  const { player, client } = props;
  const reached = useReached(client);
  const done = client.view.value === "home" && !player.running.value;
  return (
    <div class="bar">
      <div class="play">
        {player.running.value ? (
          <Button icon="pause" onClick={() => player.stop()}>
            {t("停止演示", "Stop")}
          </Button>
        ) : (
          <Button kind="primary" icon="play" onClick={() => void player.play("login")}>
            {done ? t("再演示一次", "Play it again") : storyName("login")}
          </Button>
        )}
        <select
          class="input play-other"
          aria-label={t("其他演示", "Other stories")}
          disabled={player.running.value}
          value=""
          onChange={(event) => {
            const story = event.currentTarget.value as Story;
            event.currentTarget.value = "";
            if (story) void player.play(story);
          }}
        >
          <option value="">{t("更多", "More")}</option>
          {STORIES.slice(1).map((story) => (
            <option key={story} value={story}>
              {storyName(story)}
            </option>
          ))}
        </select>
      </div>
      <Guide client={client} phone={props.phone} seed={props.seed} reached={reached} said={player.said.value} />
      <ClockChip />
    </div>
  );
}
