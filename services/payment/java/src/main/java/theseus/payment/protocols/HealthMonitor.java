package theseus.payment.protocols;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import theseus.payment.process.Log;

/** Makes health tell what a probe of the store finds, once a second; changes are logged. */
public final class HealthMonitor {
  private static final long INTERVAL_MS = 1000;
  private static final long TIMEOUT_MS = 1000;

  private final Runnable probe;
  private final Executor executor =
      Executors.newSingleThreadExecutor(new DefaultThreadFactory("probe", true));
  private final ScheduledExecutorService scheduler;
  private final Health health;
  private final Log log;
  private CompletableFuture<Void> probing = CompletableFuture.completedFuture(null);
  private boolean told = true;

  public HealthMonitor(Runnable probe, ScheduledExecutorService scheduler, Health health, Log log) {
    this.probe = probe;
    this.scheduler = scheduler;
    this.health = health;
    this.log = log;
  }

  /** Completes when health has been told for the first time. */
  public synchronized CompletableFuture<Void> round() {
    // One that hangs is not asked again beside itself.
    if (probing.isDone()) probing = CompletableFuture.runAsync(probe, executor);
    return probing
        .copy()
        .orTimeout(TIMEOUT_MS, TimeUnit.MILLISECONDS)
        .handle(
            (answered, failure) -> {
              try {
                tell(failure);
              } finally {
                scheduler.schedule(this::round, INTERVAL_MS, TimeUnit.MILLISECONDS);
              }
              return null;
            });
  }

  private void tell(Throwable failure) {
    var serving = failure == null;
    health.setServing(serving);
    if (told == serving) return;
    told = serving;
    if (serving) log.info("health").with("serving", true).write("the store answers");
    else
      log.warn("health").with("serving", false).cause(failure).write("the store does not answer");
  }
}
