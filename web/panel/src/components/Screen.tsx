// One screen: its name as the page's only first heading and in the tab, what can be done at the top beside it.
import { Group, Stack, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";

type Shown = { name: string; acts?: ReactNode; wide?: boolean; children: ReactNode };

export function Screen({ name, acts, wide, children }: Shown) {
  useEffect(() => {
    document.title = `${name} · Tandem`;
  }, [name]);
  return (
    <Stack maw={wide ? 1400 : 960}>
      <Group justify="space-between">
        <Title order={1} size="h2">
          {name}
        </Title>
        {acts}
      </Group>
      {children}
    </Stack>
  );
}
