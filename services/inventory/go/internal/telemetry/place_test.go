package telemetry

import "testing"

func TestATraceparentThatCannotBeBelievedIsNone(t *testing.T) {
	const trace, span = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	for text, want := range map[string]Place{
		"00-" + trace + "-" + span + "-01":                           {trace, span, "01"},
		"00-" + trace + "-" + span + "-00":                           {trace, span, "00"},
		"cc-" + trace + "-" + span + "-01-more":                      {trace, span, "01"},
		"ff-" + trace + "-" + span + "-01":                           {},
		"00-00000000000000000000000000000000-" + span + "-01":        {},
		"00-" + trace + "-0000000000000000-01":                       {},
		"00-" + trace + "-" + span:                                   {},
		"00-4BF92F3577B34DA6A3CE929D0E0E4736-" + span + "-01":        {},
		"00-" + trace + "-" + span + "-01, 00-" + trace + "-" + span: {},
		"": {},
	} {
		if got := ParseTraceparent(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestWithoutATraceACallBeginsOne(t *testing.T) {
	first, second := Place{}.Trace(), Place{}.Trace()
	if len(first) != 32 || first == second {
		t.Errorf("%q and %q", first, second)
	}
}
