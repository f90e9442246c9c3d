#!/bin/sh
# Make .venv with the first Python that is new enough, or say what is missing. Keeps a .venv that works.
set -eu

new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

if [ -x .venv/bin/python ] && .venv/bin/python -c "$new_enough" 2>/dev/null \
    && .venv/bin/python -m pip --version >/dev/null 2>&1; then
  exit 0
fi

for python in python3 python3.14 python3.13 python3.12 python3.11; do
  if command -v "$python" >/dev/null 2>&1 && "$python" -c "$new_enough" 2>/dev/null; then
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
      echo "✗ $("$python" --version) has no venv module" >&2
      echo "→ install it (Debian, Ubuntu: apt install python3-venv) and run make again" >&2
      exit 1
    fi
    exec "$python" -m venv --clear .venv
  fi
done

echo "✗ Python 3.11 or newer is needed; python3 here is $(python3 --version 2>&1 || echo 'not installed')" >&2
echo "→ install one (Debian 12, Ubuntu 24.04 and later: apt install python3 python3-venv) and run make again" >&2
exit 1
