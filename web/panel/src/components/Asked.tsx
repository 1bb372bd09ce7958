// A question before something grave is done: what will happen, and a button that says it.
import { Button, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";

import { useAct } from "../api/acts";
import { Failure } from "./Loaded";

type Shown = { label: string; text: string; yes: string; act: () => Promise<unknown> };

export function Asked({ label, text, yes, act }: Shown) {
  const { t } = useTranslation();
  const [open, { open: ask, close }] = useDisclosure(false);
  const doing = useAct({ mutationFn: act, onSuccess: close });
  return (
    <>
      <Button variant="default" size="xs" onClick={ask}>
        {label}
      </Button>
      <Modal opened={open} onClose={close} title={label} closeButtonProps={{ "aria-label": t("close") }}>
        <Stack>
          <Text>{text}</Text>
          {doing.error && <Failure error={doing.error} onAgain={() => doing.mutate()} />}
          <Button color="red" loading={doing.isPending} onClick={() => doing.mutate()}>
            {yes}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
