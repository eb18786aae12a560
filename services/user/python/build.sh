#!/bin/sh
# Makes .venv from requirements.lock and gen/ from the contract, each only when its source has changed.
#
#   CONTRACT  the contract: a buf workspace with proto/ and third_party/, or a descriptor set of both (*.binpb); the
#             repository's by default
#   BUF       the buf command; the repository's by default, else the one on PATH
#   PYTHON    the interpreter that makes .venv, 3.11 or newer; python3 by default
set -eu
cd "$(dirname "$0")"
contract=${CONTRACT:-../../..}
python=${PYTHON:-python3}

fail() {
  echo "$1" >&2
  exit 1
}
[ -f "$contract" ] || [ -d "$contract/proto" ] || fail "There is no contract at $contract: set CONTRACT (see README.md)."

installed=$(cksum <requirements.lock)
if [ "$(cat .venv/.stamp 2>/dev/null)" != "$installed" ]; then
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "Python 3.11 or newer is needed; name one with PYTHON=…"
  "$python" -m venv --clear .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --require-hashes -r requirements.lock
  # These paths are relative to the file itself, so that the folder can be moved.
  site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  printf '%s\n' ../../../../src ../../../../gen >"$site/theseus-user.pth"
  # It names the folder in which it was made, for people alone.
  grep -v '^command' .venv/pyvenv.cfg >.venv/pyvenv.cfg.new
  mv .venv/pyvenv.cfg.new .venv/pyvenv.cfg
  echo "$installed" >.venv/.stamp
fi

case $contract in
*.binpb)
  sources=$contract
  prefix=
  details=google/rpc
  ;;
*)
  # The repository does not hold the files that the contract imports.
  [ -f "$contract/third_party/buf/validate/validate.proto" ] || node "$contract/tools/generate.mjs"
  sources=$(find "$contract/proto/theseus" "$contract/third_party" -name '*.proto' | sort)
  prefix=$contract/proto/
  details=$contract/third_party/google/rpc
  ;;
esac
# Buf adds what these import, rules and quotas too; none of them imports the details of a status.
paths="--path ${prefix}theseus/user --path ${prefix}theseus/error --path ${prefix}theseus/mesh \
  --path $details/error_details.proto --path $details/status.proto"

generated=$(cat $sources build.sh buf.gen.yaml protoc_gen_grpc_python.py requirements.lock | cksum)
if [ "$(cat gen/.stamp 2>/dev/null)" != "$generated" ]; then
  if [ -z "${BUF:-}" ]; then
    repository=$contract/node_modules/@bufbuild/buf/bin/buf
    if [ -f "$repository" ]; then BUF="node $repository"; else BUF=buf; fi
  fi
  rm -rf gen
  # protoc calls an import unused that only the options of options need. What is wrong ends the build.
  said=$($BUF generate "$contract" $paths --template buf.gen.yaml 2>&1) || fail "$said"
  [ -f gen/google/rpc/error_details_pb2.py ] ||
    fail "There is no google/rpc/error_details.proto in $contract: take a contract that is released as 0.2.0 or later."
  $BUF build "$contract" $paths --exclude-source-info --as-file-descriptor-set -o gen/contract.binpb
  .venv/bin/python -m compileall -q gen src
  echo "$generated" >gen/.stamp
fi
