// Which school, which language, and the way out.
import { Button, Group, Menu, Select } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProblemError } from "../api/client";
import { queries } from "../api/queries";
import { type Me, signOut } from "../api/session";
import { chooseLanguage } from "../i18n";

export function AccountMenu({ me, accountId }: { me: Me | undefined; accountId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();

  async function leave() {
    try {
      await signOut();
    } catch (error) {
      const isOver = error instanceof ProblemError && error.problem.status === 401;
      if (!isOver) {
        notifications.show({ color: "red", message: error instanceof ProblemError ? error.problem.detail : t("unreached") });
        return; // the session is still open: nobody is told otherwise
      }
    }
    queries.clear();
    await navigate({ to: "/login" });
  }

  return (
    <Group gap="xs" wrap="nowrap">
      {me && me.accounts.length > 1 && (
        <Select
          aria-label={t("account")}
          size="xs"
          w={140}
          allowDeselect={false}
          data={me.accounts.map((each) => ({ value: each.id, label: each.name }))}
          value={accountId}
          onChange={(chosen) => chosen && void navigate({ to: "/$account/home", params: { account: chosen } })}
        />
      )}
      <Menu>
        <Menu.Target>
          <Button variant="subtle" size="compact-sm">
            {t("you")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item lang={t("other-language-code")} onClick={() => void chooseLanguage(t("other-language-code"))}>
            {t("other-language")}
          </Menu.Item>
          <Menu.Item onClick={() => void leave()}>{t("sign-out")}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
