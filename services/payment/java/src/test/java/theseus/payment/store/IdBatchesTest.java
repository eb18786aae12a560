package theseus.payment.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Ids of queries")
class IdBatchesTest {
  @Test
  void comeSixtyAtMostAtATime() {
    var ids = IntStream.range(0, 1206).mapToObj(Integer::toString).toList();
    var batches = IdBatches.of(ids);
    assertEquals(60, batches.stream().mapToInt(List::size).max().orElseThrow());
    assertEquals(ids, batches.stream().flatMap(List::stream).toList());
  }

  @Test
  void areNoneWhereThereIsNothingToAskFor() {
    assertEquals(List.of(), IdBatches.of(List.of()));
  }
}
