#!/bin/sh
# Builds bin/inventory. First it generates gen/ when the contract, the plugins or how they are called have changed.
#
#   CONTRACT  the contract: a buf workspace with proto/, or a released descriptor set (*.binpb); the repository's by default
#   BUF       the buf command; the repository's by default, else the one on PATH
set -eu
cd "$(dirname "$0")"
contract=${CONTRACT:-../../..}
packages="inventory error mesh quota validate"

fail() {
  echo "$1" >&2
  exit 1
}
command -v go >/dev/null || fail "There is no go on PATH: install Go 1.26 or newer (https://go.dev/dl)."
[ -f "$contract" ] || [ -d "$contract/proto" ] || fail "There is no contract at $contract: set CONTRACT (see README.md)."

case $contract in
*.binpb)
  sources=$contract
  folder=theseus
  ;;
*)
  sources=$(find "$contract/proto/theseus" -name '*.proto' | sort)
  folder=$contract/proto/theseus
  # The repository does not hold the files that the contract imports.
  [ -d "$contract/third_party" ] || node "$contract/tools/generate.mjs"
  ;;
esac

stamp=$(cat $sources build.sh buf.gen.yaml go.mod | cksum)
if [ "$(cat gen/.stamp 2>/dev/null)" != "$stamp" ]; then
  if [ -z "${BUF:-}" ]; then
    repository=$contract/node_modules/@bufbuild/buf/bin/buf
    if [ -f "$repository" ]; then BUF="node $repository"; else BUF=buf; fi
  fi
  paths=
  for package in $packages; do paths="$paths --path $folder/$package"; done
  go build -o bin/ google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
  rm -rf gen
  $BUF generate "$contract" $paths --template buf.gen.yaml
  echo "$stamp" >gen/.stamp
fi

CGO_ENABLED=0 go build -trimpath -buildvcs=false -o bin/inventory .
