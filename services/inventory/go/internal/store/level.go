package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
)

const (
	levelStream = "inventory:levels"
	// End is after every position.
	End = "+"

	// blockTime is how long Redis waits for a change.
	blockTime = 2 * time.Second
	// waitLimit is longer: a connection that is silent until then is broken.
	waitLimit = 6 * time.Second
)

// Level is the stock of an item, which is named by its id.
type Level struct {
	Item  string
	Stock *inventoryv1.StockLevel
}

// Change is a new level and its position in the order of all changes.
type Change struct {
	Position string
	Level
}

// Snapshot has levels as they were at one position in the order of changes.
type Snapshot struct {
	Position string
	Levels   []Level
}

// Position is the current end of the order of changes.
func (s *Store) Position(ctx context.Context) (string, error) {
	snapshot, err := s.LevelsAfter(ctx, "", 0)
	return snapshot.Position, err
}

// LevelsAfter returns up to limit levels in the order of item ids, those after one id.
func (s *Store) LevelsAfter(ctx context.Context, item string, limit int) (Snapshot, error) {
	return s.snapshot(ctx, item, strconv.Itoa(limit))
}

// LevelsOf returns the levels of some items. Items that do not exist are left out.
func (s *Store) LevelsOf(ctx context.Context, items []string) (Snapshot, error) {
	return s.snapshot(ctx, append([]string{"", ""}, items...)...)
}

// Changes returns up to limit changes after one position, up to another. It refuses with RESUME_TOKEN_EXPIRED when some of
// them may have been trimmed.
func (s *Store) Changes(ctx context.Context, after, until string, limit int) ([]Change, error) {
	rows, _, err := s.run(ctx, "read-changes", after, until, strconv.Itoa(limit))
	if err != nil {
		return nil, err
	}
	changes := make([]Change, len(rows))
	for i, row := range rows {
		texts, err := toTexts(row, 1+levelTexts)
		if err != nil {
			return nil, err
		}
		level, err := toLevel(texts[1:])
		if err != nil {
			return nil, err
		}
		changes[i] = Change{Position: texts[0], Level: level}
	}
	return changes, nil
}

func (s *Store) snapshot(ctx context.Context, args ...string) (Snapshot, error) {
	values, _, err := s.run(ctx, "snapshot-levels", args...)
	if err != nil {
		return Snapshot{}, err
	}
	position, found := first(values)
	if !found {
		return Snapshot{}, errReply
	}
	snapshot := Snapshot{Position: position}
	for _, row := range values[1:] {
		texts, err := toTexts(row, levelTexts)
		if err != nil {
			return Snapshot{}, err
		}
		level, err := toLevel(texts)
		if err != nil {
			return Snapshot{}, err
		}
		snapshot.Levels = append(snapshot.Levels, level)
	}
	return snapshot, nil
}

// WaitForChange returns when there is a change after a position, or when blockTime has passed. One caller at a time may wait.
func (s *Store) WaitForChange(ctx context.Context, position string) error {
	ctx, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	err := s.clients.wait(ctx, &redis.XReadArgs{
		Streams: []string{levelStream, position}, Count: 1, Block: blockTime,
	})
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	return commandError(ctx, err)
}
