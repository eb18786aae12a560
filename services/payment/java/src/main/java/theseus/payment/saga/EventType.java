package theseus.payment.saga;

/** The kinds of events in a payment's log. The kind of the last event is the payment's state. */
public enum EventType {
  CREATED,
  AUTHORIZED,
  STOCK_COMMITTED,
  CAPTURED,
  ABORTING,
  FAILED,
  REFUND_REQUESTED,
  REFUNDED
}
