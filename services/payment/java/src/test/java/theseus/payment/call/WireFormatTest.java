package theseus.payment.call;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import theseus.payment.v1.PaymentServiceOuterClass.ListPaymentsResponse;

@DisplayName("The wire format")
class WireFormatTest {
  private static void check(String hex) throws InvalidProtocolBufferException {
    WireFormat.check(HexFormat.of().parseHex(hex), ListPaymentsResponse.getDescriptor());
  }

  /** Groups, one inside the other, that the message has not. */
  private static String groups(int depth) {
    return "db3e".repeat(depth) + "dc3e".repeat(depth);
  }

  /** next_page_token, payments, payments[0].name, and payments[0].refunded_amount.units. */
  @ParameterizedTest
  @ValueSource(strings = {"1001", "0801", "0a020801", "0a0b2a09110100000000000000"})
  void refusesAFieldInAnotherWireType(String hex) {
    assertThrows(InvalidProtocolBufferException.class, () -> check(hex));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0a00",
        "120161",
        "0a030a0161",
        "0a03c03e01",
        "c03e01",
        "c08080800001",
        "f8ffffff0f01",
        "c03effffffffffffffffff01",
        "d23e818080800061",
        "c93e0102030405060708",
        "e53e01020304"
      })
  void takesWhatIsRightOrUnknown(String hex) {
    assertDoesNotThrow(() -> check(hex));
  }

  /**
   * In this order: field numbers, tags, varints, fields without an end, lengths, groups, and a
   * message that goes on after its end.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001",
        "db3e0001dc3e",
        "808080801001",
        "c0808080800001",
        "0e",
        "0f",
        "c03effffffffffffffffffff01",
        "c03effffffffffffffffff02",
        "c03e80",
        "c93e01",
        "cd3e01",
        "d23e0261",
        "c0",
        "08",
        "d23e81808080800061",
        "d23e818080801061",
        "d23effffffff0f61",
        "db3e",
        "db3ee43e",
        "dc3e",
        "0a04db3e0801dc3e",
        "0a020a0561616161"
      })
  void refusesWhatIsNone(String hex) {
    assertThrows(InvalidProtocolBufferException.class, () -> check(hex));
  }

  @Test
  void hasAHundredLevels() {
    assertDoesNotThrow(() -> check(groups(100)));
    assertThrows(InvalidProtocolBufferException.class, () -> check(groups(101)));
  }

  @Test
  void holdsInsideListsOfNumbersAndMaps() {
    var list = HexFormat.of().parseHex("520102520180");
    var map = HexFormat.of().parseHex("0a020801");
    assertThrows(
        InvalidProtocolBufferException.class,
        () -> WireFormat.check(list, FileDescriptorProto.getDescriptor()));
    assertThrows(
        InvalidProtocolBufferException.class, () -> WireFormat.check(map, Struct.getDescriptor()));
  }
}
