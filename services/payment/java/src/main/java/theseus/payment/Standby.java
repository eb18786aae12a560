package theseus.payment;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import theseus.payment.drive.Driver;
import theseus.payment.drive.Recovery;
import theseus.payment.process.ConfigException;
import theseus.payment.process.Log;
import theseus.payment.process.StandbyFile;
import theseus.payment.server.GrpcServer;
import theseus.payment.store.MongoPaymentStore;

/** Makes the process active and leads it into standby, as its standby file says. */
final class Standby implements AutoCloseable {
  private static final long LOOK_MS = 100;
  private static final long LAST_CHANGE_MS = 500;

  private final Config config;
  private final StandbyFile file;
  private final Parts parts;
  private final Log log;
  private final CountDownLatch stopping = new CountDownLatch(1);

  /** No daemon: in standby it is the only thread that keeps the process from its end. */
  private final Thread looks = new Thread(this::run, "standby");

  private boolean active;
  private volatile Recovery recovery;

  /**
   * What changes.
   *
   * @param recovery makes one, which is not started
   */
  record Parts(
      MongoPaymentStore store, Driver driver, GrpcServer server, Supplier<Recovery> recovery) {}

  Standby(Config config, StandbyFile file, Parts parts, Log log) {
    this.config = config;
    this.file = file;
    this.parts = parts;
    this.log = log;
    recovery = parts.recovery().get();
  }

  /** Before anything of the process runs. A supervisor writes the URL first, so it is read last. */
  void prepare() throws InterruptedException {
    active = !file.isThere();
    useCurrentUrl();
    if (!active) return;
    parts.store().allowIndexes();
    parts.server().beginWriting();
  }

  /** Once the process listens. */
  void start() {
    if (active) {
      recovery.start();
      sayActive();
    } else {
      log.info("standby").write("the process is in standby");
    }
    looks.start();
  }

  /** Begins nothing more. */
  void stop() {
    stopping.countDown();
    looks.interrupt();
    try {
      looks.join(LAST_CHANGE_MS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
    recovery.stop();
  }

  /** Waits for the payments that the recovery has taken up. */
  @Override
  public void close() {
    recovery.close();
  }

  private void run() {
    try {
      while (!stopping.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
        var standby = file.isThere();
        if (standby && active) goIntoStandby();
        else if (!standby && !active) becomeActive();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void becomeActive() throws InterruptedException {
    useCurrentUrl();
    parts.store().createIndexes();
    parts.store().allowIndexes();
    parts.driver().resume();
    if (stopping.getCount() == 0) return;
    recovery = parts.recovery().get();
    recovery.start();
    parts.server().beginWriting();
    active = true;
    sayActive();
  }

  private void sayActive() {
    parts.server().sayActive(true);
    log.info("active").write("the process is active");
  }

  /** Says that the process is in standby when nothing writes any more. */
  private void goIntoStandby() throws InterruptedException {
    parts.server().endWriting();
    recovery.stop();
    parts.driver().rest();
    recovery.rest();
    parts.store().forbidIndexes();
    useCurrentUrl();
    active = false;
    parts.server().sayActive(false);
    log.info("standby").write("the process is in standby");
  }

  /** With a file that is faulty the process goes on with the URL that it has. */
  private void useCurrentUrl() throws InterruptedException {
    try {
      parts.store().open(config.currentMongodb());
    } catch (ConfigException fault) {
      log.error("store-url")
          .cause(fault)
          .write("the store's URL cannot be read again; the one before stays in use");
    }
  }
}
