"""All rooms of the API, in the order in which its description lists them."""

from web.api import description, jobs, sign_in, stream, webhooks
from web.api.commerce import (
    accesses,
    orders,
    partners,
    promo_codes,
    providers,
    selling,
    subscriptions,
    tables,
    tariffs,
)
from web.api.content import (
    admission,
    button_sets,
    comments,
    deployments,
    drafts,
    flows,
    imports,
    media,
    own_texts,
    rehearsals,
    step_types,
    text_variables,
    tokens,
    versions,
)
from web.api.insight import days, home, progress, reports, reviewers, sales
from web.api.learning import certificates, questions, reviews, runs
from web.api.messaging import (
    broadcasts,
    canned_replies,
    conversations,
    handoffs,
    history,
    steering,
    triggers,
)
from web.api.people import bulk, conditions, contacts, lists_of_people, person, segments, why
from web.api.tenancy import account, bots, first_run, groups, plan

TENANCY = (account.room, bots.room, groups.room, first_run.room, plan.room)
PEOPLE = (
    contacts.room,
    bulk.room,
    lists_of_people.room,
    person.room,
    why.room,
    conditions.room,
    segments.room,
)
CONTENT = (
    flows.room,
    drafts.room,
    versions.room,
    comments.room,
    button_sets.room,
    step_types.room,
    text_variables.room,
    own_texts.room,
    media.room,
    rehearsals.room,
    imports.room,
    deployments.room,
    tokens.room,
    admission.room,
)
LEARNING = (runs.room, reviews.room, questions.room, certificates.room)
COMMERCE = (
    tariffs.room,
    providers.room,
    selling.room,
    tables.room,
    orders.room,
    accesses.room,
    promo_codes.room,
    subscriptions.room,
    partners.room,
)
MESSAGING = (
    broadcasts.room,
    steering.room,
    conversations.room,
    history.room,
    handoffs.room,
    canned_replies.room,
    triggers.room,
)
INSIGHT = (home.room, reports.room, days.room, sales.room, progress.room, reviewers.room)
ROOMS = (
    sign_in.room,
    *TENANCY,
    jobs.room,
    webhooks.room,
    *PEOPLE,
    *CONTENT,
    *LEARNING,
    *COMMERCE,
    *MESSAGING,
    *INSIGHT,
    stream.room,
    description.room,
)
