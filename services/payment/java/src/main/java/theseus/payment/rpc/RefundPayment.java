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
import theseus.payment.drive.EventTold;
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

  /**
   * Refunds of one payment take turns in this process: if all of them drove the one under way and
   * competed for the next place of the log, the work would grow with the square of their number.
   * Those of other processes still compete.
   */
  CompletionStage<Payment> answer(RefundPaymentRequest request, Call call) {
    var log = context.find(request.getName(), PaymentContext.Visibility.ANY, call);
    var amount =
        Optional.of(request.getAmount())
            .filter(any -> request.hasAmount())
            .map(Messages::fromMoney);
    var wish = new Wish(markOf(request, amount, call), amount, call);
    if (findEarlier(log, wish.mark()).isPresent()) return decide(log, wish);
    return context
        .turns()
        .take(log.id(), PaymentContext.patience(call))
        .thenComposeAsync(turn -> decideInTurn(turn, log, wish), context.calls());
  }

  private CompletionStage<Payment> decideInTurn(
      Optional<Turns.Turn> turn, PaymentLog log, Wish wish) {
    var deciding = CompletableFuture.completedFuture(log);
    return deciding
        .thenCompose(
            read -> {
              wish.call().requireWaiting();
              var current = context.store().catchUp(read);
              if (turn.isEmpty() && findEarlier(current, wish.mark()).isEmpty()) {
                throw otherUnderWay();
              }
              return decide(current, wish);
            })
        .whenComplete((payment, thrown) -> turn.ifPresent(Turns.Turn::pass));
  }

  /**
   * Decides by the log, and again each time that it has grown, until the refund is in it and
   * carried out.
   */
  private CompletionStage<Payment> decide(PaymentLog log, Wish wish) {
    var requested = findEarlier(log, wish.mark());
    if (requested.isPresent()) {
      var found = log.asRefunded(requested.get());
      if (found.isSettled()) return CompletableFuture.completedFuture(Messages.toPayment(found));
      return context
          .driveToLog(log, wish.call())
          .thenApply(driven -> Messages.toPayment(driven.asRefunded(requested.get())));
    }
    if (log.state() == EventType.REFUND_REQUESTED) {
      return finishOther(log, wish).thenComposeAsync(after -> decide(after, wish), context.calls());
    }
    return decide(request(log, wish), wish);
  }

  /** The refund of this payment that a call with this request id has asked for. */
  private static Optional<LogEvent> findEarlier(PaymentLog log, RefundMark mark) {
    var earlier = log.events().stream().filter(event -> isByRequest(event, mark)).findFirst();
    if (earlier.isPresent() && !earlier.get().refund().equals(Optional.of(mark))) {
      throw Refusals.requestIdReused("refund");
    }
    return earlier;
  }

  private static boolean isByRequest(LogEvent event, RefundMark mark) {
    return event
        .refund()
        .filter(each -> each.user().equals(mark.user()))
        .filter(each -> each.request().id().equals(mark.request().id()))
        .isPresent();
  }

  /**
   * Writes the refund into the log, unless somebody else was faster. Returns the log as it is then,
   * by which {@link #decide} goes on.
   */
  private PaymentLog request(PaymentLog log, Wish wish) {
    LogEvent event;
    try {
      event = plan(log, wish);
    } catch (RefusedException refusal) {
      // Looked up no earlier, since some stores look at every event for it. A used request id is
      // told before all else.
      if (isUsed(log, wish.mark())) return context.store().catchUp(log);
      throw refusal;
    }
    wish.call().requireWaiting();
    var marker = new Marker(log.id(), event.sequence(), context.clock().instant());
    context.store().mark(marker, Optional.empty());
    if (context.store().insertEvent(log.id(), event)) {
      context.changes().notifyOf(log.id());
      EventTold.in(wish.call().log(), log, event);
    }
    var after = context.store().catchUp(log);
    // The place is free: the request id is what was taken.
    if (after.last().sequence() == log.last().sequence()) isUsed(log, wish.mark());
    return after;
  }

  private LogEvent plan(PaymentLog log, Wish wish) {
    wish.amount().ifPresent(amount -> checkCurrency(amount, log));
    var move =
        Saga.onRefund(log.state())
            .orElseThrow(
                () ->
                    new RefusedException(
                        ErrorReason.PAYMENT_NOT_CAPTURED,
                        "only a captured payment can be refunded"));
    return log.next(move, context.clock().instant())
        .asking(covered(wish.amount(), log), wish.mark());
  }

  /**
   * True when the request id was used for this payment since its log was read. One of another
   * payment is refused.
   */
  private boolean isUsed(PaymentLog log, RefundMark mark) {
    var payment = context.store().findByRefund(mark.user(), mark.request().id());
    if (payment.filter(id -> !id.equals(log.id())).isPresent()) {
      throw Refusals.requestIdReused("refund");
    }
    return payment.isPresent();
  }

  /** Finishes the refund under way first: what is left to refund is not known before. */
  private CompletableFuture<PaymentLog> finishOther(PaymentLog log, Wish wish) {
    return context
        .driveToLog(log, wish.call())
        .thenApply(
            after -> {
              if (after.state() != EventType.REFUND_REQUESTED) return after;
              throw otherUnderWay();
            });
  }

  private static RefusedException otherUnderWay() {
    return new RefusedException(
        ErrorReason.SERVICE_UNAVAILABLE, "another refund of this payment is still under way");
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
