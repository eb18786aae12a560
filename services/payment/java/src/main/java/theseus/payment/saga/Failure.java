package theseus.payment.saga;

/** Why a payment fails. ABORTING has it first, FAILED repeats it. */
public enum Failure {
  DECLINED,
  RESERVATION_GONE,
  RESERVATION_TAKEN,
  CAPTURE_REFUSED,
  CANCELLED
}
