package theseus.payment.telemetry;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.Status;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import theseus.error.v1.ErrorReasonOuterClass.ErrorReason;

@DisplayName("Telemetry by OTLP")
@Timeout(20)
class OtlpTelemetryTest {
  private static final Duration SOON = Duration.ofMillis(100);
  private static final Duration LATE = Duration.ofHours(1);

  private record Told(String path, String body) {}

  private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer receiver;

  @BeforeEach
  void receive() throws IOException {
    receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.setExecutor(threads);
    receiver.start();
  }

  @AfterEach
  void stop() {
    receiver.stop(0);
    threads.shutdown();
  }

  private Telemetry open(Duration delay) {
    var port = receiver.getAddress().getPort();
    var settings =
        new TelemetrySettings(
            URI.create("http://127.0.0.1:" + port + "/base"), Map.of(), delay, delay, delay);
    return Telemetry.start(Optional.of(settings), "test", "1.2.3");
  }

  private static void tellOf(Telemetry telemetry) {
    telemetry
        .answering("test.Service/Method", "r-1", Optional.empty())
        .end(Status.Code.NOT_FOUND, Optional.of(ErrorReason.PAYMENT_NOT_FOUND));
    telemetry.record(Map.of("level", "info", "time", Instant.EPOCH, "msg", "a line"));
  }

  private void keep(HttpExchange request) throws IOException {
    var body = new String(request.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
    told.add(new Told(request.getRequestURI().getPath(), body));
    request.sendResponseHeaders(200, -1);
    request.close();
  }

  /** Returns when it was told on this path. */
  private void awaitTold(String path, String text) throws InterruptedException {
    Told each;
    do each = told.take();
    while (!each.path().equals(path) || !each.body().contains(text));
    assertTrue(each.body().contains("1.2.3"));
  }

  @Test
  void arrivesBelowItsEndpoint() throws InterruptedException {
    receiver.createContext("/", this::keep);
    try (var telemetry = open(SOON)) {
      tellOf(telemetry);
      awaitTold("/base/v1/metrics", "rpc.server.call.duration");
      tellOf(telemetry);
      awaitTold("/base/v1/traces", "PAYMENT_NOT_FOUND");
      tellOf(telemetry);
      awaitTold("/base/v1/logs", "a line");
    }
  }

  @Test
  void isClosedLongBeforeAReceiverThatHangsIsGivenUp() {
    var over = new CountDownLatch(1);
    receiver.createContext(
        "/",
        request -> {
          try {
            over.await();
          } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
          }
          request.close();
        });
    var telemetry = open(LATE);
    tellOf(telemetry);
    assertTimeoutPreemptively(Duration.ofSeconds(5), telemetry::close);
    over.countDown();
  }
}
