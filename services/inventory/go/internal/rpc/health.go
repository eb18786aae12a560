package rpc

import (
	"context"
	"math"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// active is the name whose health tells whether the process is active or in standby.
const active = "active"

// health implements grpc.health.v1 for one service and for active. grpc-go has such a service, but its watches do not end when the server
// stops.
type health struct {
	healthpb.UnimplementedHealthServer
	service string

	mu      sync.Mutex
	serving bool
	active  bool
	stopped bool
	changed chan struct{}
}

func newHealth(service string) *health {
	return &health{service: service, changed: make(chan struct{})}
}

// set changes the status. After stop it stays NOT_SERVING.
func (h *health) set(serving bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.stopped && h.serving != serving {
		h.serving = serving
		h.announce()
	}
}

// setActive tells whether the process is active. After stop it is not.
func (h *health) setActive(active bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.stopped && h.active != active {
		h.active = active
		h.announce()
	}
}

func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.serving = false
	h.active = false
	h.stopped = true
	h.announce()
}

func (h *health) announce() {
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *health) status(service string) (now healthpb.HealthCheckResponse_ServingStatus, stopped bool, changed <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch service {
	case "", h.service:
		now = statusOf(h.serving)
	case active:
		now = statusOf(h.active)
	default:
		now = healthpb.HealthCheckResponse_SERVICE_UNKNOWN
	}
	return now, h.stopped, h.changed
}

func statusOf(serving bool) healthpb.HealthCheckResponse_ServingStatus {
	if serving {
		return healthpb.HealthCheckResponse_SERVING
	}
	return healthpb.HealthCheckResponse_NOT_SERVING
}

func (h *health) Check(_ context.Context, request *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	now, _, _ := h.status(request.GetService())
	if now == healthpb.HealthCheckResponse_SERVICE_UNKNOWN {
		return nil, status.Error(codes.NotFound, "unknown service")
	}
	return &healthpb.HealthCheckResponse{Status: now}, nil
}

func (h *health) Watch(request *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	ctx, cancel := context.WithTimeout(stream.Context(), timeLeft(stream.Context(), math.MaxInt64, watchMargin))
	defer cancel()
	last := healthpb.HealthCheckResponse_ServingStatus(-1)
	for {
		now, stopped, changed := h.status(request.GetService())
		if now != last {
			if err := stream.Send(&healthpb.HealthCheckResponse{Status: now}); err != nil {
				return err
			}
			last = now
		}
		if stopped {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return status.FromContextError(ctx.Err()).Err()
		}
	}
}
