package theseus.payment.saga;

/** What a peer can answer. */
public enum Answer {
  APPROVED,
  DECLINED,
  CANCELLED,
  OPEN,
  GONE,
  TAKEN,
  COMMITTED,
  UNCOMMITTED,
  CAPTURED,
  REFUSED,
  REFUNDED,
  /** No definite answer: a timeout, a reset, UNAVAILABLE, INTERNAL or any other failure. */
  UNKNOWN
}
