package theseus.payment.rpc;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.drive.StepResult;
import theseus.payment.message.Messages;
import theseus.payment.saga.EventType;
import theseus.payment.saga.Failure;
import theseus.payment.saga.Intent;
import theseus.payment.saga.Money;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.RequestMark;
import theseus.payment.store.Marker;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceOuterClass.CreatePaymentRequest;
import theseus.payment.values.Fingerprint;
import theseus.payment.values.Ids;

record CreatePayment(PaymentContext context) {

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
    var store = context.store();
    var user = call.requireUser().user();
    var reservation = request.getPayment().getReservation();
    Money amount;
    try {
      amount = context.admission().admit(reservation, user, call);
    } catch (RefusedException refusal) {
      // Another call with this request id may have taken the reservation since findEarlier.
      if (call.isOver()) throw refusal;
      return findEarlier(request, call).orElseThrow(() -> refusal);
    }
    call.requireWaiting();
    var now = context.clock().instant();
    var mark = new RequestMark(request.getRequestId(), fingerprintOf(request));
    var intent = new Intent(Ids.newId(), user, reservation, amount, mark, now);
    store.mark(new Marker(intent.id(), 1, now), Optional.of(request.getPayment().getCardToken()));
    if (call.isOver()) store.unmark(intent.id(), 1);
    call.requireWaiting();
    if (store.insertIntent(intent)) return PaymentLog.of(intent, List.of());
    return joinWinner(intent.id(), request, call);
  }

  /** Another call with this request id was faster. */
  private PaymentLog joinWinner(String ownId, CreatePaymentRequest request, Call call) {
    var winner =
        findEarlier(request, call)
            .orElseThrow(
                () ->
                    new RefusedException(
                        ErrorReason.SERVICE_UNAVAILABLE,
                        "the payment could not begin; repeat the request"));
    if (!winner.id().equals(ownId)) context.store().unmark(ownId, 1);
    return winner;
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
