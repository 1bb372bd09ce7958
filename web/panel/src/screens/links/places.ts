// Where flows run, each by the name that its author gave it.
import { useTranslation } from "react-i18next";

import { useThings } from "../../api/things";

export type Place = { id: string; flow: string; bot: string; slug: string; kind: string; environment: string; is_active: boolean; is_default: boolean };
type Flow = { id: string; name: string };

/** The places of one kind of flow, the latest first, and what each is called. */
export function usePlaces(account: string, kind: "course" | "scenario") {
  const { t } = useTranslation();
  const query = useThings<Place>(account, "deployments?limit=100");
  const flows = useThings<Flow>(account, "flows?limit=100");
  const names = new Map(flows.data?.map((flow) => [flow.id, flow.name]));
  const nameOf = (place: Place) => {
    const name = names.get(place.flow) || place.slug;
    return place.environment === "test" ? t("links.test-place", { name }) : name;
  };
  return { query, places: (query.data ?? []).filter((place) => place.kind === kind), nameOf };
}
