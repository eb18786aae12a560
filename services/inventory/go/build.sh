#!/bin/sh
# Builds bin/inventory. First it generates gen/ when the contract, its template or the plugins have changed.
#
#   CONTRACT  the contract: a buf workspace with proto/, or a released descriptor set (*.binpb); the repository's by default
#   BUF       the buf command; the repository's by default, else the one on PATH
set -eu
cd "$(dirname "$0")"
contract=${CONTRACT:-../../..}

fail() {
  echo "$1" >&2
  exit 1
}
command -v go >/dev/null || fail "There is no go on PATH: install Go 1.26 or newer (https://go.dev/dl)."
[ -f "$contract" ] || [ -d "$contract/proto" ] || fail "There is no contract at $contract: set CONTRACT (see README.md)."

case $contract in
*.binpb)
  sources=$contract
  paths="--path theseus/inventory --path theseus/error --path theseus/mesh"
  ;;
*)
  sources=$(find "$contract/proto/theseus" -name '*.proto' | sort)
  paths="--path $contract/proto/theseus/inventory --path $contract/proto/theseus/error --path $contract/proto/theseus/mesh"
  # The repository does not hold the files that the contract imports.
  [ -d "$contract/third_party" ] || node "$contract/tools/generate.mjs"
  ;;
esac

stamp=$(cat $sources buf.gen.yaml go.mod | cksum)
if [ "$(cat gen/.stamp 2>/dev/null)" != "$stamp" ]; then
  if [ -z "${BUF:-}" ]; then
    repository=$contract/node_modules/@bufbuild/buf/bin/buf
    if [ -f "$repository" ]; then BUF="node $repository"; else BUF=buf; fi
  fi
  go build -o bin/ google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
  rm -rf gen
  $BUF generate "$contract" $paths --template buf.gen.yaml
  echo "$stamp" >gen/.stamp
fi

CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/inventory .
