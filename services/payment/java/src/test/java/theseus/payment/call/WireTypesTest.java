package theseus.payment.call;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentsResponse;

@DisplayName("A field in another wire type than its own")
class WireTypesTest {
  private static ListPaymentsResponse parse(String hex) throws InvalidProtocolBufferException {
    return ListPaymentsResponse.parseFrom(HexFormat.of().parseHex(hex));
  }

  /** next_page_token, payments, payments[0].name, and payments[0].refunded_amount.units. */
  @ParameterizedTest
  @ValueSource(strings = {"1001", "0801", "0a020801", "0a0b2a09110100000000000000"})
  void isFound(String hex) throws InvalidProtocolBufferException {
    var message = parse(hex);
    assertThrows(InvalidProtocolBufferException.class, () -> WireTypes.check(message));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0a00", "120161", "0a030a0161", "0a03c03e01", "c03e01"})
  void isNoneThatIsRightOrUnknown(String hex) {
    assertDoesNotThrow(() -> WireTypes.check(parse(hex)));
  }
}
