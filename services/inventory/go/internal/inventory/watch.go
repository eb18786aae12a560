package inventory

import (
	"context"
	"slices"

	"google.golang.org/grpc"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/store"
)

const (
	levelsPage   = 200
	changesBatch = 512
)

// WatchStock tells each item's level once, then every change, without gap or repetition from the resume token on.
func (s *Service) WatchStock(request *inventoryv1.WatchStockRequest, stream grpc.ServerStreamingServer[inventoryv1.WatchStockResponse]) error {
	ids := make([]string, len(request.GetItems()))
	for i, name := range request.GetItems() {
		ids[i] = itemID(name)
	}
	from, err := parseResumeToken(ids, request.GetResumeToken())
	if err != nil {
		return err
	}
	w := &watch{store: s.store, feed: s.feed, items: ids, tell: func(level *inventoryv1.StockLevel, at cursor) error {
		return stream.Send(&inventoryv1.WatchStockResponse{Level: level, ResumeToken: resumeToken(ids, at)})
	}}
	return w.run(stream.Context(), from)
}

type watch struct {
	store *store.Store
	feed  *Feed
	// items are the ids to tell of; none means all.
	items []string
	tell  func(level *inventoryv1.StockLevel, at cursor) error
}

func (w *watch) run(ctx context.Context, from cursor) error {
	position := from.position
	var err error
	if from.telling {
		position, err = w.tellFirst(ctx, from)
	} else {
		// The store is asked even for what the feed has: only it knows whether the position is one of its own.
		position, err = w.tellBetween(ctx, position, store.End, func(change store.Change) (cursor, bool) {
			return cursor{position: change.Position}, w.watches(change.Item)
		})
	}
	if err != nil {
		return err
	}
	return w.tellChanges(ctx, position)
}

// tellFirst tells the levels of all items in their order, a page at a time. Every item up to done is told of as of
// position: when a page is read at a later one, the changes up to there of those items come first.
func (w *watch) tellFirst(ctx context.Context, from cursor) (position string, err error) {
	done := from.item
	position = from.position
	for {
		page, last, err := w.readPage(ctx, done)
		if err != nil {
			return "", err
		}
		if position != "" {
			_, err := w.tellBetween(ctx, position, page.Position, func(change store.Change) (cursor, bool) {
				at := cursor{position: change.Position, telling: true, item: done}
				return at, change.Item <= done && w.watches(change.Item)
			})
			if err != nil {
				return "", err
			}
		}
		position = page.Position
		for i, level := range page.Levels {
			done = level.Item
			at := cursor{position: position, telling: true, item: done}
			if last && i == len(page.Levels)-1 {
				at = cursor{position: position}
			}
			if err := w.tell(level.Stock, at); err != nil {
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

// tellBetween tells those changes after a position, up to another one, that choose wants, and gives the last one's.
func (w *watch) tellBetween(ctx context.Context, after, until string, choose func(store.Change) (cursor, bool)) (string, error) {
	for {
		changes, err := w.store.Changes(ctx, after, until, changesBatch)
		if err != nil {
			return "", err
		}
		for _, change := range changes {
			after = change.Position
			at, wanted := choose(change)
			if !wanted {
				continue
			}
			if err := w.tell(change.Stock, at); err != nil {
				return "", err
			}
		}
		if len(changes) < changesBatch {
			return after, nil
		}
	}
}

func (w *watch) tellChanges(ctx context.Context, position string) error {
	for {
		news := w.feed.News()
		changes, err := w.feed.After(ctx, position)
		if err != nil {
			return err
		}
		for _, change := range changes {
			position = change.Position
			if !w.watches(change.Item) {
				continue
			}
			if err := w.tell(change.Stock, cursor{position: position}); err != nil {
				return err
			}
		}
		if len(changes) > 0 {
			continue
		}
		select {
		case <-news:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (w *watch) watches(item string) bool {
	return len(w.items) == 0 || slices.Contains(w.items, item)
}
