package theseus.payment.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;
import static theseus.payment.store.Documents.eventId;

import com.mongodb.ConnectionString;
import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Projections;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;

/**
 * Payments in a database that speaks MongoDB's protocol. The database of one URL can be exchanged
 * for that of another while it is in use.
 */
public final class MongoPaymentStore implements PaymentStore {
  private final int openPayments;
  private final ReadWriteLock indexing = new ReentrantReadWriteLock();
  private boolean mayIndex;
  private Database current;

  /**
   * In standby: it creates no indexes until it is allowed to.
   *
   * @param openPayments the most that a user may have
   */
  public MongoPaymentStore(ConnectionString url, int openPayments) {
    this.openPayments = openPayments;
    current = new Database(url);
  }

  /** Leads all uses from now on to a URL. It returns when the last use of another has ended. */
  public void open(ConnectionString url) throws InterruptedException {
    Database before;
    synchronized (this) {
      if (current.isAt(url)) return;
      before = current;
      current = new Database(url);
    }
    before.closeAtRest();
  }

  /** Creates the indexes, while no use waits for them. A failure is left to the next use. */
  public void createIndexes() {
    try {
      current().createIndexes();
    } catch (MongoException failure) {
      // Whoever uses the store next tries again, and tells.
    }
  }

  /** The first use creates the indexes. */
  public void allowIndexes() {
    mayIndex(true);
  }

  /** Creates no more indexes. It returns when none are being created. */
  public void forbidIndexes() {
    mayIndex(false);
  }

  private void mayIndex(boolean value) {
    indexing.writeLock().lock();
    try {
      mayIndex = value;
    } finally {
      indexing.writeLock().unlock();
    }
  }

  @Override
  public void ping() {
    use(
        database -> {
          database.ping();
          return null;
        });
  }

  @Override
  public void mark(Marker marker, Optional<String> cardToken) {
    insert(Database::work, Documents.fromMarker(marker, cardToken));
  }

  @Override
  public void unmark(String payment, int upToSequence) {
    var ids =
        IntStream.rangeClosed(1, upToSequence).mapToObj(each -> eventId(payment, each)).toList();
    for (var batch : IdBatches.of(ids))
      use(database -> database.work().deleteMany(in("_id", batch)));
  }

  @Override
  public Optional<String> cardToken(String payment) {
    return use(database -> one(database.work(), eq("_id", eventId(payment, 1))))
        .map(marker -> marker.getString("card_token"));
  }

  @Override
  public void eachMarkBefore(Instant time, Predicate<Marker> more) {
    var old = lt("create_time", Date.from(time));
    use(
        database -> {
          var found = database.work().find(old).projection(Projections.exclude("card_token"));
          try (var marks = found.cursor()) {
            var wanted = true;
            while (wanted && marks.hasNext()) wanted = more.test(Documents.toMarker(marks.next()));
          }
          return null;
        });
  }

  @Override
  public boolean insertIntent(Intent intent) {
    return insert(Database::payments, Documents.fromIntent(intent));
  }

  @Override
  public boolean insertVoid(String payment, Instant time) {
    return insert(Database::payments, Documents.voidIntent(payment, time));
  }

  @Override
  public boolean insertEvent(String payment, LogEvent event) {
    return insert(Database::events, Documents.fromEvent(payment, event));
  }

  @Override
  public Optional<Intent> findIntent(String payment) {
    return use(database -> one(database.payments(), eq("_id", payment)))
        .flatMap(Documents::toIntent);
  }

  @Override
  public Optional<PaymentLog> load(String payment) {
    return use(
        database ->
            one(database.payments(), eq("_id", payment))
                .flatMap(document -> complete(database, document)));
  }

  @Override
  public List<PaymentLog> loadAll(List<String> ids) {
    return use(
        database -> {
          var found = new ArrayList<Document>();
          for (var batch : IdBatches.of(ids)) {
            database.payments().find(in("_id", batch)).into(found);
          }
          return database.logs().complete(found);
        });
  }

  @Override
  public Slots slots() {
    return new Slots(this::use, openPayments);
  }

  @Override
  public Optional<PaymentLog> findByRequest(String user, String requestId) {
    var asked = new Document("user", user).append("request_id", requestId);
    return use(
        database ->
            one(database.payments(), asked).flatMap(document -> complete(database, document)));
  }

  @Override
  public Optional<String> findByRefund(String user, String requestId) {
    var asked = new Document("refund_user", user).append("refund_request_id", requestId);
    return use(database -> one(database.events(), asked)).map(event -> event.getString("payment"));
  }

  @Override
  public List<LogEvent> eventsAfter(String payment, int sequence, int limit) {
    return use(database -> database.logs().after(payment, sequence, limit));
  }

  @Override
  public List<PaymentLog> list(Optional<String> user, Optional<Place> after, int limit) {
    var latestFirst = orderBy(descending("create_time"), descending("_id"));
    return use(
        database -> {
          var found = new ArrayList<Document>();
          for (var part : partsOf(user, after)) {
            var left = limit - found.size();
            if (left > 0) database.payments().find(part).sort(latestFirst).limit(left).into(found);
          }
          return database.logs().complete(found);
        });
  }

  @Override
  public void close() {
    current().close();
  }

  /**
   * What comes after a place, in order. Filters are plain documents: for {@code $and} and {@code
   * $or}, which the driver's builders make, some stores look at every document.
   */
  static List<Document> partsOf(Optional<String> user, Optional<Place> after) {
    Object whose = user.<Object>map(name -> name).orElse(new Document("$gt", ""));
    if (after.isEmpty()) return List.of(new Document("user", whose));
    var time = Date.from(after.get().time());
    var earlierId = new Document("$lt", after.get().id());
    return List.of(
        new Document("user", whose).append("create_time", time).append("_id", earlierId),
        new Document("user", whose).append("create_time", new Document("$lt", time)));
  }

  private static Optional<PaymentLog> complete(Database database, Document document) {
    return database.logs().complete(List.of(document)).stream().findFirst();
  }

  private static Optional<Document> one(MongoCollection<Document> collection, Bson filter) {
    return Optional.ofNullable(collection.find(filter).first());
  }

  private boolean insert(
      Function<Database, MongoCollection<Document>> collection, Document document) {
    return use(database -> Inserts.isFirst(collection.apply(database), document));
  }

  /**
   * Every use of the store goes through here: it creates the indexes first, and translates
   * failures.
   */
  private <T> T use(Function<Database, T> action) {
    var database = enter();
    try {
      ensureIndexes(database);
      return action.apply(database);
    } catch (MongoException failure) {
      throw StoreFailures.translate(failure);
    } finally {
      database.leave();
    }
  }

  private synchronized Database enter() {
    current.enter();
    return current;
  }

  private synchronized Database current() {
    return current;
  }

  private void ensureIndexes(Database database) {
    if (database.isIndexed()) return;
    indexing.readLock().lock();
    try {
      if (mayIndex) database.createIndexes();
    } finally {
      indexing.readLock().unlock();
    }
  }
}
