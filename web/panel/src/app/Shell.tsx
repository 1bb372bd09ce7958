// What stands around every screen of an account: its name, the navigation, language and way out.
import { Alert, AppShell, Burger, Button, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure, useNetwork } from "@mantine/hooks";
import { Outlet, useLocation, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { ProblemError } from "../api/client";
import { useLive } from "../api/live";
import { type Account, useMe } from "../api/session";
import { NavigationLink } from "../components/links";
import { Failure } from "../components/Loaded";
import { Screen } from "../components/Screen";
import { chooseLanguage, isLanguageFixed } from "../i18n";
import { AccountMenu } from "./AccountMenu";
import { useKeys } from "./keys";
import { SCREENS } from "./screens";

const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));
const KeyHelp = lazy(async () => ({ default: (await import("./KeyHelp")).KeyHelp }));

export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const navigate = useNavigate();
  const [open, { toggle, close }] = useDisclosure(false);
  const { account: accountId } = useParams({ from: "/$account" });
  const path = useLocation({ select: (location) => location.pathname });
  const signedOut = me.error instanceof ProblemError && me.error.problem.status === 401;

  useEffect(close, [path, close]);
  useEffect(() => {
    if (signedOut) void navigate({ to: "/login" });
  }, [signedOut, navigate]);
  useEffect(() => {
    if (me.data && !isLanguageFixed()) void chooseLanguage(me.data.language);
  }, [me.data]);

  const account = me.data?.accounts.find((each) => each.id === accountId);
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !open } }} padding="md">
      <a className="skip" href="#content">
        {t("skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap" miw={0}>
            <Burger
              opened={open}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("menu")}
              aria-expanded={open}
              aria-controls="main-navigation"
            />
            <Text fw={700} truncate visibleFrom={(me.data?.accounts.length ?? 0) > 1 ? "sm" : undefined}>
              {account?.name ?? "Tandem"}
            </Text>
          </Group>
          <Group wrap="nowrap" gap="xs">
            {account && <Finding account={account} />}
            <AccountMenu me={me.data} accountId={accountId} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar id="main-navigation" aria-label={t("nav.main")} component="nav" p="xs">
        <ScrollArea>
          {SCREENS.filter((screen) => !screen.needs || account?.permissions.includes(screen.needs)).map((screen) => (
            <NavigationLink
              key={screen.name}
              to={screen.to}
              params={{ account: accountId }}
              label={t(`nav.${screen.name}`)}
              variant="filled"
              onClick={close}
              active={path.includes(`/${screen.name}`)}
              aria-current={path.includes(`/${screen.name}`) ? "page" : undefined}
            />
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {me.error && !signedOut && !me.data && <Failure error={me.error} onAgain={() => void me.refetch()} />}
        {me.data && !account && <Text role="alert">{t("no-such-account")}</Text>}
        {account && <Within account={account} path={path} />}
      </AppShell.Main>
    </AppShell>
  );
}

/** What one may see; else whom to ask. */
function Within({ account, path }: { account: Account; path: string }) {
  const { t } = useTranslation();
  const { online } = useNetwork();
  useLive(account.id, account.permissions);
  const screen = SCREENS.find((each) => path.split("/")[2] === each.name);
  const isForbidden = screen?.needs && !account.permissions.includes(screen.needs);
  return (
    <>
      {!online && (
        <Alert color="yellow" role="status" mb="md">
          {t("offline")}
        </Alert>
      )}
      {isForbidden ? (
        <Screen name={t(`nav.${screen.name}`)}>
          <Text role="alert">{t("forbidden")}</Text>
        </Screen>
      ) : (
        <Outlet />
      )}
    </>
  );
}

/** The palette and the help of keys, by a button and by their keys; fetched when first wanted. */
function Finding({ account }: { account: Account }) {
  const { t } = useTranslation();
  const [palette, { open: openPalette, close: closePalette }] = useDisclosure(false);
  const [help, { open: openHelp, close: closeHelp }] = useDisclosure(false);
  useKeys(openPalette, openHelp);
  return (
    <>
      <Button variant="subtle" size="compact-sm" onClick={openPalette}>
        {t("palette.open")}
      </Button>
      <Suspense>
        {palette && <Palette account={account} opened onClose={closePalette} />}
        {help && <KeyHelp opened onClose={closeHelp} />}
      </Suspense>
    </>
  );
}
