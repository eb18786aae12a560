package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
)

// listen opens the socket, a unix one for nobody but its owner.
func listen(network, address string) (net.Listener, error) {
	if network != "unix" {
		return net.Listen(network, address)
	}
	if err := removeStaleSocket(address); err != nil {
		return nil, err
	}
	// It must not be open to others even for the moment between its creation and a chmod.
	before := syscall.Umask(0o177)
	defer syscall.Umask(before)
	return net.Listen(network, address)
}

// removeStaleSocket removes the socket that a process left which is no longer there.
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

// addressOf is where a listener listens, as LISTEN has it.
func addressOf(listener net.Listener) string {
	address := listener.Addr()
	if address.Network() == "unix" {
		return "unix:" + address.String()
	}
	return address.String()
}
