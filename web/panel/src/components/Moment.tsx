// A time in the reader's zone and words, exact to the second for who points at it.
import { useTranslation } from "react-i18next";

/** `zone`: on whose clock, where that is not the reader's. */
export function Moment({ at, zone }: { at: string; zone?: string | undefined }) {
  const { i18n } = useTranslation();
  const time = new Date(at);
  const thisYear = time.getFullYear() === new Date().getFullYear();
  const shown = new Intl.DateTimeFormat(i18n.language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    ...(zone ? { timeZone: zone } : {}),
    ...(thisYear ? {} : { year: "numeric" }),
  }).format(time);
  return (
    <time dateTime={at} style={{ whiteSpace: "nowrap" }} title={time.toLocaleString(i18n.language)}>
      {shown}
    </time>
  );
}
