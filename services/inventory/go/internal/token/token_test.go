package token

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
)

// examples are those of storage.md, to which every implementation is held.
type examples struct {
	Fingerprints [][2]json.RawMessage `json:"fingerprints"`
	Tokens       [][3]json.RawMessage `json:"tokens"`
}

func readExamples(t *testing.T) examples {
	t.Helper()
	document, err := os.ReadFile("../../../storage.md")
	if err != nil {
		t.Skip("storage.md is not beside this implementation")
	}
	block := regexp.MustCompile("(?s)```json\n(.*?)\n```").FindSubmatch(document)
	if block == nil {
		t.Fatal("storage.md has no examples")
	}
	return decode[examples](t, block[1])
}

func decode[T any](t *testing.T, raw []byte) (value T) {
	t.Helper()
	if err := json.Unmarshal(raw, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestFingerprintsAreThoseOfStorage(t *testing.T) {
	for _, example := range readExamples(t).Fingerprints {
		fields, want := decode[[]string](t, example[0]), decode[string](t, example[1])
		if got := Fingerprint(fields...); got != want {
			t.Errorf("Fingerprint(%q) = %s, want %s", fields, got, want)
		}
	}
}

func TestTokensAreThoseOfStorage(t *testing.T) {
	for _, example := range readExamples(t).Tokens {
		bound, cursor := decode[[]string](t, example[0]), decode[[]string](t, example[1])
		want := decode[string](t, example[2])
		if got := Encode(bound, cursor); got != want {
			t.Errorf("Encode(%q, %q) = %s, want %s", bound, cursor, got, want)
		}
		if got, ok := Decode(bound, want); !ok || !slices.Equal(got, cursor) {
			t.Errorf("Decode(%q, %s) = %q, %t, want %q", bound, want, got, ok, cursor)
		}
	}
}

func TestDecodeTakesOneSpellingOfItsOwnTokensAlone(t *testing.T) {
	bound := []string{"ListItems", ""}
	good := Encode(bound, []string{"kettle"})
	for name, bad := range map[string]string{
		"empty":          "",
		"not base64url":  "+/",
		"padded":         good + "==",
		"with a newline": good + "\n",
		"cut":            good[:len(good)-4],
		"other fields":   Encode([]string{"ListItems", "ACTIVE"}, []string{"kettle"}),
	} {
		if cursor, ok := Decode(bound, bad); ok {
			t.Errorf("%s: Decode(%q) = %q, want a refusal", name, bad, cursor)
		}
	}
}

func TestParseNetstringsTakesTheCanonicalFormAlone(t *testing.T) {
	tests := []struct {
		encoded string
		want    []string
		ok      bool
	}{
		{"", nil, true},
		{"0:,", []string{""}, true},
		{"3:a,b,2:ü,", []string{"a,b", "ü"}, true},
		{"03:abc,", nil, false},
		{"+3:abc,", nil, false},
		{"3:abc", nil, false},
		{"3:abcd,", nil, false},
		{"4:abc,", nil, false},
		{":,", nil, false},
		{"1:\xff,", nil, false},
		{"99999999999999999999:a,", nil, false},
	}
	for _, test := range tests {
		got, ok := parseNetstrings([]byte(test.encoded))
		if ok != test.ok || (ok && !slices.Equal(got, test.want)) {
			t.Errorf("parseNetstrings(%q) = %q, %t, want %q, %t", test.encoded, got, ok, test.want, test.ok)
		}
	}
}
