package theseus.payment.drive;

import io.grpc.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import theseus.payment.drive.StepResult.Kind;
import theseus.payment.process.Log;
import theseus.payment.saga.EventType;
import theseus.payment.saga.PaymentLog;
import theseus.payment.store.PaymentStore;

/**
 * Drives payments to their end, step by step. Work goes on when the caller leaves; it ends when the
 * driver rests or is closed.
 */
public final class Driver implements AutoCloseable {
  private static final long LAST_STEP_MS = 5000;

  private final Step step;
  private final PaymentStore store;
  private final ExecutorService executor;
  private volatile CountDownLatch stopping = new CountDownLatch(1);
  private int underWay;

  /**
   * The context of all calls to peers, instead of that of the call that began the work: only
   * closing the driver cancels it.
   */
  private final Context.CancellableContext untilClosed = Context.ROOT.withCancellation();

  public Driver(Step step, PaymentStore store, ExecutorService executor) {
    this.step = step;
    this.store = store;
    this.executor = executor;
  }

  /** Begins to drive a payment. */
  public CompletableFuture<StepResult> start(
      PaymentLog log, RequestContext context, RetryPolicy retries) {
    var driving = CompletableFuture.supplyAsync(() -> drive(log, context, retries), executor);
    return driving.whenComplete((result, failure) -> logIfLeft(log, context.log(), failure));
  }

  /** Steps until the payment is settled or the retry policy gives up. */
  StepResult drive(PaymentLog start, RequestContext context, RetryPolicy retries) {
    enter();
    try {
      return untilClosed.call(() -> steps(start, context, retries));
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception checked) {
      throw new CompletionException(checked);
    } finally {
      leave();
    }
  }

  /**
   * Takes no further step, and returns when none is under way. What is left is the recovery's, as
   * after a crash.
   */
  public void rest() throws InterruptedException {
    stopping.countDown();
    synchronized (this) {
      while (underWay > 0) wait();
    }
  }

  /** Takes steps again. */
  public void resume() {
    stopping = new CountDownLatch(1);
  }

  private synchronized void enter() {
    underWay++;
  }

  private synchronized void leave() {
    underWay--;
    notifyAll();
  }

  private StepResult steps(PaymentLog start, RequestContext context, RetryPolicy retries)
      throws InterruptedException {
    var halt = stopping;
    var result = new StepResult(Kind.MOVED, start);
    var tries = 0;
    while (halt.getCount() > 0) {
      var state = result.log().state();
      result = step.take(result.log(), context);
      if (result.kind() == Kind.SETTLED) {
        forget(result.log(), context.log());
        return result;
      }
      var stuck = result.kind() == Kind.UNANSWERED && result.log().state() == state;
      tries = stuck ? tries + 1 : 0;
      if (!stuck) continue;
      var wait = retries.waitAfter(tries, state);
      if (wait.isEmpty()) return result;
      if (halt.await(wait.get().toMillis(), TimeUnit.MILLISECONDS)) return result;
    }
    return result;
  }

  /**
   * When this fails the mark stays; the recovery finds that nothing is left to do, and removes it.
   * A slot that stays is free all the same, as its payment is final.
   */
  private void forget(PaymentLog settled, Log requestLog) {
    if (settled.state() != EventType.REFUNDED) freeSlot(settled, requestLog);
    try {
      store.unmark(settled.id(), settled.last().sequence());
    } catch (RuntimeException failure) {
      requestLog
          .warn("still-marked")
          .with("payment", settled.id())
          .cause(failure)
          .write("a mark could not be removed");
    }
  }

  private void freeSlot(PaymentLog settled, Log requestLog) {
    try {
      store.slots().free(settled.intent().user(), settled.id());
    } catch (RuntimeException failure) {
      requestLog
          .warn("slot-kept")
          .with("payment", settled.id())
          .cause(failure)
          .write("a slot could not be given back");
    }
  }

  private static void logIfLeft(PaymentLog log, Log requestLog, Throwable failure) {
    if (failure == null) return;
    requestLog.warn("left").with("payment", log.id()).cause(failure).write("left to the recovery");
  }

  @Override
  public void close() {
    stopping.countDown();
    untilClosed.cancel(null);
    executor.shutdown();
    try {
      executor.awaitTermination(LAST_STEP_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
