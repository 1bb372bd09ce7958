// Sums of several currencies beside each other; a dash for none.
import { Fragment } from "react";

import { type Money, Sum } from "../../components/Sum";

export function Sums({ values }: { values: readonly Money[] }) {
  if (values.length === 0) return <>–</>;
  return values.map((value, at) => (
    <Fragment key={value.currency}>
      {at > 0 && " · "}
      <Sum value={value} />
    </Fragment>
  ));
}
