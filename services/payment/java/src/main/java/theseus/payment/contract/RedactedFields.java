package theseus.payment.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields that the contract marks {@code debug_redact}. */
public final class RedactedFields {
  private RedactedFields() {}

  /** Their names, as Protobuf and as JSON spell them, in some files and all that these import. */
  public static Set<String> namesIn(FileDescriptor... files) {
    return Stream.of(files)
        .flatMap(RedactedFields::withImports)
        .distinct()
        .flatMap(file -> file.getMessageTypes().stream())
        .flatMap(RedactedFields::fieldsOf)
        .filter(field -> field.getOptions().getDebugRedact())
        .flatMap(field -> Stream.of(field.getName(), field.getJsonName()))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Stream<FileDescriptor> withImports(FileDescriptor file) {
    var imported = file.getDependencies().stream().flatMap(RedactedFields::withImports);
    return Stream.concat(Stream.of(file), imported);
  }

  private static Stream<FieldDescriptor> fieldsOf(Descriptor message) {
    var nested = message.getNestedTypes().stream().flatMap(RedactedFields::fieldsOf);
    return Stream.concat(message.getFields().stream(), nested);
  }
}
