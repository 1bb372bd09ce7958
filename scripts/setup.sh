#!/usr/bin/env bash
# Make .venv ready: find a Python, install what the lock file names, then this project. Does only what is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1
VENV=.venv
LOCK=requirements-dev.lock
FITS='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))'

say() { printf '%s\n' "$@"; }

give_up() {
    say "" "$@" >&2
    exit 1
}

is_fit() { "$1" -c "$FITS" >/dev/null 2>&1; }

find_python() {
    local name
    for name in ${PYTHON:-} python3.14 python3.13 python3.12 python3.11 python3; do
        if is_fit "$name"; then
            command -v "$name"
            return
        fi
    done
    give_up "Python 3.11 or newer (up to 3.14) was not found." \
        "Install it, for example:" \
        "  Debian, Ubuntu   sudo apt install python3 python3-venv" \
        "  macOS            brew install python@3.13" \
        "  Windows          use WSL and the first line" \
        "or name one yourself: make setup PYTHON=<path to python>"
}

make_venv() {
    local python
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        give_up "$python has no venv module, so no environment can be made." \
            "On Debian and Ubuntu: sudo apt install $("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    say "setup: making $VENV with $("$python" --version) …"
    "$python" -m venv --clear "$VENV"
}

# A stamp holds the checksum of what was installed; the same checksum means there is nothing to do.
checksum() { "$VENV/bin/python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'; }

is_done() { [ -f "$VENV/$1" ] && [ "$(cat "$VENV/$1")" = "$2" ]; }

install_lock() {
    local sum
    sum=$(checksum <"$LOCK")
    if is_done .lock-stamp "$sum"; then return; fi
    say "setup: installing the libraries of $LOCK (about a minute the first time) …"
    if ! "$VENV/bin/python" -m pip install -qq --require-hashes -r "$LOCK"; then
        give_up "The libraries could not be installed. Is there a connection to a package index?" \
            "Behind a proxy or with a mirror of your own, set PIP_INDEX_URL and run make setup again."
    fi
    printf '%s' "$sum" >"$VENV/.lock-stamp"
}

install_project() {
    local sum
    sum=$( (cat pyproject.toml; ls -d ./*/__init__.py) | checksum)
    if is_done .project-stamp "$sum"; then return; fi
    say "setup: installing Tandem itself …"
    "$VENV/bin/python" -m pip install -qq --no-deps --no-build-isolation --editable .
    printf '%s' "$sum" >"$VENV/.project-stamp"
}

is_fit "$VENV/bin/python" || make_venv
install_lock
install_project
if [ "${1:-}" = --loud ]; then
    say "setup: ready, $("$VENV/bin/python" --version) in $VENV"
fi
