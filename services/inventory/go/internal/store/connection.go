package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

const (
	connectTimeout = time.Second
	commandTimeout = 1500 * time.Millisecond
	// maxConnections is low: Redis runs one command at a time, and more commands would wait there instead of here.
	maxConnections = 10
)

// temporaryReply matches errors about the condition of the store, not about the command. Redis answers them before the
// first write of a script, never after it.
var temporaryReply = regexp.MustCompile(`^((LOADING|MISCONF|OOM|READONLY|BUSY|MASTERDOWN|NOREPLICAS|TRYAGAIN)\b|ERR max number of clients reached)`)

// Connect makes a client that connects at its first command. Every command ends within seconds, whatever happens to the
// store. The client never repeats a command: that is the caller's decision.
func Connect(url string) (*redis.Client, error) {
	options, err := redis.ParseURL(url)
	if err != nil {
		return nil, err
	}
	options.Protocol = 2
	options.DisableIdentity = true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	options.ContextTimeoutEnabled = true
	options.MaxRetries = -1
	options.DialerRetries = 1
	options.DialTimeout = connectTimeout
	options.ReadTimeout = commandTimeout
	options.WriteTimeout = commandTimeout
	options.PoolTimeout = commandTimeout
	options.PoolSize = maxConnections
	return redis.NewClient(options), nil
}

// commandError says what a failed command means to a caller. A fault of this service is returned unchanged.
func commandError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// The connection has the deadline of the context, and may report it a moment earlier.
	var timeout net.Error
	deadline, limited := ctx.Deadline()
	if limited && errors.As(err, &timeout) && timeout.Timeout() && !time.Now().Before(deadline) {
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	var reply redis.Error
	if errors.As(err, &reply) && !temporaryReply.MatchString(err.Error()) {
		return err
	}
	return refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "the store cannot be reached now").WithCause(err)
}
