package theseus.payment.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import build.buf.validate.FieldRules;
import build.buf.validate.StringRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Rules of requests")
class RequestRulesTest {
  private static final int UNKNOWN_RULE = 80_530_200;

  @Test
  void areNotPassedOverWhenTheyAreUnknown() throws Exception {
    var unknown =
        UnknownFieldSet.newBuilder()
            .addField(UNKNOWN_RULE, Field.newBuilder().addVarint(1).build())
            .build();
    var rules =
        FieldRules.newBuilder().setString(StringRules.newBuilder().setUnknownFields(unknown));
    var file = FileDescriptorProto.newBuilder().setName("test.proto");
    file.addMessageTypeBuilder()
        .setName("Request")
        .addFieldBuilder()
        .setName("text")
        .setNumber(1)
        .setType(FieldDescriptorProto.Type.TYPE_STRING)
        .setOptions(FieldOptions.newBuilder().setExtension(ValidateProto.field, rules.build()));
    var built = FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
    var fault = assertThrows(IllegalStateException.class, () -> RequestRules.compile(built));
    assertEquals("unrecognized field rules", fault.getCause().getMessage());
  }
}
