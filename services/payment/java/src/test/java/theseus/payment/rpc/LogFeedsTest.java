package theseus.payment.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.drive.ChangeNotifier;
import theseus.payment.saga.EventType;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.Money;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.RequestMark;

@DisplayName("Feeds of a payment's log")
class LogFeedsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final Timer timer = new Timer();
  private final ChangeNotifier changes = new ChangeNotifier();
  private final LogFeeds feeds = new LogFeeds(this::read, changes, Runnable::run, timer);
  private int stored = 1;
  private boolean isAway;
  private int reads;

  @AfterEach
  void stop() {
    timer.shutdownNow();
  }

  @Test
  void askTheStoreOnceForAll() {
    var first = new Watch(1);
    var second = new Watch(1);
    stored = 2;
    timer.poll();
    changes.notifyOf("p");
    assertEquals(2, reads);
    assertEquals(List.of("1", "2"), first.told);
    assertEquals(List.of("1", "2"), second.told);
  }

  @Test
  void tellWhoComesLateWhatWasFoundBefore() {
    new Watch(1);
    stored = 2;
    timer.poll();
    assertEquals(List.of("2"), new Watch(1).told);
  }

  @Test
  void pollUntilTheLastHasLeft() {
    var first = new Watch(1);
    var second = new Watch(1);
    first.leave.run();
    stored = 2;
    timer.poll();
    assertEquals(List.of("1"), first.told);
    assertEquals(List.of("1", "2"), second.told);
    second.leave.run();
    assertEquals(0, timer.getQueue().size());
    changes.notifyOf("p");
    assertEquals(1, reads);
  }

  @Test
  void endWithAStoreThatIsAwayAndBeginAnew() {
    var ended = new Watch(1);
    isAway = true;
    timer.poll();
    assertEquals(List.of("1", "away"), ended.told);
    assertEquals(0, timer.getQueue().size());
    isAway = false;
    var next = new Watch(1);
    ended.leave.run();
    stored = 2;
    timer.poll();
    assertEquals(List.of("1", "2"), next.told);
    assertEquals(List.of("1", "away"), ended.told);
  }

  private PaymentLog read(PaymentLog log) {
    reads += 1;
    if (isAway) throw new IllegalStateException("away");
    return logUpTo(stored);
  }

  private static PaymentLog logUpTo(int sequence) {
    var mark = new RequestMark("r", "f");
    var intent = new Intent("p", "users/u", "reservations/r", new Money("EUR", 1, 0), mark, NOW);
    return PaymentLog.of(
        intent, IntStream.rangeClosed(2, sequence).mapToObj(LogFeedsTest::event).toList());
  }

  private static LogEvent event(int sequence) {
    return new LogEvent(
        sequence, EventType.AUTHORIZED, NOW, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** Notes the last event of each log, and a failure. */
  private final class Watch implements LogFeeds.Follower {
    private final List<String> told = new ArrayList<>();
    private final Runnable leave;

    Watch(int upTo) {
      leave = feeds.follow(logUpTo(upTo), this);
    }

    @Override
    public void grown(PaymentLog log) {
      told.add(String.valueOf(log.last().sequence()));
    }

    @Override
    public void failed(RuntimeException failure) {
      told.add(failure.getMessage());
    }
  }

  /** Polls when it is told to. Its queue has what is scheduled. */
  private static final class Timer extends ScheduledThreadPoolExecutor {
    private Runnable scheduled;

    Timer() {
      super(1);
      setRemoveOnCancelPolicy(true);
    }

    void poll() {
      scheduled.run();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable action, long initialDelay, long delay, TimeUnit unit) {
      scheduled = action;
      return schedule(() -> {}, 1, TimeUnit.DAYS);
    }
  }
}
