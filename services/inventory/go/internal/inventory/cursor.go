package inventory

import (
	"regexp"
	"slices"

	errorv1 "theseus.local/inventory/gen/theseus/error/v1"
	"theseus.local/inventory/internal/refusal"
	"theseus.local/inventory/internal/token"
)

var (
	positionPattern = regexp.MustCompile(`^[0-9]{1,15}-[0-9]{1,15}$`)
	itemPattern     = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)
)

// cursor is how far a watch has come.
type cursor struct {
	// position is the place in the order of changes up to which everything was sent; empty at the start.
	position string
	// inSnapshot is true while the first levels are sent. The last one was that of item.
	inSnapshot bool
	item       string
}

// resumeToken makes a token for a watch of some items. No items mean all. Their order does not matter.
func resumeToken(items []string, c cursor) string {
	texts := []string{c.position}
	if c.inSnapshot {
		texts = append(texts, c.item)
	}
	return token.Encode(watchBinding(items), texts)
}

func parseResumeToken(items []string, text string) (cursor, error) {
	if text == "" {
		return cursor{inSnapshot: true}, nil
	}
	texts, ok := token.Decode(watchBinding(items), text)
	switch {
	case !ok, len(texts) < 1, len(texts) > 2, !positionPattern.MatchString(texts[0]):
		return cursor{}, invalidResumeToken()
	case len(texts) == 1:
		return cursor{position: texts[0]}, nil
	case !itemPattern.MatchString(texts[1]):
		return cursor{}, invalidResumeToken()
	default:
		return cursor{position: texts[0], inSnapshot: true, item: texts[1]}, nil
	}
}

func watchBinding(items []string) []string {
	return append([]string{"WatchStock"}, slices.Sorted(slices.Values(items))...)
}

func invalidResumeToken() error {
	refused := refusal.New(errorv1.ErrorReason_RESUME_TOKEN_INVALID, "resume_token does not belong to this watch")
	refused.Violations = []refusal.Violation{{
		Field: "resume_token", Rule: "resume_token", Message: "must be a resume_token of a watch of the same items",
	}}
	return refused
}
