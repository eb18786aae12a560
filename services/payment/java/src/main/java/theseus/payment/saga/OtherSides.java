package theseus.payment.saga;

import java.util.List;
import java.util.Optional;

/** What inventory and the card provider say of a payment. */
public record OtherSides(Reservation reservation, List<Line> ledger) {
  public OtherSides {
    ledger = List.copyOf(ledger);
  }

  /** What has become of a reservation; MISSING when there is none. */
  public enum ReservationState {
    HELD,
    COMMITTED,
    RELEASED,
    EXPIRED,
    MISSING
  }

  /**
   * What inventory has of a reservation.
   *
   * @param payment id of who has it, when it is COMMITTED; else empty
   */
  public record Reservation(ReservationState state, String payment) {}

  /** What a line of the ledger says; OTHER moves no money. */
  public enum LineType {
    AUTHORIZED,
    CAPTURED,
    CANCELLED,
    REFUNDED,
    OTHER
  }

  /**
   * A line of the provider's ledger.
   *
   * @param refundId of REFUNDED; else empty
   */
  public record Line(LineType type, Optional<Money> amount, String refundId) {}
}
