package theseus.payment.server;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import theseus.payment.call.Identity;
import theseus.payment.call.RpcService;
import theseus.payment.process.LibraryLogs;
import theseus.payment.process.Log;
import theseus.payment.process.Redaction;
import theseus.payment.process.Stdout;
import theseus.payment.telemetry.Telemetry;

/** A server on a unix socket, whose store always answers, and a channel to it. */
final class TestServer implements AutoCloseable {
  final ExecutorService threads = Executors.newCachedThreadPool();
  final Address.Unix address;
  final GrpcServer server;
  final ManagedChannel channel;
  private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final RpcService service;
  private final Telemetry telemetry;

  TestServer(Path folder, RpcService service) {
    this(folder, service, Telemetry.none());
  }

  TestServer(Path folder, RpcService service, Telemetry telemetry) {
    this.service = service;
    this.telemetry = telemetry;
    address = new Address.Unix(folder.resolve("app"));
    server = create();
    server.start();
    channel =
        NettyChannelBuilder.forAddress(address.toSocketAddress())
            .channelType(NioDomainSocketChannel.class)
            .eventLoopGroup(eventLoops)
            .overrideAuthority("localhost")
            .usePlaintext()
            .build();
  }

  /** One more server for the same address, which is not started yet. */
  GrpcServer create() {
    var log = new Log(new Stdout(), Log.Level.SILENT, new Redaction(Set.of()), "test");
    LibraryLogs.goTo(log);
    var resources = new GrpcServer.Resources(threads, timer, eventLoops, telemetry, log);
    var created =
        new GrpcServer(address, new Identity(Optional.empty()), service, () -> {}, resources);
    created.beginWriting();
    return created;
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.close();
    timer.shutdownNow();
    threads.shutdown();
    eventLoops.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
