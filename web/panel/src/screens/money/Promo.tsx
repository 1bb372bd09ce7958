// Promo codes: what each takes off, how often it was used; a new one, the end of one.
import { Badge, Button, Card, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { momentOf, useZone } from "../../api/zone";
import { change } from "../../api/things";
import { CURRENCIES } from "./TariffForm";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { ListScreen } from "../../components/ListScreen";
import { Failure } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { digitsOf, type Money, Sum } from "../../components/Sum";

type Promo = {
  id: string;
  code: string;
  percent: number | null;
  amount: Money | null;
  is_free: boolean;
  limit_total: number | null;
  used: number;
  ends_at: string | null;
  is_active: boolean;
};

export function PromoPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("orders.change") ?? false;
  const zone = useZone(account);
  const list = useList<Promo>(account, "promo-codes");
  return (
    <Stack>
      <ListScreen list={list} empty={<Text>{t("money.promo.empty")}</Text>}>
        {(codes) => (
          <Cards label={t("money.part.promo")}>
            {codes.map((code) => (
              <Card key={code.id} component="li" withBorder p="sm">
                <Group justify="space-between" align="start">
                  <Stack gap={0}>
                    <Text fw={600}>{code.code}</Text>
                    <Text size="sm">
                      {code.amount ? <Sum value={code.amount} /> : code.is_free ? t("money.promo.all-of-it") : `−${code.percent}%`}
                    </Text>
                    <Text size="sm">
                      {t("money.promo.used", { number: code.limit_total === null ? String(code.used) : `${code.used} / ${code.limit_total}` })}
                      {code.ends_at && (
                        <>
                          {" "}
                          · {t("money.promo.until")} <Moment at={code.ends_at} zone={zone} />
                        </>
                      )}
                    </Text>
                  </Stack>
                  {code.is_active ? (
                    mayChange && (
                      <Asked
                        label={t("money.promo.stop")}
                        text={t("money.promo.stop-what", { code: code.code })}
                        yes={t("money.promo.stop-yes")}
                        act={() => change(account, "POST", `promo-codes/${code.id}/stop`)}
                      />
                    )
                  ) : (
                    <Badge variant="default" tt="none">
                      {t("money.promo.stopped")}
                    </Badge>
                  )}
                </Group>
              </Card>
            ))}
          </Cards>
        )}
      </ListScreen>
      {mayChange && zone && (
        <Group>
          <NewPromo account={account} zone={zone} />
        </Group>
      )}
    </Stack>
  );
}

const KINDS = ["percent", "amount", "free"] as const;

function takenOff(kind: string, value: number, currency: string) {
  if (kind === "free") return { is_free: true };
  if (kind === "percent") return { percent: value };
  return { amount: { amount: Math.round(value * 10 ** digitsOf(currency)), currency } };
}

function NewPromo({ account, zone }: { account: string; zone: string }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [code, setCode] = useState("");
  const [kind, setKind] = useState<string>("percent");
  const [value, setValue] = useState<number | string>(10);
  const [currency, setCurrency] = useState<string>("RUB");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [limit, setLimit] = useState<number | string>("");
  const make = useAct({
    mutationFn: () =>
      change(account, "POST", "promo-codes", {
        code,
        ...takenOff(kind, Number(value), currency),
        limit_total: limit === "" ? null : Number(limit),
        starts_at: from ? momentOf(`${from}T00:00`, zone).toISOString() : null,
        ends_at: until ? momentOf(`${until}T23:59:59`, zone).toISOString() : null,
      }),
    onSuccess: () => {
      setCode("");
      close();
    },
  });
  const ready = code.trim() !== "" && (kind === "free" || Number(value) > 0);

  function submit(event: FormEvent) {
    event.preventDefault();
    if (ready) make.mutate();
  }

  return (
    <>
      <Button onClick={ask}>{t("money.promo.new")}</Button>
      <Modal opened={open} onClose={close} title={t("money.promo.new")} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={submit}>
          <Stack>
            <TextInput
              label={t("money.promo.code")}
              placeholder="SUMMER"
              maxLength={32}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              data-autofocus
            />
            <Select
              label={t("money.promo.kind")}
              data={KINDS.map((each) => ({ value: each, label: t(`money.promo.takes.${each}`) }))}
              allowDeselect={false}
              value={kind}
              onChange={(chosen) => setKind(chosen ?? "percent")}
            />
            {kind === "percent" && <NumberInput label={t("money.promo.percent")} min={1} max={100} value={value} onChange={setValue} />}
            {kind === "amount" && (
              <Group grow align="end">
                <NumberInput label={t("money.promo.sum")} min={0} decimalScale={digitsOf(currency)} value={value} onChange={setValue} />
                <Select
                  label={t("money.tariffs.currency")}
                  data={CURRENCIES.map((each) => ({ value: each, label: t(`money.currency.${each}`) }))}
                  allowDeselect={false}
                  value={currency}
                  onChange={(chosen) => setCurrency(chosen ?? "RUB")}
                />
              </Group>
            )}
            <TextInput type="date" label={t("money.promo.from")} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
            <TextInput type="date" label={t("money.promo.last-day")} description={t("money.promo.whose-days", { zone })} value={until} onChange={(event) => setUntil(event.currentTarget.value)} />
            <NumberInput label={t("money.promo.limit")} description={t("money.promo.limit-what")} min={1} value={limit} onChange={setLimit} />
            {make.error && <Failure error={make.error} onAgain={() => make.mutate()} />}
            <Button type="submit" loading={make.isPending} disabled={!ready}>
              {t("money.promo.make")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
