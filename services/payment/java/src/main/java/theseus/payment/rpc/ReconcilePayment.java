package theseus.payment.rpc;

import java.util.List;
import java.util.Optional;
import theseus.payment.call.Call;
import theseus.payment.drive.RequestContext;
import theseus.payment.message.Messages;
import theseus.payment.saga.Comparison;
import theseus.payment.saga.Mismatch;
import theseus.payment.saga.PaymentLog;
import theseus.payment.v1.PaymentMismatchOuterClass.PaymentMismatch;
import theseus.payment.v1.PaymentMismatchOuterClass.PaymentMismatchKind;
import theseus.payment.v1.PaymentServiceOuterClass.ReconcilePaymentRequest;
import theseus.payment.v1.PaymentServiceOuterClass.ReconcilePaymentResponse;

record ReconcilePayment(PaymentContext context) {

  /**
   * @param mismatches empty while something is under way
   */
  private record Compared(PaymentLog log, Optional<List<Mismatch>> mismatches) {}

  ReconcilePaymentResponse answer(ReconcilePaymentRequest request, Call call) {
    var start = context.find(request.getName(), PaymentContext.Visibility.ANY, call);
    var before = compareAtRest(start, call);
    var found = before.mismatches().orElse(List.of());
    var after = mend(found, call) ? compareAtRest(before.log(), call) : before;
    var left = after.mismatches().orElse(List.of());
    var response =
        ReconcilePaymentResponse.newBuilder()
            .setPayment(Messages.toPayment(after.log()))
            .setCompared(before.mismatches().isPresent());
    for (var mismatch : found) {
      var isMended = left.stream().noneMatch(mismatch::isOf);
      tell(start.id(), mismatch, isMended, call);
      response.addMismatches(toMessage(mismatch, isMended));
    }
    return response.build();
  }

  /** What the others say counts only when nothing was added to the log while they were asked. */
  private Compared compareAtRest(PaymentLog start, Call call) {
    var log = context.store().catchUp(start);
    while (log.isSettled()) {
      call.requireWaiting();
      var sides = context.otherSides().read(log.intent(), call.outgoing());
      var current = context.store().catchUp(log);
      if (current.last().sequence() == log.last().sequence()) {
        var now = context.clock().instant();
        return new Compared(log, Optional.of(Comparison.compare(log, sides, now)));
      }
      log = current;
    }
    return new Compared(log, Optional.empty());
  }

  /**
   * In order: money has to be taken again before a refund of it can be made again. False when there
   * is nothing to mend.
   */
  private boolean mend(List<Mismatch> found, Call call) {
    var mends = found.stream().flatMap(each -> each.mend().stream()).toList();
    for (var mend : mends) context.ask().put(mend.question(), mend.log(), RequestContext.of(call));
    return !mends.isEmpty();
  }

  private static void tell(String payment, Mismatch mismatch, boolean isMended, Call call) {
    call.log()
        .warn("mismatch")
        .with("payment", payment)
        .with("kind", mismatch.kind())
        .with("subject", mismatch.subject())
        .with("expected", mismatch.expected())
        .with("found", mismatch.found())
        .with("mended", isMended)
        .write("a payment and another party do not agree");
  }

  private static PaymentMismatch toMessage(Mismatch mismatch, boolean isMended) {
    return PaymentMismatch.newBuilder()
        .setKind(PaymentMismatchKind.valueOf("PAYMENT_MISMATCH_KIND_" + mismatch.kind()))
        .setSubject(mismatch.subject())
        .setExpected(mismatch.expected())
        .setFound(mismatch.found())
        .setMended(isMended)
        .build();
  }
}
