package theseus.payment.drive;

import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.function.Supplier;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.inventory.v1.InventoryServiceOuterClass.CommitReservationRequest;
import theseus.inventory.v1.InventoryServiceOuterClass.GetReservationRequest;
import theseus.inventory.v1.InventoryServiceOuterClass.UncommitReservationRequest;
import theseus.inventory.v1.ReservationOuterClass.Reservation;
import theseus.payment.contract.StatusDetails;
import theseus.payment.message.Messages;
import theseus.payment.saga.Answer;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.Question;
import theseus.payment.store.PaymentStore;
import theseus.provider.v1.CardProviderOuterClass.AuthorizeRequest;
import theseus.provider.v1.CardProviderOuterClass.CancelRequest;
import theseus.provider.v1.CardProviderOuterClass.CaptureRequest;
import theseus.provider.v1.CardProviderOuterClass.RefundRequest;
import theseus.provider.v1.CardProviderOuterClass.RefundResponse;

/**
 * Puts the saga's questions to peers. A peer's failure is answered with UNKNOWN; a failure of the
 * store is thrown.
 */
public final class Ask {
  private final Peers peers;
  private final PaymentStore store;

  public Ask(Peers peers, PaymentStore store) {
    this.peers = peers;
    this.store = store;
  }

  public Answer put(Question question, PaymentLog payment, RequestContext context) {
    try {
      return switch (question) {
        case AUTHORIZE -> authorize(payment, context);
        case LOOK_AT_RESERVATION -> lookAtReservation(payment, context);
        case COMMIT_STOCK -> commitStock(payment, context);
        case CAPTURE -> capture(payment, context);
        case CANCEL -> cancel(payment, context);
        case GIVE_BACK_ALL -> fromRefund(refund(payment, context, refundRequest(payment)));
        case UNCOMMIT_STOCK -> uncommitStock(payment, context);
        case REFUND -> fromRefund(refund(payment, context, partOf(payment)));
      };
    } catch (StatusRuntimeException failure) {
      context
          .log()
          .warn("unanswered")
          .with("payment", payment.id())
          .with("question", question)
          .with("code", failure.getStatus().getCode())
          .with("reason", StatusDetails.reasonOf(failure))
          .write("no definite answer; it will be asked again");
      return Answer.UNKNOWN;
    }
  }

  private Answer authorize(PaymentLog payment, RequestContext context) {
    var cardToken = store.cardToken(payment.id());
    // The token is kept only with the mark. Without one, the payment has come to rest since its log
    // was read.
    if (cardToken.isEmpty()) return Answer.UNKNOWN;
    var request =
        AuthorizeRequest.newBuilder()
            .setPaymentId(payment.id())
            .setAmount(Messages.toMoney(payment.intent().amount()))
            .setCardToken(cardToken.get());
    return switch (peers.provider(context.headers()).authorize(request.build()).getOutcome()) {
      case AUTHORIZE_OUTCOME_APPROVED -> Answer.APPROVED;
      case AUTHORIZE_OUTCOME_DECLINED -> Answer.DECLINED;
      case AUTHORIZE_OUTCOME_CANCELLED -> Answer.CANCELLED;
      case AUTHORIZE_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> Answer.UNKNOWN;
    };
  }

  private Answer capture(PaymentLog payment, RequestContext context) {
    var request = CaptureRequest.newBuilder().setPaymentId(payment.id()).build();
    return switch (peers.provider(context.headers()).capture(request).getOutcome()) {
      case CAPTURE_OUTCOME_CAPTURED -> Answer.CAPTURED;
      case CAPTURE_OUTCOME_REFUSED -> Answer.REFUSED;
      case CAPTURE_OUTCOME_CANCELLED -> Answer.CANCELLED;
      case CAPTURE_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> Answer.UNKNOWN;
    };
  }

