package token

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf8"
)

// longestPart bounds a length to seven digits.
const longestPart = 9_999_999

// appendNetstrings appends "<length in bytes>:<bytes>," for each part: no two lists of parts have the same encoding.
func appendNetstrings(dst []byte, parts ...string) []byte {
	for _, part := range parts {
		dst = strconv.AppendInt(dst, int64(len(part)), 10)
		dst = append(dst, ':')
		dst = append(dst, part...)
		dst = append(dst, ',')
	}
	return dst
}

// parseNetstrings is the inverse; false unless the bytes are exactly a list of netstrings in UTF-8.
func parseNetstrings(encoded []byte) ([]string, bool) {
	var parts []string
	for rest := encoded; len(rest) > 0; {
		digits, tail, found := bytes.Cut(rest, []byte{':'})
		length, err := strconv.ParseUint(string(digits), 10, 32)
		if !found || err != nil || length > longestPart || uint64(len(tail)) <= length || tail[length] != ',' {
			return nil, false
		}
		parts = append(parts, string(tail[:length]))
		rest = tail[length+1:]
	}
	canonical := slices.Equal(appendNetstrings(nil, parts...), encoded)
	return parts, canonical && utf8.Valid(encoded)
}
