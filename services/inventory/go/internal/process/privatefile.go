package process

import (
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// readSecret parses a variable or, as containers have secrets, the content of the private file that <variable>_FILE names. A
// secret is never reported. It returns the path of the file; empty when the variable holds the secret.
func (r *reader) readSecret(variable string, parse func(text string) (problem string)) (file string) {
	fileVariable := variable + "_FILE"
	text, path := r.getenv(variable), r.getenv(fileVariable)
	switch {
	case text != "" && path != "":
		r.faults = append(r.faults, Fault{Variable: fileVariable, Problem: "is set, and so is " + variable + "; set one of them"})
	case path != "":
		r.read(fileVariable, func(path string) string { return parsePrivateFile(path, parse) })
		return path
	default:
		if problem := parse(text); problem != "" {
			if text == "" {
				problem = "is not set; " + problem + "; or " + fileVariable + " must name a private file that holds it"
			}
			r.faults = append(r.faults, Fault{Variable: variable, Problem: problem})
		}
	}
	return ""
}

func parsePrivateFile(path string, parse func(text string) (problem string)) (problem string) {
	text, problem := readPrivateFile(path)
	if problem != "" {
		return problem
	}
	text = strings.TrimSuffix(text, "\n")
	if text == "" {
		return "the file is empty"
	}
	if problem := parse(text); problem != "" {
		return "what the file holds " + problem
	}
	return ""
}

// readPrivateFile reads a file that nobody but its owner may read.
func readPrivateFile(path string) (text, problem string) {
	found, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "there is no such file"
	case err != nil:
		return "", "the file cannot be read: " + reasonOf(err)
	case !found.Mode().IsRegular():
		return "", "must be the path of a file"
	case found.Mode().Perm()&0o077 != 0:
		return "", "others may read this secret; run: chmod 600 " + strconv.Quote(path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", "the file cannot be read: " + reasonOf(err)
	}
	return string(content), ""
}

// reasonOf is what the operating system says, without the path.
func reasonOf(err error) string {
	if failed, ok := errors.AsType[*fs.PathError](err); ok {
		return failed.Err.Error()
	}
	return err.Error()
}
