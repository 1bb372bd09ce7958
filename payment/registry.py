"""The payment providers by name: one line each."""

from collections.abc import Mapping

from pydantic import ValidationError

from payment import mock, prodamus, stars, stripe, yookassa
from payment.base import PaymentProvider
from payment.spec import ProviderSpec, Surroundings

PROVIDERS: Mapping[str, ProviderSpec] = {
    spec.name: spec for spec in (mock.SPEC, yookassa.SPEC, prodamus.SPEC, stars.SPEC, stripe.SPEC)
}


def get_spec(name: str) -> ProviderSpec:
    """The provider of that name; ValueError lists the known ones."""
    if name not in PROVIDERS:
        raise ValueError(f"PAYMENT_PROVIDER={name!r} is none of: {', '.join(PROVIDERS)}")
    return PROVIDERS[name]


def build_provider(name: str, values: Mapping[str, str], around: Surroundings) -> PaymentProvider:
    """A provider with one account's settings, by field name.

    Raises ValueError with a line per problem, each naming the variable of the environment.
    """
    spec = get_spec(name)
    try:
        settings = spec.settings.model_validate(dict(values))
    except ValidationError as error:
        raise ValueError("\n".join(_explain(spec, error))) from None
    return spec.build(settings, around)


def _explain(spec: ProviderSpec, error: ValidationError) -> list[str]:
    lines = []
    for problem in error.errors():
        field = str(problem["loc"][0]) if problem["loc"] else ""
        variable = spec.variables().get(field, spec.name)
        missing = problem["type"] == "missing"
        text = "is missing" if missing else problem["msg"].removeprefix("Value error, ")
        lines.append(f"{variable}: {text}")
    return lines
