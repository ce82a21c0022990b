// The reference gateway: what a Go engineer would write on the standard library for the same job, to compare with.
// A request's way: main (the listener) → gateway (routes, key check) → rotation (sticky session, else next in turn) →
// relay (upstream and back).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// How long a stop waits for running streams.
const drainTime = 30 * time.Second

type options struct {
	host, port  string
	upstream    string
	credentials int
	prefix      string
	clientKey   string
}

func main() {
	options := readOptions()
	gateway, err := newGateway(options)
	if err != nil {
		log.Fatal(err)
	}
	if err := serve(options, gateway); err != nil {
		log.Fatal(err)
	}
}

func readOptions() options {
	var o options
	flag.StringVar(&o.host, "host", "127.0.0.1", "address to listen on")
	flag.StringVar(&o.port, "port", "0", "port to listen on; 0 takes a free one")
	flag.StringVar(&o.upstream, "upstream", "", "base URL of the upstream; its certificate is trusted by SSL_CERT_FILE")
	flag.IntVar(&o.credentials, "credentials", 500, "number of upstream credentials, made up as prefix + 1, 2, …")
	flag.StringVar(&o.prefix, "prefix", "sk-load-", "beginning of every upstream credential")
	flag.StringVar(&o.clientKey, "client-key", "", "the key that clients must send")
	flag.Parse()
	return o
}

func newGateway(o options) (*gateway, error) {
	upstream, err := url.Parse(o.upstream)
	if err != nil || upstream.Host == "" {
		return nil, fmt.Errorf("--upstream must be a URL like http://127.0.0.1:9001, not %q", o.upstream)
	}
	if o.credentials < 1 || o.clientKey == "" {
		return nil, errors.New("--credentials must be at least 1 and --client-key must not be empty")
	}
	credentials := make([]string, o.credentials)
	for i := range credentials {
		credentials[i] = o.prefix + strconv.Itoa(i+1)
	}
	rotation := newRotation(credentials, sessionTTL, maxSessions, time.Now)
	return &gateway{clientKey: digest(o.clientKey), rotation: rotation, relay: newRelay(upstream)}, nil
}

// serve listens until SIGTERM or SIGINT, then lets running streams finish.
func serve(o options, handler *gateway) error {
	listener, err := net.Listen("tcp", net.JoinHostPort(o.host, o.port))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler.routes(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	stopped := make(chan error, 1)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	go func() {
		<-ctx.Done()
		deadline, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		stopped <- server.Shutdown(deadline)
	}()
	fmt.Printf("go gateway is ready on http://%s (%d credentials, %s, GOMAXPROCS %d)\n",
		listener.Addr(), o.credentials, runtime.Version(), runtime.GOMAXPROCS(0))
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
