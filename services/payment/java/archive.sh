#!/bin/sh
# Makes target/payment.jsa of what build.sh has built: the classes that are used, read and verified beforehand, for the java
# that makes it.
set -eu
cd "$(dirname "$0")"
rm -f target/payment.jsa

# The archive is written when the training run ends.
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" @java.options -XX:ArchiveClassesAtExit=target/payment.jsa -cp target/payment.jar \
  theseus.payment.TrainingRun
