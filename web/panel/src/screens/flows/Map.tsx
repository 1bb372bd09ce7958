// The map of a flow: its steps and the ways between them, read and pressed; a press opens the step in the script.
import { Badge, Box, Button, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Problem } from "../../editor/keeper";
import type { Step } from "../../editor/model";
import type { StepType } from "../../editor/stepTypes";
import { bandOf, firstWords } from "../../editor/words";
import { HEIGHT, layOut, type Line, WIDTH } from "./layout";
import { waysOf } from "./ways";

const SIZES = [0.5, 0.75, 1] as const;
const MOST_WORDS = 20; // of a way's name
type Shown = { steps: readonly Step[]; types: readonly StepType[]; problems: readonly Problem[]; onStep: (key: string) => void };

export default function FlowMap({ steps, types, problems, onStep }: Shown) {
  const { t, i18n } = useTranslation();
  const [size, setSize] = useState<number>(SIZES.length - 1);
  const laid = useMemo(
    () =>
      layOut(
        steps.map(({ key }) => key),
        waysOf(steps, i18n.language),
      ),
    [steps, i18n.language],
  );
  if (steps.length === 0) return <Text>{t("map.empty")}</Text>;
  const scale = SIZES[size] ?? 1;
  const told = (key: string) => steps.find((step) => step.key === key);
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text size="sm">{t("map.how")}</Text>
        <Group gap="xs">
          <Button variant="default" size="xs" aria-label={t("map.smaller")} disabled={size === 0} onClick={() => setSize(size - 1)}>
            −
          </Button>
          <Button variant="default" size="xs" aria-label={t("map.larger")} disabled={size === SIZES.length - 1} onClick={() => setSize(size + 1)}>
            +
          </Button>
        </Group>
      </Group>
      <Box role="region" aria-label={t("flow.view.map")} tabIndex={0} style={{ overflow: "auto", maxHeight: "75vh", border: "1px solid var(--mantine-color-default-border)", borderRadius: 8 }}>
        <Box style={{ width: laid.width * scale, height: laid.height * scale }}>
          <Box pos="relative" style={{ width: laid.width, height: laid.height, transform: `scale(${scale})`, transformOrigin: "0 0" }}>
            <Lines width={laid.width} height={laid.height} lines={laid.lines} />
            <Box component="ol" p={0} m={0} style={{ listStyle: "none" }}>
              {laid.steps.map(({ key, left, top }) => {
                const step = told(key);
                if (!step) return null;
                const at = steps.indexOf(step);
                const band = bandOf(step, steps[at - 1], i18n.language);
                return (
                  <Box component="li" key={key} pos="absolute" style={{ left, top, width: WIDTH, height: HEIGHT }}>
                    <StepBox
                      words={firstWords(step, i18n.language)}
                      kind={types.find((each) => each.type === step.type)?.label ?? step.type}
                      day={band?.kind === "day" ? t("editor.day", { number: band.day }) : ""}
                      leads={laid.lines.flatMap((line) => (line.from === key ? [firstWords(told(line.to) ?? step, i18n.language)] : []))}
                      isWrong={problems.some((problem) => problem.step === key && !problem.warning)}
                      onClick={() => onStep(key)}
                    />
                  </Box>
                );
              })}
            </Box>
          </Box>
        </Box>
      </Box>
    </Stack>
  );
}

type BoxProps = { words: string; kind: string; day: string; leads: string[]; isWrong: boolean; onClick: () => void };

function StepBox({ words, kind, day, leads, isWrong, onClick }: BoxProps) {
  const { t } = useTranslation();
  const facts = [isWrong && t("map.wrong"), leads.length > 0 && t("map.leads", { steps: leads.join("; ") })].filter(Boolean);
  return (
    <UnstyledButton
      onClick={onClick}
      aria-description={facts.join(", ")}
      p={6}
      w="100%"
      h="100%"
      bg="var(--mantine-color-body)"
      style={{ border: `${isWrong ? 2 : 1}px solid ${isWrong ? "var(--mantine-color-error)" : "var(--mantine-color-default-border)"}`, borderRadius: 8, overflow: "hidden" }}
    >
      <Group gap={4} wrap="nowrap" justify="space-between">
        <Text size="xs" truncate>
          {kind}
        </Text>
        {day && (
          <Badge variant="default" tt="none" size="sm" style={{ flexShrink: 0 }}>
            {day}
          </Badge>
        )}
      </Group>
      <Text size="sm" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
        {words}
      </Text>
    </UnstyledButton>
  );
}

/** What the buttons' names say is drawn here for who sees it. */
function Lines({ width, height, lines }: { width: number; height: number; lines: readonly Line[] }) {
  const head = useId();
  return (
    <svg width={width} height={height} aria-hidden style={{ position: "absolute", inset: 0, color: "var(--mantine-color-dimmed)" }}>
      <defs>
        <marker id={head} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path d="M0 0 L8 4 L0 8 z" fill="currentColor" />
        </marker>
      </defs>
      {lines.map((line, at) => (
        <g key={at}>
          <polyline points={line.points.map(({ x, y }) => `${x},${y}`).join(" ")} fill="none" stroke="currentColor" markerEnd={`url(#${head})`} />
          {line.words && (
            <text x={line.at.x} y={line.at.y + 4} textAnchor="middle" fontSize={12} fill="var(--mantine-color-text)" stroke="var(--mantine-color-body)" strokeWidth={4} paintOrder="stroke">
              {line.words.length > MOST_WORDS ? `${line.words.slice(0, MOST_WORDS)}…` : line.words}
            </text>
          )}
        </g>
      ))}
    </svg>
  );
}
