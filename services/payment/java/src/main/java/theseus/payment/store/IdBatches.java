package theseus.payment.store;

import com.google.common.collect.Lists;
import java.util.List;

/** Ids in lists that one query may ask for. */
final class IdBatches {
  /**
   * The cost of a query by ids grows faster than their number in some stores that speak this
   * protocol.
   */
  private static final int MOST_IDS = 60;

  private IdBatches() {}

  static List<List<String>> of(List<String> ids) {
    return Lists.partition(ids, MOST_IDS);
  }
}
