#!/bin/sh
# Builds target/payment.jar, what it needs in target/lib, and target/payment.jsa: the classes that are used, read and verified
# beforehand. Does nothing when nothing changed since the last time. CONTRACT and BUF: see generate.sh.
set -eu
cd "$(dirname "$0")"
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
contract=${CONTRACT:-../../..}
[ -f "$contract" ] || contract=$contract/proto/theseus

stamp=$({
  readlink -f "$(command -v "$java")"
  find pom.xml *.sh buf.gen.yaml java.options src/main "$contract" -type f -exec cksum {} + | sort
} | cksum)
[ "$(cat target/.stamp 2>/dev/null || true)" != "$stamp" ] || exit 0

rm -f target/.stamp
mvn -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn package -Dmaven.test.skip=true

sh archive.sh

echo "$stamp" >target/.stamp
