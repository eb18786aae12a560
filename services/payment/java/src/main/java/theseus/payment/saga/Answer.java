package theseus.payment.saga;

/** What a peer may say. */
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
  /**
   * Every answer that is not definite: a timeout, a reset, UNAVAILABLE, INTERNAL and whatever else.
   */
  UNKNOWN
}
