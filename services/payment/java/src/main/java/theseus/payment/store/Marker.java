package theseus.payment.store;

import java.time.Instant;

/** Says that a payment has work from an event on. */
public record Marker(String payment, int sequence, Instant time) {}
