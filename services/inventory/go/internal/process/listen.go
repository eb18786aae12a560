package process

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
)

// longestSocketPath is the most that the kernel allows for the path of a unix socket, in bytes.
const longestSocketPath = 107

var hostPort = regexp.MustCompile(`^(?:\[([0-9A-Fa-f:.]+)\]|[A-Za-z0-9._-]+):([0-9]{1,5})$`)

func (c *Config) parseListen(text string) string {
	const wanted = "must be unix:/path (at most 107 bytes) or host:port, for example 127.0.0.1:0"
	if path, ok := strings.CutPrefix(text, "unix:"); ok {
		if !strings.HasPrefix(path, "/") || len(path) > longestSocketPath {
			return wanted
		}
		c.Network, c.Address = "unix", path
		return ""
	}
	match := hostPort.FindStringSubmatch(text)
	if match == nil {
		return wanted
	}
	if _, err := strconv.ParseUint(match[2], 10, 16); err != nil {
		return wanted
	}
	c.Network, c.Address = "tcp", text
	return ""
}

// Listen opens the socket. Only its owner can connect to a unix socket.
func Listen(network, address string) (net.Listener, error) {
	if network != "unix" {
		return net.Listen(network, address)
	}
	if err := removeStaleSocket(address); err != nil {
		return nil, err
	}
	// After a chmod it would be too late: others could connect before it.
	before := syscall.Umask(0o177)
	defer syscall.Umask(before)
	return net.Listen(network, address)
}

// removeStaleSocket removes the socket file of a process that has ended.
func removeStaleSocket(path string) error {
	found, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case found.Mode()&fs.ModeSocket == 0:
		return fmt.Errorf("%s exists and is not a socket", path)
	}
	if connection, err := net.Dial("unix", path); err == nil {
		_ = connection.Close()
		return fmt.Errorf("another process listens on %s", path)
	}
	return os.Remove(path)
}

// AddressOf is the address of a listener, in the form of LISTEN.
func AddressOf(listener net.Listener) string {
	address := listener.Addr()
	if address.Network() == "unix" {
		return "unix:" + address.String()
	}
	return address.String()
}
