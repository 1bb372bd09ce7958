// A link to be taken along: read, copied with one press.
import { Button, CopyButton, Group, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";

export function CopyLink({ label, link }: { label: string; link: string }) {
  const { t } = useTranslation();
  return (
    <Group align="flex-end" gap="xs">
      <TextInput label={label} readOnly value={link} flex="1 1 220px" onFocus={(event) => event.currentTarget.select()} />
      <CopyButton value={link}>
        {({ copied, copy }) => (
          <Button variant="default" onClick={copy}>
            <span aria-live="polite">{t(copied ? "links.copied" : "links.copy")}</span>
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
