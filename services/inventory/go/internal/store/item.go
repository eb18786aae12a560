package store

import (
	"context"
	"strconv"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
)

// ItemFields are the stored properties of an item, without its stock.
type ItemFields struct {
	Title, Description, Currency, Units, Nanos, State string
}

// FieldsOf returns the stored form of an item. An item without a state is stored as active.
func FieldsOf(item *inventoryv1.Item) ItemFields {
	price := item.GetUnitPrice()
	fields := ItemFields{
		Title:       item.GetTitle(),
		Description: item.GetDescription(),
		Currency:    price.GetCurrencyCode(),
		Units:       strconv.FormatInt(price.GetUnits(), 10),
		Nanos:       strconv.FormatInt(int64(price.GetNanos()), 10),
		State:       StateName(item.GetState()),
	}
	if fields.State == "" {
		fields.State = "ACTIVE"
	}
	return fields
}

// Texts lists the fields in the order of fingerprints and of script arguments.
func (f ItemFields) Texts() []string {
	return []string{f.Title, f.Description, f.Currency, f.Units, f.Nanos, f.State}
}

// CreateItem also returns whether an earlier, equal request created the item.
func (s *Store) CreateItem(ctx context.Context, key RequestKey, id string, fields ItemFields, onHand int64) (item *inventoryv1.Item, repeat bool, err error) {
	args := append(key.args(id), fields.Texts()...)
	values, repeat, err := s.run(ctx, "create-item", append(args, strconv.FormatInt(onHand, 10))...)
	if err != nil {
		return nil, false, err
	}
	item, err = itemIn(values)
	return item, repeat, err
}

// UpdateItem changes an item if it still has an etag. Commands with the same update id take effect once.
func (s *Store) UpdateItem(ctx context.Context, updateID, id, etag string, f ItemFields) (*inventoryv1.Item, error) {
	return s.item(ctx, "update-item", updateID, id, etag,
		"title", f.Title, "description", f.Description,
		"currency", f.Currency, "units", f.Units, "nanos", f.Nanos, "state", f.State)
}

// GetItem returns one item.
func (s *Store) GetItem(ctx context.Context, id string) (*inventoryv1.Item, error) {
	return s.item(ctx, "get-item", id)
}

// ListItems returns up to limit items with ids after one id. An empty state means any state.
func (s *Store) ListItems(ctx context.Context, state, after string, limit int) ([]*inventoryv1.Item, error) {
	rows, _, err := s.run(ctx, "list-items", state, after, strconv.Itoa(limit))
	if err != nil {
		return nil, err
	}
	items := make([]*inventoryv1.Item, len(rows))
	for i, row := range rows {
		if items[i], err = itemIn(row); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// AddStock adds pieces to what is on hand.
func (s *Store) AddStock(ctx context.Context, key RequestKey, id string, quantity int64) (*inventoryv1.Item, error) {
	return s.item(ctx, "add-stock", key.args(id, strconv.FormatInt(quantity, 10))...)
}

// SyncStock sets what is on hand.
func (s *Store) SyncStock(ctx context.Context, key RequestKey, id string, onHand int64) (*inventoryv1.StockLevel, error) {
	texts, err := s.texts(ctx, levelTexts, "sync-stock", key.args(id, strconv.FormatInt(onHand, 10))...)
	if err != nil {
		return nil, err
	}
	level, err := toLevel(texts)
	return level.Stock, err
}

func (s *Store) item(ctx context.Context, script string, args ...string) (*inventoryv1.Item, error) {
	values, _, err := s.run(ctx, script, args...)
	if err != nil {
		return nil, err
	}
	return itemIn(values)
}

func itemIn(values any) (*inventoryv1.Item, error) {
	texts, err := toTexts(values, itemTexts)
	if err != nil {
		return nil, err
	}
	return toItem(texts)
}
