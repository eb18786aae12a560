package contract

import (
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	quotav1 "theseus.local/inventory/gen/theseus/quota/v1"
)

// Quota is how much of something one party may have.
type Quota struct {
	// Name is what is counted, as in the metadata of QUOTA_EXCEEDED.
	Name  string
	Scope quotav1.Scope
	// Limit is the most of it: what would make it more is refused.
	Limit int64
	// Window is how far back is counted. It is nil where what there is now counts.
	Window *time.Duration
}

// QuotasOf reads the quotas that a call of a method uses up, in the contract's order.
func QuotasOf(method protoreflect.MethodDescriptor) []Quota {
	declared, _ := option[[]*quotav1.Quota](method.Options(), quotav1.E_Quotas)
	quotas := make([]Quota, len(declared))
	for i, each := range declared {
		quotas[i] = Quota{Name: each.GetName(), Scope: each.GetScope(), Limit: each.GetLimit()}
		if each.Window != nil {
			window := milliseconds(each.GetWindow())
			quotas[i].Window = &window
		}
	}
	return quotas
}
