package inventory

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/store"
)

const (
	maxRecent = 4096
	feedRetry = 250 * time.Millisecond
)

// Feed keeps the latest changes of stock. It reads them once for all watches of this process. A watch has a position and
// no buffer: a slow one reads older changes from the store, and is refused when the store has trimmed them.
type Feed struct {
	store *store.Store
	// wait returns when there may be a change after a position.
	wait func(ctx context.Context, position string) error
	log  *slog.Logger

	mu sync.Mutex
	// recent has the changes after start, up to end.
	recent     []store.Change
	start, end position
	following  bool
	changed    chan struct{}
}

// NewFeed makes a feed that has no changes until Run.
func NewFeed(store *store.Store, wait func(ctx context.Context, position string) error, log *slog.Logger) *Feed {
	return &Feed{store: store, wait: wait, log: log, changed: make(chan struct{})}
}

// Run follows the changes until the context is over.
func (f *Feed) Run(ctx context.Context) {
	failures := 0
	for ctx.Err() == nil {
		err := f.follow(ctx)
		if err == nil {
			failures = 0
			continue
		}
		failures++
		// One failure can be a broken connection. Only the second one in a row is worth a line in the log.
		if failures == 2 && ctx.Err() == nil {
			f.log.Warn("changes of stock cannot be followed; trying again", "event", "feed", "err", err)
		}
		sleep(ctx, feedRetry)
	}
}

// Changed returns a channel that is closed when the feed gets its next changes.
func (f *Feed) Changed() <-chan struct{} {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changed
}

// After returns the next changes after a position. Changes that the feed no longer has come from the store.
func (f *Feed) After(ctx context.Context, after string) ([]store.Change, error) {
	at, err := parsePosition(after)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	recent, covered := f.recent, f.following && at.compare(f.start) >= 0 && at.compare(f.end) <= 0
	f.mu.Unlock()
	if !covered {
		return f.store.Changes(ctx, after, store.End, changesBatch)
	}
	from := sort.Search(len(recent), func(i int) bool {
		position, err := parsePosition(recent[i].Position)
		return err != nil || position.compare(at) > 0
	})
	return recent[from:], nil
}

func (f *Feed) follow(ctx context.Context) error {
	if err := f.catchUp(ctx); err != nil {
		return err
	}
	return f.wait(ctx, f.end.String())
}

func (f *Feed) catchUp(ctx context.Context) error {
	if !f.following {
		return f.reset(ctx)
	}
	for {
		changes, err := f.store.Changes(ctx, f.end.String(), store.End, changesBatch)
		if refusal.Is(err, errorv1.ErrorReason_RESUME_TOKEN_EXPIRED) {
			return f.reset(ctx)
		}
		if err != nil {
			return err
		}
		if err := f.add(changes); err != nil {
			return err
		}
		if len(changes) < changesBatch {
			return nil
		}
	}
}

func (f *Feed) reset(ctx context.Context) error {
	text, err := f.store.Position(ctx)
	if err != nil {
		return err
	}
	at, err := parsePosition(text)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.start, f.end, f.recent, f.following = at, at, nil, true
	f.notify()
	return nil
}

func (f *Feed) add(changes []store.Change) error {
	if len(changes) == 0 {
		return nil
	}
	end, err := parsePosition(changes[len(changes)-1].Position)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	recent, start := append(f.recent, changes...), f.start
	if len(recent) > maxRecent {
		cut := len(recent) - maxRecent/2
		if start, err = parsePosition(recent[cut-1].Position); err != nil {
			return err
		}
		// Watches may still read the old slice, so it is copied and never overwritten.
		recent = append([]store.Change(nil), recent[cut:]...)
	}
	f.recent, f.start, f.end = recent, start, end
	f.notify()
	return nil
}

func (f *Feed) notify() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// position is the id of an entry of Redis's stream, <ms>-<sequence>.
type position struct{ time, sequence uint64 }

func parsePosition(text string) (position, error) {
	before, after, _ := strings.Cut(text, "-")
	at, err := strconv.ParseUint(before, 10, 64)
	if err != nil {
		return position{}, fmt.Errorf("%q is not a position: %w", text, err)
	}
	sequence, err := strconv.ParseUint(after, 10, 64)
	if err != nil {
		return position{}, fmt.Errorf("%q is not a position: %w", text, err)
	}
	return position{at, sequence}, nil
}

func (p position) String() string { return fmt.Sprintf("%d-%d", p.time, p.sequence) }

func (p position) compare(other position) int {
	if p.time != other.time {
		if p.time < other.time {
			return -1
		}
		return 1
	}
	switch {
	case p.sequence < other.sequence:
		return -1
	case p.sequence > other.sequence:
		return 1
	default:
		return 0
	}
}

// sleep returns early when the context is over.
func sleep(ctx context.Context, duration time.Duration) {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
