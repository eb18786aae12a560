package theseus.payment.rpc;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.drive.EventTold;
import theseus.payment.drive.StepResult;
import theseus.payment.message.Messages;
import theseus.payment.saga.EventType;
import theseus.payment.saga.Failure;
import theseus.payment.saga.Intent;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.RequestMark;
import theseus.payment.store.Marker;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceOuterClass.CreatePaymentRequest;
import theseus.payment.values.Fingerprint;
import theseus.payment.values.Ids;

record CreatePayment(PaymentContext context) {
  /** How often a call looks for the payment of another call with its request id. */
  private static final Duration SAME_REQUEST = Duration.ofMillis(100);

  CompletableFuture<Payment> answer(CreatePaymentRequest request, Call call) {
    var begun = findEarlier(request, call).orElseGet(() -> begin(request, call)).asPaid();
    if (begun.state() == EventType.CAPTURED)
      return CompletableFuture.completedFuture(Messages.toPayment(begun));
    return context
        .drive(begun, call)
        .thenApplyAsync(result -> toAnswer(begun, result), context.calls());
  }

  private Payment toAnswer(PaymentLog begun, Optional<StepResult> result) {
    var log = result.map(StepResult::log).orElseGet(() -> context.store().catchUp(begun)).asPaid();
    var unanswered = result.filter(each -> each.kind() == StepResult.Kind.UNANSWERED).isPresent();
    if (unanswered && log.state() == EventType.CREATED) throw providerSilent(log);
    if (log.state() == EventType.FAILED) {
      log.last()
          .failure()
          .flatMap(failure -> toRefusal(failure, log))
          .ifPresent(CreatePayment::refuse);
    }
    return Messages.toPayment(log);
  }

  /** The payment that an earlier call with this request id has begun. */
  private Optional<PaymentLog> findEarlier(CreatePaymentRequest request, Call call) {
    var earlier = context.store().findByRequest(call.requireUser().user(), request.getRequestId());
    earlier
        .filter(log -> !log.intent().request().fingerprint().equals(fingerprintOf(request)))
        .ifPresent(
            log -> {
              throw Refusals.requestIdReused("payment");
            });
    return earlier;
  }

  /**
   * Once the intent is inserted the payment exists. A caller that leaves before leaves no payment
   * behind.
   */
  private PaymentLog begin(CreatePaymentRequest request, Call call) {
    var id = Ids.newId();
    Intent intent;
    try {
      var other = enter(id, request, call);
      if (other.isPresent()) return other.get();
      intent = prepare(id, request, call);
    } catch (RefusedException refusal) {
      leave(id, call);
      // Another call with this request id may have taken the reservation since findEarlier.
      if (call.isOver()) throw refusal;
      return findEarlier(request, call).orElseThrow(() -> refusal);
    }
    if (!context.store().insertIntent(intent)) return joinWinner(id, request, call);
    var begun = PaymentLog.of(intent, List.of());
    EventTold.in(call.log(), begun, begun.last());
    return begun;
  }

  /**
   * Takes one of the user's slots. Gives the payment of another call with this request id, where
   * that has one.
   */
  private Optional<PaymentLog> enter(String id, CreatePaymentRequest request, Call call) {
    var user = call.requireUser().user();
    while (!context.openPayments().enter(user, id, request.getRequestId())) {
      if (PaymentContext.patience(call).compareTo(SAME_REQUEST) < 0) throw notBegun();
      pause(call);
      var other = findEarlier(request, call);
      if (other.isPresent()) return other;
    }
    return Optional.empty();
  }

  private static void pause(Call call) {
    try {
      Thread.sleep(SAME_REQUEST.toMillis());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw notBegun();
    }
    call.requireWaiting();
  }

  /** When this fails the slot is taken until it is too old for a payment that is about to begin. */
  private void leave(String id, Call call) {
    try {
      context.openPayments().leave(call.requireUser().user(), id);
    } catch (RuntimeException failure) {
      call.log()
          .warn("slot-kept")
          .with("payment", id)
          .cause(failure)
          .write("a slot could not be given back");
    }
  }

  /** Decides that the payment may begin, and marks it. */
  private Intent prepare(String id, CreatePaymentRequest request, Call call) {
    var store = context.store();
    var user = call.requireUser().user();
    var reservation = request.getPayment().getReservation();
    var amount = context.admission().admit(reservation, user, call);
    call.requireWaiting();
    var now = context.clock().instant();
    var mark = new RequestMark(request.getRequestId(), fingerprintOf(request));
    store.mark(new Marker(id, 1, now), Optional.of(request.getPayment().getCardToken()));
    if (call.isOver()) store.unmark(id, 1);
    call.requireWaiting();
    return new Intent(id, user, reservation, amount, mark, now);
  }

  /**
   * Another call with this request id was faster. Without its payment the slot was too old, and is
   * lost.
   */
  private PaymentLog joinWinner(String ownId, CreatePaymentRequest request, Call call) {
    var winner = findEarlier(request, call);
    if (winner.filter(log -> log.id().equals(ownId)).isPresent()) return winner.get();
    leave(ownId, call);
    context.store().unmark(ownId, 1);
    return winner.orElseThrow(CreatePayment::notBegun);
  }

  private static RefusedException notBegun() {
    return new RefusedException(
        ErrorReason.SERVICE_UNAVAILABLE, "the payment could not begin; repeat the request");
  }

  private static String fingerprintOf(CreatePaymentRequest request) {
    var payment = request.getPayment();
    return Fingerprint.of(List.of(payment.getReservation(), payment.getCardToken()));
  }

  private static RefusedException providerSilent(PaymentLog log) {
    var text = "the card provider does not answer; repeat with the same request_id";
    return Refusals.ofPayment(ErrorReason.PROVIDER_UNAVAILABLE, text, log);
  }

  /**
   * A failed payment is answered with a refusal, a payment that its owner cancelled with the
   * payment.
   */
  private static Optional<RefusedException> toRefusal(Failure failure, PaymentLog log) {
    return switch (failure) {
      case DECLINED, CAPTURE_REFUSED -> {
        var text = "the card was declined; no money was taken";
        yield Optional.of(Refusals.ofPayment(ErrorReason.PAYMENT_DECLINED, text, log));
      }
      case RESERVATION_GONE -> Optional.of(Refusals.reservationGone());
      case RESERVATION_TAKEN -> Optional.of(Refusals.reservationTaken());
      case CANCELLED -> Optional.empty();
    };
  }

  private static void refuse(RefusedException refusal) {
    throw refusal;
  }
}
