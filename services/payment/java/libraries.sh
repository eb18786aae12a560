#!/bin/sh
# Writes libraries.sha256, the checksum of each library in target/lib; with --check, compares them, and ends with 1 when one
# is other, missing or new.
set -eu
cd "$(dirname "$0")"
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
sum() { if command -v sha256sum >/dev/null; then sha256sum "$@"; else shasum -a 256 "$@"; fi; }

if [ "${1:-}" = --check ]; then
  known=$(sed 's#  .*/#  #' libraries.sha256 | sort)
  found=$(cd target/lib && sum *.jar | sort)
  [ "$known" = "$found" ] && exit 0
  echo "Libraries are not those of libraries.sha256 (sh libraries.sh writes it anew, when pom.xml has changed):" >&2
  printf '%s\n' "$known" "$found" | sort | uniq -u | sed 's/^.*  /  /' | sort -u >&2
  exit 1
fi

for jar in target/lib/*.jar; do
  name=$(basename "$jar")
  folder=$(dirname "$(find "$repository" -name "$name" | head -n 1)")
  group=$(dirname "$(dirname "${folder#"$repository"/}")" | tr / .)
  echo "$(sum <"$jar" | cut -d ' ' -f 1)  $group/$name"
done | sort -k 2 >libraries.sha256
