package theseus.payment.rpc;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.call.Call;
import theseus.payment.contract.RefusedException;
import theseus.payment.drive.Ask;
import theseus.payment.drive.ChangeNotifier;
import theseus.payment.drive.Driver;
import theseus.payment.drive.OtherSidesReader;
import theseus.payment.drive.RequestContext;
import theseus.payment.drive.RetryPolicy;
import theseus.payment.drive.StepResult;
import theseus.payment.message.Messages;
import theseus.payment.saga.Intent;
import theseus.payment.saga.PaymentLog;
import theseus.payment.store.PaymentStore;

/**
 * What all RPCs use.
 *
 * @param turns of the refunds of each payment
 * @param recoverAfter how long a call drives its own payment before the recovery takes it up
 * @param calls runs what blocks on the store
 */
public record PaymentContext(
    PaymentStore store,
    Driver driver,
    Ask ask,
    OtherSidesReader otherSides,
    Admission admission,
    OpenPayments openPayments,
    ChangeNotifier changes,
    LogFeeds logFeeds,
    Turns turns,
    InstantSource clock,
    Duration recoverAfter,
    Executor calls) {
  private static final Duration MARGIN = Duration.ofMillis(500);

  /** Whose payments a method shows: only the caller's own; for an administrator all; or all. */
  enum Visibility {
    OWN,
    OWN_OR_ADMIN,
    ANY
  }

  /** A payment that the caller may see, as far as it is. */
  PaymentLog find(String name, Visibility visibility, Call call) {
    return store.catchUp(PaymentLog.of(findIntent(name, visibility, call), List.of()));
  }

  /**
   * The intent of a payment that the caller may see. Another user's payment is refused just like
   * one that does not exist, after the same reads: the log is not looked at before the owner is
   * known, or the time that it takes would tell the two apart.
   */
  Intent findIntent(String name, Visibility visibility, Call call) {
    var principal = call.requireUser();
    var everybodys =
        switch (visibility) {
          case OWN -> false;
          case OWN_OR_ADMIN -> principal.isAdmin();
          case ANY -> true;
        };
    return store
        .findIntent(Messages.toId(name))
        .filter(intent -> everybodys || intent.user().equals(principal.user()))
        .orElseThrow(
            () -> new RefusedException(ErrorReason.PAYMENT_NOT_FOUND, "there is no such payment"));
  }

  /** For how long a call can wait before it has to be answered. */
  static Duration patience(Call call) {
    var left = Duration.between(Instant.now(), call.deadline());
    var quarter = left.dividedBy(4);
    var margin = quarter.compareTo(MARGIN) < 0 ? quarter : MARGIN;
    var patience = left.minus(margin);
    return patience.isNegative() ? Duration.ZERO : patience;
  }

  /** Drives a payment. Empty when the call has to be answered first; the work goes on. */
  CompletableFuture<Optional<StepResult>> drive(PaymentLog log, Call call) {
    var retries = RetryPolicy.exponential(clock, recoverAfter);
    return driver
        .start(log, RequestContext.of(call), retries)
        .thenApply(Optional::of)
        .completeOnTimeout(Optional.empty(), patience(call).toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Drives a payment. The log after that, or as it is when the call has to be answered first. */
  CompletableFuture<PaymentLog> driveToLog(PaymentLog log, Call call) {
    return drive(log, call)
        .thenApplyAsync(
            result -> result.map(StepResult::log).orElseGet(() -> store.catchUp(log)), calls);
  }
}
