package theseus.payment.saga;

/** Why a payment fails; said by ABORTING, repeated by FAILED. */
public enum Failure {
  DECLINED,
  RESERVATION_GONE,
  RESERVATION_TAKEN,
  CAPTURE_REFUSED,
  CANCELLED
}
