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
	// Redis runs one command at a time: more would wait there instead of here.
	mostConnections = 10
)

// passingReply matches replies that speak of the store's condition, not of the command. A script that meets one has
// written nothing: Redis gives them before the first write only.
var passingReply = regexp.MustCompile(`^(LOADING|MISCONF|OOM|READONLY|BUSY|MASTERDOWN|NOREPLICAS|TRYAGAIN)\b`)

// Connect makes a client whose commands settle soon, whatever happens to the store; it connects when it is used. Nothing
// is sent twice: whether to repeat is the caller's to say.
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
	options.PoolSize = mostConnections
	return redis.NewClient(options), nil
}

// fault says what a failed command means to a caller; a fault of ours stays what it is.
func fault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// The connection's deadline is the context's, and may be noticed a moment before it.
	var timeout net.Error
	deadline, limited := ctx.Deadline()
	if limited && errors.As(err, &timeout) && timeout.Timeout() && !time.Now().Before(deadline) {
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	var reply redis.Error
	if errors.As(err, &reply) && !passingReply.MatchString(err.Error()) {
		return err
	}
	return refusal.New(errorv1.ErrorReason_SERVICE_UNAVAILABLE, "the store cannot be reached now").Because(err)
}
