package store

import (
	"context"
	"errors"
	"testing"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
)

// errorReply is an error reply of Redis, as the driver returns it.
type errorReply string

func (e errorReply) Error() string { return string(e) }
func (errorReply) RedisError()     {}

func TestAReplyAboutTheConditionOfTheStoreIsServiceUnavailable(t *testing.T) {
	for _, text := range []string{
		"LOADING Redis is loading the dataset in memory",
		"MISCONF Errors writing to the AOF file: No space left on device",
		"OOM command not allowed when used memory > 'maxmemory'. script: 5f3c, on @user_script:1.",
		"READONLY You can't write against a read only replica.",
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
		"NOREPLICAS Not enough good replicas to write.",
		"BUSY Redis is busy running a script.",
		"TRYAGAIN Multiple keys request during rehashing of slot",
		"ERR max number of clients reached",
	} {
		var refused *refusal.Error
		if err := commandError(context.Background(), errorReply(text)); !errors.As(err, &refused) || refused.Reason != errorv1.ErrorReason_SERVICE_UNAVAILABLE {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestAnyOtherReplyStaysWhatItIs(t *testing.T) {
	for _, text := range []string{"ERR unknown command 'EVALSHX'", "WRONGTYPE Operation against a key", "OOMPH"} {
		reply := errorReply(text)
		if err := commandError(context.Background(), reply); !errors.Is(err, reply) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
