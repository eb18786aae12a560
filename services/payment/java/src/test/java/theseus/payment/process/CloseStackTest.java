package theseus.payment.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A stack of what is open")
class CloseStackTest {
  private final List<String> closed = new ArrayList<>();
  private final CloseStack stack = new CloseStack();

  @Test
  void closesTheLatestFirstAndOnce() {
    stack.add(() -> closed.add("store"));
    stack.add(() -> closed.add("server"));
    stack.close();
    stack.close();
    assertEquals(List.of("server", "store"), closed);
  }

  @Test
  void goesOnAfterAFailure() {
    stack.add(() -> closed.add("store"));
    stack.add(() -> fail("channel"));
    stack.add(() -> fail("server"));
    var failure = assertThrows(IllegalStateException.class, stack::close);
    assertEquals("server", failure.getMessage());
    assertEquals("channel", failure.getSuppressed()[0].getMessage());
    assertEquals(List.of("store"), closed);
  }

  private static void fail(String what) {
    throw new IllegalStateException(what);
  }
}
