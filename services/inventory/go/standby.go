package main

import (
	"context"
	"time"

	"theseus.local/inventory/internal/inventory"
)

// standbyInterval is the time between two looks for the standby file.
const standbyInterval = 100 * time.Millisecond

func (s *server) watchStandbyFile() {
	ticker := time.NewTicker(standbyInterval)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
			s.followStandbyFile()
		}
	}
}

// followStandbyFile ends when the process is what the file says.
func (s *server) followStandbyFile() {
	switch standby := s.standby.Standby(); {
	case standby && s.stopSweeper != nil:
		s.goIntoStandby()
	case !standby && s.stopSweeper == nil:
		s.becomeActive()
	}
}

func (s *server) becomeActive() {
	s.useCurrentURL()
	s.stopSweeper = s.startSweeper()
	s.rpc.Activate()
	s.log.Info("the process is active", "event", "active")
}

// goIntoStandby says that the process is in standby when nothing writes any more.
func (s *server) goIntoStandby() {
	s.rpc.EndWriting(drain)
	s.stopSweeper()
	s.stopSweeper = nil
	s.useCurrentURL()
	s.rpc.SayStandby()
	s.log.Info("the process is in standby", "event", "standby")
}

// startSweeper returns how to stop the sweeper and to wait for it.
func (s *server) startSweeper() (stop func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		inventory.Sweeper{Sweep: s.store.Sweep, Log: s.log}.Run(ctx)
	}()
	return func() {
		cancel()
		<-stopped
	}
}

// useCurrentURL opens the store anew when its file holds another URL. With a file that is faulty the process goes on as it is.
func (s *server) useCurrentURL() {
	url, err := s.config.CurrentRedisURL()
	if err == nil {
		err = s.clients.Use(url)
	}
	if err != nil {
		s.log.Error("the store's URL cannot be read again; the one before stays in use", "event", "store-url", "err", err)
	}
}
