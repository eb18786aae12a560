package theseus.payment;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.protovalidate.exceptions.CompilationException;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import theseus.payment.call.Identity;
import theseus.payment.drive.Ask;
import theseus.payment.drive.ChangeNotifier;
import theseus.payment.drive.Driver;
import theseus.payment.drive.Peers;
import theseus.payment.drive.Recover;
import theseus.payment.drive.Recovery;
import theseus.payment.drive.Step;
import theseus.payment.process.Launch;
import theseus.payment.process.Log;
import theseus.payment.rpc.Admission;
import theseus.payment.rpc.PaymentContext;
import theseus.payment.rpc.PaymentService;
import theseus.payment.server.Address;
import theseus.payment.server.GrpcServer;
import theseus.payment.store.MongoPaymentStore;
import theseus.payment.v1.PaymentServiceOuterClass;

/** The parts of the service, put together and taken apart. */
record PaymentProcess(
    Address listening,
    Log log,
    GrpcServer server,
    Recovery recovery,
    Driver driver,
    MongoPaymentStore store,
    Peers peers)
    implements Launch.Running {
  /** Short work: the store, and the questions before a payment begins. */
  private static final int CALL_THREADS = 48;

  /**
   * Payments that are being driven at once; others wait for a place, and their callers no longer
   * than their deadline.
   */
  private static final int DRIVE_THREADS = 64;

  private static final int EVENT_LOOPS = 2;

  static PaymentProcess start(Config config, Log log) {
    var validator = CompletableFuture.supplyAsync(PaymentProcess::createValidator);
    InstantSource clock = Clock.tickMillis(ZoneOffset.UTC);
    var calls = pool("call", CALL_THREADS);
    var scheduler = new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("timer", true));
    scheduler.setRemoveOnCancelPolicy(true);
    var eventLoops =
        new MultiThreadIoEventLoopGroup(
            EVENT_LOOPS, new DefaultThreadFactory("io", true), NioIoHandler.newFactory());
    var store = new MongoPaymentStore(config.mongodb());
    var peers = new Peers(config.mesh(), eventLoops, scheduler);
    var changes = new ChangeNotifier();
    var step = new Step(store, new Ask(peers, store), clock, changes);
    var driver = new Driver(step, store, pool("drive", DRIVE_THREADS));
    var context =
        new PaymentContext(
            store,
            driver,
            new Admission(peers, pool("account", CALL_THREADS)),
            changes,
            clock,
            config.recoverAfter(),
            calls,
            scheduler);
    var server =
        new GrpcServer(
            config.listen(),
            new Identity(config.identity()),
            PaymentService.create(context, validator.join()),
            store::ping,
            new GrpcServer.Resources(calls, scheduler, eventLoops, log));
    var recover = new Recover(store, driver, clock, log);
    var recovery =
        new Recovery(
            store,
            recover,
            clock,
            log,
            () -> ThreadLocalRandom.current().nextDouble(),
            config.recoverAfter());
    peers.connect();
    var listening = server.start();
    recovery.start();
    return new PaymentProcess(listening, log, server, recovery, driver, store, peers);
  }

  @Override
  public String address() {
    return listening.toString();
  }

  /** Calls finish while what they began is still driven; then that ends as well. */
  @Override
  public void close() {
    recovery.stop();
    server.close();
    driver.close();
    recovery.close();
    store.close();
    peers.close();
  }

  private static ExecutorService pool(String name, int threads) {
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

  /** Compiles the rules of all requests, so that no call has to wait for that. */
  private static Validator createValidator() {
    var requests = PaymentServiceOuterClass.getDescriptor().getMessageTypes();
    try {
      return ValidatorFactory.newBuilder().buildWithDescriptors(requests, true);
    } catch (CompilationException fault) {
      throw new IllegalStateException("the rules of the contract cannot be compiled", fault);
    }
  }
}
