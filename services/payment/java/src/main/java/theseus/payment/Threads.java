package theseus.payment;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the process.
 *
 * @param calls run handlers, which block on the store and on peers
 * @param accounts run the check of the account beside that of the reservation
 * @param drives drive payments
 */
record Threads(
    ExecutorService calls,
    ExecutorService accounts,
    ExecutorService drives,
    ScheduledExecutorService timer,
    EventLoopGroup eventLoops)
    implements AutoCloseable {
  private static final int CALLS = 48;

  /**
   * Payments driven at once. More wait in a queue; their callers wait until their deadline at most.
   */
  private static final int DRIVES = 64;

  private static final int EVENT_LOOPS = 2;
  private static final long CLOSE_MS = 500;

  static Threads open() {
    return new Threads(
        createPool("call", CALLS),
        createPool("account", CALLS),
        createPool("drive", DRIVES),
        createTimer(),
        new MultiThreadIoEventLoopGroup(
            EVENT_LOOPS, new DefaultThreadFactory("io", true), NioIoHandler.newFactory()));
  }

  @Override
  public void close() {
    calls.shutdown();
    accounts.shutdown();
    drives.shutdown();
    timer.shutdownNow();
    eventLoops
        .shutdownGracefully(0, CLOSE_MS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MS);
  }

  private static ExecutorService createPool(String name, int threads) {
    var pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new DefaultThreadFactory(name, true));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static ScheduledExecutorService createTimer() {
    var timer = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("timer", true));
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }
}
