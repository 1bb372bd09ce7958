"""Which zone a city is in, by the names people give it in English and Russian."""

from functools import cache

from babel import Locale

from core.rules.zones import is_zone, list_zones

REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
"""Of the zones that are called after a city."""
# Large cities no zone is called after, and other names of those one is.
ALSO = {
    "Europe/Moscow": "saint petersburg, st petersburg, petersburg, санкт-петербург, петербург, питер, спб, мск, казань, kazan, "
    "нижний новгород, краснодар, сочи, sochi, ростов-на-дону, ростов, воронеж, тула, ярославль, тверь, рязань, пенза, "
    "липецк, курск, белгород, брянск, калуга, смоленск, иваново, владимир, вологда, архангельск, мурманск, "
    "ставрополь, махачкала, грозный, набережные челны, чебоксары, йошкар-ола, саранск, петрозаводск",
    "Europe/Samara": "тольятти, ижевск",
    "Asia/Yekaterinburg": "екатеринбург, екб, ekaterinburg, челябинск, chelyabinsk, уфа, ufa, пермь, perm, тюмень, оренбург, "
    "курган, сургут, ханты-мансийск, магнитогорск, нижневартовск",
    "Asia/Krasnoyarsk": "абакан, норильск",
    "Asia/Irkutsk": "улан-удэ",
    "Asia/Yakutsk": "благовещенск",
    "Asia/Vladivostok": "хабаровск, khabarovsk",
    "Asia/Kamchatka": "петропавловск-камчатский",
    "Asia/Almaty": "алма-ата, астана, astana, шымкент",
    "Europe/Berlin": "munich, мюнхен, hamburg, гамбург, frankfurt, франкфурт, cologne, кёльн, stuttgart, leipzig, dresden",
    "Europe/Madrid": "barcelona, барселона, valencia, валенсия, malaga, малага",
    "Europe/Rome": "milan, милан, naples, неаполь, turin, florence, флоренция, venice, венеция",
    "Europe/Paris": "lyon, лион, marseille, марсель, nice, ницца",
    "Europe/London": "manchester, манчестер, birmingham, liverpool, edinburgh, эдинбург, glasgow",
    "Europe/Zurich": "geneva, женева, basel, bern",
    "Europe/Warsaw": "krakow, краков, wroclaw, вроцлав, gdansk, гданьск",
    "Europe/Kyiv": "kiev, киев, київ, odessa, odesa, одесса, харьков, kharkiv, днепр, львов, lviv",
    "Europe/Minsk": "гомель, брест, гродно, витебск, могилёв",
    "Europe/Istanbul": "ankara, анкара, antalya, анталья, анталия, izmir, измир, alanya, аланья",
    "Asia/Tbilisi": "batumi, батуми, kutaisi, кутаиси",
    "Asia/Jerusalem": "tel aviv, тель-авив, haifa, хайфа",
    "Asia/Dubai": "abu dhabi, абу-даби",
    "Asia/Kolkata": "delhi, new delhi, дели, mumbai, мумбаи, bangalore, бангалор, goa, гоа, chennai",
    "Asia/Bangkok": "phuket, пхукет, pattaya, паттайя, samui, самуи, hanoi, ханой",
    "Asia/Makassar": "bali, бали, denpasar",
    "Asia/Ho_Chi_Minh": "nha trang, нячанг, da nang, дананг",
    "Asia/Shanghai": "beijing, пекин, guangzhou, гуанчжоу, shenzhen, шэньчжэнь",
    "Asia/Tokyo": "osaka, осака, kyoto, киото",
    "America/New_York": "new york city, nyc, washington, вашингтон, boston, бостон, miami, майами, philadelphia, филадельфия, "
    "atlanta, атланта",
    "America/Chicago": "houston, хьюстон, dallas, даллас, austin, остин, minneapolis",
    "America/Los_Angeles": "la, san francisco, сан-франциско, seattle, сиэтл, las vegas, лас-вегас, san diego, сан-диего",
    "America/Toronto": "montreal, монреаль, ottawa, оттава",
    "America/Sao_Paulo": "rio de janeiro, рио-де-жанейро, rio",
    "Africa/Johannesburg": "cape town, кейптаун",
}


def find_city(text: str) -> str | None:
    """The zone of a city; None for one nobody has told us."""
    return _cities().get(_plain(text))


@cache
def _cities() -> dict[str, str]:
    known = {
        _plain(name.split("/")[-1]): name for name in sorted(list_zones()) if name.split("/")[0] in REGIONS
    }
    russian = {
        _plain(place["city"]): zone
        for zone, place in Locale("ru").time_zones.items()
        if "city" in place and is_zone(zone)
    }
    also = {_plain(name): zone for zone, names in ALSO.items() for name in names.split(",")}
    return known | russian | also


def _plain(name: str) -> str:
    """A name without what people write one way or another."""
    words = name.casefold().replace("ё", "е").replace("_", " ").replace("-", " ").replace(".", " ").split()
    return " ".join(words[1:] if words[:1] == ["г"] else words)
