#!/bin/sh
# Sets up what the portal needs: Python packages, assets, and for the tests a browser, PostgreSQL and Redis.
set -eu
cd "$(dirname "$0")/.."
BIN=.venv/bin

say() { printf '%s\n' "· $*" >&2; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$name"; return; fi
    done
    fail 'Python 3.11 or newer is needed.'
}

as_root_install() {
    [ "$(id -u)" = 0 ] || fail "This needs root once: apt-get install $*"
    say "Installing $* from Debian"
    apt-get update -qq >/dev/null
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

make_venv() {
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || as_root_install python3-venv
    "$python" -m venv "$1"
}

python_packages() {
    [ -x $BIN/python ] || { say 'Making the virtual environment'; make_venv .venv; }
    say "Installing the pinned packages ($1)"
    $BIN/python -m pip install -q --disable-pip-version-check --require-hashes -r "requirements/$1.txt"
    if [ "$1" = run ]; then
        $BIN/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
    fi
    touch ".venv/.$1"
}

find_node() {
    if command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
        return
    fi
    if [ ! -x .node/bin/node ]; then
        say 'Fetching Node'
        make_venv .node
        .node/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/node.txt
    fi
    PATH="$PWD/.node/bin:$PATH"
}

assets() {
    find_node
    say 'Building the assets'
    (cd portal/assets && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null && node build.mjs >/dev/null)
}

services() {
    missing=''
    command -v chromium >/dev/null || missing='chromium'
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
    # The browser's driver brings a Node of its own, and that one wants this.
    ldconfig -p 2>/dev/null | grep -q libatomic.so.1 || missing="$missing libatomic1"
    command -v redis-server >/dev/null || missing="$missing redis-server"
    # Other people's calendar programs, which have to read what we write.
    command -v khal >/dev/null || missing="$missing khal"
    command -v vdirsyncer >/dev/null || missing="$missing vdirsyncer"
    # shellcheck disable=SC2086
    [ -z "$missing" ] || as_root_install $missing
}

lock() {
    options='--universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --upgrade -q'
    # shellcheck disable=SC2086
    {
        $BIN/uv pip compile $options --group build pyproject.toml -o requirements/run.txt
        $BIN/uv pip compile $options --group build --group dev -c requirements/run.txt pyproject.toml -o requirements/dev.txt
        $BIN/uv pip compile $options --group node -o requirements/node.txt
    }
    find_node
    (cd portal/assets && npm update --package-lock-only --ignore-scripts --no-audit --no-fund)
    say 'Look at the difference, run make test, and commit.'
}

case "$1" in
    python) python_packages "$2" ;;
    assets) assets ;;
    services) services ;;
    lock) lock ;;
    *) fail "setup.sh python run|dev, assets, services or lock" ;;
esac
