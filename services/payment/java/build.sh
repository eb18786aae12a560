#!/bin/sh
# Builds target/payment.jar, what it needs in target/lib, and target/payment.jsa: the classes that a start loads, read and
# verified beforehand. Does nothing when nothing changed since the last time.
set -eu
cd "$(dirname "$0")"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

stamp=$({
  readlink -f "$(command -v "$java")"
  find pom.xml build.sh run.sh java.options src/main ../../../proto/theseus -type f -exec cksum {} + | sort
} | cksum)
[ "$(cat target/.stamp 2>/dev/null || true)" != "$stamp" ] || exit 0

rm -f target/.stamp target/payment.jsa
mvn -q -B package -Dmaven.test.skip=true

# A start with nobody around, and its end at once.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/out"
LISTEN=unix:$folder/app MESH=unix:$folder/mesh MONGODB_URL=mongodb://127.0.0.1:1/none LOG_LEVEL=silent \
  "$java" @java.options -XX:ArchiveClassesAtExit=target/payment.jsa -jar target/payment.jar >"$folder/out" &
{
  read -r listening
  sleep 1
  kill -TERM $!
  cat >/dev/null
} <"$folder/out"
wait $!

echo "$stamp" >target/.stamp
