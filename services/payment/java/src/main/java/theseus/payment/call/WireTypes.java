package theseus.payment.call;

import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.util.List;

/** Finds fields in another wire type than their own: the library takes them for unknown ones. */
final class WireTypes {
  private WireTypes() {}

  static void check(Message message) throws InvalidProtocolBufferException {
    var type = message.getDescriptorForType();
    for (var number : message.getUnknownFields().asMap().keySet()) {
      if (type.findFieldByNumber(number) != null) {
        throw new InvalidProtocolBufferException(
            "field " + number + " of " + type.getFullName() + " has another wire type");
      }
    }
    for (var field : message.getAllFields().entrySet()) {
      if (field.getKey().getJavaType() != JavaType.MESSAGE || field.getKey().isMapField()) continue;
      var values =
          field.getKey().isRepeated() ? (List<?>) field.getValue() : List.of(field.getValue());
      for (var value : values) check((Message) value);
    }
  }
}
