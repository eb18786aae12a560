package theseus.payment.rpc;

import java.util.Map;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.RefusedException;
import theseus.payment.message.Messages;
import theseus.payment.saga.PaymentLog;

/** Refusals that several RPCs share. */
final class Refusals {
  private Refusals() {}

  static RefusedException reservationNotFound() {
    return new RefusedException(ErrorReason.RESERVATION_NOT_FOUND, "there is no such reservation");
  }

  static RefusedException reservationGone() {
    return new RefusedException(
        ErrorReason.RESERVATION_GONE, "the reservation has expired or was released");
  }

  static RefusedException reservationTaken() {
    return new RefusedException(
        ErrorReason.RESERVATION_TAKEN, "another payment has taken the reservation");
  }

  static RefusedException requestIdReused(String what) {
    return new RefusedException(
        ErrorReason.REQUEST_ID_REUSED, "request_id was used before, for another " + what);
  }

  static RefusedException ofPayment(ErrorReason reason, String text, PaymentLog log) {
    return new RefusedException(reason, text, Map.of("payment", Messages.toName(log.id())));
  }
}
