package inventory

import (
	"context"
	"slices"

	"google.golang.org/grpc"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/store"
)

const (
	levelsPage   = 200
	changesBatch = 512
)

// WatchStock sends the level of each item once, then every change. After a resume token it goes on without gap or
// repetition.
func (s *Service) WatchStock(request *inventoryv1.WatchStockRequest, stream grpc.ServerStreamingServer[inventoryv1.WatchStockResponse]) error {
	ids := make([]string, len(request.GetItems()))
	for i, name := range request.GetItems() {
		ids[i] = itemID(name)
	}
	from, err := parseResumeToken(ids, request.GetResumeToken())
	if err != nil {
		return err
	}
	w := &watch{store: s.store, feed: s.feed, items: ids, send: func(level *inventoryv1.StockLevel, at cursor) error {
		return stream.Send(&inventoryv1.WatchStockResponse{Level: level, ResumeToken: resumeToken(ids, at)})
	}}
	return w.run(stream.Context(), from)
}

type watch struct {
	store *store.Store
	feed  *Feed
	// items are the ids of the watched items; none means all.
	items []string
	send  func(level *inventoryv1.StockLevel, at cursor) error
}

func (w *watch) run(ctx context.Context, from cursor) error {
	position := from.position
	var err error
	if from.inSnapshot {
		position, err = w.sendSnapshot(ctx, from)
	} else {
		// The store is asked even for changes that the feed has: only the store knows whether the position is valid.
		position, err = w.sendBetween(ctx, position, store.End, func(change store.Change) (cursor, bool) {
			return cursor{position: change.Position}, w.watches(change.Item)
		})
	}
	if err != nil {
		return err
	}
	return w.sendChanges(ctx, position)
}

// sendSnapshot sends the levels of all watched items by their ids, page by page. Levels up to the item done are as of
// position. The next page is as of a later position: the changes in between of the items up to done are sent before it.
func (w *watch) sendSnapshot(ctx context.Context, from cursor) (position string, err error) {
	done := from.item
	position = from.position
	for {
		page, last, err := w.readPage(ctx, done)
		if err != nil {
			return "", err
		}
		if position != "" {
			_, err := w.sendBetween(ctx, position, page.Position, func(change store.Change) (cursor, bool) {
				at := cursor{position: change.Position, inSnapshot: true, item: done}
				return at, change.Item <= done && w.watches(change.Item)
			})
			if err != nil {
				return "", err
			}
		}
		position = page.Position
		for i, level := range page.Levels {
			done = level.Item
			at := cursor{position: position, inSnapshot: true, item: done}
			if last && i == len(page.Levels)-1 {
				at = cursor{position: position}
			}
			if err := w.send(level.Stock, at); err != nil {
				return "", err
			}
		}
		if last {
			return position, nil
		}
	}
}

func (w *watch) readPage(ctx context.Context, after string) (page store.Snapshot, last bool, err error) {
	if len(w.items) > 0 {
		left := slices.DeleteFunc(slices.Sorted(slices.Values(w.items)), func(item string) bool { return item <= after })
		page, err = w.store.LevelsOf(ctx, left)
		return page, true, err
	}
	page, err = w.store.LevelsAfter(ctx, after, levelsPage)
	return page, len(page.Levels) < levelsPage, err
}

// sendBetween sends the changes after one position, up to another, that choose selects. It returns the last position.
func (w *watch) sendBetween(ctx context.Context, after, until string, choose func(store.Change) (cursor, bool)) (string, error) {
	for {
		changes, err := w.store.Changes(ctx, after, until, changesBatch)
		if err != nil {
			return "", err
		}
		for _, change := range changes {
			after = change.Position
			at, chosen := choose(change)
			if !chosen {
				continue
			}
			if err := w.send(change.Stock, at); err != nil {
				return "", err
			}
		}
		if len(changes) < changesBatch {
			return after, nil
		}
	}
}

func (w *watch) sendChanges(ctx context.Context, position string) error {
	for {
		changed := w.feed.Changed()
		changes, err := w.feed.After(ctx, position)
		if err != nil {
			// An open watch outlives an outage of the store: it has its position, and asks again.
			if !refusal.Is(err, errorv1.ErrorReason_SERVICE_UNAVAILABLE) || ctx.Err() != nil {
				return err
			}
			sleep(ctx, feedRetry)
			continue
		}
		for _, change := range changes {
			position = change.Position
			if !w.watches(change.Item) {
				continue
			}
			if err := w.send(change.Stock, cursor{position: position}); err != nil {
				return err
			}
		}
		if len(changes) > 0 {
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (w *watch) watches(item string) bool {
	return len(w.items) == 0 || slices.Contains(w.items, item)
}
