// The script: one column of steps in their order, one line each; one form is open at a time.
import { ActionIcon, Badge, Box, Button, Card, Fieldset, Group, Menu, Stack, Text, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { CreatingProvider } from "./creating";
import { Field, MoreSettings } from "./fields";
import { tellInterval } from "./intervals";
import type { Keeper, Problem, Shown } from "./keeper";
import type { Json, Step } from "./model";
import { tellProblem } from "./problems";
import { begin, listFields, resolve } from "./schema";
import { makeKey } from "./slugs";
import type { StepType } from "./stepTypes";
import { type Band, bandOf, exitsOf, firstWords, nextDay, waitOf } from "./words";

type ScriptProps = {
  keeper: Keeper;
  shown: Shown;
  types: StepType[];
  open: string | undefined;
  at: string | null | undefined; // where the student of the rehearsal is
  mayChange: boolean;
  onOpen: (key: string | undefined) => void;
  said?: Map<string, number>; // how many comments are open on a step
  below?: (key: string) => ReactNode; // what stands below an open form
};

export function Script({ keeper, shown, types, open, at: current, mayChange, onOpen, said, below }: ScriptProps) {
  const { t, i18n } = useTranslation();
  const { steps } = shown.draft.document;
  const named = steps.map((step) => ({ key: step.key, words: firstWords(step, i18n.language) }));

  function insert(type: StepType, after: string | null) {
    const key = makeKey(type.type, steps.map((step) => step.key));
    const day = type.type === "lesson" ? nextDay(steps) : undefined; // nobody wants two lessons at once
    const drip = day === undefined ? {} : { drip: { day } };
    keeper.change([{ op: "insert", after, step: { ...startOf(type, i18n.language), ...drip, key, type: type.type } as Step }]);
    onOpen(key);
  }

  /** A message at the end, to which a way can lead. */
  function beginStep(words: string): string {
    const key = makeKey("message", steps.map((step) => step.key));
    const text = { [i18n.language]: words || t("editor.new-words") };
    keeper.change([{ op: "insert", after: steps.at(-1)?.key ?? null, step: { key, type: "message", text } }]);
    return key;
  }

  return (
    <CreatingProvider value={mayChange ? beginStep : null}>
    <Stack gap="xs">
      {steps.length === 0 && <Text>{t("editor.empty")}</Text>}
      <Stack gap="xs" component="ol" p={0} m={0} style={{ listStyle: "none" }}>
        {steps.map((step, at) => {
          const band = bandOf(step, steps[at - 1], i18n.language);
          return (
            <Box component="li" key={step.key}>
              {band && <BandLine band={band} />}
              <StepCard
                step={step}
                type={types.find((each) => each.type === step.type)}
                named={named}
                problems={shown.problems.filter((problem) => problem.step === step.key)}
                isOpen={open === step.key}
                isCurrent={current === step.key}
                said={said?.get(step.key) ?? 0}
                below={open === step.key && below?.(step.key)}
                mayChange={mayChange}
                onToggle={() => {
                  keeper.pause();
                  onOpen(open === step.key ? undefined : step.key);
                }}
                onField={(path, value) => keeper.change([{ op: "set", key: step.key, path, value }])}
                onUp={at > 0 ? () => keeper.change([{ op: "move", key: step.key, after: steps[at - 2]?.key ?? null }]) : undefined}
                onDown={
                  at < steps.length - 1
                    ? () => keeper.change([{ op: "move", key: step.key, after: steps[at + 1]?.key ?? null }])
                    : undefined
                }
                onRemove={() => keeper.change([{ op: "remove", key: step.key }])}
                adding={mayChange && <AddStep types={types} label={t("editor.add-after")} small onAdd={(type) => insert(type, step.key)} />}
              />
            </Box>
          );
        })}
      </Stack>
      {mayChange && (
        <Group>
          <AddStep types={types} label={t("editor.add-step")} onAdd={(type) => insert(type, steps.at(-1)?.key ?? null)} />
        </Group>
      )}
    </Stack>
    </CreatingProvider>
  );
}

function BandLine({ band }: { band: Band }) {
  const { t } = useTranslation();
  const words = band.kind === "day" ? [t("editor.day", { number: band.day }), band.at].filter(Boolean).join(" · ") : t(`editor.${band.kind}`, { name: band.name });
  if (!words) return null;
  return (
    <Text component="h2" size="sm" fw={600} mt="sm" mb={4}>
      {words}
    </Text>
  );
}

/** A new step holds what it cannot do without; what it has to say is its type, until its author says something. */
function startOf({ label, schema }: StepType, language: string): Record<string, Json> {
  const needed = (schema.required ?? []).filter((name) => name !== "key" && name !== "type");
  return Object.fromEntries(needed.map((name) => [name, begin(schema.properties?.[name] ?? {}, schema, language, label)]));
}

function AddStep({ types, label, small, onAdd }: { types: StepType[]; label: string; small?: boolean; onAdd: (type: StepType) => void }) {
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" size={small ? "compact-xs" : "sm"}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        {[...new Set(types.map((type) => type.group))].map((group) => (
          <div key={group} role="group" aria-label={group}>
            <Menu.Label aria-hidden>{group}</Menu.Label>
            {types
              .filter((type) => type.group === group)
              .map((type) => (
                <Menu.Item key={type.type} onClick={() => onAdd(type)}>
                  {type.label}
                </Menu.Item>
              ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

type CardProps = {
  step: Step;
  type: StepType | undefined;
  named: { key: string; words: string }[];
  problems: Problem[];
  isOpen: boolean;
  isCurrent: boolean;
  mayChange: boolean;
  onToggle: () => void;
  onField: (path: string, value: Json) => void;
  onUp: (() => void) | undefined;
  onDown: (() => void) | undefined;
  onRemove: () => void;
  adding: ReactNode;
  said: number;
  below: ReactNode;
};

function StepCard({ step, type, named, problems, isOpen, isCurrent, mayChange, onToggle, onField, onUp, onDown, onRemove, adding, said, below }: CardProps) {
  const { t, i18n } = useTranslation();
  const words = firstWords(step, i18n.language);
  const wait = waitOf(step);
  return (
    <Card withBorder p="xs" id={`step-${step.key}`} {...(isCurrent ? { bg: "var(--mantine-primary-color-light)", "aria-current": "step" as const } : {})}>
      <Group wrap="nowrap" justify="space-between">
        <UnstyledButton onClick={onToggle} aria-expanded={isOpen} style={{ flex: 1, minWidth: 0 }}>
          <Text size="xs">{type?.label ?? step.type}</Text>
          <Text truncate>{words}</Text>
        </UnstyledButton>
        {mayChange && (
          <Group gap={2} wrap="nowrap">
            <ActionIcon variant="subtle" aria-label={t("editor.move-up", { words })} disabled={!onUp} onClick={onUp}>
              ↑
            </ActionIcon>
            <ActionIcon variant="subtle" aria-label={t("editor.move-down", { words })} disabled={!onDown} onClick={onDown}>
              ↓
            </ActionIcon>
            <ActionIcon variant="subtle" aria-label={t("editor.remove", { words })} onClick={onRemove}>
              ✕
            </ActionIcon>
          </Group>
        )}
      </Group>
      <Group gap={4} mt={4}>
        {wait && (
          <Badge variant="default" tt="none">
            {t("editor.waits", { wait: tellInterval(wait, i18n.language) })}
          </Badge>
        )}
        {said > 0 && (
          <Badge variant="light" tt="none">
            {t("editor.said", { count: said })}
          </Badge>
        )}
        {exitsOf(step, i18n.language).map((exit, at) => (
          <Badge key={at} variant="default" tt="none">
            {exit.words && `${exit.words} → `}
            {named.find((each) => each.key === exit.to)?.words ?? exit.to}
          </Badge>
        ))}
      </Group>
      {problems.map((problem, at) => (
        <Text key={at} size="sm" {...(problem.warning ? {} : { c: "red" })}>
          {problem.warning ? "⚠ " : ""}
          {tellProblem(problem, type)}
        </Text>
      ))}
      {isOpen && type && (
        <Fieldset variant="unstyled" mt="sm" disabled={!mayChange} aria-label={words}>
          <Stack gap="sm">
            <Fields step={step} type={type} named={named} problems={problems} onField={onField} />
            {adding && <Group>{adding}</Group>}
          </Stack>
        </Fieldset>
      )}
      {below}
    </Card>
  );
}

function Fields({ step, type, named, problems, onField }: Pick<CardProps, "step" | "named" | "problems" | "onField"> & { type: StepType }) {
  const { t } = useTranslation();
  const [all, { open }] = useDisclosure(false);
  const label = (path: string) => type.labels[path.split("/").at(-1) ?? path] ?? path;
  const { shown, more } = listFields(type.schema, step, all);
  return (
    <>
      {shown.map(([name, schema]) => (
        <Field
          key={`${step.key}/${name}`}
          label={label(name)}
          schema={resolve(schema, type.schema)}
          root={type.schema}
          beside={step}
          value={step[name] ?? null}
          steps={named}
          name={label}
          path={name}
          error={problems.find((problem) => problem.path.split(/[./]/)[0] === name)?.detail}
          onChange={(value) => onField(name, value)}
        />
      ))}
      {more && <MoreSettings onClick={open} label={t("editor.seldom")} />}
    </>
  );
}
