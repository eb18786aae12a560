package theseus.payment.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.logs.OtlpHttpLogRecordExporter;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.logs.SdkLoggerProvider;
import io.opentelemetry.sdk.logs.export.BatchLogRecordProcessor;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.opentelemetry.sdk.metrics.export.PeriodicMetricReader;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import theseus.payment.telemetry.RecordedCall.Side;

/** Telemetry by OTLP over HTTP, in Protobuf. */
final class OtlpTelemetry implements Telemetry {
  private static final String SCOPE = "theseus";

  /** What a stop gives to the last spans, metrics and records. */
  private static final long LAST_EXPORT_MS = 1000;

  /** Spans, and as many records: what finds no place is dropped. */
  private static final int MOST_WAITING = 2048;

  /** Upper bounds in seconds, as the semantic conventions advise. */
  private static final List<Double> BOUNDS =
      List.of(0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0);

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("rpc.system.name");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("rpc.method");
  private static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
  private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
  private static final AttributeKey<String> REQUEST_ID =
      AttributeKey.stringKey("theseus.request_id");

  private final SdkTracerProvider spans;
  private final SdkMeterProvider metrics;
  private final SdkLoggerProvider records;
  private final Tracer tracer;
  private final LogRecords log;
  private final Side answered;
  private final Side made;

  private OtlpTelemetry(
      SdkTracerProvider spans, SdkMeterProvider metrics, SdkLoggerProvider records) {
    this.spans = spans;
    this.metrics = metrics;
    this.records = records;
    tracer = spans.get(SCOPE);
    log = new LogRecords(records.get(SCOPE));
    var meter = metrics.get(SCOPE);
    answered = side(meter, SpanKind.SERVER, "rpc.server.call.duration");
    made = side(meter, SpanKind.CLIENT, "rpc.client.call.duration");
  }

  static OtlpTelemetry open(TelemetrySettings settings, String name, String version) {
    var resource = resourceOf(settings, name, version);
    return new OtlpTelemetry(
        SdkTracerProvider.builder()
            .setResource(resource)
            .addSpanProcessor(spanProcessor(settings))
            .build(),
        SdkMeterProvider.builder()
            .setResource(resource)
            .registerMetricReader(metricReader(settings))
            .build(),
        SdkLoggerProvider.builder()
            .setResource(resource)
            .addLogRecordProcessor(recordProcessor(settings))
            .build());
  }

  /** What the environment says and, whatever that is, what the process knows of itself. */
  private static Resource resourceOf(TelemetrySettings settings, String name, String version) {
    var own = Attributes.builder();
    settings.resource().forEach(own::put);
    own.put("service.name", name).put("service.version", version);
    return Resource.getDefault().merge(Resource.create(own.build()));
  }

  // The exporters' and processors' metrics of themselves would go to the global provider.

  private static BatchSpanProcessor spanProcessor(TelemetrySettings settings) {
    var exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.urlOf("traces"))
            .setMeterProvider(MeterProvider.noop());
    return BatchSpanProcessor.builder(exporter.build())
        .setScheduleDelay(settings.spanDelay())
        .setMaxQueueSize(MOST_WAITING)
        .build();
  }

  private static PeriodicMetricReader metricReader(TelemetrySettings settings) {
    var exporter =
        OtlpHttpMetricExporter.builder()
            .setEndpoint(settings.urlOf("metrics"))
            .setMeterProvider(MeterProvider.noop());
    return PeriodicMetricReader.builder(exporter.build())
        .setInterval(settings.metricInterval())
        .build();
  }

  private static BatchLogRecordProcessor recordProcessor(TelemetrySettings settings) {
    var exporter =
        OtlpHttpLogRecordExporter.builder()
            .setEndpoint(settings.urlOf("logs"))
            .setMeterProvider(MeterProvider.noop());
    return BatchLogRecordProcessor.builder(exporter.build())
        .setScheduleDelay(settings.recordDelay())
        .setMaxQueueSize(MOST_WAITING)
        .build();
  }

  private static Side side(Meter meter, SpanKind kind, String duration) {
    var histogram =
        meter.histogramBuilder(duration).setUnit("s").setExplicitBucketBoundariesAdvice(BOUNDS);
    return new Side(kind, histogram.build());
  }

  @Override
  public boolean isOn() {
    return true;
  }

  @Override
  public CallSpan answering(String method, String requestId, Optional<SpanPlace> parent) {
    var known = known(method).build();
    var span = spanOf(method, parent, answered, known).setAttribute(REQUEST_ID, requestId);
    return begin(answered, span, parent, known);
  }

  @Override
  public CallSpan calling(String method, Optional<SpanPlace> parent, SocketAddress server) {
    var known = known(method);
    if (server instanceof UnixDomainSocketAddress unix) {
      known.put(SERVER, unix.getPath().toString());
    } else if (server instanceof InetSocketAddress host) {
      known.put(SERVER, host.getHostString()).put(PORT, host.getPort());
    }
    var attributes = known.build();
    return begin(made, spanOf(method, parent, made, attributes), parent, attributes);
  }

  private static AttributesBuilder known(String method) {
    return Attributes.builder().put(SYSTEM, "grpc").put(METHOD, method);
  }

  private SpanBuilder spanOf(
      String name, Optional<SpanPlace> parent, Side side, Attributes attributes) {
    return tracer
        .spanBuilder(name)
        .setSpanKind(side.kind())
        .setParent(parent.map(OtlpTelemetry::contextOf).orElse(Context.root()))
        .setAllAttributes(attributes);
  }

  private static RecordedCall begin(
      Side side, SpanBuilder span, Optional<SpanPlace> parent, Attributes known) {
    var flags = parent.map(SpanPlace::flags).orElse(SpanPlace.FIRST_FLAGS);
    return new RecordedCall(side, span.startSpan(), flags, known);
  }

  private static Context contextOf(SpanPlace parent) {
    var flags = TraceFlags.fromHex(parent.flags(), 0);
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(
                    parent.traceId(), parent.spanId(), flags, TraceState.getDefault())));
  }

  @Override
  public void record(Map<String, ?> line) {
    log.emit(line);
  }

  /** Its own thread, because the reader of metrics blocks as long as its last export takes. */
  @Override
  public void close() {
    var last = new Thread(this::exportLast, "last-export");
    last.setDaemon(true);
    last.start();
    try {
      last.join(LAST_EXPORT_MS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void exportLast() {
    CompletableResultCode.ofAll(List.of(spans.shutdown(), records.shutdown(), metrics.shutdown()))
        .join(LAST_EXPORT_MS, TimeUnit.MILLISECONDS);
  }
}
