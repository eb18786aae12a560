package theseus.payment.store;

import java.time.Instant;

/** A mark: a payment has unfinished work from an event on. */
public record Marker(String payment, int sequence, Instant time) {}
