// Publishing: what stands against it, what will be different and whose changes go out, who stands where and what becomes of them.
import { Alert, Anchor, Button, Group, Modal, Radio, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { call } from "../../api/client";
import { queries } from "../../api/queries";
import { Failure, Loaded } from "../../components/Loaded";
import { useTypedNumber } from "../../components/TypedNumber";
import type { Keeper, Problem } from "../../editor/keeper";
import { tellProblem } from "../../editor/problems";
import type { StepType } from "../../editor/stepTypes";
import { Changes } from "./Changes";
import type { Author, Difference, Standing } from "./compare";

const CHOICES = ["stay", "move"] as const;
const BY_STEP = ["stay", "move", "resend"] as const;

type Shown = {
  keeper: Keeper;
  account: string;
  flow: string;
  types: StepType[];
  name: (key: string) => string;
  onStep: (key: string) => void;
};
type Ahead = { difference: Difference | null; problems: Problem[]; authors: Author[]; etag: string };

export function PublishButton(props: Shown) {
  const { t } = useTranslation();
  const { keeper, account, flow } = props;
  const [open, { open: ask, close }] = useDisclosure(false);
  const ahead = useQuery({
    queryKey: [account, "flows", flow, "ahead"],
    enabled: open,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ signal }): Promise<Ahead> => {
      if (!(await keeper.flush())) throw new Error(t("editor.not-saved"));
      const path = `/accounts/${account}/flows/${flow}`;
      const [problems, draft] = await Promise.all([
        call<{ items: Problem[] }>(`${path}/problems`, { signal }),
        call<{ authors: Author[]; etag: string }>(`${path}/draft`, { signal }),
      ]);
      const isBlocked = problems.data.items.some((problem) => !problem.warning); // what is not finished is not compared
      const difference = isBlocked ? null : (await call<Difference>(`${path}/diff`, { signal })).data;
      return { difference, problems: problems.data.items, authors: draft.data.authors, etag: draft.data.etag };
    },
  });
  return (
    <>
      <Button size="xs" onClick={ask}>
        {t("flow.publish")}
      </Button>
      <Modal opened={open} onClose={close} title={t("flow.publish")} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
        <Loaded query={ahead}>
          {({ problems, difference, ...ahead }) => (
            <Stack>
              <Problems
                problems={problems}
                types={props.types}
                name={props.name}
                typeOf={(key) => keeper.look().draft.document.steps.find((step) => step.key === key)?.type}
                onStep={(key) => {
                  close();
                  props.onStep(key);
                }}
              />
              {difference && <Decide {...props} {...ahead} difference={difference} onDone={close} />}
            </Stack>
          )}
        </Loaded>
      </Modal>
    </>
  );
}

type Decided = Omit<Shown, "onStep" | "keeper"> & { difference: Difference; authors: Author[]; etag: string; onDone: () => void };

function Decide({ account, flow, types, name, difference, authors, etag, onDone }: Decided) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState<string>("stay");
  const [steps, setSteps] = useState<Record<string, string>>({});
  const people = difference.standing.reduce((sum, each) => sum + each.people, 0);
  const touched = difference.standing.filter((each) => each.fate);
  const moving = choice !== "stay" || Object.values(steps).some((each) => each !== "stay");
  const typed = useTypedNumber(people, t("flow.type-number", { number: people }));
  const publish = useAct({
    mutationFn: async () => {
      const body = { choice, steps };
      return (await call<{ number: number }>(`/accounts/${account}/flows/${flow}/publish`, { method: "POST", etag: `"${etag}"`, body })).data;
    },
    onSuccess: async ({ number }) => {
      notifications.show({ message: t("flow.published", { number }) });
      onDone();
      await queries.invalidateQueries({ queryKey: [account] });
    },
  });

  return (
    <Stack>
      <Text fw={600} component="h3" size="sm">
        {t("flow.what-changes")}
      </Text>
      <Changes difference={difference} types={types} name={name} />
      {authors.length > 0 && <Text size="sm">{t("flow.whose", { names: authors.map((author) => author.name).join(", ") })}</Text>}
      {people > 0 ? (
        <>
          <Radio.Group label={t("flow.who-is-in", { count: people })} value={choice} onChange={setChoice}>
            <Stack gap="xs" mt="xs">
              {CHOICES.map((each) => (
                <Radio key={each} value={each} label={t(`flow.choice.${each}`)} />
              ))}
            </Stack>
          </Radio.Group>
          {touched.map((standing) => (
            <StandingChoice
              key={standing.step}
              standing={standing}
              words={name(standing.step)}
              value={steps[standing.step] ?? null}
              onChange={(value) => setSteps(value === null ? Object.fromEntries(Object.entries(steps).filter(([key]) => key !== standing.step)) : { ...steps, [standing.step]: value })}
            />
          ))}
        </>
      ) : (
        <Text size="sm">{t("flow.nobody-in")}</Text>
      )}
      {moving && typed.field}
      {publish.error && <Failure error={publish.error} onAgain={() => publish.mutate()} />}
      <Button loading={publish.isPending} disabled={moving && people > 0 && !typed.ready} onClick={() => publish.mutate()}>
        {t("flow.publish-now")}
      </Button>
    </Stack>
  );
}

/** What stands against it, each a way to its form. */
function Problems({ problems, types, name, typeOf, onStep }: Pick<Shown, "types" | "name" | "onStep"> & { problems: Problem[]; typeOf: (key: string) => string | undefined }) {
  const { t } = useTranslation();
  return (
    <>
      {[false, true].map((warning) => {
        const these = problems.filter((problem) => problem.warning === warning);
        return (
          these.length > 0 && (
            <Alert key={String(warning)} {...(warning ? { variant: "default" } : { color: "red" })} title={t(warning ? "flow.warnings" : "flow.problems")}>
              {these.map((problem, at) => (
                <Group key={at} gap={4}>
                  {problem.step && (
                    <Anchor component="button" type="button" size="sm" onClick={() => onStep(problem.step ?? "")}>
                      {name(problem.step)}
                    </Anchor>
                  )}
                  <Text size="sm">{tellProblem(problem, types.find((type) => problem.step && type.type === typeOf(problem.step)))}</Text>
                </Group>
              ))}
            </Alert>
          )
        );
      })}
    </>
  );
}

type ChoiceProps = { standing: Standing; words: string; value: string | null; onChange: (value: string | null) => void };

function StandingChoice({ standing, words, value, onChange }: ChoiceProps) {
  const { t } = useTranslation();
  const label = t(`flow.stand-${standing.fate === "removed" ? "removed" : "changed"}`, { count: standing.people, words });
  return (
    <Select
      label={label}
      clearable
      clearButtonProps={{ "aria-label": t("flow.as-all") }}
      placeholder={t("flow.as-all")}
      data={BY_STEP.map((each) => ({ value: each, label: t(`flow.step-choice.${each}`) }))}
      value={value}
      onChange={onChange}
    />
  );
}
