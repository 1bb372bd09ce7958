// Things one below the other, each a card: a list with a name.
import { Stack } from "@mantine/core";
import type { ReactNode } from "react";

export function Cards({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={label}>
      {children}
    </Stack>
  );
}
