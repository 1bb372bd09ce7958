// What is shown where there is no such screen, and where one broke.
import { Alert, Button, Container, Stack, Title } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { AnchorLink } from "../components/links";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Container component="main" size={480} py={64}>
      <Stack>
        <Title order={1}>{t("not-found")}</Title>
        <AnchorLink to="/">
          {t("to-home")}
        </AnchorLink>
      </Stack>
    </Container>
  );
}

export function ScreenFailed({ error }: ErrorComponentProps) {
  const { t } = useTranslation();
  return (
    <Container component="main" size={480} py={64}>
      <Stack>
        <Title order={1}>{t("screen-failed")}</Title>
        <Alert color="red" role="alert">
          {error instanceof Error ? error.message : String(error)}
        </Alert>
        <Button onClick={() => window.location.reload()}>{t("try-again")}</Button>
      </Stack>
    </Container>
  );
}
