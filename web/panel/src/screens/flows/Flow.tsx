// One flow in the editor: what is saved and what is not, undo, the script, publishing.
import { Alert, Box, Button, Grid, Group, Stack, Tabs, Text } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useAccount } from "../../api/session";
import { AnchorLink } from "../../components/links";
import { Failure, Loaded } from "../../components/Loaded";
import { Screen } from "../../components/Screen";
import type { Keeper, Shown } from "../../editor/keeper";
import type { Json } from "../../editor/model";
import { Script } from "../../editor/Script";
import { type StepType, useStepTypes } from "../../editor/stepTypes";
import { useKeeper, useShown } from "../../editor/useKeeper";
import { firstWords, localize } from "../../editor/words";
import { FlowComments, StepComments, useOpenComments } from "./Comments";
import { PublishButton } from "./Publish";
import { Rehearsal, useRehearsal } from "./Rehearsal";
import { Versions } from "./Versions";
import { Yaml } from "./Yaml";

export function FlowScreen() {
  const { t } = useTranslation();
  const { account, flow } = useParams({ from: "/$account/flows/$flow" });
  const types = useStepTypes(account);
  const { keeper, error, again } = useKeeper(account, flow);
  if (error) {
    return (
      <Screen name={t("flow.title")}>
        <Failure error={error} onAgain={again} />
      </Screen>
    );
  }
  return (
    <Loaded query={types}>{(known) => keeper && <Editor keeper={keeper} types={known} account={account} flow={flow} />}</Loaded>
  );
}

const FlowMap = lazy(() => import("./Map")); // what lays it out is fetched by who looks at it
const VIEWS = ["script", "map", "rehearsal", "comments", "versions", "yaml"] as const;
type EditorProps = { keeper: Keeper; types: StepType[]; account: string; flow: string };

