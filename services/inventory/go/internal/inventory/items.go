package inventory

import (
	"context"
	"strconv"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/store"
	"theseus.local/inventory/internal/token"
)

const (
	defaultPageSize = 50
	largestPageSize = 200
)

// CreateItem adds an item to the catalogue.
func (s *Service) CreateItem(ctx context.Context, request *inventoryv1.CreateItemRequest) (*inventoryv1.Item, error) {
	fields := store.FieldsOf(request.GetItem())
	described := append([]string{"CreateItem", request.GetItemId()}, fields.Texts()...)
	key, err := requestKey(ctx, request.GetRequestId(), described...)
	if err != nil {
		return nil, err
	}
	item, _, err := s.store.CreateItem(ctx, key, request.GetItemId(), fields, 0)
	return item, err
}

// UpdateItem changes an item. Without an etag it is tried again when another update came in between.
func (s *Service) UpdateItem(ctx context.Context, request *inventoryv1.UpdateItemRequest) (*inventoryv1.Item, error) {
	for {
		item, err := s.tryUpdate(ctx, request)
		if request.GetItem().GetEtag() != "" || !refusal.Is(err, errorv1.ErrorReason_ETAG_MISMATCH) {
			return item, err
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
}

func (s *Service) tryUpdate(ctx context.Context, request *inventoryv1.UpdateItemRequest) (*inventoryv1.Item, error) {
	given := request.GetItem()
	id := itemID(given.GetName())
	current, err := s.store.GetItem(ctx, id)
	if err != nil {
		return nil, err
	}
	wanted, err := applyMask(current, given, request.GetUpdateMask().GetPaths())
	if err != nil {
		return nil, err
	}
	if given.GetEtag() != "" && given.GetEtag() != current.GetEtag() {
		return nil, refusal.New(errorv1.ErrorReason_ETAG_MISMATCH, "the resource has changed since its etag was read")
	}
	return s.store.UpdateItem(ctx, s.newID(), id, current.GetEtag(), store.FieldsOf(wanted))
}

// GetItem returns one item.
func (s *Service) GetItem(ctx context.Context, request *inventoryv1.GetItemRequest) (*inventoryv1.Item, error) {
	return s.store.GetItem(ctx, itemID(request.GetName()))
}

// ListItems returns a page of items.
func (s *Service) ListItems(ctx context.Context, request *inventoryv1.ListItemsRequest) (*inventoryv1.ListItemsResponse, error) {
	state := store.StateName(request.GetState())
	bound := []string{"ListItems", state}
	after, err := pageStart(bound, request.GetPageToken())
	if err != nil {
		return nil, err
	}
	size := pageSize(int(request.GetPageSize()))
	items, err := s.store.ListItems(ctx, state, after, size+1)
	if err != nil {
		return nil, err
	}
	response := &inventoryv1.ListItemsResponse{Items: items}
	if len(items) > size {
		response.Items = items[:size]
		last := response.Items[size-1]
		response.NextPageToken = token.Encode(bound, []string{itemID(last.GetName())})
	}
	return response, nil
}

// AddStock adds pieces to an item's stock.
func (s *Service) AddStock(ctx context.Context, request *inventoryv1.AddStockRequest) (*inventoryv1.Item, error) {
	quantity := strconv.FormatInt(request.GetQuantity(), 10)
	key, err := requestKey(ctx, request.GetRequestId(), "AddStock", request.GetName(), quantity)
	if err != nil {
		return nil, err
	}
	return s.store.AddStock(ctx, key, itemID(request.GetName()), request.GetQuantity())
}

// pageStart is the id after which a page starts; empty for the first page.
func pageStart(bound []string, pageToken string) (string, error) {
	if pageToken == "" {
		return "", nil
	}
	cursor, ok := token.Decode(bound, pageToken)
	if !ok || len(cursor) != 1 || !itemPattern.MatchString(cursor[0]) {
		refused := refusal.New(errorv1.ErrorReason_PAGE_TOKEN_INVALID, "page_token does not belong to this request")
		refused.Violations = []refusal.Violation{{
			Field: "page_token", Rule: "page_token", Message: "must be the next_page_token of the same request",
		}}
		return "", refused
	}
	return cursor[0], nil
}

func pageSize(asked int) int {
	if asked == 0 {
		return defaultPageSize
	}
	return min(asked, largestPageSize)
}
