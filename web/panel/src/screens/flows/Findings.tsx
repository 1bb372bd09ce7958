// What was found in a file, by its place: errors, which keep it out, before what is only worth a look.
import { Alert, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import type { Fields, Step } from "../../editor/model";

export type Finding = { severity: "error" | "warning"; line: number; what: string; remedy: string };
export type Read = {
  flow: string | null;
  kind: string | null;
  slug: string;
  name: string;
  head: Fields;
  steps: Step[];
  findings: Finding[];
  left_off: number;
  wrong: boolean;
};

export function Findings({ read }: { read: Pick<Read, "findings" | "left_off"> }) {
  const { t } = useTranslation();
  return (
    <>
      {(["error", "warning"] as const).map((severity) => {
        const these = read.findings.filter((finding) => finding.severity === severity);
        return (
          these.length > 0 && (
            <Alert key={severity} {...(severity === "error" ? { color: "red" } : { variant: "default" })} title={t(`flows.found-${severity}`)}>
              {these.map((finding, at) => (
                <Text key={at} size="sm">
                  {finding.line > 0 && `${t("flows.line", { line: finding.line })}: `}
                  {finding.what}. {finding.remedy}
                </Text>
              ))}
            </Alert>
          )
        );
      })}
      {read.left_off > 0 && <Text size="sm">{t("flows.found-more", { count: read.left_off })}</Text>}
    </>
  );
}
