package theseus.payment.call;

import theseus.payment.process.Log;
import theseus.payment.telemetry.Telemetry;

/** What all calls of a server share. */
public record Surroundings(
    Identity identity, OpenCalls open, Writing writing, Telemetry telemetry, Log log) {}
