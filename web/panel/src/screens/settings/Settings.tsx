// Settings: everything the school is set up with, one part at a time; a member sees the parts that their role allows.
import { useParams, useSearch } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { useAccount } from "../../api/session";
import { Screen } from "../../components/Screen";
import { Sections } from "../../components/Sections";
import { BotsPart } from "./Bots";
import { ButtonsPart } from "./Buttons";
import { GroupsPart } from "./Groups";
import { KeysPart } from "./Keys";
import { PaymentPart } from "./Payment";
import { PlanPart } from "./Plan";
import { RecordPart } from "./Record";
import { SchoolPart } from "./School";
import { SessionsPart } from "./Sessions";
import { TeamPart } from "./Team";
import { TextsPart } from "./Texts";
import { WebhooksPart } from "./Webhooks";

type Part = { name: string; needs: string; Shown: ComponentType<{ account: string }> };

const PARTS: readonly Part[] = [
  { name: "bots", needs: "bots.read", Shown: BotsPart },
  { name: "payment", needs: "account.administer", Shown: PaymentPart },
  { name: "school", needs: "settings.read", Shown: SchoolPart },
  { name: "plan", needs: "settings.read", Shown: PlanPart },
  { name: "texts", needs: "settings.read", Shown: TextsPart },
  { name: "team", needs: "members.read", Shown: TeamPart },
  { name: "groups", needs: "bots.read", Shown: GroupsPart },
  { name: "buttons", needs: "flows.read", Shown: ButtonsPart },
  { name: "keys", needs: "keys.change", Shown: KeysPart },
  { name: "webhooks", needs: "keys.change", Shown: WebhooksPart },
  { name: "record", needs: "audit.read", Shown: RecordPart },
  { name: "sessions", needs: "account.work", Shown: SessionsPart },
];

export function SettingsScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { tab } = useSearch({ from: "/$account/settings" });
  const allowed = useAccount(account)?.permissions ?? [];
  const parts = PARTS.filter((part) => allowed.includes(part.needs));
  const open = parts.find((part) => part.name === tab) ?? parts[0];
  return (
    <Screen name={t("nav.settings")}>
      <Sections
        label={t("settings.parts")}
        to="/$account/settings"
        account={account}
        parts={parts.map(({ name }) => ({ name, title: t(`settings.part.${name}`) }))}
        open={open?.name ?? ""}
      />
      {open && <open.Shown key={open.name} account={account} />}
    </Screen>
  );
}
