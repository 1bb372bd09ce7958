// One broadcast: what is written of it, or where it stands.
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Loaded } from "../../components/Loaded";
import { AnchorLink } from "../../components/links";
import { Screen } from "../../components/Screen";
import { useBroadcast } from "./detail";
import { Draft } from "./Draft";
import { Sent } from "./Sent";

export function BroadcastScreen() {
  const { t } = useTranslation();
  const { account, broadcast } = useParams({ from: "/$account/broadcasts/$broadcast" });
  const query = useBroadcast(account, broadcast);
  const isWritten = broadcast === "new" || query.data?.status === "draft";
  return (
    <Screen name={query.data?.name ?? t("broadcasts.new")}>
      <AnchorLink to="/$account/broadcasts" params={{ account }}>
        {t("broadcasts.all")}
      </AnchorLink>
      {isWritten ? <Draft account={account} saved={query.data} /> : <Loaded query={query}>{(known) => <Sent account={account} broadcast={known} />}</Loaded>}
    </Screen>
  );
}
