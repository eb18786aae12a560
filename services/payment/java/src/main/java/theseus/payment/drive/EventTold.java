package theseus.payment.drive;

import theseus.payment.process.Log;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;

/** One line for each event, by the process that wrote it: the store tells what, but not by whom. */
public final class EventTold {
  private EventTold() {}

  /**
   * Tells of an event that this process has written.
   *
   * @param payment the log to which the event was added, with it or without
   */
  public static void in(Log log, PaymentLog payment, LogEvent event) {
    var line =
        log.info("payment-event")
            .with("payment", payment.id())
            .with("sequence", event.sequence())
            .with("type", event.type());
    event.failure().ifPresent(failure -> line.with("failure", failure));
    if (event.sequence() == 1) line.with("reservation", payment.intent().reservation());
    line.write("%s is written".formatted(event.type()));
  }
}
