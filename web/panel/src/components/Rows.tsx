// Rows of several facts each: a table where there is room, a card per row on a phone.
import { Card, Group, Stack, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";

export type Column<T> = { name: string; value: (row: T) => ReactNode; isNumber?: boolean };

type Shown<T> = { caption: string; rows: readonly T[]; columns: readonly [Column<T>, ...Column<T>[]]; keyOf: (row: T) => string };

export function Rows<T>({ caption, rows, columns, keyOf }: Shown<T>) {
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const [head, ...others] = columns;
  if (isNarrow)
    return (
      <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }} aria-label={caption}>
        {rows.map((row) => (
          <Card key={keyOf(row)} component="li" withBorder p="sm">
            <Text component="div" fw={600}>
              {head.value(row)}
            </Text>
            {others.map((column) => (
              <Group key={column.name} justify="space-between" wrap="nowrap" gap="md">
                <Text size="sm">{column.name}</Text>
                <Text size="sm" component="div" ta="right">
                  {column.value(row)}
                </Text>
              </Group>
            ))}
          </Card>
        ))}
      </Stack>
    );
  return (
    <Table aria-label={caption} verticalSpacing="xs">
      <Table.Thead>
        <Table.Tr>
          {columns.map((column) => (
            <Table.Th key={column.name} scope="col" ta={column.isNumber ? "right" : "left"}>
              {column.name}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={keyOf(row)}>
            <Table.Th scope="row" fw={400}>
              {head.value(row)}
            </Table.Th>
            {others.map((column) => (
              <Table.Td key={column.name} ta={column.isNumber ? "right" : "left"}>
                {column.value(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
