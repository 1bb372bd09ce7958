// Links: the ways in, into courses and to the sales bot, who begins together, whom a closed course admits, what sold.
import { useParams, useSearch } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { useAccount } from "../../api/session";
import { Screen } from "../../components/Screen";
import { Sections } from "../../components/Sections";
import { Sources } from "../numbers/Sources";
import { CohortsPart } from "./Cohorts";
import { CoursesPart } from "./Courses";
import { ParticipantsPart } from "./Participants";
import { ShopPart } from "./Shop";

type Part = { name: string; needs: string; Shown: ComponentType<{ account: string }> };

const PARTS: readonly Part[] = [
  { name: "courses", needs: "accesses.read", Shown: CoursesPart },
  { name: "shop", needs: "bots.read", Shown: ShopPart },
  { name: "cohorts", needs: "accesses.read", Shown: CohortsPart },
  { name: "participants", needs: "accesses.read", Shown: ParticipantsPart },
  { name: "sales", needs: "numbers.read", Shown: SalesPart },
];

export function LinksScreen() {
  const { t } = useTranslation();
  const { account } = useParams({ from: "/$account" });
  const { tab } = useSearch({ from: "/$account/links" });
  const allowed = useAccount(account)?.permissions ?? [];
  const parts = PARTS.filter((part) => allowed.includes(part.needs));
  const open = parts.find((part) => part.name === tab) ?? parts[0];
  return (
    <Screen name={t("nav.links")}>
      <Sections
        label={t("links.parts")}
        to="/$account/links"
        account={account}
        parts={parts.map(({ name }) => ({ name, title: t(`links.part.${name}`) }))}
        open={open?.name ?? ""}
      />
      {open && <open.Shown key={open.name} account={account} />}
    </Screen>
  );
}

function SalesPart({ account }: { account: string }) {
  return <Sources account={account} since={undefined} />;
}
