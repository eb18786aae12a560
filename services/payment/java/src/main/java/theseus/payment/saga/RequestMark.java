package theseus.payment.saga;

/** A request id and the fingerprint of what it was used for. */
public record RequestMark(String id, String fingerprint) {}