function Editor({ keeper, types, account, flow }: EditorProps) {
  const { t, i18n } = useTranslation();
  const shown = useShown(keeper);
  const navigate = useNavigate();
  const { step, view } = useSearch({ from: "/$account/flows/$flow" });
  const mayChange = useAccount(account)?.permissions.includes("flows.change") ?? false;
  const { draft } = shown;
  const name = localize(draft.document.head["name"] ?? null, i18n.language) || t("flow.title");

  const look = (search: { step?: string; view?: string }) =>
    void navigate({ to: "/$account/flows/$flow", params: { account, flow }, search, replace: true });
  const rehearsal = useRehearsal(account, flow, mayChange && view === "rehearsal");
  const openStep = (key: string) => look({ step: key });
  const nameStep = (key: string) => {
    const known = draft.document.steps.find((each) => each.key === key);
    return known ? firstWords(known, i18n.language) : key;
  };

  const said = useOpenComments(account, flow);

  useHotkeys([
    ["mod+Z", () => keeper.undo()],
    ["mod+shift+Z", () => keeper.redo()],
  ]);
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && void keeper.refresh().catch(() => undefined);
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [keeper]);

  const script = (onOpen: (key: string | undefined) => void) => (
    <Script
      keeper={keeper}
      shown={shown}
      types={types}
      open={step}
      at={view === "rehearsal" ? rehearsal.scene?.step : null}
      mayChange={mayChange}
      onOpen={onOpen}
      said={said}
      below={(key) => <StepComments key={key} account={account} flow={flow} step={key} mayChange={mayChange} />}
    />
  );

  return (
    <Screen name={name}>
      <Group justify="space-between">
        <AnchorLink to="/$account/flows" params={{ account }}>
          {t("flow.back")}
        </AnchorLink>
        <SaveState shown={shown} />
      </Group>
      {mayChange && (
        <Group gap="xs">
          <Button variant="default" size="xs" disabled={draft.done.length === 0} onClick={() => keeper.undo()}>
            {t("editor.undo")}
          </Button>
          <Button variant="default" size="xs" disabled={draft.undone.length === 0} onClick={() => keeper.redo()}>
            {t("editor.redo")}
          </Button>
          <PublishButton keeper={keeper} account={account} flow={flow} types={types} name={nameStep} onStep={openStep} />
        </Group>
      )}
      <Conflicts keeper={keeper} shown={shown} />
      <Tabs value={view ?? "script"} onChange={(next) => look(next === "script" ? {} : { view: next ?? "" })} keepMounted={false}>
        <Tabs.List mb="sm">
          {VIEWS.filter((each) => mayChange || each !== "rehearsal").map((each) => (
            <Tabs.Tab key={each} value={each}>
              {t(`flow.view.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="script">{script((key) => look(key ? { step: key } : {}))}</Tabs.Panel>
        <Tabs.Panel value="map">
          <Suspense fallback={<Text role="status">{t("loading")}</Text>}>
            <FlowMap steps={draft.document.steps} types={types} problems={shown.problems} onStep={openStep} />
          </Suspense>
        </Tabs.Panel>
        <Tabs.Panel value="rehearsal">
          <Grid>
            <Grid.Col span={{ base: 12, lg: 7 }} visibleFrom="lg">
              {script((key) => look({ view: "rehearsal", ...(key ? { step: key } : {}) }))}
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 5 }}>
              <Box pos="sticky" top={70}>
                <Rehearsal rehearsal={rehearsal} step={step} />
              </Box>
            </Grid.Col>
          </Grid>
        </Tabs.Panel>
        <Tabs.Panel value="comments">
          <FlowComments
            account={account}
            flow={flow}
            mayChange={mayChange}
            name={(key) => (draft.document.steps.some((each) => each.key === key) ? nameStep(key) : null)}
            onStep={openStep}
          />
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <Versions keeper={keeper} account={account} flow={flow} types={types} mayChange={mayChange} name={nameStep} />
        </Tabs.Panel>
        <Tabs.Panel value="yaml">
          <Yaml keeper={keeper} account={account} flow={flow} mayChange={mayChange} />
        </Tabs.Panel>
      </Tabs>
    </Screen>
  );
}

function SaveState({ shown }: { shown: Shown }) {
  const { t, i18n } = useTranslation();
  const at = shown.savedAt?.toLocaleTimeString(i18n.language, { hour: "2-digit", minute: "2-digit" }) ?? "";
  const { state } = shown;
  const words =
    state.name === "kept"
      ? state.why
        ? t("editor.not-saved-why", { why: state.why })
        : t("editor.not-saved")
      : t(`editor.${state.name}`, { at });
  return (
    <Text role="status" size="sm" {...(state.name === "kept" || state.name === "asked" ? { c: "red" } : {})}>
      {words}
    </Text>
  );
}

function Conflicts({ keeper, shown }: { keeper: Keeper; shown: Shown }) {
  const { t, i18n } = useTranslation();
  const tell = (value: Json) => localize(value, i18n.language) || JSON.stringify(value);
  return (
    <>
      {shown.conflicts.map((conflict, at) => (
        <Alert key={at} color="orange" role="alert" title={t("editor.both-changed", { step: conflict.key ?? "", field: conflict.path })}>
          <Stack gap="xs">
            <Text fw={600}>{t("editor.mine")}</Text>
            <Text style={{ whiteSpace: "pre-wrap" }}>{tell(conflict.mine)}</Text>
            <Text fw={600}>{t("editor.theirs")}</Text>
            <Text style={{ whiteSpace: "pre-wrap" }}>{tell(conflict.theirs)}</Text>
            <Group>
              <Button size="xs" onClick={() => keeper.settle(conflict, true)}>
                {t("editor.take-mine")}
              </Button>
              <Button size="xs" variant="default" onClick={() => keeper.settle(conflict, false)}>
                {t("editor.take-theirs")}
              </Button>
            </Group>
          </Stack>
        </Alert>
      ))}
    </>
  );
}
