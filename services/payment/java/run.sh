#!/bin/sh
# The socket is nobody else's, not even for the moment between its creation and its chmod.
umask 077
cd "$(dirname "$0")"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" @java.options -XX:SharedArchiveFile=target/payment.jsa -jar target/payment.jar
