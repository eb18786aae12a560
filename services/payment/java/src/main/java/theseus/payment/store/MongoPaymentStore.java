package theseus.payment.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Sorts.descending;
import static com.mongodb.client.model.Sorts.orderBy;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static theseus.payment.store.Documents.eventId;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Projections;
import com.mongodb.connection.ServerMonitoringMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bson.Document;
import org.bson.conversions.Bson;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;

/**
 * Payments in a database that speaks MongoDB's protocol. Connects at the first use, and again after
 * an outage.
 */
public final class MongoPaymentStore implements PaymentStore {
  /** The longest search for a store that is not there; shorter than any caller waits. */
  private static final int FIND_MS = 1000;

  /**
   * For connecting, and for the driver's heartbeats and handshakes. It is long because a late
   * heartbeat empties the pool. No call waits that long: FIND_MS ends before.
   */
  private static final int CONNECT_MS = 10_000;

  /** Shorter than the shortest timeout of a method, so that reads are not repeated either. */
  private static final int ANSWER_MS = 1500;

  private static final String DEFAULT_DATABASE = "test";

  private final MongoClient client;
  private final MongoDatabase database;
  private final MongoCollection<Document> payments;
  private final MongoCollection<Document> events;
  private final MongoCollection<Document> work;
  private final LogReads logs;
  private final Slots slots;
  private volatile boolean indexed;

  /**
   * @param openPayments the most that a user may have
   */
  public MongoPaymentStore(ConnectionString url, int openPayments) {
    client = MongoClients.create(settings(url));
    database = client.getDatabase(Objects.requireNonNullElse(url.getDatabase(), DEFAULT_DATABASE));
    payments = database.getCollection("payments");
    events = database.getCollection("payment_events");
    work = database.getCollection("payment_work");
    logs = new LogReads(events);
    slots = new Slots(database.getCollection("payment_slots"), this::use, openPayments);
  }

  private static MongoClientSettings settings(ConnectionString url) {
    return MongoClientSettings.builder()
        .applyConnectionString(url)
        .retryWrites(false)
        .retryReads(false)
        .readPreference(ReadPreference.primary())
        .writeConcern(WriteConcern.MAJORITY.withJournal(true))
        .applyToClusterSettings(cluster -> cluster.serverSelectionTimeout(FIND_MS, MILLISECONDS))
        // One heartbeat after the other: SecantusDB sometimes numbers streamed heartbeats wrongly,
        // and the driver then takes the store for gone.
        .applyToServerSettings(server -> server.serverMonitoringMode(ServerMonitoringMode.POLL))
        .applyToSocketSettings(
            socket ->
                socket
                    .connectTimeout(CONNECT_MS, MILLISECONDS)
                    .readTimeout(ANSWER_MS, MILLISECONDS))
        .applyToConnectionPoolSettings(
            pool -> pool.maxSize(32).maxWaitTime(ANSWER_MS, MILLISECONDS))
        .build();
  }

  @Override
  public void ping() {
    use(() -> database.runCommand(new Document("ping", 1)));
  }

  @Override
  public void mark(Marker marker, Optional<String> cardToken) {
    insert(work, Documents.fromMarker(marker, cardToken));
  }

  @Override
  public void unmark(String payment, int upToSequence) {
    var ids =
        IntStream.rangeClosed(1, upToSequence).mapToObj(each -> eventId(payment, each)).toList();
    for (var batch : IdBatches.of(ids)) use(() -> work.deleteMany(in("_id", batch)));
  }

  @Override
  public Optional<String> cardToken(String payment) {
    return use(() -> one(work, eq("_id", eventId(payment, 1))))
        .map(marker -> marker.getString("card_token"));
  }

  @Override
  public void eachMarkBefore(Instant time, Predicate<Marker> more) {
    var old = lt("create_time", Date.from(time));
    try (var marks =
        use(() -> work.find(old).projection(Projections.exclude("card_token")).cursor())) {
      while (use(marks::hasNext)) {
        if (!more.test(Documents.toMarker(marks.next()))) return;
      }
    }
  }

