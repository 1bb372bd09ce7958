"""All conditions on people, by the names authors write."""

from collections.abc import Mapping

from services.people.conditions.base import Condition
from services.people.conditions.numbers import counted
from services.people.conditions.person import (
    agreed_to_mailing,
    created_after,
    in_segment,
    joined,
    language,
    last_seen_days,
    named,
    tag,
    utm,
    variable,
    zone,
)
from services.people.conditions.purchase import has_not_paid, has_paid, joined_group, paid, partner, tariff
from services.people.conditions.study import finished, no_active_scenario, progress, stuck_days

CONDITIONS: Mapping[str, Condition] = {
    "agreed_to_mailing": agreed_to_mailing.CONDITION,
    "counted": counted.CONDITION,
    "created_after": created_after.CONDITION,
    "finished": finished.CONDITION,
    "has_not_paid": has_not_paid.CONDITION,
    "has_paid": has_paid.CONDITION,
    "in_segment": in_segment.CONDITION,
    "joined": joined.CONDITION,
    "joined_group": joined_group.CONDITION,
    "language": language.CONDITION,
    "last_seen_days": last_seen_days.CONDITION,
    "named": named.CONDITION,
    "no_active_scenario": no_active_scenario.CONDITION,
    "paid": paid.CONDITION,
    "partner": partner.CONDITION,
    "progress": progress.CONDITION,
    "stuck_days": stuck_days.CONDITION,
    "tag": tag.CONDITION,
    "tariff": tariff.CONDITION,
    "utm": utm.CONDITION,
    "variable": variable.CONDITION,
    "zone": zone.CONDITION,
}
