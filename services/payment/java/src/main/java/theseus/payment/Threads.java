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
 * The threads that the process shares out.
 *
 * @param calls for short work: the store, and the questions before a payment begins
 * @param accounts for the question that is asked beside another one
 * @param drives for the payments that are being driven
 */
record Threads(
    ExecutorService calls,
    ExecutorService accounts,
    ExecutorService drives,
    ScheduledExecutorService timer,
    EventLoopGroup eventLoops)
    implements AutoCloseable {
  private static final int CALLS = 48;

  /** More payments wait for a place, and their callers no longer than their deadline. */
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
