#!/bin/sh
# Makes .venv from requirements.lock and gen/ from the contract; does nothing when neither changed.
#
#   CONTRACT  a checkout with proto/ and third_party/; the repository's by default
#   PYTHON    the interpreter to make .venv with (3.11 or newer); python3 by default
set -eu
cd "$(dirname "$0")"
contract=${CONTRACT:-../../..}
python=${PYTHON:-python3}

installed=$(cksum <requirements.lock)
if [ "$(cat .venv/.stamp 2>/dev/null)" != "$installed" ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed; name one with PYTHON=…" >&2
    exit 1
  }
  "$python" -m venv --clear .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -r requirements.lock
  # Relative to the file itself, so that the folder can move.
  site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' ../../../../src ../../../../gen >"$site/theseus-user.pth"
  echo "$installed" >.venv/.stamp
fi

# The files that the contract imports are not in the repository.
[ -f "$contract/third_party/buf/validate/validate.proto" ] || node "$contract/tools/generate.mjs"

own=$(cd "$contract/proto" && echo theseus/error/v1/*.proto theseus/mesh/v1/*.proto theseus/user/v1/*.proto)
imported=$(cd "$contract/third_party" && echo buf/validate/*.proto google/api/*.proto google/rpc/*.proto)
generated=$({
  cat build.sh requirements.lock
  (cd "$contract/proto" && cat $own)
  (cd "$contract/third_party" && cat $imported)
} | cksum)
if [ "$(cat gen/.stamp 2>/dev/null)" != "$generated" ]; then
  rm -rf gen
  mkdir gen
  .venv/bin/python -m grpc_tools.protoc -I "$contract/proto" -I "$contract/third_party" \
    --python_out=gen --pyi_out=gen --include_imports --descriptor_set_out=gen/contract.binpb $own $imported
  .venv/bin/python -m grpc_tools.protoc -I "$contract/proto" -I "$contract/third_party" \
    --grpc_python_out=gen theseus/user/v1/user_service.proto
  .venv/bin/python -m compileall -q gen src
  echo "$generated" >gen/.stamp
fi