  @Override
  public boolean insertIntent(Intent intent) {
    return insert(payments, Documents.fromIntent(intent));
  }

  @Override
  public boolean insertVoid(String payment, Instant time) {
    return insert(payments, Documents.voidIntent(payment, time));
  }

  @Override
  public boolean insertEvent(String payment, LogEvent event) {
    return insert(events, Documents.fromEvent(payment, event));
  }

  @Override
  public Optional<Intent> findIntent(String payment) {
    return use(() -> one(payments, eq("_id", payment))).flatMap(Documents::toIntent);
  }

  @Override
  public Optional<PaymentLog> load(String payment) {
    return use(() -> one(payments, eq("_id", payment)).flatMap(this::complete));
  }

  @Override
  public List<PaymentLog> loadAll(List<String> ids) {
    return use(
        () -> {
          var found = new ArrayList<Document>();
          for (var batch : IdBatches.of(ids)) payments.find(in("_id", batch)).into(found);
          return logs.complete(found);
        });
  }

  @Override
  public Slots slots() {
    return slots;
  }

  @Override
  public Optional<PaymentLog> findByRequest(String user, String requestId) {
    var asked = and(eq("user", user), eq("request_id", requestId));
    return use(() -> one(payments, asked).flatMap(this::complete));
  }

  @Override
  public Optional<String> findByRefund(String user, String requestId) {
    var asked = and(eq("refund_user", user), eq("refund_request_id", requestId));
    return use(() -> one(events, asked)).map(event -> event.getString("payment"));
  }

  @Override
  public List<LogEvent> eventsAfter(String payment, int sequence, int limit) {
    return use(() -> logs.after(payment, sequence, limit));
  }

  @Override
  public List<PaymentLog> list(Optional<String> user, Optional<Place> after, int limit) {
    var filters = new ArrayList<Bson>();
    filters.add(user.map(name -> eq("user", name)).orElse(gt("user", "")));
    after.map(MongoPaymentStore::beyond).ifPresent(filters::add);
    var latestFirst = orderBy(descending("create_time"), descending("_id"));
    return use(
        () -> {
          var found = payments.find(and(filters)).sort(latestFirst).limit(limit);
          return logs.complete(found.into(new ArrayList<>()));
        });
  }

  @Override
  public void close() {
    client.close();
  }

  private static Bson beyond(Place place) {
    var time = Date.from(place.time());
    return or(lt("create_time", time), and(eq("create_time", time), lt("_id", place.id())));
  }

  private Optional<PaymentLog> complete(Document document) {
    return logs.complete(List.of(document)).stream().findFirst();
  }

  private static Optional<Document> one(MongoCollection<Document> collection, Bson filter) {
    return Optional.ofNullable(collection.find(filter).first());
  }

  private boolean insert(MongoCollection<Document> collection, Document document) {
    return use(() -> Inserts.isFirst(collection, document));
  }

  /**
   * Every use of the store goes through here: it creates the indexes first, and translates
   * failures.
   */
  private <T> T use(Supplier<T> action) {
    try {
      ensureIndexes();
      return action.get();
    } catch (MongoException failure) {
      throw StoreFailures.translate(failure);
    }
  }

  private void ensureIndexes() {
    if (indexed) return;
    var unique = new IndexOptions().unique(true);
    payments.createIndex(Indexes.ascending("user", "request_id"), unique);
    payments.createIndex(
        Indexes.compoundIndex(Indexes.ascending("user"), Indexes.descending("create_time", "_id")));
    payments.createIndex(Indexes.descending("create_time", "_id"));
    events.createIndex(
        Indexes.ascending("refund_user", "refund_request_id"),
        new IndexOptions().unique(true).partialFilterExpression(Filters.exists("refund_user")));
    work.createIndex(Indexes.ascending("create_time"));
    indexed = true;
  }
}
