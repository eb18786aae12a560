package theseus.payment.call;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.InvalidProtocolBufferException;

/**
 * Goes over the bytes of a message. The library takes fields in another wire type than their own
 * for unknown ones, and is less strict in some places than the decoders of other languages.
 */
final class WireFormat {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int DELIMITED = 2;
  private static final int GROUP = 3;
  private static final int GROUP_END = 4;
  private static final int FIXED32 = 5;

  /** So many messages and groups may stand one inside the other: decoders agree on no more. */
  private static final int MOST_LEVELS = 100;

  /** Tags and lengths are numbers of 32 bits. */
  private static final int LONGEST_TAG = 5;

  private static final int LONGEST_VARINT = 10;

  private final byte[] bytes;
  private int at;

  private WireFormat(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Throws unless the bytes are what Protobuf's wire format allows, and each field that the message
   * has comes in its own wire type.
   */
  static void check(byte[] bytes, Descriptor type) throws InvalidProtocolBufferException {
    new WireFormat(bytes).message(type, bytes.length, 0);
  }

  private void message(Descriptor type, int end, int level) throws InvalidProtocolBufferException {
    requireLevel(level);
    while (at < end) {
      var tag = tag(end);
      var field = type.findFieldByNumber(tag >>> 3);
      if (field == null) pass(tag, end, level);
      else known(field, tag & 7, end, level);
    }
  }

  private void known(FieldDescriptor field, int wireType, int end, int level)
      throws InvalidProtocolBufferException {
    var own = wireTypeOf(field);
    if (wireType == own && own != DELIMITED) {
      number(own, end);
      return;
    }
    if (wireType != DELIMITED || (own != DELIMITED && !field.isPackable())) {
      throw new InvalidProtocolBufferException(
          field.getFullName() + " has the wire type " + wireType);
    }
    var last = endOfDelimited(end);
    if (field.getJavaType() == JavaType.MESSAGE) message(field.getMessageType(), last, level + 1);
    while (own != DELIMITED && at < last) number(own, last);
    at = last;
  }

  /** Passes over a field that the message has not. */
  private void pass(int tag, int end, int level) throws InvalidProtocolBufferException {
    switch (tag & 7) {
      case GROUP -> group(tag, end, level + 1);
      case DELIMITED -> at = endOfDelimited(end);
      default -> number(tag & 7, end);
    }
  }

  private void group(int start, int end, int level) throws InvalidProtocolBufferException {
    requireLevel(level);
    var last = start - GROUP + GROUP_END;
    while (at < end) {
      var tag = tag(end);
      if (tag == last) return;
      pass(tag, end, level);
    }
    throw new InvalidProtocolBufferException("a group has no end");
  }

  private int endOfDelimited(int end) throws InvalidProtocolBufferException {
    var length = varint(end, LONGEST_TAG);
    if (length > end - at) throw noEnd();
    return at + (int) length;
  }

  private void number(int wireType, int end) throws InvalidProtocolBufferException {
    switch (wireType) {
      case VARINT -> varint(end, LONGEST_VARINT);
      case FIXED64 -> at += 8;
      case FIXED32 -> at += 4;
      default ->
          throw new InvalidProtocolBufferException(
              "wire type " + wireType + " is none, or ends a group that has not begun");
    }
    if (at > end) throw noEnd();
  }

  private int tag(int end) throws InvalidProtocolBufferException {
    var tag = varint(end, LONGEST_TAG);
    if (tag >>> 3 == 0 || tag >>> 32 != 0) {
      throw new InvalidProtocolBufferException("no field has the tag " + tag);
    }
    return (int) tag;
  }

  /** Of ten bytes the last has only the 64th bit to give. */
  private long varint(int end, int longest) throws InvalidProtocolBufferException {
    var value = 0L;
    for (var count = 1; count <= longest; count++) {
      if (at >= end) throw noEnd();
      var each = bytes[at++];
      value |= (each & 0x7fL) << (7 * (count - 1));
      if (each < 0) continue;
      if (count == LONGEST_VARINT && each > 1) break;
      return value;
    }
    throw new InvalidProtocolBufferException("a number is too long");
  }

  private static void requireLevel(int level) throws InvalidProtocolBufferException {
    if (level > MOST_LEVELS) {
      throw new InvalidProtocolBufferException(
          "more than " + MOST_LEVELS + " messages stand one inside the other");
    }
  }

  private static InvalidProtocolBufferException noEnd() {
    return new InvalidProtocolBufferException("the message ends before its last field does");
  }

  private static int wireTypeOf(FieldDescriptor field) {
    return switch (field.getType()) {
      case STRING, BYTES, MESSAGE, GROUP -> DELIMITED;
      case DOUBLE, FIXED64, SFIXED64 -> FIXED64;
      case FLOAT, FIXED32, SFIXED32 -> FIXED32;
      default -> VARINT;
    };
  }
}
