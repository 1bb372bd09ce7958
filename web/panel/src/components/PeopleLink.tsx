// A number of people that opens those people: the list shows whom its condition selects.
import { useTranslation } from "react-i18next";

import { AnchorLink } from "./links";

export type Condition = Record<string, unknown>;
export type People = { people: number; condition: Condition };

export function PeopleLink({ account, value, label }: { account: string; value: People; label?: string }) {
  const { t, i18n } = useTranslation();
  const number = value.people.toLocaleString(i18n.language);
  if (value.people === 0) return <>0</>;
  return (
    <AnchorLink
      to="/$account/people"
      params={{ account }}
      fz="inherit"
      search={{ where: value.condition }}
      aria-label={`${label ? `${label}: ` : ""}${t("people-number", { count: value.people, number })}`}
    >
      {number}
    </AnchorLink>
  );
}
