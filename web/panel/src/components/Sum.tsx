// Money as people write it: minor units of a currency, no zeros behind a whole sum.
import { useTranslation } from "react-i18next";

export type Money = { amount: number; currency: string };

const STARS = "XTR";

/** How many digits of a currency stand behind the point. */
export function digitsOf(currency: string): number {
  if (currency === STARS) return 0;
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

export function showSum({ amount, currency }: Money, language: string): string {
  if (currency === STARS) return `${amount.toLocaleString(language)} ⭐`;
  const digits = digitsOf(currency);
  const shown = amount % 10 ** digits === 0 ? { minimumFractionDigits: 0 } : {};
  const format = { style: "currency", currency, currencyDisplay: "narrowSymbol", ...shown } as const;
  return new Intl.NumberFormat(language, format).format(amount / 10 ** digits);
}

export function Sum({ value }: { value: Money }) {
  const { i18n } = useTranslation();
  return <span style={{ whiteSpace: "nowrap" }}>{showSum(value, i18n.language)}</span>;
}
