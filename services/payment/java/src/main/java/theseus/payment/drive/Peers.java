package theseus.payment.drive;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import theseus.inventory.v1.InventoryServiceGrpc;
import theseus.inventory.v1.InventoryServiceGrpc.InventoryServiceBlockingStub;
import theseus.payment.server.Address;
import theseus.payment.telemetry.Telemetry;
import theseus.provider.v1.CardProviderGrpc;
import theseus.provider.v1.CardProviderGrpc.CardProviderBlockingStub;
import theseus.user.v1.UserServiceGrpc;
import theseus.user.v1.UserServiceGrpc.UserServiceBlockingStub;

/**
 * The services that a payment needs, all reached through the sidecar. Each stub is for one call. A
 * call also ends with the current gRPC context.
 */
public final class Peers implements AutoCloseable {
  /**
   * Longer than the 2 s that a slow card takes, and short enough that one CreatePayment survives
   * two lost replies.
   */
  private static final long PROVIDER_MS = 2500;

  private static final long INVENTORY_MS = 2000;

  /** A payment goes on without this answer, so the wait for it is short. */
  private static final long USER_MS = 1000;

  /** From a lost connection to the next try. gRPC's own back-off grows to two minutes. */
  private static final long RECONNECT_MS = 250;

  private static final long CLOSE_MS = 500;

  private final ManagedChannel channel;

  /** The channel, on which each call is told where anybody is told. */
  private final Channel calls;

  private final ScheduledExecutorService scheduler;
  private volatile Future<?> reconnecting = CompletableFuture.completedFuture(null);

  public Peers(
      Address mesh,
      Telemetry telemetry,
      EventLoopGroup eventLoops,
      ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
    var unix = mesh instanceof Address.Unix;
    channel =
        NettyChannelBuilder.forAddress(mesh.toSocketAddress())
            .channelType(unix ? NioDomainSocketChannel.class : NioSocketChannel.class)
            .eventLoopGroup(eventLoops)
            .overrideAuthority(unix ? "localhost" : mesh.toString())
            .usePlaintext()
            .disableRetry()
            .disableServiceConfigLookUp()
            .build();
    calls =
        telemetry.isOn()
            ? ClientInterceptors.intercept(
                channel, new TracedCalls(telemetry, mesh.toSocketAddress()))
            : channel;
    watch();
  }

  /** Connects now instead of at the first call. */
  public void connect() {
    channel.getState(true);
  }

  public CardProviderBlockingStub provider(Metadata headers) {
    return CardProviderGrpc.newBlockingStub(calls)
        .withDeadlineAfter(PROVIDER_MS, MILLISECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  public InventoryServiceBlockingStub inventory(Metadata headers) {
    return InventoryServiceGrpc.newBlockingStub(calls)
        .withDeadlineAfter(INVENTORY_MS, MILLISECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  public UserServiceBlockingStub user(Metadata headers) {
    return UserServiceGrpc.newBlockingStub(calls)
        .withDeadlineAfter(USER_MS, MILLISECONDS)
        .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  @Override
  public void close() {
    reconnecting.cancel(false);
    try {
      channel.shutdownNow().awaitTermination(CLOSE_MS, MILLISECONDS);
    } catch (InterruptedException hurried) {
      Thread.currentThread().interrupt();
    }
  }

  private void watch() {
    var state = channel.getState(false);
    if (state == ConnectivityState.SHUTDOWN) return;
    if (state == ConnectivityState.TRANSIENT_FAILURE && !scheduler.isShutdown()) {
      reconnecting = scheduler.schedule(channel::resetConnectBackoff, RECONNECT_MS, MILLISECONDS);
    }
    channel.notifyWhenStateChanged(state, this::watch);
  }
}
