package theseus.payment.call;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.exceptions.ValidationException;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;
import theseus.payment.contract.FieldPaths;
import theseus.payment.contract.RefusedException;
import theseus.payment.contract.Violation;

/** Reads a request from its bytes and validates it. */
record RequestReader<Q extends Message>(Q prototype, int maxBytes, Validator validator) {

  /**
   * Refuses with REQUEST_TOO_LARGE, REQUEST_MALFORMED, or VALIDATION_FAILED, which tells every
   * broken rule.
   */
  Q read(byte[] bytes) {
    if (bytes.length > maxBytes) {
      throw new RefusedException(
          ErrorReason.REQUEST_TOO_LARGE,
          "the message has " + bytes.length + " bytes, " + maxBytes + " are allowed");
    }
    var request = parse(bytes);
    validate(request);
    return request;
  }

  @SuppressWarnings("unchecked") // A message's parser gives messages of its type.
  private Q parse(byte[] bytes) {
    try {
      WireFormat.check(bytes, prototype.getDescriptorForType());
      return (Q) prototype.getParserForType().parseFrom(bytes);
    } catch (InvalidProtocolBufferException damaged) {
      throw new RefusedException(
          ErrorReason.REQUEST_MALFORMED,
          "the message is not a " + prototype.getDescriptorForType().getFullName(),
          damaged);
    }
  }

  private void validate(Q request) {
    try {
      var violations =
          validator.validate(request).toProto().getViolationsList().stream()
              .map(
                  broken ->
                      new Violation(
                          FieldPaths.toText(broken.getField()),
                          broken.getRuleId(),
                          broken.getMessage()))
              .toList();
      if (!violations.isEmpty()) throw RefusedException.invalid(violations);
    } catch (ValidationException fault) {
      throw new IllegalStateException("the rules of the contract cannot be evaluated", fault);
    }
  }
}
