package theseus.payment.store;

import static com.mongodb.client.model.Filters.in;

import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bson.Document;

/** The slots of storage.md, of which each user has {@code limit}. */
public final class Slots {
  /** Does something with the store, and translates its failures. */
  interface Use {
    <T> T with(Function<Database, T> action);
  }

  private final Use use;
  private final int limit;

  Slots(Use use, int limit) {
    this.use = use;
    this.limit = limit;
  }

  /** Those that a user's payments have, each with a document. */
  public List<Slot> of(String user) {
    var ids = in("_id", idsOf(user));
    var found = use.with(database -> database.slots().find(ids).into(new ArrayList<>()));
    return found.stream().map(document -> toSlot(user, document)).toList();
  }

  /** Takes a slot that has no document. False when it has one. */
  public boolean insert(Slot slot) {
    return use.with(database -> Inserts.isFirst(database.slots(), fromSlot(slot)));
  }

  /** Takes a slot in the place of who has it. False when it has gone to somebody else. */
  public boolean replace(Slot free, Slot slot) {
    var had =
        new Document("_id", idOf(free.user(), free.number())).append("payment", free.payment());
    return use.with(
        database -> database.slots().replaceOne(had, fromSlot(slot)).getMatchedCount() == 1);
  }

  /** Gives a payment's slot back. Without one nothing happens. */
  public void free(String user, String payment) {
    var had = new Document("_id", new Document("$in", idsOf(user))).append("payment", payment);
    use.with(database -> database.slots().deleteMany(had));
  }

  private List<String> idsOf(String user) {
    return IntStream.rangeClosed(1, limit).mapToObj(number -> idOf(user, number)).toList();
  }

  private static String idOf(String user, int number) {
    return user + "#" + number;
  }

  private static Document fromSlot(Slot slot) {
    return new Document("_id", idOf(slot.user(), slot.number()))
        .append("payment", slot.payment())
        .append("request_id", slot.requestId())
        .append("create_time", Date.from(slot.time()));
  }

  private static Slot toSlot(String user, Document document) {
    var id = document.getString("_id");
    return new Slot(
        user,
        Integer.parseInt(id.substring(user.length() + 1)),
        document.getString("payment"),
        document.getString("request_id"),
        document.getDate("create_time").toInstant());
  }
}
