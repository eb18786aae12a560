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
	// End is the last position there is.
	End = "+"

	waitFor = 2 * time.Second
	// Longer than a wait: a connection that is silent for so long is dead.
	silence = 6 * time.Second
)

// Level is the level of an item, by its id.
type Level struct {
	Item  string
	Stock *inventoryv1.StockLevel
}

// Change is a level that came about, and where it stands in the order of all changes.
type Change struct {
	Position string
	Level
}

// Snapshot is levels as of one position in the order of changes.
type Snapshot struct {
	Position string
	Levels   []Level
}

// Position is where the order of changes ends now.
func (s *Store) Position(ctx context.Context) (string, error) {
	snapshot, err := s.LevelsAfter(ctx, "", 0)
	return snapshot.Position, err
}

// LevelsAfter answers so many levels in the order of items, those after one id.
func (s *Store) LevelsAfter(ctx context.Context, item string, limit int) (Snapshot, error) {
	return s.snapshot(ctx, item, strconv.Itoa(limit))
}

// LevelsOf answers the levels of those items that there are.
func (s *Store) LevelsOf(ctx context.Context, items []string) (Snapshot, error) {
	return s.snapshot(ctx, append([]string{"", ""}, items...)...)
}

// Changes answers so many changes after a position, up to another one. It refuses with RESUME_TOKEN_EXPIRED when there
// may have been some that are no longer kept.
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

// WaitForChange returns when there is a change after a position, or after a while without one. It occupies its
// connection, which should be no other's.
func WaitForChange(ctx context.Context, connection *redis.Client, position string) error {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	err := connection.XRead(ctx, &redis.XReadArgs{
		Streams: []string{levelStream, position}, Count: 1, Block: waitFor,
	}).Err()
	if err == nil || errors.Is(err, redis.Nil) {
		return nil
	}
	return fault(ctx, err)
}
