"""Links to Google's sheets and documents: the address their file comes from. Only this host, only over https."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

GOOGLE = "https://docs.google.com"
SHEET, DOCUMENT = "sheet.csv", "document.docx"
_LINK = re.compile(r"/(?P<what>spreadsheets|document)/(?:u/\d+/)?d/(?P<id>(?!e/)[\w-]{10,})(?:/.*)?")


@dataclass(frozen=True, slots=True)
class Export:
    """Where the file of a shared sheet or document comes from, and the name it is read by."""

    address: str
    name: str

    @property
    def is_document(self) -> bool:
        """Whether it is a document; else it is a sheet."""
        return self.name == DOCUMENT


def find_export(link: str, base: str = GOOGLE) -> Export | None:
    """The CSV of the sheet or the Word file of the document a link shows, fetched from `base`; None for any other link."""
    try:
        address = urlsplit(link.strip())
        port = address.port
    except ValueError:
        return None
    match = _LINK.fullmatch(address.path)
    if address.scheme != "https" or address.hostname != "docs.google.com" or port is not None or not match:
        return None
    if match["what"] == "document":
        return Export(f"{base}/document/d/{match['id']}/export?format=docx", DOCUMENT)
    given_sheet = {**parse_qs(address.query), **parse_qs(address.fragment)}.get("gid", [""])[0]
    sheet = f"&gid={given_sheet}" if given_sheet.isdecimal() else ""
    return Export(f"{base}/spreadsheets/d/{match['id']}/export?format=csv{sheet}", SHEET)


def is_fetchable(address: str) -> bool:
    """Whether an address is one of Google's that an export may come from."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    is_ours = host == "docs.google.com" or host.endswith(".googleusercontent.com")
    return parts.scheme == "https" and port is None and is_ours
