package theseus.payment.rpc;

import com.google.common.util.concurrent.MoreExecutors;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import theseus.payment.drive.ChangeNotifier;
import theseus.payment.saga.PaymentLog;

/** The logs of payments that are watched: the store is asked for each once, however many watch. */
public final class LogFeeds {
  /** How often to poll the store for what other processes have added. */
  private static final long POLL_MS = 250;

  private final Map<String, Feed> feeds = new ConcurrentHashMap<>();
  private final UnaryOperator<PaymentLog> catchUp;
  private final ChangeNotifier changes;
  private final Executor calls;
  private final ScheduledExecutorService scheduler;

  /**
   * @param catchUp gives a log with the events that were added since it was read
   * @param calls runs what blocks on the store
   */
  public LogFeeds(
      UnaryOperator<PaymentLog> catchUp,
      ChangeNotifier changes,
      Executor calls,
      ScheduledExecutorService scheduler) {
    this.catchUp = catchUp;
    this.changes = changes;
    this.calls = calls;
    this.scheduler = scheduler;
  }

  /** Who follows a log. Both methods have to be quick. */
  interface Follower {
    /** The log as it is now, when it is followed and whenever it has grown. */
    void grown(PaymentLog log);

    /** The store cannot be reached. The follower is not told of anything after it. */
    void failed(RuntimeException failure);
  }

  /**
   * Polls the store from a log on until it is left by all who follow it. Running the result leaves.
   */
  Runnable follow(PaymentLog log, Follower follower) {
    var joined =
        feeds.compute(
            log.id(),
            (id, present) -> {
              var feed = present == null ? new Feed(log) : present;
              feed.followers.add(follower);
              return feed;
            });
    joined.tell(follower);
    return () -> leave(joined, follower);
  }

  private void leave(Feed feed, Follower follower) {
    feeds.compute(
        feed.id,
        (id, present) -> {
          feed.followers.remove(follower);
          if (present != feed || !feed.followers.isEmpty()) return present;
          feed.end();
          return null;
        });
  }

  /** What those who follow one payment share. It holds no thread between polls. */
  private final class Feed {
    private final String id;
    private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
    private final Executor oneAtATime = MoreExecutors.newSequentialExecutor(calls);
    private final AtomicBoolean pollQueued = new AtomicBoolean();
    private final Runnable unsubscribe;
    private final Future<?> polling;
    private PaymentLog log;

    Feed(PaymentLog log) {
      this.id = log.id();
      this.log = log;
      unsubscribe = changes.subscribe(id, this::queuePoll);
      polling =
          scheduler.scheduleWithFixedDelay(
              this::queuePoll, POLL_MS, POLL_MS, TimeUnit.MILLISECONDS);
    }

    /** Tells what the others have been told before. */
    void tell(Follower follower) {
      oneAtATime.execute(() -> follower.grown(log));
    }

    void end() {
      unsubscribe.run();
      polling.cancel(false);
    }

    /** Queues one poll at most, so that they do not pile up in front of a slow store. */
    private void queuePoll() {
      if (pollQueued.compareAndSet(false, true)) oneAtATime.execute(this::poll);
    }

    private void poll() {
      pollQueued.set(false);
      try {
        var before = log.last().sequence();
        log = catchUp.apply(log);
        if (log.last().sequence() == before) return;
        followers.forEach(follower -> follower.grown(log));
      } catch (RuntimeException failure) {
        // From here on whoever comes begins anew.
        if (feeds.remove(id, this)) end();
        followers.forEach(follower -> follower.failed(failure));
      }
    }
  }
}
