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
  private static final int AT_ONCE = 5;

  /** The logs of intents, in the same order, without voids. */
  List<PaymentLog> complete(List<Document> documents) {
    var intents = documents.stream().flatMap(document -> Documents.toIntent(document).stream());
    var found = intents.toList();
    var begun = found.stream().collect(Collectors.toMap(Intent::id, intent -> 1));
    var afterwards = after(begun);
    return found.stream().map(each -> PaymentLog.of(each, afterwards.get(each.id()))).toList();
  }

  List<LogEvent> after(String payment, int sequence) {
    return after(Map.of(payment, sequence)).get(payment);
  }

  /** The events of several payments after the last known ones. */
  private Map<String, List<LogEvent>> after(Map<String, Integer> lastKnown) {
    var logs = new HashMap<String, List<LogEvent>>();
    lastKnown.keySet().forEach(payment -> logs.put(payment, new ArrayList<>()));
    var pending = lastKnown;
    while (!pending.isEmpty()) {
      var found = next(pending);
      found.forEach((payment, next) -> logs.get(payment).addAll(next));
      var more = new HashMap<String, Integer>();
      pending.forEach(
          (payment, last) -> {
            var next = found.getOrDefault(payment, List.of());
            if (next.size() == AT_ONCE) more.put(payment, last + AT_ONCE);
          });
      pending = more;
    }
    return logs;
  }

  private Map<String, List<LogEvent>> next(Map<String, Integer> lastKnown) {
    var ids = new ArrayList<String>();
    lastKnown.forEach(
        (payment, last) ->
            IntStream.rangeClosed(last + 1, last + AT_ONCE)
                .forEach(sequence -> ids.add(Documents.eventId(payment, sequence))));
    var byPayment = new HashMap<String, List<LogEvent>>();
    for (var document : events.find(in("_id", ids)).sort(ascending("_id"))) {
      var payment = document.getString("payment");
      var event = Documents.toEvent(document);
      var log = byPayment.computeIfAbsent(payment, key -> new ArrayList<>());
      // An event whose predecessor was not there yet when it was read is left to the next read.
      if (event.sequence() == lastKnown.get(payment) + log.size() + 1) log.add(event);
    }
    return byPayment;
  }
}
