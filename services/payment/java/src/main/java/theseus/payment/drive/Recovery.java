package theseus.payment.drive;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import theseus.payment.process.Log;
import theseus.payment.store.Marker;
import theseus.payment.store.PaymentStore;

/** Looks for unfinished payments about once a second, until it is closed, and drives them on. */
public final class Recovery implements AutoCloseable {
  private static final long ROUND_MS = 1000;
  private static final int AT_ONCE = RecoveryQueue.FIRST_AT_ONCE + RecoveryQueue.AGAIN_AT_ONCE;
  private static final long LAST_ROUND_MS = 8000;

  private final PaymentStore store;
  private final Recover recover;
  private final InstantSource clock;
  private final Log log;
  private final DoubleSupplier random;
  private final Duration recoverAfter;
  private final RecoveryQueue queue;
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
    queue = new RecoveryQueue(clock);
  }

  public void start() {
    rounds.start();
  }

  private void run() {
    try {
      do {
        look();
      } while (!stopping.await(
          (long) (ROUND_MS * (0.5 + random.getAsDouble())), TimeUnit.MILLISECONDS));
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is under way is not waited for: new marks are seen while slow payments are worked on. */
  private void look() {
    try {
      var marks = new ArrayList<Marker>();
      store.eachMarkBefore(
          clock.instant().minus(recoverAfter),
          marker -> {
            marks.add(marker);
            return !isStopping();
          });
      queue.put(marks);
      fillPlaces();
    } catch (RuntimeException failure) {
      log.warn("recovery").cause(failure).write("the recovery could not look for payments");
    }
  }

  private void fillPlaces() {
    while (!isStopping()) {
      var next = queue.take();
      if (next.isEmpty()) return;
      try {
        workers.execute(() -> work(next.get()));
      } catch (RejectedExecutionException closed) {
        return;
      }
    }
  }

  private void work(Marker marker) {
    queue.giveBack(marker, isDone(marker));
    fillPlaces();
  }

  private boolean isDone(Marker marker) {
    try {
      return recover.takeUp(marker);
    } catch (RuntimeException failure) {
      log.warn("recovery")
          .with("payment", marker.payment())
          .cause(failure)
          .write("a payment could not be recovered");
      return false;
    }
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  /** Takes up no more payments. */
  public void stop() {
    stopping.countDown();
  }

  /** Takes up no more payments, and returns when none is under way. */
  public void rest() throws InterruptedException {
    stop();
    rounds.join();
    workers.shutdown();
    workers.awaitTermination(Long.MAX_VALUE, TimeUnit.MILLISECONDS);
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
