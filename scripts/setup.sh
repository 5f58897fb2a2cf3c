# Sourced by the scripts beside it: makes .venv and installs what a lock file names, once.
# Usage: set_up runtime|dev. Sets $root and $python. Says what is wrong when it cannot.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
python="$root/.venv/bin/python"

fail() {
  printf '%s\n' "$@" >&2
  exit 1
}

is_recent() {
  "$1" -c 'import sys; raise SystemExit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null && is_recent "$candidate"; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

make_venv() {
  local base
  base=$(find_python) || fail \
    "The hub needs Python 3.11 or newer; python3 here is $(python3 --version 2>&1 || echo missing)." \
    "Install a newer one, or name it: PYTHON=/path/to/python3.12 $0"
  local started=$SECONDS
  echo "Making .venv with $("$base" --version) …" >&2
  rm -rf "$root/.venv"
  "$base" -m venv "$root/.venv" || fail \
    "$base could not make a virtual environment." \
    "On Debian and Ubuntu: apt-get install python3-venv"
  took "$started"
}

install() {
  local kind=$1 started=$SECONDS
  echo "Installing what scripts/locks/$kind.txt names; that takes up to two minutes …" >&2
  "$python" -m pip install --quiet --disable-pip-version-check --no-input --require-hashes \
    -r "$root/scripts/locks/$kind.txt" &&
    "$python" -m pip install --quiet --disable-pip-version-check --no-input --no-deps \
      --no-build-isolation --no-index -e "$root" || fail \
    "The packages could not be installed (see above)." \
    "That needs the package index, once: is there a network, or a mirror set for pip?"
  took "$started"
}

with_apt() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  echo "Installing $* with apt-get …" >&2
  "${as_root[@]}" apt-get update -qq &&
    DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -qq -y "$@" >/dev/null
}

find_chromium() {
  command -v "${CHROMIUM:-chromium}" || command -v chromium-browser || command -v google-chrome
}

need_chromium() {
  find_chromium >/dev/null && return
  { with_apt chromium && find_chromium >/dev/null; } || fail \
    "Chromium could not be installed (see above). The tests in tests/browser need it." \
    "Install it by other means, or name one: CHROMIUM=/path/to/chromium $0"
}

find_firefox() {
  command -v "${FIREFOX:-firefox-esr}" || command -v firefox
}

need_firefox() {
  find_firefox >/dev/null && return
  { with_apt firefox-esr && find_firefox >/dev/null; } || fail \
    "Firefox could not be installed (see above). tests/browser/test_firefox.py needs it." \
    "Install it by other means, or name one: FIREFOX=/path/to/firefox $0"
}

find_postgres() {
  command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null
}

need_postgres() {
  find_postgres >/dev/null && return
  { with_apt postgresql && find_postgres >/dev/null; } || fail \
    "PostgreSQL could not be installed (see above). Half of the tests of the database need it." \
    "Install it by other means, with initdb on the PATH."
}

find_java() {
  "$root/tests/support/opensearch/run.sh" check 2>/dev/null && command -v mvn >/dev/null
}

# A JDK of 21 or newer and Maven, by which the tests start an OpenSearch node.
need_java() {
  find_java && return
  { with_apt maven openjdk-25-jdk-headless && find_java; } ||
    { with_apt maven openjdk-21-jdk-headless && find_java; } || fail \
    "OpenSearch needs a JDK of 21 or newer and Maven, which could not be installed (see above)." \
    "Debian has them from 13 (trixie) on. Elsewhere install both by other means, with JAVA_HOME set."
}

is_recent_node() {
  node -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null
}

# Node with npm, and what tests/clients/package-lock.json names, once.
need_clients() {
  local clients="$root/tests/clients"
  if ! is_recent_node || ! command -v npm >/dev/null; then
    with_apt nodejs npm || true
    is_recent_node && command -v npm >/dev/null || fail \
      "The tests in tests/clients need Node.js 20.19 or newer, with npm; here is $(node --version 2>&1 || echo none)." \
      "Debian has it from 13 (trixie) on. Elsewhere install it by other means, and put it on the PATH."
  fi
  [ "$(cat "$clients/node_modules/.locked" 2>/dev/null)" = "$(cksum <"$clients/package-lock.json")" ] && return
  echo "Installing what tests/clients/package-lock.json names …" >&2
  (cd "$clients" && npm ci --silent --no-audit --no-fund && cksum <package-lock.json >node_modules/.locked) || fail \
    "The packages of tests/clients could not be installed (see above)." \
    "That needs the package registry, once: is there a network, or a mirror set for npm?"
}

# pip-audit in an environment of its own. Returns 1, after saying so, where it cannot be installed.
need_audit() {
  local audit="$root/.venv/audit" locked
  locked=$(cksum <"$root/scripts/locks/audit.txt")
  [ "$(cat "$audit/locked" 2>/dev/null)" = "$locked" ] && return
  echo "Installing what scripts/locks/audit.txt names …" >&2
  "$python" -m venv --clear "$audit" && "$audit/bin/python" -m pip install --quiet \
    --disable-pip-version-check --no-input --require-hashes -r "$root/scripts/locks/audit.txt" &&
    printf '%s\n' "$locked" >"$audit/locked" && return
  echo "Not audited: pip-audit could not be installed (see above)." >&2
  return 1
}

# Says how long a step took, in whole seconds; called with $SECONDS as it was before.
took() {
  echo "  … done after $((SECONDS - $1)) s." >&2
}

# READY_PYTHON names the Python of an environment that has all packages: then nothing is installed.
set_up() {
  local kind=$1 stamp wanted
  if [ -n "${READY_PYTHON:-}" ]; then
    python=$READY_PYTHON
    export PYTHONPATH="$root" HUB_DATA_DIR="${HUB_DATA_DIR:-$root/data}"
    return
  fi
  is_recent "$python" || make_venv
  stamp="$root/.venv/locked-$kind"
  wanted=$(cat "$root/pyproject.toml" "$root/scripts/locks/$kind.txt" | cksum; echo "$root")
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    install "$kind"
    printf '%s\n' "$wanted" >"$stamp"
  fi
  export HUB_DATA_DIR="${HUB_DATA_DIR:-$root/data}"
}
