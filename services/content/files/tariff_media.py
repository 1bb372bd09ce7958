"""The files that tariffs give or greet with: found beside their file, kept once everything else is right."""

from collections.abc import Sequence

from core.text.message import Media, Message
from core.text.refusal import Words, placed, words
from services.content.files.tariff_files import TariffSpec, find_place
from services.content.importing.media import Shelf


def place_media(specs: Sequence[TariffSpec], shelf: Shelf) -> tuple[list[TariffSpec], list[Words]]:
    """The tariffs with the references senders know files by, and a line for each file that may not be taken."""
    problems: list[Words] = []

    def place(message: Message, number: int, where: str) -> Message:
        media = tuple(
            place_medium(medium, number, f"{where}.media.{at}") for at, medium in enumerate(message.media)
        )
        return message.model_copy(update={"media": media})

    def place_medium(medium: Media, number: int, where: str) -> Media:
        file = shelf.find(medium.ref)
        if file is None:
            lost = words("tariff-no-file", ref=medium.ref)
            problems.append(placed(find_place(specs, number, f"{where}.ref"), lost))
            return medium
        return medium.model_copy(update={"ref": file})

    def place_all(number: int, tariff: TariffSpec) -> TariffSpec:
        said = tuple(place(said, number, f"onboarding.{at}") for at, said in enumerate(tariff.onboarding))
        product = tariff.product
        if isinstance(product, Message):
            product = place(product, number, "product")
        return tariff.model_copy(update={"onboarding": said, "product": product})

    return [place_all(number, spec) for number, spec in enumerate(specs)], problems
