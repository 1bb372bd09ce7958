// Who takes the money: a form for each provider, drawn from what its settings are; what was typed is asked about first.
import { Alert, Badge, Button, Card, Collapse, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { change, useThings } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { Failure, Loaded } from "../../components/Loaded";

type Field = {
  name: string;
  label: string;
  is_secret: boolean;
  is_required: boolean;
  choices: { value: string; label: string }[];
  value: string;
  is_set: boolean;
};
export type Provider = {
  name: string;
  title: string;
  taken_by: "account" | "server" | null;
  is_test: boolean;
  hook: string | null;
  fields: Field[];
  says: string[];
};

export function PaymentPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const query = useThings<Provider>(account, "providers");
  return (
    <Loaded query={query}>
      {(providers) => (
        <Stack>
          {!providers.some((each) => each.taken_by) && <Text>{t("settings.payment.empty")}</Text>}
          {providers.some((each) => each.taken_by && each.is_test) && <Alert color="yellow">{t("settings.test-money")}</Alert>}
          <Cards label={t("settings.part.payment")}>
            {providers.map((provider) => (
              <ProviderCard key={provider.name} provider={provider} account={account} />
            ))}
          </Cards>
        </Stack>
      )}
    </Loaded>
  );
}

function ProviderCard({ provider, account }: { provider: Provider; account: string }) {
  const { t } = useTranslation();
  const path = `providers/${provider.name}`;
  const test = useAct({ mutationFn: () => change<Provider>(account, "POST", `${path}/test`) });
  return (
    <Card component="li" withBorder p="sm">
      <Stack gap="xs">
        <Group justify="space-between">
          <Text fw={600}>{provider.title}</Text>
          {provider.taken_by && (
            <Badge variant="default" tt="none">
              {t(provider.taken_by === "server" ? "settings.payment.by-server" : "settings.payment.connected")}
            </Badge>
          )}
        </Group>
        <Text size="sm">{t(`settings.payment.about.${provider.name}`, "")}</Text>
        {provider.taken_by === "account" && provider.hook && (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {t("settings.payment.hook")} <code>{provider.hook}</code>
          </Text>
        )}
        {test.data && <Said says={test.data.says} />}
        {test.error && <Failure error={test.error} onAgain={() => test.mutate()} />}
        <Group gap="xs">
          {(provider.taken_by === null || (provider.taken_by === "account" && provider.fields.length > 0)) && <ConnectProvider provider={provider} account={account} />}
          {provider.taken_by === "account" && (
            <>
              <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
                {t("settings.payment.check")}
              </Button>
              <Asked
                label={t("settings.payment.disconnect")}
                text={t("settings.payment.disconnect-what", { name: provider.title })}
                yes={t("settings.payment.disconnect-yes")}
                act={() => change(account, "DELETE", path)}
              />
            </>
          )}
        </Group>
      </Stack>
    </Card>
  );
}

function Said({ says }: { says: string[] }) {
  const { t } = useTranslation();
  if (says.length === 0) return <Text role="status">{t("settings.payment.well")}</Text>;
  return (
    <Alert color="yellow" role="alert">
      {says.map((each) => (
        <Text key={each} size="sm">
          {each}
        </Text>
      ))}
    </Alert>
  );
}

function ConnectProvider({ provider, account }: { provider: Provider; account: string }) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const [more, { toggle }] = useDisclosure(false);
  const [values, setValues] = useState<Record<string, string>>({});
  const connect = useAct({
    mutationFn: () => change<Provider>(account, "PUT", `providers/${provider.name}`, { values }),
    onSuccess: (done) => {
      setValues({});
      close();
      notifications.show({ message: done.says[0] ?? t("settings.payment.now-connected", { name: done.title }) });
    },
  });
  const isKnown = provider.taken_by === "account";
  const label = t(isKnown ? "settings.payment.change" : "settings.payment.connect", { name: provider.title });
  const lacks = provider.fields.some((field) => field.is_required && !field.is_set && !values[field.name]?.trim());
  const others = provider.fields.filter((field) => !field.is_required);
  const show = (fields: Field[]) =>
    fields.map((field) => (
      <FieldInput
        key={field.name}
        field={field}
        value={values[field.name]}
        onChange={(text) => setValues((before) => ({ ...before, [field.name]: text }))}
      />
    ));

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!lacks) connect.mutate();
  }

  return (
    <>
      <Button size="xs" variant={isKnown ? "default" : "filled"} onClick={ask}>
        {label}
      </Button>
      <Modal opened={open} onClose={close} title={label} closeButtonProps={{ "aria-label": t("close") }}>
        <form onSubmit={submit}>
          <Stack>
            <Text size="sm">{t(`settings.payment.about.${provider.name}`, "")}</Text>
            {show(provider.fields.filter((field) => field.is_required))}
            {others.length > 0 && (
              <Button variant="subtle" onClick={toggle} aria-expanded={more}>
                {t("settings.payment.more")}
              </Button>
            )}
            <Collapse expanded={more}>
              <Stack>{show(others)}</Stack>
            </Collapse>
            {connect.error && <Failure error={connect.error} onAgain={() => connect.mutate()} />}
            <Button type="submit" loading={connect.isPending} disabled={lacks}>
              {t("settings.payment.connect-yes")}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function FieldInput({ field, value, onChange }: { field: Field; value: string | undefined; onChange: (text: string) => void }) {
  const { t } = useTranslation();
  if (field.choices.length > 0)
    return <Select label={field.label} data={field.choices} allowDeselect={false} value={value ?? field.value} onChange={(chosen) => onChange(chosen ?? "")} />;
  if (field.is_secret)
    return (
      <PasswordInput
        label={field.label}
        placeholder={field.value}
        description={field.is_set ? t("settings.payment.stays") : undefined}
        autoComplete="off"
        visibilityToggleButtonProps={{ "aria-label": t("settings.show-secret") }}
        value={value ?? ""}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return <TextInput label={field.label} value={value ?? field.value} onChange={(event) => onChange(event.currentTarget.value)} />;
}
