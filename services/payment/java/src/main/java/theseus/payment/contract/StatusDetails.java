package theseus.payment.contract;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.BadRequest.FieldViolation;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

/** Writes refusals as gRPC statuses with details, and reads the reason of a status. */
public final class StatusDetails {
  private static final String DOMAIN = "theseus";

  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /**
   * Proxies on the way limit trailers to about 16 KB, and nobody repairs more fields than this at
   * once.
   */
  private static final int MOST_VIOLATIONS = 32;

  private StatusDetails() {}

  /** Always with ErrorInfo; with BadRequest for violations and RetryInfo where repeating helps. */
  public static StatusRuntimeException write(RefusedException refusal) {
    var rule = ReasonRule.of(refusal.reason());
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(rule.code().value())
            .setMessage(refusal.getMessage())
            .addDetails(Any.pack(errorInfo(refusal)));
    if (!refusal.violations().isEmpty()) status.addDetails(Any.pack(badRequest(refusal)));
    rule.retryAfter()
        .map(wait -> RetryInfo.newBuilder().setRetryDelay(wait).build())
        .ifPresent(retry -> status.addDetails(Any.pack(retry)));
    return StatusProto.toStatusRuntimeException(status.build());
  }

  /**
   * The reason of a status; empty without one that this contract knows. It counts with the code
   * that the contract gives it, in the status and in its details, and with no other.
   */
  public static Optional<ErrorReason> reasonOf(StatusRuntimeException failure) {
    return reasonOf(failure.getStatus().getCode(), failure.getTrailers());
  }

  /** The same of a status that is no exception; trailers may be absent. */
  public static Optional<ErrorReason> reasonOf(Status.Code code, Metadata trailers) {
    return detailsIn(trailers)
        .filter(status -> status.getCode() == code.value())
        .flatMap(StatusDetails::errorInfoOf)
        .filter(info -> info.getDomain().equals(DOMAIN))
        .map(info -> ErrorReason.getDescriptor().findValueByName(info.getReason()))
        .map(ErrorReason::valueOf)
        .filter(reason -> ReasonRule.of(reason).code() == code);
  }

  /** Read by hand: gRPC's own reader throws at bytes that are no status, or say another code. */
  private static Optional<com.google.rpc.Status> detailsIn(Metadata trailers) {
    var bytes = trailers == null ? null : trailers.get(DETAILS);
    if (bytes == null) return Optional.empty();
    try {
      return Optional.of(com.google.rpc.Status.parseFrom(bytes));
    } catch (InvalidProtocolBufferException damaged) {
      return Optional.empty();
    }
  }

  private static Optional<ErrorInfo> errorInfoOf(com.google.rpc.Status status) {
    return status.getDetailsList().stream()
        .filter(detail -> detail.is(ErrorInfo.class))
        .findFirst()
        .flatMap(StatusDetails::unpack);
  }

  private static Optional<ErrorInfo> unpack(Any detail) {
    try {
      return Optional.of(detail.unpack(ErrorInfo.class));
    } catch (InvalidProtocolBufferException damaged) {
      return Optional.empty();
    }
  }

  private static ErrorInfo errorInfo(RefusedException refusal) {
    return ErrorInfo.newBuilder()
        .setReason(refusal.reason().name())
        .setDomain(DOMAIN)
        .putAllMetadata(refusal.metadata())
        .build();
  }

  private static BadRequest badRequest(RefusedException refusal) {
    var request = BadRequest.newBuilder();
    refusal.violations().stream()
        .limit(MOST_VIOLATIONS)
        .map(
            violation ->
                FieldViolation.newBuilder()
                    .setField(violation.field())
                    .setReason(violation.rule())
                    .setDescription(violation.message()))
        .forEach(request::addFieldViolations);
    return request.build();
  }
}
