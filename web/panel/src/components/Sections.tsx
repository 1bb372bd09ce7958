// The parts of a large screen as links in a row: the open one stands in the address.
import { Group } from "@mantine/core";

import { ButtonLink } from "./links";

type Shown = { label: string; to: "/$account/settings" | "/$account/money" | "/$account/links"; account: string; parts: { name: string; title: string }[]; open: string };

export function Sections({ label, to, account, parts, open }: Shown) {
  return (
    <Group component="nav" aria-label={label} gap={6}>
      {parts.map((part) => (
        <ButtonLink
          key={part.name}
          to={to}
          params={{ account }}
          search={{ tab: part.name }}
          size="xs"
          variant={part.name === open ? "filled" : "default"}
          aria-current={part.name === open ? "page" : undefined}
        >
          {part.title}
        </ButtonLink>
      ))}
    </Group>
  );
}
