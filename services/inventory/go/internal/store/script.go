package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/redis/go-redis/v9"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/refusal"
)

const (
	ok       = "OK"
	repeated = "REPEATED"
)

var scriptNames = []string{
	"create-item", "update-item", "get-item", "list-items", "add-stock", "sync-stock",
	"create-reservation", "get-reservation", "release-reservation", "commit-reservation", "uncommit-reservation", "sweep",
	"snapshot-levels", "read-changes",
}

// Scripts are the Lua scripts that all implementations share, by name.
type Scripts map[string]*redis.Script

// LoadScripts reads the scripts of a folder. Each begins with the bytes of the prelude.
func LoadScripts(folder fs.FS) (Scripts, error) {
	prelude, err := fs.ReadFile(folder, "prelude.lua")
	if err != nil {
		return nil, err
	}
	scripts := Scripts{}
	for _, name := range scriptNames {
		body, err := fs.ReadFile(folder, name+".lua")
		if err != nil {
			return nil, err
		}
		scripts[name] = redis.NewScript(string(prelude) + string(body))
	}
	return scripts, nil
}

// runner runs scripts.
type runner struct {
	clients *Clients
	scripts Scripts
}

// run returns the values that a script answers, and whether an earlier request had the same effect.
func (r runner) run(ctx context.Context, name string, args ...string) (values []any, repeat bool, err error) {
	script, known := r.scripts[name]
	if !known {
		return nil, false, fmt.Errorf("there is no script %s", name)
	}
	plain := make([]any, len(args))
	for i, arg := range args {
		plain[i] = arg
	}
	var reply []any
	err = r.clients.do(func(client *redis.Client) (err error) {
		reply, err = script.Run(ctx, client, nil, plain...).Slice()
		return err
	})
	if err != nil {
		return nil, false, commandError(ctx, err)
	}
	status, found := first(reply)
	switch {
	case !found:
		return nil, false, fmt.Errorf("%s answered no status", name)
	case status == ok, status == repeated:
		return reply[1:], status == repeated, nil
	default:
		return nil, false, toRefusal(status, reply[1:])
	}
}

// texts runs a script whose values are at least count texts.
func (r runner) texts(ctx context.Context, count int, name string, args ...string) ([]string, error) {
	values, _, err := r.run(ctx, name, args...)
	if err != nil {
		return nil, err
	}
	return toTexts(values, count)
}

var errReply = errors.New("a script's reply is not a list of texts: the scripts are not those of this version")

// toTexts checks that a value is a list of at least count texts.
func toTexts(value any, count int) ([]string, error) {
	list, isList := value.([]any)
	if !isList || len(list) < count {
		return nil, errReply
	}
	texts := make([]string, len(list))
	for i, each := range list {
		text, isText := each.(string)
		if !isText {
			return nil, errReply
		}
		texts[i] = text
	}
	return texts, nil
}

func first(reply []any) (string, bool) {
	if len(reply) == 0 {
		return "", false
	}
	status, isText := reply[0].(string)
	return status, isText
}

var refusalTexts = map[contract.Reason]string{
	errorv1.ErrorReason_REQUEST_ID_REUSED:     "request_id was used before, for another request",
	errorv1.ErrorReason_QUOTA_EXCEEDED:        "the caller holds as much as one may",
	errorv1.ErrorReason_ETAG_MISMATCH:         "the item has changed since its etag was read",
	errorv1.ErrorReason_ITEM_NOT_FOUND:        "there is no such item",
	errorv1.ErrorReason_ITEM_EXISTS:           "an item with this id exists",
	errorv1.ErrorReason_ITEM_RETIRED:          "the item is no longer sold",
	errorv1.ErrorReason_STOCK_INSUFFICIENT:    "fewer pieces are left than asked for",
	errorv1.ErrorReason_STOCK_OUT_OF_RANGE:    "the stock would fall below what is held, or outgrow its range",
	errorv1.ErrorReason_TOTAL_OUT_OF_RANGE:    "the total is larger than an amount can be",
	errorv1.ErrorReason_CURRENCY_MIXED:        "the lines are priced in more than one currency",
	errorv1.ErrorReason_RESERVATION_NOT_FOUND: "there is no such reservation",
	errorv1.ErrorReason_RESERVATION_COMMITTED: "the reservation has been paid for",
	errorv1.ErrorReason_RESERVATION_GONE:      "the reservation's stock is no longer held",
	errorv1.ErrorReason_RESERVATION_TAKEN:     "another payment has taken the reservation",
	errorv1.ErrorReason_RESUME_TOKEN_EXPIRED:  "the changes after resume_token are no longer kept",
}

// toRefusal turns the answer of a script into a refusal: a reason, then pairs of name and value for the metadata.
func toRefusal(status string, pairs []any) error {
	reason, known := contract.ReasonNamed(status)
	text, expected := refusalTexts[reason]
	if !known || !expected {
		return fmt.Errorf("a script answered %s", status)
	}
	metadata, err := toTexts(pairs, 0)
	if err != nil {
		return err
	}
	refused := refusal.New(reason, text)
	for i := 0; i+1 < len(metadata); i += 2 {
		refused = refused.With(metadata[i], metadata[i+1])
	}
	return refused
}
