#!/bin/sh
# Writes a script that runs an implementation as its implementation.json says, without a process between.
#   run-script.sh FOLDER OUT    FOLDER as it is called in the image
set -eu
command=$(sed -n 's/.*"run": \[\(.*\)\].*/\1/p' "$1/implementation.json" | sed 's/", *"/" "/g')
[ -n "$command" ] || { echo "$1/implementation.json has no \"run\" in one line" >&2; exit 1; }
printf '#!/bin/sh\ncd %s && exec %s\n' "$1" "$command" >"$2"
chmod 755 "$2"
