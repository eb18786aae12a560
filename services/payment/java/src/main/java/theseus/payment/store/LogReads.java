package theseus.payment.store;

import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Sorts.ascending;

import com.mongodb.client.MongoCollection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.Document;
import theseus.payment.saga.Intent;
import theseus.payment.saga.LogEvent;
import theseus.payment.saga.PaymentLog;

/**
 * Reads logs by the ids of their events, which are known beforehand as logs have no gaps. Every
 * store looks ids up; for a range of ids some scan.
 */
record LogReads(MongoCollection<Document> events) {
  /** Most logs fit: a failed payment has 4 events after CREATED, a payment refunded once 5. */
  private static final int FIRST = 5;

  /** Long logs are read in longer and longer pieces, up to this many events. */
  private static final int LONGEST = 40;

  /** The logs of intents, in the same order, without voids. */
  List<PaymentLog> complete(List<Document> documents) {
    var intents = documents.stream().flatMap(document -> Documents.toIntent(document).stream());
    var found = intents.toList();
    var begun = found.stream().collect(Collectors.toMap(Intent::id, intent -> 1));
    var afterwards = after(begun, Integer.MAX_VALUE);
    return found.stream().map(each -> PaymentLog.of(each, afterwards.get(each.id()))).toList();
  }

  /** All events after one, or at least {@code limit} where there are so many. */
  List<LogEvent> after(String payment, int sequence, int limit) {
    return after(Map.of(payment, sequence), limit).get(payment);
  }

  /** The events of several payments after the last known ones. */
  private Map<String, List<LogEvent>> after(Map<String, Integer> lastKnown, int limit) {
    var logs = new HashMap<String, List<LogEvent>>();
    lastKnown.keySet().forEach(payment -> logs.put(payment, new ArrayList<>()));
    var pending = lastKnown;
    for (var count = FIRST; !pending.isEmpty(); count = Math.min(LONGEST, 2 * count)) {
      var found = next(pending, count);
      found.forEach((payment, next) -> logs.get(payment).addAll(next));
      var more = new HashMap<String, Integer>();
      for (var each : found.entrySet()) {
        var log = logs.get(each.getKey());
        if (each.getValue().size() < count || log.size() >= limit) continue;
        more.put(each.getKey(), log.get(log.size() - 1).sequence());
      }
      pending = more;
    }
    return logs;
  }

  private Map<String, List<LogEvent>> next(Map<String, Integer> lastKnown, int count) {
    var ids = new ArrayList<String>();
    lastKnown.forEach(
        (payment, last) ->
            IntStream.rangeClosed(last + 1, last + count)
                .forEach(sequence -> ids.add(Documents.eventId(payment, sequence))));
    var byPayment = new HashMap<String, List<LogEvent>>();
    for (var document : findAll(ids)) {
      var payment = document.getString("payment");
      var event = Documents.toEvent(document);
      var log = byPayment.computeIfAbsent(payment, key -> new ArrayList<>());
      // An event whose predecessor was not there yet when it was read is left to the next read.
      if (event.sequence() == lastKnown.get(payment) + log.size() + 1) log.add(event);
    }
    return byPayment;
  }

  /**
   * In the order of each log. One query after the other: a long list leaves connections to others.
   */
  private List<Document> findAll(List<String> ids) {
    var found = new ArrayList<Document>();
    for (var batch : IdBatches.of(ids)) {
      events.find(in("_id", batch)).sort(ascending("_id")).into(found);
    }
    return found;
  }
}
