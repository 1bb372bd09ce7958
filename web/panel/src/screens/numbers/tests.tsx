// Purchases for a test, which brought no money: a column of their own, where there are any.
import type { TFunction } from "i18next";

import type { Column } from "../../components/Rows";
import type { Money } from "../../components/Sum";
import { Sums } from "./Sums";

type Tested = { test_orders: number; test_revenue: Money[] };

export function testColumns<T extends Tested>(rows: readonly T[], t: TFunction): Column<T>[] {
  if (rows.every((row) => row.test_orders === 0)) return [];
  return [{ name: t("numbers.tests"), value: (row) => <Sums values={row.test_revenue} />, isNumber: true }];
}
