// Links into courses: whom each lets in, how many came by it, the link itself with its code to be scanned, its end.
import { Anchor, Badge, Button, Card, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { call } from "../../api/client";
import { useList } from "../../api/lists";
import { useAccount } from "../../api/session";
import { change } from "../../api/things";
import { Asked } from "../../components/Asked";
import { Cards } from "../../components/Cards";
import { ButtonLink } from "../../components/links";
import { ListScreen } from "../../components/ListScreen";
import { Loaded } from "../../components/Loaded";
import { Moment } from "../../components/Moment";
import { CopyLink } from "./CopyLink";
import { NewLink } from "./NewLink";
import { usePlaces } from "./places";

export type Token = {
  id: string;
  deployment: string;
  kind: string;
  label: string | null;
  uses: number;
  max_uses: number | null;
  expires_at: string | null;
  revoked_at: string | null;
  created_at: string | null;
};

export function CoursesPart({ account }: { account: string }) {
  const { t } = useTranslation();
  const mayChange = useAccount(account)?.permissions.includes("accesses.change") ?? false;
  const { query, places, nameOf } = usePlaces(account, "course");
  const [course, setCourse] = useState<string | null>(null);
  const list = useList<Token>(account, "tokens", { deployment: course ?? undefined }, false);
  return (
    <Loaded query={query}>
      {() =>
        places.length === 0 ? (
          <NoPlace account={account} />
        ) : (
          <Stack>
            <Text>{t("links.courses.about")}</Text>
            <Group justify="space-between" align="flex-end">
              {places.length > 1 && (
                <Select
                  label={t("links.course")}
                  placeholder={t("links.all-courses")}
                  clearable
                  clearButtonProps={{ "aria-label": t("links.all-courses") }}
                  data={places.map((place) => ({ value: place.id, label: nameOf(place) }))}
                  value={course}
                  onChange={setCourse}
                />
              )}
              {mayChange && <NewLink account={account} places={places} nameOf={nameOf} />}
            </Group>
            <ListScreen list={list} empty={<Text>{t(mayChange ? "links.courses.empty" : "links.courses.empty-looking")}</Text>}>
              {(tokens) => (
                <Cards label={t("links.part.courses")}>
                  {tokens.map((token) => {
                    const place = places.find((each) => each.id === token.deployment);
                    return <TokenCard key={token.id} token={token} course={place ? nameOf(place) : ""} account={account} mayChange={mayChange} />;
                  })}
                </Cards>
              )}
            </ListScreen>
          </Stack>
        )
      }
    </Loaded>
  );
}

/** There is no course on a bot yet, so nothing to link to. */
export function NoPlace({ account }: { account: string }) {
  const { t } = useTranslation();
  return (
    <Stack align="flex-start">
      <Text>{t("links.no-course")}</Text>
      <ButtonLink to="/$account/flows" params={{ account }}>
        {t("links.to-flows")}
      </ButtonLink>
    </Stack>
  );
}

type Shown = { token: Token; course: string; account: string; mayChange: boolean };

function TokenCard({ token, course, account, mayChange }: Shown) {
  const { t } = useTranslation();
  const [open, { open: show, close }] = useDisclosure(false);
  const name = token.label || t(`links.kind.${token.kind}`);
  const state = stateOf(token);
  return (
    <Card component="li" withBorder p="sm">
      <Group justify="space-between" align="start">
        <Stack gap={2} miw={0}>
          <Group gap="xs">
            <Text fw={600} style={{ overflowWrap: "anywhere" }}>
              {name}
            </Text>
            {state && (
              <Badge variant="default" tt="none">
                {t(`links.state.${state}`)}
              </Badge>
            )}
          </Group>
          <Text size="sm">
            {course}
            {token.label && ` · ${t(`links.kind.${token.kind}`)}`}
          </Text>
          <Text size="sm">
            {token.max_uses === null ? t("links.used", { count: token.uses }) : t("links.used-of", { uses: token.uses, most: token.max_uses })}
            {token.expires_at && (
              <>
                {" · "}
                {t("links.until")} <Moment at={token.expires_at} />
              </>
            )}
          </Text>
        </Stack>
        {!token.revoked_at && (
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={show} aria-label={t("links.show-of", { name })}>
              {t("links.show")}
            </Button>
            {mayChange && (
              <Asked
                label={t("links.revoke")}
                text={t("links.revoke-what", { name })}
                yes={t("links.revoke-yes")}
                act={() => change(account, "POST", `tokens/${token.id}/revoke`)}
              />
            )}
          </Group>
        )}
      </Group>
      <Modal opened={open} onClose={close} title={name} closeButtonProps={{ "aria-label": t("close") }}>
        <LinkShown account={account} token={token.id} />
      </Modal>
    </Card>
  );
}

function stateOf(token: Token): "revoked" | "over" | "used-up" | null {
  if (token.revoked_at) return "revoked";
  if (token.expires_at && Date.parse(token.expires_at) <= Date.now()) return "over";
  return token.max_uses !== null && token.uses >= token.max_uses ? "used-up" : null;
}

/** The link as text and as a code to be scanned. */
export function LinkShown({ account, token }: { account: string; token: string }) {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: [account, "tokens", token],
    queryFn: async ({ signal }) => (await call<{ link: string | null }>(`/accounts/${account}/tokens/${token}`, { signal })).data,
  });
  const picture = `/api/v1/accounts/${account}/tokens/${token}/qr.svg`;
  return (
    <Loaded query={query}>
      {({ link }) =>
        link ? (
          <Stack>
            <CopyLink label={t("links.link")} link={link} />
            <img src={picture} alt={t("links.code")} width={240} height={240} style={{ background: "#fff", alignSelf: "center", maxWidth: "100%" }} />
            <Anchor href={picture} download="link.svg">
              {t("links.code-file")}
            </Anchor>
          </Stack>
        ) : (
          <Text>{t("links.link-gone")}</Text>
        )
      }
    </Loaded>
  );
}
