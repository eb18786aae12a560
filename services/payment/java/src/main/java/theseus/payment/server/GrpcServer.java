package theseus.payment.server;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import theseus.payment.call.Identity;
import theseus.payment.call.OpenCalls;
import theseus.payment.call.RpcService;
import theseus.payment.call.Surroundings;
import theseus.payment.call.Writing;
import theseus.payment.process.ConfigException;
import theseus.payment.process.Log;
import theseus.payment.protocols.Health;
import theseus.payment.protocols.HealthMonitor;
import theseus.payment.protocols.Reflection;
import theseus.payment.protocols.UnknownMethods;
import theseus.payment.telemetry.Telemetry;

/** Serves a service on a socket, with health, which a probe keeps true, and reflection. */
public final class GrpcServer implements AutoCloseable {
  private static final int MIB = 1024 * 1024;
  private static final long DRAIN_MS = 8000;
  private static final long CUT_OFF_MS = 500;

  private final Address listen;
  private final Server server;
  private final Health health;
  private final HealthMonitor monitor;
  private final OpenCalls open;
  private final Writing writing = new Writing();

  /** What a server uses. */
  public record Resources(
      ExecutorService calls,
      ScheduledExecutorService scheduler,
      EventLoopGroup eventLoops,
      Telemetry telemetry,
      Log log) {}

  public GrpcServer(
      Address listen, Identity identity, RpcService service, Runnable probe, Resources resources) {
    this.listen = listen;
    open = new OpenCalls(resources.scheduler());
    health = new Health(Set.of(service.name()));
    var surroundings =
        new Surroundings(identity, open, writing, resources.telemetry(), resources.log());
    monitor = new HealthMonitor(probe, health, resources.log());
    server =
        NettyServerBuilder.forAddress(listen.toSocketAddress())
            .channelType(channelType(listen))
            .bossEventLoopGroup(resources.eventLoops())
            .workerEventLoopGroup(resources.eventLoops())
            .executor(resources.calls())
            .intercept(new EarlyDeadline(resources.scheduler()))
            .addService(service.define(surroundings))
            .addService(health)
            .addServices(Reflection.define())
            .fallbackHandlerRegistry(new UnknownMethods())
            .maxInboundMessageSize(inboundLimit(service))
            // Bytes, as much as sidecars let through; above it the connection ends with all calls.
            .maxInboundMetadataSize(65_536)
            .maxConcurrentCallsPerConnection(1000)
            .keepAliveTime(60, TimeUnit.SECONDS)
            .keepAliveTimeout(20, TimeUnit.SECONDS)
            // A sidecar may send keep-alive pings as often as it likes.
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .build();
  }

  /** Takes calls of methods that write. */
  public void beginWriting() {
    writing.begin();
  }

  /** Refuses calls of methods that write, and waits until those under way have ended. */
  public void endWriting() throws InterruptedException {
    writing.end();
  }

  /** What health tells of {@code active}. */
  public void sayActive(boolean active) {
    health.setActive(active);
  }

  /** Above what any method takes, so that the method refuses what is too large, with a reason. */
  private static int inboundLimit(RpcService service) {
    return (int) Math.min(Math.max(4 * MIB, 2L * service.largestRequest()), Integer.MAX_VALUE);
  }

  private static Class<? extends ServerChannel> channelType(Address listen) {
    if (listen instanceof Address.Unix) return NioServerDomainSocketChannel.class;
    return NioServerSocketChannel.class;
  }

  /** Probes the store once, then listens, whether the store answered or not. */
  public Address start() {
    monitor.start();
    try {
      if (listen instanceof Address.Unix unix) {
        SocketFile.removeStale(unix.path());
        server.start();
        SocketFile.makePrivate(unix.path());
        return listen;
      }
      server.start();
      return new Address.Tcp(((Address.Tcp) listen).host(), server.getPort());
    } catch (IOException failure) {
      throw ConfigException.of(
          "LISTEN", listen.toString(), "cannot listen there: " + reason(failure));
    }
  }

  /**
   * Says NOT_SERVING, lets running calls finish, then cuts off the rest. The socket's file is
   * removed first, together with the listener: later the path may belong to the next process.
   */
  @Override
  public void close() {
    monitor.close();
    health.stop();
    server.shutdown();
    open.endStreams();
    try {
      if (!server.awaitTermination(DRAIN_MS, TimeUnit.MILLISECONDS)) open.cutOff();
      if (!server.awaitTermination(CUT_OFF_MS, TimeUnit.MILLISECONDS)) server.shutdownNow();
    } catch (InterruptedException hurried) {
      server.shutdownNow();
    }
  }

  private static String reason(IOException failure) {
    return failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage();
  }
}
