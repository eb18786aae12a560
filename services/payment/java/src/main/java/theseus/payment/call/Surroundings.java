package theseus.payment.call;

import theseus.payment.process.Log;

/** What all calls of a server share. */
public record Surroundings(Identity identity, OpenCalls open, Writing writing, Log log) {}
