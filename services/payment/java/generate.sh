#!/bin/sh
# Generates target/generated-sources/protobuf when the contract, the template or the plugins changed. Run by Maven, which puts
# the plugins into target/plugins. What the contract imports (google/api, buf/validate) comes with the dependencies.
#
#   CONTRACT  the contract: a buf workspace with proto/, or a released descriptor set (*.binpb); the repository's by default
#   BUF       the buf command; the repository's by default, else the one on PATH
set -eu
cd "$(dirname "$0")"
contract=${CONTRACT:-../../..}
code=target/generated-sources/protobuf

[ -f "$contract" ] || [ -d "$contract/proto" ] || {
  echo "There is no contract at $contract: set CONTRACT (see README.md)." >&2
  exit 1
}
case $contract in
*.binpb)
  sources=$contract
  path=theseus
  ;;
*)
  sources=$(find "$contract/proto/theseus" -name '*.proto' | sort)
  path=$contract/proto/theseus
  # The files that the contract imports are not in the repository.
  [ -d "$contract/third_party" ] || node "$contract/tools/generate.mjs"
  ;;
esac

stamp=$(cat $sources buf.gen.yaml target/plugins/* | cksum)
[ "$(cat $code/.stamp 2>/dev/null || true)" != "$stamp" ] || exit 0

if [ -z "${BUF:-}" ]; then
  repository=$contract/node_modules/@bufbuild/buf/bin/buf
  if [ -f "$repository" ]; then BUF="node $repository"; else BUF=buf; fi
fi
chmod +x target/plugins/*
rm -rf $code
$BUF generate "$contract" --path "$path" --template buf.gen.yaml
echo "$stamp" >$code/.stamp
