package store

import (
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/types/known/timestamppb"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
)

// Prefixes of resource names.
const (
	ItemPrefix        = "items/"
	ReservationPrefix = "reservations/"
)

const (
	itemTexts        = 13
	reservationTexts = 10
	levelTexts       = 5
)

var itemStates = map[string]inventoryv1.ItemState{
	"ACTIVE":  inventoryv1.ItemState_ITEM_STATE_ACTIVE,
	"RETIRED": inventoryv1.ItemState_ITEM_STATE_RETIRED,
}

var reservationStates = map[string]inventoryv1.ReservationState{
	"HELD":      inventoryv1.ReservationState_RESERVATION_STATE_HELD,
	"COMMITTED": inventoryv1.ReservationState_RESERVATION_STATE_COMMITTED,
	"RELEASED":  inventoryv1.ReservationState_RESERVATION_STATE_RELEASED,
	"EXPIRED":   inventoryv1.ReservationState_RESERVATION_STATE_EXPIRED,
}

// StateName is the stored form of an item's state; empty for ITEM_STATE_UNSPECIFIED.
func StateName(state inventoryv1.ItemState) string {
	for name, each := range itemStates {
		if each == state {
			return name
		}
	}
	return ""
}

// numbers parses decimal texts and keeps the first error.
type numbers struct{ err error }

func (n *numbers) int64(text string) int64 {
	value, err := strconv.ParseInt(text, 10, 64)
	if n.err == nil {
		n.err = err
	}
	return value
}

func (n *numbers) int32(text string) int32 {
	value, err := strconv.ParseInt(text, 10, 32)
	if n.err == nil {
		n.err = err
	}
	return int32(value)
}

func (n *numbers) time(milliseconds string) *timestamppb.Timestamp {
	return timestamppb.New(time.UnixMilli(n.int64(milliseconds)))
}

func (n *numbers) money(currency, units, nanos string) *money.Money {
	return &money.Money{CurrencyCode: currency, Units: n.int64(units), Nanos: n.int32(nanos)}
}

func toItem(texts []string) (*inventoryv1.Item, error) {
	var n numbers
	item := &inventoryv1.Item{
		Name:        ItemPrefix + texts[0],
		Title:       texts[1],
		Description: texts[2],
		UnitPrice:   n.money(texts[3], texts[4], texts[5]),
		OnHand:      n.int64(texts[6]),
		Held:        n.int64(texts[7]),
		Sold:        n.int64(texts[8]),
		State:       itemStates[texts[9]],
		CreateTime:  n.time(texts[10]),
		UpdateTime:  n.time(texts[11]),
		Etag:        texts[12],
	}
	return item, n.err
}

func toReservation(texts []string) (*inventoryv1.Reservation, error) {
	var n numbers
	currency := texts[6]
	reservation := &inventoryv1.Reservation{
		Name:       ReservationPrefix + texts[0],
		Owner:      texts[1],
		State:      reservationStates[texts[2]],
		Payment:    texts[3],
		CreateTime: n.time(texts[4]),
		ExpireTime: n.time(texts[5]),
		Total:      n.money(currency, texts[7], texts[8]),
	}
	for line := range strings.SplitSeq(texts[9], "\n") {
		parts := strings.Split(line, " ")
		if len(parts) != 4 {
			return nil, errReply
		}
		reservation.Lines = append(reservation.Lines, &inventoryv1.ReservationLine{
			Item:      ItemPrefix + parts[0],
			Quantity:  n.int32(parts[1]),
			UnitPrice: n.money(currency, parts[2], parts[3]),
		})
	}
	return reservation, n.err
}

func toLevel(texts []string) (Level, error) {
	var n numbers
	stock := &inventoryv1.StockLevel{
		Item:       ItemPrefix + texts[0],
		OnHand:     n.int64(texts[1]),
		Held:       n.int64(texts[2]),
		Sold:       n.int64(texts[3]),
		ChangeTime: n.time(texts[4]),
	}
	return Level{Item: texts[0], Stock: stock}, n.err
}
