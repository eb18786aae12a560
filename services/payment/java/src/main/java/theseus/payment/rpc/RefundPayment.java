package theseus.payment.rpc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.Violation;
import theseus.payment.message.Messages;
import theseus.payment.saga.EventType;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.Money;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.RefundMark;
import theseus.payment.saga.RequestMark;
import theseus.payment.saga.Saga;
import theseus.payment.store.Marker;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceOuterClass.RefundPaymentRequest;
import theseus.payment.values.Fingerprint;

record RefundPayment(PaymentContext context) {

  /** What the caller asks for, and the call that asks. */
  private record Wish(RefundMark mark, Optional<Money> amount, Call call) {}

  private record Requested(PaymentLog log, LogEvent event) {}

  CompletionStage<Payment> answer(RefundPaymentRequest request, Call call) {
    var log = context.find(request.getName(), PaymentContext.Visibility.ANY, call);
    var amount =
        Optional.of(request.getAmount())
            .filter(any -> request.hasAmount())
            .map(Messages::fromMoney);
    return decide(log, new Wish(markOf(request, amount, call), amount, call));
  }

  /**
   * Decides by the log, and again each time that it has grown, until the refund is in it and
   * carried out.
   */
  private CompletionStage<Payment> decide(PaymentLog log, Wish wish) {
    var earlier = findEarlier(log, wish.mark());
    if (earlier.isPresent()) {
      var requested = earlier.get();
      var found = requested.log().asRefunded(requested.event());
      if (found.isSettled()) return CompletableFuture.completedFuture(Messages.toPayment(found));
      return context
          .driveToLog(requested.log(), wish.call())
          .thenApply(driven -> Messages.toPayment(driven.asRefunded(requested.event())));
    }
    if (log.state() == EventType.REFUND_REQUESTED) {
      return finishOther(log, wish).thenComposeAsync(after -> decide(after, wish), context.calls());
    }
    return decide(request(log, wish), wish);
  }

  /** The refund that an earlier call with this request id has asked for. */
  private Optional<Requested> findEarlier(PaymentLog log, RefundMark mark) {
    return context
        .store()
        .findByRefund(mark.user(), mark.request().id())
        .map(
            found ->
                found.events().stream()
                    .filter(event -> event.refund().filter(mark::equals).isPresent())
                    .findFirst()
                    .filter(event -> found.id().equals(log.id()))
                    .map(event -> new Requested(found, event))
                    .orElseThrow(() -> Refusals.requestIdReused("refund")));
  }

  /**
   * Writes the refund into the log, unless somebody else was faster. Returns the log as it is then,
   * by which {@link #decide} goes on.
   */
  private PaymentLog request(PaymentLog log, Wish wish) {
    wish.amount().ifPresent(amount -> checkCurrency(amount, log));
    var move =
        Saga.onRefund(log.state())
            .orElseThrow(
                () ->
                    new RefusedException(
                        ErrorReason.PAYMENT_NOT_CAPTURED,
                        "only a captured payment can be refunded"));
    var now = context.clock().instant();
    var event = log.next(move, now).asking(covered(wish.amount(), log), wish.mark());
    wish.call().requireWaiting();
    context.store().mark(new Marker(log.id(), event.sequence(), now), Optional.empty());
    if (context.store().insertEvent(log.id(), event)) context.changes().notifyOf(log.id());
    return context.store().catchUp(log);
  }

  /** Finishes the refund under way first: what is left to refund is not known before. */
  private CompletableFuture<PaymentLog> finishOther(PaymentLog log, Wish wish) {
    return context
        .driveToLog(log, wish.call())
        .thenApply(
            after -> {
              if (after.state() != EventType.REFUND_REQUESTED) return after;
              throw new RefusedException(
                  ErrorReason.SERVICE_UNAVAILABLE,
                  "another refund of this payment is still under way");
            });
  }

  private static RefundMark markOf(
      RefundPaymentRequest request, Optional<Money> amount, Call call) {
    var said = new ArrayList<>(List.of(request.getName()));
    amount.ifPresent(
        money ->
            said.addAll(
                List.of(
                    money.currencyCode(),
                    Long.toString(money.units()),
                    Integer.toString(money.nanos()))));
    return new RefundMark(
        call.requireUser().user(), new RequestMark(request.getRequestId(), Fingerprint.of(said)));
  }

  private static void checkCurrency(Money amount, PaymentLog log) {
    var currency = log.intent().amount().currencyCode();
    if (amount.currencyCode().equals(currency)) return;
    var message = "must be %s, the currency of the payment".formatted(currency);
    throw RefusedException.invalid(
        List.of(new Violation("amount.currency_code", "refund.currency", message)));
  }

  /** The amount that was asked for, or all that is left. */
  private static Money covered(Optional<Money> amount, PaymentLog log) {
    var left = log.refundable();
    var asked = amount.orElse(left);
    if (!asked.isMoreThan(left) && !asked.isNone()) return asked;
    throw new RefusedException(
        ErrorReason.REFUND_EXCEEDS_CAPTURE,
        "more would be refunded than is left",
        Map.of("refundable", left.toText()));
  }
}
