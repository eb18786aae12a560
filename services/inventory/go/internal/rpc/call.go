package rpc

import "context"

// Call is what a method may know of the call that it answers.
type Call struct {
	// Caller is the calling workload; empty for a developer without a mesh.
	Caller string
	// Principal is the end user; nil when the call is on nobody's behalf.
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

// User names the call's end user, users/…; without one it refuses with TOKEN_MISSING.
func User(ctx context.Context) (string, error) {
	if principal := CallOf(ctx).Principal; principal != nil {
		return principal.User, nil
	}
	return "", tokenMissing()
}
