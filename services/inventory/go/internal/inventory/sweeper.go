package inventory

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

const (
	sweepInterval = time.Second
	// fullSweep is the batch size of sweep.lua: after a full batch there may be more.
	fullSweep = 50
)

// Sweeper frees the stock of reservations that are past their time, and removes those that are past their retention.
type Sweeper struct {
	Sweep func(ctx context.Context) (expired, removed int64, err error)
	Log   *slog.Logger
}

// Run sweeps until the context is over.
func (s Sweeper) Run(ctx context.Context) {
	failing := false
	for {
		// A random pause keeps instances from sweeping at the same time.
		sleep(ctx, sweepInterval*3/4+rand.N(sweepInterval/2))
		if ctx.Err() != nil {
			return
		}
		err := s.sweepAll(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.Log.Warn("reservations cannot be swept; trying again", "event", "sweep", "err", err)
		}
		failing = err != nil
	}
}

func (s Sweeper) sweepAll(ctx context.Context) error {
	for ctx.Err() == nil {
		expired, removed, err := s.Sweep(ctx)
		if err != nil || (expired < fullSweep && removed < fullSweep) {
			return err
		}
	}
	return nil
}
