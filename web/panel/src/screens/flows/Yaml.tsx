// The draft as a document: read by the server, taken over as edits; what it cannot read stays a text and changes nothing.
import { Button, Group, Stack, Text, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { useAct } from "../../api/acts";
import { readText, upload } from "../../api/client";
import { useKept } from "../../components/kept";
import { Failure, Loaded } from "../../components/Loaded";
import { listOperations } from "../../editor/documents";
import type { Keeper } from "../../editor/keeper";
import { Findings, type Read } from "./Findings";

type Shown = { keeper: Keeper; account: string; flow: string; mayChange: boolean };

export function Yaml({ keeper, account, flow, mayChange }: Shown) {
  const { t } = useTranslation();
  const { etag, document } = keeper.look().draft;
  const [text, setText] = useKept(`yaml.${account}.${flow}`);
  const path = `/accounts/${account}/flows/${flow}`;
  const written = useQuery({
    queryKey: [account, "flows", flow, "yaml", etag],
    queryFn: async () => {
      if (!(await keeper.flush())) throw new Error(t("editor.not-saved"));
      return readText(`${path}/export.yaml`);
    },
  });
  const take = useAct({
    mutationFn: async () => {
      const slug = String(document.head["slug"]);
      const file = new File([text], `${slug}.yaml`);
      const read = await upload<Read>(`/accounts/${account}/flows/read?name=${slug}.yaml&slug=${slug}`, file, () => undefined, new AbortController().signal);
      if (read.wrong) return read;
      keeper.pause();
      keeper.change(listOperations(keeper.look().draft.document, { head: read.head, steps: read.steps }));
      setText("");
      notifications.show({ message: t("yaml.taken") });
      return read;
    },
  });

  return (
    <Loaded query={written}>
      {(saved) => (
        <Stack>
          <Text size="sm">{t("yaml.what")}</Text>
          <Textarea
            label={t("yaml.text")}
            autosize
            minRows={12}
            maxRows={40}
            spellCheck={false}
            readOnly={!mayChange}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "var(--mantine-font-size-sm)" } }}
            value={text || saved}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {text !== "" && <Text size="sm">{t("yaml.kept")}</Text>}
          {take.data?.wrong && <Findings read={take.data} />}
          {take.error && <Failure error={take.error} onAgain={() => take.mutate()} />}
          <Group>
            {mayChange && (
              <Button disabled={text === ""} loading={take.isPending} onClick={() => take.mutate()}>
                {t("yaml.take")}
              </Button>
            )}
            {text !== "" && (
              <Button variant="default" onClick={() => setText("")}>
                {t("yaml.drop")}
              </Button>
            )}
            <Button component="a" variant="default" href={`/api/v1${path}/export.yaml`}>
              {t("yaml.download")}
            </Button>
            <Button component="a" variant="default" href={`/api/v1${path}/export.xlsx`}>
              {t("yaml.workbook")}
            </Button>
          </Group>
        </Stack>
      )}
    </Loaded>
  );
}
