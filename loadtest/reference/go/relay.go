package main

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	connectTimeout = 2 * time.Second
	headersTimeout = time.Minute
	bufferSize     = 16 << 10
)

// What may pass; everything else stays on its own side.
var (
	requestHeaders  = []string{"Accept", "Content-Type"}
	responseHeaders = []string{"Cache-Control", "Content-Length", "Content-Type", "Retry-After", "X-Request-Id"}
)

// A relay sends requests to the upstream and answers back, piece by piece as they come.
type relay struct {
	upstream  *url.URL
	transport *http.Transport
	buffers   sync.Pool
}

func newRelay(upstream *url.URL) *relay {
	dialer := &net.Dialer{Timeout: connectTimeout, KeepAlive: 30 * time.Second}
	return &relay{
		upstream: upstream,
		transport: &http.Transport{
			DialContext:           dialer.DialContext,
			ResponseHeaderTimeout: headersTimeout,
			TLSHandshakeTimeout:   connectTimeout,
			// Every stream holds a connection of its own; idle ones are kept for the next, up to 10,000 users.
			MaxIdleConnsPerHost: 10_000,
			IdleConnTimeout:     90 * time.Second,
			// Bytes pass as they are; a hidden gzip would hold events back.
			DisableCompression: true,
			// HTTP/1.1 only: a map that is not nil switches HTTP/2 off.
			TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
		},
		buffers: sync.Pool{New: func() any { return new([bufferSize]byte) }},
	}
}

// forward asks the upstream with a credential and passes its answer on. When the client leaves,
// its context ends and with it the upstream's request.
func (p *relay) forward(w http.ResponseWriter, r *http.Request, body []byte, credential string) {
	request, err := p.request(r, body, credential)
	if err != nil {
		writeError(w, http.StatusBadRequest, "invalid_path", "The path cannot be relayed.")
		return
	}
	response, err := p.transport.RoundTrip(request)
	if err != nil {
		if r.Context().Err() == nil {
			writeError(w, http.StatusBadGateway, "upstream_unreachable", "The upstream could not be reached.")
		}
		return
	}
	defer response.Body.Close()
	copyHeaders(w.Header(), response.Header, responseHeaders)
	w.WriteHeader(response.StatusCode)
	if err := p.copyBody(w, response); err != nil {
		// A cut answer must not look like a finished one: this closes the connection without the final chunk.
		panic(http.ErrAbortHandler)
	}
}

func (p *relay) request(r *http.Request, body []byte, credential string) (*http.Request, error) {
	target := p.upstream.JoinPath(r.URL.Path).String()
	request, err := http.NewRequestWithContext(r.Context(), r.Method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	copyHeaders(request.Header, r.Header, requestHeaders)
	request.Header.Set("Authorization", "Bearer "+credential)
	return request, nil
}

// copyBody writes each piece as it was read; events are flushed at once, other bodies when the writer likes.
func (p *relay) copyBody(w http.ResponseWriter, response *http.Response) error {
	buffer := p.buffers.Get().(*[bufferSize]byte)
	defer p.buffers.Put(buffer)
	isStream := strings.HasPrefix(response.Header.Get("Content-Type"), "text/event-stream")
	flusher := http.NewResponseController(w)
	for {
		n, readErr := response.Body.Read(buffer[:])
		if n > 0 {
			if _, err := w.Write(buffer[:n]); err != nil {
				return err
			}
			if isStream {
				if err := flusher.Flush(); err != nil {
					return err
				}
			}
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return readErr
		}
	}
}

func copyHeaders(to, from http.Header, names []string) {
	for _, name := range names {
		if values := from[name]; len(values) > 0 {
			to[name] = values
		}
	}
}
