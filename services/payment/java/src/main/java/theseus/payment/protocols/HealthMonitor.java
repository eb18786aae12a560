package theseus.payment.protocols;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import theseus.payment.process.Log;

/** Probes the store once a second until it is closed, and tells health the result. */
public final class HealthMonitor implements AutoCloseable {
  private static final long INTERVAL_MS = 1000;
  private static final long TIMEOUT_MS = 1000;

  private final Runnable probe;
  private final Health health;
  private final Log log;
  private final ThreadFactory threads = new DefaultThreadFactory("probe", true);
  private final Thread rounds = threads.newThread(this::run);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private Future<?> probing = CompletableFuture.completedFuture(null);
  private boolean wasServing = true;

  public HealthMonitor(Runnable probe, Health health, Log log) {
    this.probe = probe;
    this.health = health;
    this.log = log;
  }

  /** Returns after the first probe, whatever its result. */
  public void start() {
    try {
      round();
      rounds.start();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stopping.countDown();
  }

  private void run() {
    try {
      while (!stopping.await(INTERVAL_MS, TimeUnit.MILLISECONDS)) round();
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    // A probe that hangs is waited for again, not started a second time.
    if (probing.isDone())
      probing = CompletableFuture.runAsync(probe, each -> threads.newThread(each).start());
    try {
      probing.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
      tell(null);
    } catch (ExecutionException failure) {
      tell(failure.getCause());
    } catch (TimeoutException late) {
      tell(new TimeoutException("no answer within " + TIMEOUT_MS + " ms"));
    }
  }

  private void tell(Throwable failure) {
    if (stopping.getCount() == 0) return;
    var serving = failure == null;
    health.setServing(serving);
    if (wasServing == serving) return;
    wasServing = serving;
    if (serving) log.info("health").with("serving", true).write("the store answers");
    else
      log.warn("health").with("serving", false).cause(failure).write("the store does not answer");
  }
}
