package theseus.payment.rpc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.drive.ChangeNotifier;
import theseus.payment.drive.Driver;
import theseus.payment.drive.RequestContext;
import theseus.payment.drive.RetryPolicy;
import theseus.payment.drive.StepResult;
import theseus.payment.message.Messages;
import theseus.payment.saga.PaymentLog;
import theseus.payment.store.PaymentStore;

/**
 * What the RPCs share.
 *
 * @param recoverAfter for how long a call's own work is left to it
 * @param calls where what blocks on the store runs
 */
public record PaymentContext(
    PaymentStore store,
    Driver driver,
    Admission admission,
    ChangeNotifier changes,
    InstantSource clock,
    Duration recoverAfter,
    Executor calls,
    ScheduledExecutorService scheduler) {
  private static final Duration MARGIN = Duration.ofMillis(500);

  /**
   * Whose payments a method shows: the caller's own, for an administrator everybody's, or
   * anybody's.
   */
  enum Visibility {
    OWN,
    OWN_OR_ADMIN,
    ANY
  }

  /**
   * A payment that the caller may see. One that is missing and one of somebody else are refused
   * alike.
   */
  PaymentLog find(String name, Visibility visibility, Call call) {
    var principal = call.requireUser();
    var everybodys =
        switch (visibility) {
          case OWN -> false;
          case OWN_OR_ADMIN -> principal.isAdmin();
          case ANY -> true;
        };
    return store
        .load(Messages.toId(name))
        .filter(log -> everybodys || log.intent().user().equals(principal.user()))
        .orElseThrow(
            () -> new RefusedException(ErrorReason.PAYMENT_NOT_FOUND, "there is no such payment"));
  }

  /** What came of driving; empty when the call has to be answered before, and the work goes on. */
  CompletableFuture<Optional<StepResult>> drive(PaymentLog log, Call call) {
    var retries = RetryPolicy.exponential(clock, recoverAfter);
    var left = Duration.between(Instant.now(), call.deadline());
    var quarter = left.dividedBy(4);
    var margin = quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN;
    var waitMs = Math.max(0, left.minus(margin).toMillis());
    return driver
        .start(log, RequestContext.of(call), retries)
        .thenApply(Optional::of)
        .completeOnTimeout(Optional.empty(), waitMs, TimeUnit.MILLISECONDS);
  }

  /** The log after driving it, or as it is when the call has to be answered. */
  CompletableFuture<PaymentLog> driveToLog(PaymentLog log, Call call) {
    return drive(log, call)
        .thenApplyAsync(
            result -> result.map(StepResult::log).orElseGet(() -> store.catchUp(log)), calls);
  }
}
