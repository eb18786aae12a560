package process

import (
	"bytes"
	"encoding/json"
	"io"
)

const (
	// longestText is how many characters a text in a line may have.
	longestText = 8192
	// longestLine is how many bytes a line may have, without its end.
	longestLine = 32_768
	// longestKept is how many characters a text of a line that was too long may have.
	longestKept = 512
)

// kept are the fields that every line keeps.
var kept = []string{"level", "time", "name", "event", "request_id", "trace_id", "span_id", "msg"}

// boundedLines takes one JSON line a Write. It cuts texts that are too long, which end in "…" then. Of a line that is still
// too long, only the fields stay that tell what it is about, with "cut": true.
type boundedLines struct{ out io.Writer }

func (b boundedLines) Write(line []byte) (int, error) {
	_, err := b.out.Write(boundLine(line))
	return len(line), err
}

func boundLine(line []byte) []byte {
	if len(line) <= longestText {
		return line
	}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var record map[string]any
	if err := decoder.Decode(&record); err != nil {
		return append(line[:longestText:longestText], '\n')
	}
	bounded := encodeLine(cutTexts(record, longestText))
	if len(bounded) <= longestLine+1 {
		return bounded
	}
	short := map[string]any{"cut": true}
	for _, name := range kept {
		if text, ok := record[name].(string); ok {
			short[name] = cutTexts(text, longestKept)
		}
	}
	return encodeLine(short)
}

func encodeLine(record any) []byte {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(record)
	return line.Bytes()
}

func cutTexts(value any, longest int) any {
	switch value := value.(type) {
	case string:
		if len(value) <= longest {
			return value
		}
		if characters := []rune(value); len(characters) > longest {
			return string(characters[:longest-1]) + "…"
		}
	case map[string]any:
		cut := make(map[string]any, len(value))
		for name, each := range value {
			cut[name] = cutTexts(each, longest)
		}
		return cut
	case []any:
		cut := make([]any, len(value))
		for i, each := range value {
			cut[i] = cutTexts(each, longest)
		}
		return cut
	}
	return value
}
