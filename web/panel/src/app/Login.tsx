// The door: a one-time code from the console or from a bot, in the address behind `#` or typed; or Telegram's own word for
// who has opened the panel as a Mini App, which comes there, too.
import { Alert, Anchor, Button, Container, Stack, Text, TextInput, Title } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { ProblemError } from "../api/client";
import { queries } from "../api/queries";
import { meQuery, register, signIn } from "../api/session";
import { chooseLanguage, isLanguageFixed } from "../i18n";

type Proof = { code: string } | { init_data: string };

function takeProof(): Proof | null {
  const behind = new URLSearchParams(window.location.hash.slice(1));
  const code = behind.get("code");
  const signed = behind.get("tgWebAppData");
  if (!code && !signed) return null;
  history.replaceState(null, "", window.location.pathname + window.location.search);
  return code ? { code } : { init_data: signed ?? "" };
}

const wantsSchool = new URLSearchParams(window.location.search).has("school");

export function LoginScreen() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [code, setCode] = useState("");
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const [signed, setSigned] = useState(""); // by Telegram, of somebody who works nowhere here and wants a school of their own
  const [school, setSchool] = useState("");
  const tried = useRef(false); // a code is good once: it is not sent twice

  async function enter(proof: Proof, name = "") {
    setBusy(true);
    setTrouble("");
    try {
      const entered = name && "init_data" in proof ? await register(name, proof.init_data) : await signIn(proof);
      const me = await queries.fetchQuery(meQuery);
      if (!isLanguageFixed()) void chooseLanguage(me.language);
      const account = entered ?? me.accounts[0]?.id;
      await navigate(account ? { to: "/$account/home", params: { account } } : { to: "/" });
    } catch (error) {
      if (wantsSchool && !name && "init_data" in proof && error instanceof ProblemError && error.problem.status === 401) setSigned(proof.init_data);
      else setTrouble(error instanceof ProblemError ? error.problem.detail : t("unreached"));
    } finally {
      setBusy(false);
    }
  }

  useEffect(() => {
    const proof = tried.current ? null : takeProof();
    tried.current = true;
    if (proof) void enter(proof);
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    if (signed && school.trim()) void enter({ init_data: signed }, school.trim());
    else if (!signed && code.trim()) void enter({ code: code.trim() });
  }

  return (
    <Container component="main" size={420} py={64}>
      <form onSubmit={submit}>
        <Stack>
          <Title order={1}>{t("login.title")}</Title>
          <Text>{t(signed ? "login.new" : "login.how")}</Text>
          {trouble && (
            <Alert color="red" role="alert">
              {trouble}
            </Alert>
          )}
          {signed ? (
            <TextInput label={t("login.school")} value={school} maxLength={200} onChange={(event) => setSchool(event.currentTarget.value)} />
          ) : (
            <TextInput
              label={t("login.code")}
              value={code}
              autoComplete="one-time-code"
              onChange={(event) => setCode(event.currentTarget.value)}
            />
          )}
          <Button type="submit" loading={busy}>
            {t(signed ? "login.make" : "login.enter")}
          </Button>
          <Text size="sm">
            <Anchor component="button" type="button" onClick={() => void chooseLanguage(t("other-language-code"))}>
              {t("other-language")}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </Container>
  );
}
