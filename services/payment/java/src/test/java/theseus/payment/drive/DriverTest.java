package theseus.payment.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.mongodb.ConnectionString;
import io.grpc.Metadata;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.saga.EventType;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.Money;
import theseus.payment.saga.PaymentLog;
import theseus.payment.saga.RequestMark;
import theseus.payment.store.MongoPaymentStore;

@DisplayName("Driving a payment")
class DriverTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static PaymentLog captured() {
    var mark = new RequestMark("r", "f");
    var intent = new Intent("p", "users/u", "reservations/r", new Money("EUR", 1, 0), mark, NOW);
    var event =
        new LogEvent(
            2, EventType.CAPTURED, NOW, Optional.empty(), Optional.empty(), Optional.empty());
    return PaymentLog.of(intent, List.of(event));
  }

  @Test
  void takesNoStepWhileItRests() throws InterruptedException {
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log);
    var nowhere = new ConnectionString("mongodb://127.0.0.1:1/none");
    try (var store = new MongoPaymentStore(nowhere, 5)) {
      var step =
          new Step(store, new Ask(null, store), InstantSource.fixed(NOW), new ChangeNotifier());
      try (var driver = new Driver(step, store, Executors.newSingleThreadExecutor())) {
        var context = new RequestContext(new Metadata(), log);
        driver.rest();
        var resting = driver.start(captured(), context, RetryPolicy.never()).join();
        assertEquals(StepResult.Kind.MOVED, resting.kind());
        driver.resume();
        var settled = driver.start(captured(), context, RetryPolicy.never()).join();
        assertEquals(StepResult.Kind.SETTLED, settled.kind());
      }
    }
  }

  @Test
  void isDoneAlsoWhenItsMarkCannotBeRemoved() {
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log);
    var nowhere = new ConnectionString("mongodb://127.0.0.1:1/none");
    try (var store = new MongoPaymentStore(nowhere, 5)) {
      var step =
          new Step(store, new Ask(null, store), InstantSource.fixed(NOW), new ChangeNotifier());
      try (var driver = new Driver(step, store, Executors.newSingleThreadExecutor())) {
        var context = new RequestContext(new Metadata(), log);
        var result = driver.start(captured(), context, RetryPolicy.never()).join();
        assertEquals(StepResult.Kind.SETTLED, result.kind());
      }
    }
  }
}
