package theseus.payment.drive;

import java.time.Duration;
import java.time.InstantSource;
import theseus.payment.drive.StepResult.Kind;
import theseus.payment.process.Log;
import theseus.payment.saga.PaymentLog;
import theseus.payment.store.Marker;
import theseus.payment.store.PaymentStore;

/** Takes up one mark of unfinished work. */
public final class Recover {
  /** Age at which a mark without an intent is removed. */
  private static final Duration ORPHANED = Duration.ofHours(1);

  private final PaymentStore store;
  private final Driver driver;
  private final InstantSource clock;
  private final Log log;

  public Recover(PaymentStore store, Driver driver, InstantSource clock, Log log) {
    this.store = store;
    this.driver = driver;
    this.clock = clock;
    this.log = log;
  }

  /** True when nothing is left to do for the mark. */
  boolean takeUp(Marker marker) {
    var found = store.load(marker.payment());
    if (found.isEmpty()) return buryOrphan(marker);
    var payment = found.get();
    if (!payment.isSettled()) return drive(payment);
    // The mark is of an event that is not in the log yet: a refund may be about to write it.
    if (payment.last().sequence() < marker.sequence()) return false;
    store.unmark(marker.payment(), payment.last().sequence());
    return true;
  }

  private boolean drive(PaymentLog payment) {
    var context = RequestContext.startNew(log);
    var result = driver.drive(payment, context, RetryPolicy.never());
    var settled = result.kind() == Kind.SETTLED;
    context
        .log()
        .info("recovery")
        .with("payment", payment.id())
        .with("from", payment.state())
        .with("to", result.log().state())
        .write(settled ? "recovered a payment" : "a payment is still waiting");
    return settled;
  }

  /**
   * Removes a mark without an intent. Its caller may still be about to insert the intent, so a void
   * takes that place first.
   */
  private boolean buryOrphan(Marker marker) {
    var payment = marker.payment();
    if (clock.instant().isBefore(marker.time().plus(ORPHANED))) return false;
    store.insertVoid(payment, clock.instant());
    if (store.load(payment).isPresent()) return false;
    store.unmark(payment, 1);
    log.info("recovery")
        .with("payment", payment)
        .write("removed the mark of a payment that never began");
    return true;
  }
}
