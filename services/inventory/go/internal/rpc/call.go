package rpc

import "context"

// Call is what an RPC knows about who calls it.
type Call struct {
	// Caller is the calling workload; empty without a mesh.
	Caller string
	// Principal is the end user; nil when there is none.
	Principal *Principal
}

type callKey struct{}

func withCall(ctx context.Context, call Call) context.Context {
	return context.WithValue(ctx, callKey{}, call)
}

// CallOf gives the call that a context belongs to.
func CallOf(ctx context.Context) Call {
	call, _ := ctx.Value(callKey{}).(Call)
	return call
}

// User is the subject of the end user's token. Without an end user the call is refused with TOKEN_MISSING.
func User(ctx context.Context) (string, error) {
	if principal := CallOf(ctx).Principal; principal != nil {
		return principal.User, nil
	}
	return "", tokenMissing()
}