  private Answer cancel(PaymentLog payment, RequestContext context) {
    var request = CancelRequest.newBuilder().setPaymentId(payment.id()).build();
    return switch (peers.provider(context.headers()).cancel(request).getOutcome()) {
      case CANCEL_OUTCOME_CANCELLED -> Answer.CANCELLED;
      case CANCEL_OUTCOME_CAPTURED -> Answer.CAPTURED;
      case CANCEL_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> Answer.UNKNOWN;
    };
  }

  private RefundResponse refund(
      PaymentLog payment, RequestContext context, RefundRequest.Builder request) {
    return peers.provider(context.headers()).refund(request.setPaymentId(payment.id()).build());
  }

  /**
   * A refund of everything, unless an amount is set. Its id names the log's last event, so that the
   * provider carries it out once.
   */
  private static RefundRequest.Builder refundRequest(PaymentLog payment) {
    return RefundRequest.newBuilder().setRefundId(payment.refundId(payment.last().sequence()));
  }

  private static RefundRequest.Builder partOf(PaymentLog payment) {
    var amount = payment.last().amount().orElseThrow();
    return refundRequest(payment).setAmount(Messages.toMoney(amount));
  }

  private static Answer fromRefund(RefundResponse response) {
    return switch (response.getOutcome()) {
      case REFUND_OUTCOME_REFUNDED -> Answer.REFUNDED;
      case REFUND_OUTCOME_REFUSED -> Answer.REFUSED;
      case REFUND_OUTCOME_UNSPECIFIED, UNRECOGNIZED -> Answer.UNKNOWN;
    };
  }

  private Answer lookAtReservation(PaymentLog payment, RequestContext context) {
    var request =
        GetReservationRequest.newBuilder().setName(payment.intent().reservation()).build();
    return orRefusal(
        () -> {
          var answer = peers.inventory(context.headers()).getReservation(request);
          return fromReservation(AskedReservation.require(answer, request.getName()), payment);
        },
        Map.of(ErrorReason.RESERVATION_NOT_FOUND, Answer.GONE));
  }

  private static Answer fromReservation(Reservation reservation, PaymentLog payment) {
    return switch (reservation.getState()) {
      case RESERVATION_STATE_HELD -> Answer.OPEN;
      case RESERVATION_STATE_COMMITTED ->
          reservation.getPayment().equals(Messages.toName(payment.id()))
              ? Answer.OPEN
              : Answer.TAKEN;
      case RESERVATION_STATE_RELEASED, RESERVATION_STATE_EXPIRED -> Answer.GONE;
      case RESERVATION_STATE_UNSPECIFIED, UNRECOGNIZED -> Answer.UNKNOWN;
    };
  }

  private Answer commitStock(PaymentLog payment, RequestContext context) {
    var request =
        CommitReservationRequest.newBuilder()
            .setName(payment.intent().reservation())
            .setPayment(Messages.toName(payment.id()))
            .build();
    return orRefusal(
        () -> {
          var answer = peers.inventory(context.headers()).commitReservation(request);
          var sold = AskedReservation.require(answer, request.getName());
          return sold.getPayment().equals(request.getPayment()) ? Answer.COMMITTED : Answer.UNKNOWN;
        },
        Map.of(
            ErrorReason.RESERVATION_GONE, Answer.GONE,
            ErrorReason.RESERVATION_TAKEN, Answer.TAKEN));
  }

  private Answer uncommitStock(PaymentLog payment, RequestContext context) {
    var request =
        UncommitReservationRequest.newBuilder()
            .setName(payment.intent().reservation())
            .setPayment(Messages.toName(payment.id()));
    peers.inventory(context.headers()).uncommitReservation(request.build());
    return Answer.UNCOMMITTED;
  }

  /** The answer of inventory. A refusal with one of these reasons is a definite answer. */
  private static Answer orRefusal(Supplier<Answer> asking, Map<ErrorReason, Answer> definite) {
    try {
      return asking.get();
    } catch (StatusRuntimeException failure) {
      return StatusDetails.reasonOf(failure).map(definite::get).orElseThrow(() -> failure);
    }
  }
}
