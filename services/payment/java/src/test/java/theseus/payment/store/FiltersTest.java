package theseus.payment.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bson.Document;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import theseus.payment.store.PaymentStore.Place;

@DisplayName("What lists ask the store for")
class FiltersTest {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void areOneUsersPayments() {
    var asked = MongoPaymentStore.partsOf(Optional.of("users/anna"), Optional.empty());
    assertEquals(List.of(new Document("user", "users/anna")), asked);
  }

  @Test
  void areTheRestOfAMomentAndWhatWasBefore() {
    var place = Optional.of(new Place(TIME, "p"));
    var whose = new Document("$gt", "");
    var rest =
        new Document("user", whose)
            .append("create_time", Date.from(TIME))
            .append("_id", new Document("$lt", "p"));
    var before =
        new Document("user", whose).append("create_time", new Document("$lt", Date.from(TIME)));
    assertEquals(List.of(rest, before), MongoPaymentStore.partsOf(Optional.empty(), place));
  }
}
