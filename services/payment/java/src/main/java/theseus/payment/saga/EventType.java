package theseus.payment.saga;

/** What an event of a payment's log says. The last event is the payment's state. */
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
