package theseus.payment.drive;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.SocketAddress;
import java.util.Optional;
import theseus.payment.contract.StatusDetails;
import theseus.payment.telemetry.SpanPlace;
import theseus.payment.telemetry.Telemetry;

/** Makes each call a span, below that of the headers' {@code traceparent}, which then names it. */
record TracedCalls(Telemetry telemetry, SocketAddress server) implements ClientInterceptor {
  private static final Metadata.Key<String> TRACEPARENT =
      Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public <Q, S> ClientCall<Q, S> interceptCall(
      MethodDescriptor<Q, S> method, CallOptions options, Channel next) {
    return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
      @Override
      public void start(Listener<S> listener, Metadata headers) {
        var parent = Optional.ofNullable(headers.get(TRACEPARENT)).flatMap(SpanPlace::parse);
        var span = telemetry.calling(method.getFullMethodName(), parent, server);
        headers.discardAll(TRACEPARENT);
        headers.put(TRACEPARENT, span.place().toTraceparent());
        var ending =
            new SimpleForwardingClientCallListener<>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                var code = status.getCode();
                span.end(code, StatusDetails.reasonOf(code, trailers));
                super.onClose(status, trailers);
              }
            };
        super.start(ending, headers);
      }
    };
  }
}
