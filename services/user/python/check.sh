#!/bin/sh
# Format, lint, types and tests; it ends at the first that fails. Tests on a store run when MONGODB_URL names one.
# JUNIT names a file for the results of the tests.
set -eu
cd "$(dirname "$0")"
sh build.sh
installed=$(cksum <requirements-dev.lock)
if [ "$(cat .venv/.stamp-dev 2>/dev/null)" != "$installed" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -r requirements-dev.lock
  echo "$installed" >.venv/.stamp-dev
fi
.venv/bin/ruff format --check .
.venv/bin/ruff check .
.venv/bin/mypy
.venv/bin/python -m pytest -q ${JUNIT:+--junitxml "$JUNIT"}
