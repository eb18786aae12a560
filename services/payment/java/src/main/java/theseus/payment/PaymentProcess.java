package theseus.payment;

import java.time.Clock;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import theseus.payment.call.Identity;
import theseus.payment.contract.RequestRules;
import theseus.payment.drive.Ask;
import theseus.payment.drive.ChangeNotifier;
import theseus.payment.drive.Driver;
import theseus.payment.drive.OtherSidesReader;
import theseus.payment.drive.Peers;
import theseus.payment.drive.Recover;
import theseus.payment.drive.Recovery;
import theseus.payment.drive.Step;
import theseus.payment.process.CloseStack;
import theseus.payment.process.Launch;
import theseus.payment.process.Log;
import theseus.payment.process.StandbyFile;
import theseus.payment.rpc.Admission;
import theseus.payment.rpc.LogFeeds;
import theseus.payment.rpc.OpenPayments;
import theseus.payment.rpc.PaymentContext;
import theseus.payment.rpc.PaymentService;
import theseus.payment.rpc.Turns;
import theseus.payment.server.Address;
import theseus.payment.server.GrpcServer;
import theseus.payment.store.MongoPaymentStore;
import theseus.payment.telemetry.Telemetry;
import theseus.payment.v1.PaymentServiceOuterClass;

/** The running service: puts its parts together, and closes them. */
record PaymentProcess(Address listening, Log log, Peers peers, CloseStack opened)
    implements Launch.Running {

  /** A start that fails closes what it has opened. */
  static PaymentProcess start(Config config, Telemetry telemetry, Log log) {
    var opened = new CloseStack();
    // The last to close: what the others do until then is told too.
    opened.add(telemetry::close);
    try {
      return open(config, telemetry, log, opened);
    } catch (RuntimeException | Error failure) {
      try {
        opened.close();
      } catch (RuntimeException another) {
        failure.addSuppressed(another);
      }
      throw failure;
    } catch (InterruptedException hurried) {
      opened.close();
      throw new IllegalStateException(hurried);
    }
  }

  /**
   * Each part is closed before those that it uses: calls finish while what they began is still
   * driven, then that ends as well.
   */
  private static PaymentProcess open(Config config, Telemetry telemetry, Log log, CloseStack opened)
      throws InterruptedException {
    var validator =
        CompletableFuture.supplyAsync(
            () -> RequestRules.compile(PaymentServiceOuterClass.getDescriptor()));
    InstantSource clock = Clock.tickMillis(ZoneOffset.UTC);
    var threads = Threads.open();
    opened.add(threads::close);
    var quota = OpenPayments.quota();
    var store = new MongoPaymentStore(config.mongodb(), (int) quota.getLimit());
    opened.add(store::close);
    var peers = new Peers(config.mesh(), telemetry, threads.eventLoops(), threads.timer());
    opened.add(peers::close);
    var changes = new ChangeNotifier();
    var ask = new Ask(peers, store);
    var step = new Step(store, ask, clock, changes);
    var driver = new Driver(step, store, threads.drives());
    var context =
        new PaymentContext(
            store,
            driver,
            ask,
            new OtherSidesReader(peers),
            new Admission(peers, threads.accounts()),
            new OpenPayments(store, clock, quota, config.recoverAfter()),
            changes,
            new LogFeeds(store::catchUp, changes, threads.calls(), threads.timer()),
            new Turns(),
            clock,
            config.recoverAfter(),
            threads.calls());
    var server =
        new GrpcServer(
            config.listen(),
            new Identity(config.identity()),
            PaymentService.create(context, validator.join()),
            store::ping,
            new GrpcServer.Resources(
                threads.calls(), threads.timer(), threads.eventLoops(), telemetry, log));
    var recover = new Recover(store, driver, clock, log);
    var parts =
        new Standby.Parts(
            store, driver, server, () -> recovery(config, store, recover, clock, log));
    var standby = new Standby(config, new StandbyFile(config.standbyFile(), log), parts, log);
    // Closing the driver cuts short what the recovery waits for.
    opened.add(standby::close);
    opened.add(driver::close);
    opened.add(server::close);
    standby.prepare();
    peers.connect();
    var listening = server.start();
    standby.start();
    opened.add(standby::stop);
    return new PaymentProcess(listening, log, peers, opened);
  }

  private static Recovery recovery(
      Config config, MongoPaymentStore store, Recover recover, InstantSource clock, Log log) {
    return new Recovery(
        store,
        recover,
        clock,
        log,
        () -> ThreadLocalRandom.current().nextDouble(),
        config.recoverAfter());
  }

  @Override
  public String address() {
    return listening.toString();
  }

  @Override
  public void close() {
    opened.close();
  }
}
