package inventory

import (
	"errors"
	"maps"
	"testing"

	"google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/protobuf/proto"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/refusal"
)

func euros(units int64) *money.Money { return &money.Money{CurrencyCode: "EUR", Units: units} }

func TestApplyMask(t *testing.T) {
	const active, retired = inventoryv1.ItemState_ITEM_STATE_ACTIVE, inventoryv1.ItemState_ITEM_STATE_RETIRED
	current := &inventoryv1.Item{Name: "items/a", Title: "A", Description: "d", UnitPrice: euros(1), State: active, OnHand: 7, Etag: "3"}
	given := &inventoryv1.Item{Name: "items/a", Title: "B", UnitPrice: euros(2), State: retired, OnHand: 99, Etag: "9"}
	tests := []struct {
		name string
		mask []string
		want *inventoryv1.Item
	}{
		{"absent: what is set", nil, &inventoryv1.Item{Title: "B", Description: "d", UnitPrice: euros(2), State: retired}},
		{"everything", []string{"*"}, &inventoryv1.Item{Title: "B", UnitPrice: euros(2), State: retired}},
		{"one field", []string{"title"}, &inventoryv1.Item{Title: "B", Description: "d", UnitPrice: euros(1), State: active}},
		{"one that is not set", []string{"description"}, &inventoryv1.Item{Title: "A", UnitPrice: euros(1), State: active}},
	}
	for _, test := range tests {
		got, err := applyMask(current, given, test.mask)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		test.want.Name, test.want.OnHand, test.want.Etag = current.Name, current.OnHand, current.Etag
		if !proto.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCheckMaskNamesEveryBadPath(t *testing.T) {
	tests := []struct {
		mask []string
		want map[string]string
	}{
		{[]string{"title", "unit_price"}, map[string]string{}},
		{[]string{"nope", "title", "on_hand"}, map[string]string{"update_mask.paths[0]": "field_mask.unknown", "update_mask.paths[2]": "field_mask.read_only"}},
		{[]string{"*", "title"}, map[string]string{"update_mask.paths[0]": "field_mask.wildcard"}},
		{[]string{"etag", "unit_price.units"}, map[string]string{"update_mask.paths[0]": "field_mask.read_only", "update_mask.paths[1]": "field_mask.read_only"}},
		{[]string{"title.x", ""}, map[string]string{"update_mask.paths[0]": "field_mask.unknown", "update_mask.paths[1]": "field_mask.unknown"}},
	}
	for _, test := range tests {
		got := map[string]string{}
		var refused *refusal.Error
		if errors.As(checkMask(test.mask), &refused) {
			for _, each := range refused.Violations {
				got[each.Field] = each.Rule
			}
		}
		if !maps.Equal(got, test.want) {
			t.Errorf("%q: %v, want %v", test.mask, got, test.want)
		}
	}
}
