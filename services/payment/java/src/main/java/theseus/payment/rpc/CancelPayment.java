package theseus.payment.rpc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.drive.EventTold;
import theseus.payment.message.Messages;
import theseus.payment.saga.EventType;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.Saga;
import theseus.payment.v1.PaymentOuterClass.Payment;
import theseus.payment.v1.PaymentServiceOuterClass.CancelPaymentRequest;

record CancelPayment(PaymentContext context) {

  CompletableFuture<Payment> answer(CancelPaymentRequest request, Call call) {
    var found = context.find(request.getName(), PaymentContext.Visibility.OWN, call);
    var aborting = abort(found, call);
    if (aborting.state() == EventType.FAILED) {
      return CompletableFuture.completedFuture(Messages.toPayment(aborting));
    }
    return context.driveToLog(aborting, call).thenApply(Messages::toPayment);
  }

  /**
   * Competes with whoever drives the payment. A failed insert means that the payment has moved on,
   * which it can do only a few times.
   */
  private PaymentLog abort(PaymentLog found, Call call) {
    var log = found;
    for (var move = Saga.onCancel(log.state());
        move.isPresent();
        move = Saga.onCancel(log.state())) {
      call.requireWaiting();
      var event = log.next(move.get(), context.clock().instant());
      if (context.store().insertEvent(log.id(), event)) {
        context.changes().notifyOf(log.id());
        EventTold.in(call.log(), log, event);
        return log.with(List.of(event));
      }
      log = context.store().catchUp(log);
    }
    if (log.state() == EventType.ABORTING || log.state() == EventType.FAILED) return log;
    throw new RefusedException(
        ErrorReason.PAYMENT_NOT_CANCELLABLE, "the payment has gone too far to be cancelled");
  }
}
