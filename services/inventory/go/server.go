package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"sync"
	"time"

	inventoryv1 "theseus.local/inventory/gen/theseus/inventory/v1"
	"theseus.local/inventory/internal/contract"
	"theseus.local/inventory/internal/inventory"
	"theseus.local/inventory/internal/process"
	"theseus.local/inventory/internal/rpc"
	"theseus.local/inventory/internal/store"
	"theseus.local/inventory/internal/telemetry"
)

const (
	drain = 8 * time.Second
	// probeInterval is the time between two probes of the store, and the time limit of each.
	probeInterval = time.Second
)

// server is the service with its socket and its connections to Redis.
type server struct {
	address string
	// failed gets the error when serving ends without a stop.
	failed chan error

	config   process.Config
	listener net.Listener
	rpc      *rpc.Server
	clients  *store.Clients
	store    *store.Store
	log      *slog.Logger
	feed     *inventory.Feed
	serving  bool
	standby  *process.StandbyFile
	// stopSweeper is nil in standby.
	stopSweeper func()

	ctx     context.Context
	cancel  context.CancelFunc
	workers sync.WaitGroup
}

// start probes the store and opens the socket, whether or not the store answers. Calls are answered from serve on.
func start(c process.Config, log *slog.Logger, told *telemetry.Telemetry) (*server, error) {
	s := &server{config: c, log: log, failed: make(chan error, 1)}
	// Looked for before the store's URL is read: a supervisor writes the URL first.
	s.standby = process.NewStandbyFile(c.StandbyFile, log)
	url, err := c.CurrentRedisURL()
	if err != nil {
		return nil, err
	}
	if s.clients, err = store.NewClients(url); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	described := inventoryv1.File_theseus_inventory_v1_inventory_service_proto.Services().ByName("InventoryService")
	s.store = store.New(s.clients, c.Scripts, contract.QuotasOf(described.Methods().ByName("CreateReservation")))
	s.feed = inventory.NewFeed(s.store, s.store.WaitForChange, log)
	service := rpc.Service{
		Contract:       described,
		Generated:      &inventoryv1.InventoryService_ServiceDesc,
		Implementation: inventory.NewService(s.store, s.feed, newID),
	}
	if s.rpc, err = rpc.NewServer(service, rpc.Options{Identity: c.Identity, Log: log, Telemetry: told}); err != nil {
		return nil, err
	}
	s.setServing(s.probe())
	if s.listener, err = process.Listen(c.Network, c.Address); err != nil {
		given := c.Address
		if c.Network == "unix" {
			given = "unix:" + given
		}
		return nil, process.Faults{{Variable: "LISTEN", Given: &given, Problem: fmt.Sprintf("cannot listen there: %v", err)}}
	}
	s.address = process.AddressOf(s.listener)
	return s, nil
}

// serve begins to answer calls, to follow the changes and to probe the store, and to sweep unless it is in standby.
func (s *server) serve() {
	if s.standby.Standby() {
		s.useCurrentURL()
		s.log.Info("the process is in standby", "event", "standby")
	} else {
		s.becomeActive()
	}
	go func() {
		if err := s.rpc.Serve(s.listener); err != nil {
			s.failed <- err
		}
	}()
	s.workers.Go(func() { s.feed.Run(s.ctx) })
	s.workers.Go(s.watchStore)
	s.workers.Go(s.watchStandbyFile)
}

// stop waits for running calls, then ends everything that serve began.
func (s *server) stop() {
	s.rpc.Stop(drain)
	s.cancel()
	s.clients.StopWaiting()
	s.workers.Wait()
	if s.stopSweeper != nil {
		s.stopSweeper()
	}
	s.clients.Close()
}

// watchStore sets health to what each probe of the store finds.
func (s *server) watchStore() {
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-ticker.C:
		}
		err := s.probe()
		if s.ctx.Err() != nil {
			return
		}
		serving := err == nil
		switch {
		case serving && !s.serving:
			s.log.Info("the store answers", "event", "health", "serving", true)
		case !serving && s.serving:
			s.log.Warn("the store does not answer", "event", "health", "serving", false, "err", err)
		}
		s.setServing(err)
	}
}

func (s *server) setServing(fault error) {
	s.serving = fault == nil
	s.rpc.SetServing(s.serving)
}

func (s *server) probe() error {
	ctx, cancel := context.WithTimeout(s.ctx, probeInterval)
	defer cancel()
	return s.store.Ping(ctx)
}

// newID is 20 characters of [a-z0-9], 103 bits of the system's randomness.
func newID() string {
	const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
	id := make([]byte, 20)
	for i := range id {
		at, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			panic(err) // crypto/rand does not fail
		}
		id[i] = alphabet[at.Int64()]
	}
	return string(id)
}
