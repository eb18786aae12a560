package theseus.payment.drive;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.inventory.v1.InventoryServiceOuterClass.GetReservationRequest;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.StatusDetails;
import theseus.payment.message.Messages;
import theseus.payment.saga.Intent;
import theseus.payment.saga.Money;
import theseus.payment.saga.OtherSides;
import theseus.payment.saga.OtherSides.Line;
import theseus.payment.saga.OtherSides.LineType;
import theseus.payment.saga.OtherSides.Reservation;
import theseus.payment.saga.OtherSides.ReservationState;
import theseus.provider.v1.CardProviderOuterClass.LedgerEntry;
import theseus.provider.v1.CardProviderOuterClass.ListLedgerRequest;
import theseus.provider.v1.CardProviderOuterClass.ListLedgerResponse;

/**
 * Asks inventory and the card provider what they have. Who does not answer is SERVICE_UNAVAILABLE.
 */
public final class OtherSidesReader {
  private static final int PAGE = 200;

  private final Peers peers;

  public OtherSidesReader(Peers peers) {
    this.peers = peers;
  }

  public OtherSides read(Intent intent, Metadata headers) {
    return new OtherSides(
        answered("inventory", () -> readReservation(intent.reservation(), headers)),
        readLedger(intent.id(), headers));
  }

  /** All lines of the ledger about one payment; what it tells of others counts for nothing. */
  public List<Line> readLedger(String payment, Metadata headers) {
    var lines = new ArrayList<Line>();
    var request = ListLedgerRequest.newBuilder().setPaymentId(payment).setPageSize(PAGE);
    ListLedgerResponse page;
    do {
      page = readPage(request.build(), headers);
      page.getEntriesList().stream()
          .filter(entry -> entry.getPaymentId().equals(payment))
          .map(OtherSidesReader::toLine)
          .forEach(lines::add);
      request.setPageToken(page.getNextPageToken());
    } while (!page.getNextPageToken().isEmpty());
    return lines;
  }

  public ListLedgerResponse readPage(ListLedgerRequest request, Metadata headers) {
    return answered("the card provider", () -> peers.provider(headers).listLedger(request));
  }

  private Reservation readReservation(String name, Metadata headers) {
    try {
      var request = GetReservationRequest.newBuilder().setName(name).build();
      var answer = peers.inventory(headers).getReservation(request);
      var reservation = AskedReservation.require(answer, name);
      var state =
          switch (reservation.getState()) {
            case RESERVATION_STATE_HELD -> ReservationState.HELD;
            case RESERVATION_STATE_COMMITTED -> ReservationState.COMMITTED;
            case RESERVATION_STATE_RELEASED -> ReservationState.RELEASED;
            case RESERVATION_STATE_EXPIRED -> ReservationState.EXPIRED;
            case RESERVATION_STATE_UNSPECIFIED, UNRECOGNIZED -> throw unanswered("inventory", null);
          };
      var payment = reservation.getPayment();
      return new Reservation(state, payment.isEmpty() ? "" : Messages.toId(payment));
    } catch (StatusRuntimeException failure) {
      var reason = StatusDetails.reasonOf(failure);
      if (!reason.equals(Optional.of(ErrorReason.RESERVATION_NOT_FOUND))) throw failure;
      return new Reservation(ReservationState.MISSING, "");
    }
  }

  private static Line toLine(LedgerEntry entry) {
    var type =
        switch (entry.getType()) {
          case LEDGER_ENTRY_TYPE_AUTHORIZED -> LineType.AUTHORIZED;
          case LEDGER_ENTRY_TYPE_CAPTURED -> LineType.CAPTURED;
          case LEDGER_ENTRY_TYPE_CANCELLED -> LineType.CANCELLED;
          case LEDGER_ENTRY_TYPE_REFUNDED -> LineType.REFUNDED;
          case LEDGER_ENTRY_TYPE_DECLINED,
              LEDGER_ENTRY_TYPE_CAPTURE_REFUSED,
              LEDGER_ENTRY_TYPE_UNSPECIFIED,
              UNRECOGNIZED ->
              LineType.OTHER;
        };
    var amount =
        entry.hasAmount()
            ? Optional.of(Messages.fromMoney(entry.getAmount()))
            : Optional.<Money>empty();
    return new Line(type, amount, entry.getRefundId());
  }

  private static <T> T answered(String who, Supplier<T> asking) {
    try {
      return asking.get();
    } catch (StatusRuntimeException failure) {
      throw unanswered(who, failure);
    }
  }

  private static RefusedException unanswered(String who, Throwable cause) {
    return new RefusedException(ErrorReason.SERVICE_UNAVAILABLE, who + " does not answer", cause);
  }
}
