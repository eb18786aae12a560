package theseus.payment.store;

import java.time.Instant;

/**
 * One of the payments that a user may have open.
 *
 * @param number from 1 to the quota's limit
 * @param requestId of the CreatePayment that took it
 */
public record Slot(String user, int number, String payment, String requestId, Instant time) {}
