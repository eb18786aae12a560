#!/bin/sh
# Copies what a package of this repository needs at run time, and nothing else, from the checkout in the working directory.
#   pack.sh FOLDER OUT    such as pack.sh gateway /out
set -eu
folder=$1
out=$2

# What all implementations of a service share.
for shared in "$(dirname "$folder")"/lua; do
  [ ! -d "$shared" ] || { mkdir -p "$out/$(dirname "$shared")" && cp -r "$shared" "$out/$shared"; }
done

npm ls --workspace "$folder" --omit=dev --all --parseable | sed -n "s#^$PWD/##p" | sort -u | while read -r module; do
  if [ -L "$module" ]; then
    package=$(realpath --relative-to=. "$module")
    mkdir -p "$out/$package" "$out/$(dirname "$module")"
    cp -P "$module" "$out/$module"
    # A package of the repository: its code without tests, what starts it, and the contract.
    find "$package/package.json" "$package/implementation.json" "$package/bin" "$package/dist" \
      "$package/src/contract.binpb" -type f ! -path '*/test/*' ! -name '*.tsbuildinfo' 2>/dev/null |
      while read -r file; do
        mkdir -p "$out/$(dirname "$file")"
        cp "$file" "$out/$file"
      done
  elif [ "$module" = "${module#*/node_modules/}" ]; then
    # Whatever lies below it comes with it.
    mkdir -p "$out/$(dirname "$module")"
    cp -r "$module" "$out/$module"
  fi
done
