package inventory

import (
	"context"
	"errors"
	"io"
	"strconv"

	"google.golang.org/grpc"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/store"
)

// ImportItems creates items row by row. A refusal names the row at which it happened.
func (s *Service) ImportItems(stream grpc.ClientStreamingServer[inventoryv1.ImportItemsRequest, inventoryv1.ImportItemsResponse]) error {
	response := &inventoryv1.ImportItemsResponse{}
	for {
		repeat, err := s.importNext(stream)
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(response)
		}
		if err != nil {
			return withRow(err, response.GetCreatedCount()+response.GetRepeatedCount())
		}
		if repeat {
			response.RepeatedCount++
		} else {
			response.CreatedCount++
		}
	}
}

func (s *Service) importNext(stream grpc.ClientStreamingServer[inventoryv1.ImportItemsRequest, inventoryv1.ImportItemsResponse]) (repeat bool, err error) {
	row, err := stream.Recv()
	if err != nil {
		return false, err
	}
	fields := store.FieldsOf(row.GetItem())
	described := append([]string{"ImportItems", row.GetItemId()}, fields.Texts()...)
	described = append(described, strconv.FormatInt(row.GetOnHand(), 10))
	key, err := requestKey(stream.Context(), row.GetRequestId(), described...)
	if err != nil {
		return false, err
	}
	_, repeat, err = s.store.CreateItem(stream.Context(), key, row.GetItemId(), fields, row.GetOnHand())
	return repeat, err
}

func withRow(err error, row int64) error {
	var refused *refusal.Error
	if errors.As(err, &refused) {
		return refused.With("row", strconv.FormatInt(row, 10))
	}
	return err
}

// SyncStock sets stock to what was counted, and answers every count.
func (s *Service) SyncStock(stream grpc.BidiStreamingServer[inventoryv1.SyncStockRequest, inventoryv1.SyncStockResponse]) error {
	for {
		count, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		response, err := s.syncCount(stream.Context(), count)
		if err != nil {
			return err
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

func (s *Service) syncCount(ctx context.Context, count *inventoryv1.SyncStockRequest) (*inventoryv1.SyncStockResponse, error) {
	onHand := strconv.FormatInt(count.GetOnHand(), 10)
	key, err := requestKey(ctx, count.GetRequestId(), "SyncStock", count.GetItem(), onHand)
	if err != nil {
		return nil, err
	}
	response := &inventoryv1.SyncStockResponse{RequestId: count.GetRequestId()}
	level, err := s.store.SyncStock(ctx, key, itemID(count.GetItem()), count.GetOnHand())
	if err == nil {
		response.Outcome = &inventoryv1.SyncStockResponse_Level{Level: level}
		return response, nil
	}
	refused := countRefusal(err)
	if refused == nil {
		return nil, err
	}
	response.Outcome = &inventoryv1.SyncStockResponse_Refusal{Refusal: refused.GRPCStatus().Proto()}
	return response, nil
}

// countRefusal returns the refusal of one count; nil for an error that ends the call.
func countRefusal(err error) *refusal.Error {
	var refused *refusal.Error
	if !errors.As(err, &refused) {
		return nil
	}
	switch refused.Reason {
	case errorv1.ErrorReason_ITEM_NOT_FOUND, errorv1.ErrorReason_STOCK_OUT_OF_RANGE, errorv1.ErrorReason_REQUEST_ID_REUSED:
		return refused
	default:
		return nil
	}
}
