package theseus.payment.store;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.connection.ServerMonitoringMode;
import java.util.Objects;
import org.bson.Document;

/** The database of one URL. Connects at the first use, and again after an outage. */
final class Database {
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

  private final ConnectionString url;
  private final MongoClient client;
  private final MongoDatabase database;
  private volatile boolean indexed;
  private int uses;

  Database(ConnectionString url) {
    this.url = url;
    client = MongoClients.create(settings(url));
    database = client.getDatabase(Objects.requireNonNullElse(url.getDatabase(), DEFAULT_DATABASE));
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

  boolean isAt(ConnectionString other) {
    return url.getConnectionString().equals(other.getConnectionString());
  }

  void ping() {
    database.runCommand(new Document("ping", 1));
  }

  MongoCollection<Document> payments() {
    return database.getCollection("payments");
  }

  MongoCollection<Document> events() {
    return database.getCollection("payment_events");
  }

  MongoCollection<Document> work() {
    return database.getCollection("payment_work");
  }

  MongoCollection<Document> slots() {
    return database.getCollection("payment_slots");
  }

  LogReads logs() {
    return new LogReads(events());
  }

  boolean isIndexed() {
    return indexed;
  }

  void createIndexes() {
    var unique = new IndexOptions().unique(true);
    payments().createIndex(Indexes.ascending("user", "request_id"), unique);
    payments()
        .createIndex(
            Indexes.compoundIndex(
                Indexes.ascending("user"), Indexes.descending("create_time", "_id")));
    payments().createIndex(Indexes.descending("create_time", "_id"));
    events()
        .createIndex(
            Indexes.ascending("refund_user", "refund_request_id"),
            new IndexOptions().unique(true).partialFilterExpression(Filters.exists("refund_user")));
    work().createIndex(Indexes.ascending("create_time"));
    indexed = true;
  }

  /** Keeps the client open until {@link #leave}. */
  synchronized void enter() {
    uses++;
  }

  synchronized void leave() {
    uses--;
    notifyAll();
  }

  void close() {
    client.close();
  }

  /** Closes the client when its last use has ended. */
  void closeAtRest() throws InterruptedException {
    synchronized (this) {
      while (uses > 0) wait();
    }
    client.close();
  }
}
