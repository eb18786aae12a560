package theseus.payment.drive;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import theseus.inventory.v1.ReservationOuterClass.Reservation;
import theseus.inventory.v1.ReservationOuterClass.ReservationState;

/** What inventory answers, if it is the reservation that was asked for. */
public final class AskedReservation {
  private AskedReservation() {}

  /** Anything else is no answer, and fails as a call does that has none. */
  public static Reservation require(Reservation answer, String name) {
    if (answer.getName().equals(name) && !answer.getOwner().isEmpty() && isConsistent(answer)) {
      return answer;
    }
    throw new StatusRuntimeException(
        Status.UNKNOWN.withDescription("inventory answered something else than was asked for"));
  }

  /** Sold is what has somebody to whom it was sold, and nothing else. */
  private static boolean isConsistent(Reservation reservation) {
    var sold = reservation.getState() == ReservationState.RESERVATION_STATE_COMMITTED;
    return sold != reservation.getPayment().isEmpty();
  }
}
