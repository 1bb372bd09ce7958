// The last look before it leaves: how many people, who of those it is for will not get it, and why.
import { Button, Modal, Stack, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call, newKey } from "../../api/client";
import { Failure, Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { useTypedNumber } from "../../components/TypedNumber";
import { act, type Detail, type Reach } from "./detail";
import type { Time } from "./When";

export function Confirm({ account, broadcast, time, onClose }: { account: string; broadcast: Detail; time: Time; onClose: () => void }) {
  const { t } = useTranslation();
  const reach = useQuery({
    queryKey: [account, `broadcasts/${broadcast.id}/audience`, broadcast.etag],
    gcTime: 0,
    queryFn: async ({ signal }) => (await call<Reach>(`/accounts/${account}/broadcasts/${broadcast.id}/audience`, { signal })).data,
  });
  return (
    <Modal opened onClose={onClose} title={t("broadcasts.confirm")} closeButtonProps={{ "aria-label": t("close") }}>
      <Loaded query={reach}>{(known) => <Question account={account} id={broadcast.id} time={time} reach={known} onAnew={() => reach.refetch()} onDone={onClose} />}</Loaded>
    </Modal>
  );
}

type Asked = { account: string; id: string; time: Time; reach: Reach; onAnew: () => unknown; onDone: () => void };

function Question({ account, id, time, reach, onAnew, onDone }: Asked) {
  const { t, i18n } = useTranslation();
  const [key] = useState(newKey);
  const typed = useTypedNumber(reach.count);
  const [isFaster, setFaster] = useState(false);
  const number = reach.count.toLocaleString(i18n.language);
  const at = time.way === "at" ? new Date(time.at) : null;
  const sending = useAct({
    mutationFn: () => (at ? act(account, id, "schedule", { at: at.toISOString() }, key) : act(account, id, "start", { expect: reach.count, stars: isFaster ? reach.stars : 0 }, `${key}-${reach.count}-${isFaster}`)),
    onSuccess: onDone,
  });
  const ready = typed.ready && (!at || !Number.isNaN(at.getTime()));
  const excluded = Object.entries(reach.excluded).filter(([, count]) => count > 0);
  return (
    <Stack>
      <Text fw={600} role="status">
        {t("people-number", { count: reach.count, number })}
      </Text>
      {reach.count === 0 && <Text>{t("broadcasts.nobody")}</Text>}
      {excluded.length > 0 && (
        <div>
          <Text size="sm">{t("broadcasts.excluded")}</Text>
          {excluded.map(([why, count]) => (
            <Text key={why} size="sm">
              {t(`broadcasts.why-not.${why}`, { count, number: count.toLocaleString(i18n.language) })}
            </Text>
          ))}
        </div>
      )}
      <Text component="div">
        {at && !Number.isNaN(at.getTime()) ? (
          <>
            {t("broadcasts.leaves-at")} <Moment at={at.toISOString()} />
          </>
        ) : (
          t(at ? "broadcasts.no-moment" : `broadcasts.leaves.${time.way}`, { hour: time.local, from: time.window.from, to: time.window.to })
        )}
      </Text>
      {!at && reach.stars > 0 && (
        <Switch
          label={t("broadcasts.faster", { number: reach.stars.toLocaleString(i18n.language) })}
          description={t("broadcasts.faster-what")}
          checked={isFaster}
          onChange={(event) => setFaster(event.currentTarget.checked)}
        />
      )}
      {typed.field}
      {sending.error && (
        <Failure
          error={sending.error}
          onAgain={() => {
            sending.reset();
            onAnew();
          }}
        />
      )}
      <Button disabled={!ready} loading={sending.isPending} onClick={() => sending.mutate()}>
        {t("broadcasts.send")}
      </Button>
    </Stack>
  );
}
