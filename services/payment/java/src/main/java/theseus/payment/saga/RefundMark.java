package theseus.payment.saga;

/** Who ({@code users/…}) asked for a refund, and by which request. */
public record RefundMark(String user, RequestMark request) {}
