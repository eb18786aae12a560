package theseus.payment.drive;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import theseus.payment.process.Log;
import theseus.payment.store.Marker;
import theseus.payment.store.PaymentStore;

/** Looks for unfinished payments about once a second, until it is closed, and drives them on. */
public final class Recovery implements AutoCloseable {
  private static final long ROUND_MS = 1000;
  private static final int AT_ONCE = 8;
  private static final long LAST_ROUND_MS = 8000;

  private final PaymentStore store;
  private final Recover recover;
  private final InstantSource clock;
  private final Log log;
  private final DoubleSupplier random;
  private final Duration recoverAfter;
  private final BackOff backOff;
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE);
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread rounds = new Thread(this::run, "recovery");

  /**
   * @param random from 0 up to 1
   * @param recoverAfter how old a mark must be before its payment is taken up
   */
  public Recovery(
      PaymentStore store,
      Recover recover,
      InstantSource clock,
      Log log,
      DoubleSupplier random,
      Duration recoverAfter) {
    this.store = store;
    this.recover = recover;
    this.clock = clock;
    this.log = log;
    this.random = random;
    this.recoverAfter = recoverAfter;
    backOff = new BackOff(clock);
  }

  public void start() {
    rounds.start();
  }

  private void run() {
    try {
      do {
        round();
      } while (!stopping.await(
          (long) (ROUND_MS * (0.5 + random.getAsDouble())), TimeUnit.MILLISECONDS));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void round() throws InterruptedException {
    var seen = new HashSet<String>();
    try {
      store.eachMarkBefore(
          clock.instant().minus(recoverAfter),
          marker -> {
            if (seen.add(marker.payment()) && !backOff.isHeld(marker.payment())) submit(marker);
            return stopping.getCount() > 0;
          });
      places.acquire(AT_ONCE);
      places.release(AT_ONCE);
      backOff.keepOnly(seen);
    } catch (RuntimeException failure) {
      log.warn("recovery").cause(failure).write("a round of recovery failed");
    }
  }

  private void submit(Marker marker) {
    places.acquireUninterruptibly();
    workers.execute(
        () -> {
          try {
            work(marker);
          } finally {
            places.release();
          }
        });
  }

  private void work(Marker marker) {
    try {
      if (recover.takeUp(marker)) backOff.clear(marker.payment());
      else backOff.hold(marker.payment());
    } catch (RuntimeException failure) {
      backOff.hold(marker.payment());
      log.warn("recovery")
          .with("payment", marker.payment())
          .cause(failure)
          .write("a payment could not be recovered");
    }
  }

  /** Takes up no more payments. */
  public void stop() {
    stopping.countDown();
  }

  /** Waits for the payments under way; closing the driver cuts them short. */
  @Override
  public void close() {
    stop();
    try {
      rounds.join(LAST_ROUND_MS);
      workers.shutdown();
      workers.awaitTermination(LAST_ROUND_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }
}
